"""Cells leave as no formula and come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.cells import disarm, rearm


@given(st.text(alphabet=st.sampled_from("'=+-@＝\t\r\n\x00 a1"), max_size=6))
def test_disarming_can_be_undone(text):
    """`rearm` gives back exactly what was disarmed."""
    assert rearm(disarm(text)) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "＝1", "'=1", "''=1"])
def test_no_formula_is_left(text):
    """What could be run begins with an apostrophe more than before."""
    assert disarm(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-1, 0.5, None, True, "plain", "", "'tis", "a=b"])
def test_anything_else_stays(cell):
    """Numbers, and text that is no formula, are left alone."""
    assert disarm(cell) == cell
