"""Errors that reach a user."""

import pytest

from asreview_mc.core import errors
from asreview_mc.core.errors import AsreviewMCError

KINDS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, AsreviewMCError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_the_one_parent_and_reads_where_what_remedy(kind):
    """Law 11: one parent; the message says where, what and what to do, in that order."""
    error = kind("it is gone", where="a.ris", remedy="Look again")
    assert isinstance(error, AsreviewMCError)
    assert str(error) == "a.ris: it is gone. Look again"
    assert (error.what, error.where, error.remedy) == ("it is gone", "a.ris", "Look again")


def test_the_tree_has_the_kinds_that_its_docstring_draws():
    """The docstring's tree is the whole tree."""
    drawn = {kind.__name__ for kind in KINDS if kind.__name__ in (errors.__doc__ or "")}
    assert drawn == {kind.__name__ for kind in KINDS}
    assert len(drawn) == 10


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x85", "\x0b", "\t \n"])
def test_a_message_is_one_line_whatever_it_quotes(newline):
    """Law 11: one line, also where a quoted name or cause holds line ends."""
    error = AsreviewMCError(f"bad{newline}name", where=f"a{newline}b", remedy=f"Rename{newline}it")
    assert str(error) == "a b: bad name. Rename it"
    assert len(str(error).splitlines()) == 1


def test_place_and_remedy_may_be_absent():
    """A message has no dangling colon or full stop."""
    assert str(AsreviewMCError("it is gone")) == "it is gone"
