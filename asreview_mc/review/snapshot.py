"""A state as text, so that a large log need not be folded anew each time: what it says is what the log said.

Everything that a fresh `State` has as an attribute is written, whatever it is called, so that nothing new is forgotten;
only values of the classes named here are known, and none is made by a name in the text. Sheets, of which there are as
many as records, lie in columns.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from asreview_mc import core
from asreview_mc.core.event import EVENTS, Event, Logged, ProtocolSet, compact_json, decode, encode
from asreview_mc.core.protocol import STAGES
from asreview_mc.core.protocol_file import parse
from asreview_mc.core.version import __version__
from asreview_mc.review.consensus import Settlement, Standing
from asreview_mc.review.forms import Agreed, Cell, Given
from asreview_mc.review.sheet import Sheet
from asreview_mc.review.state import State

_VALUES = {one.__name__: one for one in (Settlement, Given, Agreed, Cell)}
_APART = ("_sheets", "protocol", "forms")


@cache
def rules() -> str:
    """Return a digest (sha256, hexadecimal) of the code that folds: another version's state is not this one's."""
    total = hashlib.sha256(__version__.encode())
    for room in (Path(core.__path__[0]), Path(__file__).parent):
        for path in sorted(room.rglob("*.py")):
            total.update(path.read_bytes())
    return total.hexdigest()


def dumps(state: State) -> str:
    """Return a state as JSON in one line."""
    plain = {name: _plain(value) for name, value in vars(state).items() if name not in _APART}
    forms = {name: _plain(value) for name, value in vars(state.forms).items()}
    sheets = {stage: _columns(state._sheets[stage]) for stage in STAGES}
    return compact_json({"said": plain, "forms": forms, "sheets": sheets}, sort=False)


def loads(text: str) -> State:
    """Return the state that `dumps` wrote.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, AsreviewMCError
        If the text is not that of a state.
    """
    whole = json.loads(text)
    state = State()
    for holder, held in ((state, whole["said"]), (state.forms, whole["forms"])):
        for name, value in held.items():
            said, fresh = _value(value), vars(holder)[name]
            if isinstance(fresh, dict):
                _fill(fresh, said)
            else:
                setattr(holder, name, said)
    for stage in STAGES:
        state._sheets[stage] = _sheets(whole["sheets"][stage])
    accepted = state.protocols[-1].event if state.protocols else None
    if isinstance(accepted, ProtocolSet):
        state.protocol = parse(accepted.text, where="accepted protocol", strict=False)
    return state


def _fill(fresh: dict[Any, Any], said: dict[Any, Any]) -> None:
    """Put values into a dictionary of a fresh state, so that it and those in it make what is missing as they did."""
    for key, value in said.items():
        if isinstance(value, dict) and (key in fresh or isinstance(fresh, defaultdict)):
            _fill(fresh[key], value)
        else:
            fresh[key] = value


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a state holds
    """Return a value as JSON has it: what is no plain value itself as a list that begins with what it is."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, dict):
        return _pairs(value)
    if isinstance(value, Logged):
        return ["logged", value.seq, value.at, value.event.kind, encode(value.event), value.hash]
    if isinstance(value, Event):
        return ["event", value.kind, encode(value)]
    if isinstance(value, type) and issubclass(value, Event):
        return ["kind", value.kind]
    if type(value) in (list, tuple):
        return [type(value).__name__, [_plain(one) for one in value]]
    if isinstance(value, (set, frozenset)):
        return [type(value).__name__, sorted((_plain(one) for one in value), key=json.dumps)]
    if is_dataclass(value) and type(value).__name__ in _VALUES:
        return [type(value).__name__, [_plain(getattr(value, one.name)) for one in fields(value)]]
    raise TypeError(f"a state is not known to hold {type(value).__name__}")


def _pairs(value: dict[Any, Any]) -> Any:  # noqa: ANN401 - as `_plain`
    if isinstance(value, defaultdict):  # looking into one leaves behind what is empty
        value = {key: one for key, one in value.items() if one}
    if all(isinstance(key, str) for key in value):
        return {key: _plain(one) for key, one in value.items()}
    return ["dict", [[_plain(key), _plain(one)] for key, one in value.items()]]


def _value(plain: Any) -> Any:  # noqa: ANN401 - whatever a state holds
    """Return what `_plain` wrote."""
    if isinstance(plain, dict):
        return {key: _value(one) for key, one in plain.items()}
    if not isinstance(plain, list):
        return plain
    what, *said = plain
    if what == "logged":
        seq, at, kind, body, own = said
        return Logged(seq, at, decode(kind, body), own)
    if what == "event":
        return decode(*said)
    if what == "kind":
        return EVENTS[said[0]]
    if what == "dict":
        return {_value(key): _value(one) for key, one in said[0]}
    several = map(_value, said[0])
    if what in _COLLECTIONS:
        return _COLLECTIONS[what](several)
    return _VALUES[what](*several)


_COLLECTIONS: dict[str, Any] = {one.__name__: one for one in (list, tuple, set, frozenset)}


# -- sheets -------------------------------------------------------------------------------------------------------


def _columns(sheets: dict[str, Sheet]) -> dict[str, Any]:
    """Return the sheets of a stage column by column.

    `decisions` has those of each sheet after one another, `counts` how many stand, `further` how many first ones there
    are besides; `first` the places of the first decisions in a sheet's, where they are not those that stand.
    """
    decisions: list[Standing] = []
    counts, further, disclosed = [], [], []
    first, settled, panels = {}, {}, {}
    for place, sheet in enumerate(sheets.values()):
        own = [*sheet.standing, *(one for one in sheet.first if one not in sheet.standing)]
        decisions += own
        counts.append(len(sheet.standing))
        further.append(len(own) - len(sheet.standing))
        disclosed.append(sheet.disclosed)
        if sheet.first != sheet.standing:
            first[place] = [own.index(one) for one in sheet.first]
        if sheet.settlement:
            settled[place] = _plain(sheet.settlement)
        if sheet.panel:
            panels[place] = list(sheet.panel)
    columns = [list(column) for column in zip(*decisions, strict=True)] or [[] for _ in Standing._fields]
    shared = [_shared(column) for column in columns[3:]]
    return {
        "records": list(sheets),
        "counts": counts,
        "further": further,
        "disclosed": disclosed,
        "first": first,
        "settled": settled,
        "panels": panels,
        "decisions": columns[:3],
        "said": shared,
    }


def _sheets(said: dict[str, Any]) -> dict[str, Sheet]:
    """Return the sheets that `_columns` wrote."""
    columns = [*said["decisions"], *itertools.starmap(_spread, said["said"])]
    decisions = tuple(map(Standing._make, zip(*columns, strict=True)))
    sheets, begin = [], 0
    for count, more, disclosed in zip(said["counts"], said["further"], said["disclosed"], strict=True):
        stand = begin + count
        standing = decisions[begin:stand]
        sheet = Sheet(standing, standing)
        sheet.disclosed = disclosed
        sheets.append(sheet)
        begin = stand + more
    if begin != len(decisions):
        raise ValueError("decisions are left over")
    begins = [0, *itertools.accumulate(map(sum, zip(said["counts"], said["further"], strict=True)))]
    for place, chosen in said["first"].items():
        begin = begins[int(place)]
        sheets[int(place)].first = tuple([decisions[begin + one] for one in chosen])
    for place, settlement in said["settled"].items():
        sheets[int(place)].settlement = _value(settlement)
    for place, panel in said["panels"].items():
        sheets[int(place)].panel = tuple(panel)
    return dict(zip(said["records"], sheets, strict=True))


def _shared(column: Iterable[str]) -> tuple[list[str], list[int]]:
    """Return the different texts of a column and, row by row, which of them it is."""
    places: dict[str, int] = {}
    rows = [places.setdefault(text, len(places)) for text in column]
    return list(places), rows


def _spread(texts: list[str], rows: Collection[int]) -> list[str]:
    return [texts[row] for row in rows]
