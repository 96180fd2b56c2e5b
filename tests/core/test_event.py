"""Events and their form in the log."""

import dataclasses
import json
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core import event
from asreview_mc.core.errors import LogError
from asreview_mc.core.event import (
    EVENTS,
    GENESIS,
    AgreementMeasured,
    Decided,
    Event,
    ExtractionSettled,
    Merged,
    ProtocolSet,
    ReferencesRead,
    Retrieval,
    RoundBegun,
    Settled,
    Shown,
    TopicsConfirmed,
    TopicsSettled,
    Undone,
    chain_hash,
    decode,
    encode,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=12) | st.sampled_from(["\udcff.ris", "a\ud800b", "\x00", "\u2028"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
shown = st.builds(
    Shown,
    how=texts,
    rank=st.none() | st.integers(1),
    score=st.none() | numbers,
    ranker=texts,
    fingerprint=texts,
    seq=st.none() | st.integers(0),
    probability=st.none() | numbers,
    seconds=st.none() | numbers,
)
FIELDS = {
    "found": st.integers(0),
    "read": st.integers(0),
    "undoes": st.integers(1),
    "batch": st.integers(1),
    "records": st.integers(0),
    "stage": st.sampled_from(["abstract", "fulltext"]),
    "codes": st.lists(texts, max_size=3).map(tuple),
    "rejected": st.lists(st.dictionaries(texts, texts, max_size=3), max_size=3).map(tuple),
    "stray": st.lists(st.dictionaries(texts, texts, max_size=3), max_size=3).map(tuple),
    "suggested": st.dictionaries(texts, numbers, max_size=3),
    "statistics": st.dictionaries(texts, plain, max_size=3),
    "shown": st.none() | shown,
    "values": st.dictionaries(texts, plain, max_size=3),
    "evidence": st.dictionaries(texts, plain, max_size=3),
    "record_ids": st.lists(texts, max_size=3).map(tuple),
    "reports": st.lists(texts, max_size=3).map(tuple),
    "sees": st.lists(texts, max_size=3).map(tuple),
    "stop": st.none() | st.booleans(),
    "target": numbers,
    "confidence": numbers,
    "spent": numbers,
    **dict.fromkeys(("withdrawn", "removed", "ended", "thawed", "apart", "hidden", "fails"), st.booleans()),
    **dict.fromkeys(("seed", "population", "upto", "added", "studies"), st.integers(0)),
}


def events_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    own = {item.name: FIELDS.get(item.name, texts) for item in dataclasses.fields(kind)}
    if kind in (Settled, TopicsSettled, ExtractionSettled):
        own["by"] = st.lists(texts, max_size=3).map(tuple)
    if kind is RoundBegun:
        own["reports"] = st.integers(0)
    return st.builds(kind, **own)


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_an_event_comes_back_as_it_went_and_its_form_is_canonical(kind):
    """`decode` undoes `encode`, and one event has one form; both for every kind."""

    @given(events_of(kind))
    def holds(said):
        body = encode(said)
        back = decode(kind.kind, body)
        assert back == said
        assert encode(back) == body
        assert body.encode("utf-8").decode("utf-8") == body
        assert "\n" not in body and body == body.strip()
        assert list(json.loads(body)) == sorted(json.loads(body))

    holds()


def test_every_event_of_the_module_is_known_by_its_kind():
    """A kind that is not in the table could be written and never read again."""
    kinds = [value for value in vars(event).values() if isinstance(value, type) and issubclass(value, Event)]
    kinds.remove(Event)
    assert set(EVENTS.values()) == set(kinds)
    assert all(EVENTS[kind.kind] is kind for kind in kinds)
    assert all(typing.get_type_hints(kind) for kind in kinds)


def test_values_that_are_the_default_are_left_out():
    """A field added later with a default leaves the form, and so the hash, of older events as it was."""
    assert encode(Decided("r000001", "abstract", "R1", "include")) == (
        '{"decision":"include","record_id":"r000001","reviewer":"R1","stage":"abstract"}'
    )


def test_no_number_that_json_lacks_gets_into_the_log():
    """NaN is refused before anything is written."""
    with pytest.raises(ValueError):
        encode(AgreementMeasured("abstract", 1, 25, {"kappa": float("nan")}))


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("invented", "{}"),
        ("", "{}"),
        ("merged", "not json"),
        ("merged", "[]"),
        ("merged", "null"),
        ("merged", "{}"),
        ("merged", '{"record_id":"r000002","into":"r000001","why":"doi","colour":"red"}'),
        ("decided", '{"record_id":"r1","stage":"abstract","reviewer":"R1","decision":"include","shown":{"hue":1}}'),
        ("decided", '{"record_id":"r1","stage":"abstract","reviewer":"R1","decision":"include","shown":"ranked"}'),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_in_one_line(kind, body):
    """An unknown kind and a body that is not of its kind are errors of the log, not tracebacks."""
    with pytest.raises(LogError) as refused:
        decode(kind, body)
    assert len(str(refused.value).splitlines()) == 1
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("said", "about", "actors"),
    [
        (ProtocolSet("", "R1", "start"), "", ("R1",)),
        (ReferencesRead("a.ris", "A", "database", "ris", "utf-8", "0", 0, 0), "", ()),
        (ReferencesRead("a.ris", "A", "database", "ris", "utf-8", "0", 0, 0, by="R2"), "", ("R2",)),
        (Merged("r000002", "r000001", "doi"), "r000002", ()),
        (Decided("r000001", "abstract", "R1", "include"), "r000001", ("R1",)),
        (Undone("r000001", "abstract", "R1", 3), "r000001", ("R1",)),
        (Settled("r000001", "abstract", "include", ("R1", "R2")), "r000001", ("R1", "R2")),
        (Retrieval("r000001", "sought"), "r000001", ()),
        (TopicsConfirmed("r000001", "R2", ("career",)), "r000001", ("R2",)),
        (AgreementMeasured("abstract", 1, 25, {}), "", ()),
    ],
    ids=lambda value: value.kind if isinstance(value, Event) else "",
)
def test_an_event_says_whom_and_what_it_concerns(said, about, actors):
    """The log's filters by record and by person rest on these two."""
    assert said.about == about
    assert said.actors == actors


def test_the_hash_covers_everything_that_an_event_says():
    """Changing any part of an event, or its place, changes its hash."""
    said = (GENESIS, 1, "2026-01-01T00:00:00+00:00", "merged", "{}", "5a")
    changed = [
        ("1" * 64, *said[1:]),
        (said[0], 2, *said[2:]),
        (*said[:2], "2026-01-01T00:00:01+00:00", *said[3:]),
        (*said[:3], "decided", *said[4:]),
        (*said[:4], "{ }", said[5]),
        (*said[:5], "5b"),
    ]
    hashes = {chain_hash(*one) for one in (said, *changed)}
    assert len(hashes) == 7
    assert all(len(one) == 64 for one in hashes)
