"""The dozen public names: each there, each documented, and none loaded before it is asked for."""

import subprocess
import sys

import asreview_mc


def test_every_public_name_is_there_and_has_a_docstring():
    """`__all__` is what `from asreview_mc import *` gives."""
    for name in [*asreview_mc.__all__, *reversed(asreview_mc.__all__)]:
        found = getattr(asreview_mc, name)
        assert found.__doc__, name
        assert callable(found), f"{name}: a room of that name was imported over it"


def test_the_names_are_sorted_and_each_stands_once():
    """So that a new one has one place."""
    assert asreview_mc.__all__ == sorted(set(asreview_mc.__all__))


def test_an_unknown_name_is_an_attribute_error():
    """Not a KeyError from the table of names."""
    assert not hasattr(asreview_mc, "nonsense")


def test_importing_the_package_loads_no_heavy_library():
    """Not even numpy."""
    code = "import asreview_mc, sys; print([m for m in ('numpy', 'pandas', 'torch', 'typer') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
