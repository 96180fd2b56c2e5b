"""README.md can be typed: its marked blocks run as they stand, and print what they are said to print.

A code block is marked by a comment on the line before its fence:

``<!-- run: install -->``, ``<!-- run: test -->``
    The two commands that the README opens with, one line each. Installing is not a test's business, so ``.ci/run``
    runs these two: ``python tests/test_readme.py install`` prints the block.
``<!-- run -->`` before a fence ``console``
    A session. A line ``$ command`` is run; a command that ends in a backslash goes on in the next line, whose leading
    ``> `` is dropped. The lines below it, if any, are what it prints (standard output and error as a person sees them,
    spaces at the end of a line and empty lines around the whole left out). ``...`` inside a line stands for any text
    in that line, a line ``...`` for any number of lines. With no lines below, only the exit status is looked at.
``<!-- run -->`` before a fence ``sh`` or ``python``
    A script; only its exit status is looked at.

All blocks run in order in one shell, in one new folder, so that a ``cd`` or a file lasts; each command must exit with
0. The terminal is 100 columns wide and has no colours. Blocks without a mark are not looked at.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
OPENING = ["install", "test"]
LIMIT_SECONDS = 900
BLOCK = re.compile(r"^<!-- run(?:: (?P<name>[\w-]+))? -->\n```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
MARK = re.compile(r"^\s*<!--\s*run\b", re.M)


@dataclass(frozen=True)
class Block:
    name: str | None
    kind: str
    body: str
    line: int


@dataclass(frozen=True)
class Command:
    """What to type, and what it prints (None: not said)."""

    typed: str
    printed: str | None
    line: int


def blocks_of(text):
    """Return the marked blocks; a mark that is not right before a closed fence is a ValueError."""
    found = [
        Block(match["name"], match["kind"], match["body"], text.count("\n", 0, match.start("body")) + 1)
        for match in BLOCK.finditer(text)
    ]
    if len(found) != len(MARK.findall(text)):
        raise ValueError(f"{len(MARK.findall(text))} marks, but {len(found)} marked blocks")
    return found


def session(block):
    """Return the commands of a block of the kind ``console``."""
    commands = []
    typing = False
    for number, line in enumerate(block.body.splitlines(), start=block.line):
        if typing:
            commands[-1][0] += "\n" + line.removeprefix("> ")
        elif line.startswith("$ "):
            commands.append([line[2:], [], number])
        elif commands:
            commands[-1][1].append(line)
        else:
            raise ValueError(f"line {number}: a session begins with a line '$ command'")
        typing = (typing or line.startswith("$ ")) and line.endswith("\\")
    return [Command(typed, trimmed("\n".join(printed)) or None, line) for typed, printed, line in commands]


def commands_of(block):
    if block.kind == "console":
        return session(block)
    if block.kind == "sh":
        return [Command(f"(set -e\n{block.body})", None, block.line)]
    if block.kind == "python":
        return [Command(f"python -c {shlex.quote(block.body)}", None, block.line)]
    raise ValueError(f"line {block.line}: a marked block is console, sh or python, not {block.kind!r}")


def trimmed(text):
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")


def matches(shown, printed):
    """Say whether `printed` is what `shown` stands for, with ``...`` as in the docstring above."""
    lines = [
        r"(?:.*\n)*" if line.strip() == "..." else r".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in trimmed(shown).splitlines()
    ]
    return re.fullmatch("".join(lines), trimmed(printed) + "\n") is not None


def play(commands, folder):
    """Run the commands in one shell.

    Returns
    -------
    list of (int, str)
        The exit status and the output of each command that came to its end.
    str
        What was printed after the last of these.
    """
    mark = f"\x1e{os.getpid()}\x1e"
    script = "".join(f"{command.typed}\nprintf '%s%s\\n' {shlex.quote(mark)} $?\n" for command in commands)
    surroundings = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_HUB_OFFLINE": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LIMIT_SECONDS,
    )
    printed, *rest = done.stdout.split(mark)
    results = []
    for part in rest:
        status, _, following = part.partition("\n")
        results.append((int(status), printed))
        printed = following
    return results, printed


def differences(text, folder):
    """Return one paragraph for each command of the README `text` that failed or printed something else."""
    commands = [command for block in blocks_of(text) if block.name is None for command in commands_of(block)]
    results, rest = play(commands, folder)
    found = []
    for command, (status, printed) in zip(commands, results, strict=False):
        where = f"README.md:{command.line}: {command.typed}"
        if status:
            found.append(f"{where}\nended with {status} and printed:\n{printed}")
        elif command.printed is not None and not matches(command.printed, printed):
            found.append(f"{where}\nprinted:\n{printed}\nbut the README shows:\n{command.printed}")
    if len(results) < len(commands):
        broken = commands[len(results)]
        found.append(f"README.md:{broken.line}: {broken.typed}\ndid not come back, and printed:\n{rest}")
    return found


def test_the_readme_can_be_typed(tmp_path):
    """Every marked block runs, and prints what stands below it."""
    text = README.read_text(encoding="utf-8")
    assert any(block.name is None for block in blocks_of(text)), "no block of the README is marked to be run"
    found = differences(text, tmp_path)
    assert not found, "\n\n".join(found)


def test_the_readme_opens_with_the_two_commands():
    """The first two code blocks install and test with the pinned versions, one line each."""
    text = README.read_text(encoding="utf-8")
    blocks = blocks_of(text)
    assert [block.name for block in blocks if block.name] == OPENING
    assert text.index("\n```") > text.index(f"<!-- run: {OPENING[0]} -->")
    for block in blocks[:2]:
        assert block.name in OPENING
        assert block.body.startswith("pip install -c constraints.txt ")
        assert block.body.count("\n") == 1


def fenced(body, kind="console", mark="<!-- run -->"):
    return f"Text.\n\n{mark}\n```{kind}\n{body}\n```\n"


def test_what_a_readme_shows_is_compared(tmp_path):
    """Shown lines must be what is printed; ``...`` stands for part of a line or for lines; none, no comparison."""
    right = fenced("$ printf 'one 1\\ntwo\\nthree\\n'\none ...\n...\nthree\n$ echo unseen\n$ true")
    assert differences(right, tmp_path) == []
    (wrong,) = differences(fenced("$ printf 'one\\ntwo\\n'\none"), tmp_path)
    assert wrong == "README.md:5: printf 'one\\ntwo\\n'\nprinted:\none\ntwo\n\nbut the README shows:\none"
    assert len(differences(fenced("$ echo a.b\na+b"), tmp_path)) == 1
    assert len(differences(fenced("$ true\nsomething"), tmp_path)) == 1


def test_a_command_that_fails_is_seen(tmp_path):
    """A status other than 0 is a difference in each kind of block; so is a shell that does not come back."""
    assert "ended with 3" in differences(fenced("$ (exit 3)"), tmp_path)[0]
    assert "ended with 1" in differences(fenced("false\ntrue", "sh"), tmp_path)[0]
    assert "ended with 1" in differences(fenced("raise SystemExit(1)", "python"), tmp_path)[0]
    for fatal in ("exit 0", "echo 'half"):
        assert "did not come back" in differences(fenced(f"$ {fatal}\n$ echo late"), tmp_path)[-1]


def test_the_blocks_share_one_folder_and_one_shell(tmp_path):
    """A ``cd`` and a file last from block to block, standard error is seen, a long command has several lines."""
    text = fenced("$ mkdir inner && cd inner\n$ export WORD=kept") + fenced("open('file', 'w').write('x')", "python")
    text += fenced("$ cat file; echo; echo $WORD \\\n>   and more; echo trouble >&2\nx\nkept and more\ntrouble")
    assert differences(text, tmp_path) == []
    assert (tmp_path / "inner" / "file").exists()


def test_only_marked_blocks_run(tmp_path):
    """A block without a mark and the two that ``.ci/run`` runs are left alone; a mark without its block is a fault."""
    text = "```console\n$ touch unmarked\n```\n" + fenced("touch installed", "sh", "<!-- run: install -->")
    assert differences(text, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
    for torn in ("<!-- run -->\n\n```sh\ntrue\n```\n", "<!-- run -->\n```sh\ntrue\n", " <!-- run -->\n```sh\n```\n"):
        try:
            blocks_of(torn)
        except ValueError as error:
            assert str(error) == "1 marks, but 0 marked blocks"
        else:
            raise AssertionError(torn)


if __name__ == "__main__":
    (wanted,) = [block for block in blocks_of(README.read_text(encoding="utf-8")) if block.name == sys.argv[1]]
    sys.stdout.write(wanted.body)
