"""Logs made by hand, and by chance."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import strategies as st

from asreview_mc.core.event import (
    AgreementMeasured,
    Decided,
    Event,
    Logged,
    Merged,
    ProtocolSet,
    ReferencesRead,
    Retrieval,
    Settled,
    TopicsConfirmed,
    Undone,
)
from asreview_mc.review.state import State

PEOPLE = ("R1", "R2", "R3")


def protocol(wanted: int = 2, maybe: str = "conflict", people: tuple[str, ...] = PEOPLE) -> str:
    team = "".join(f'[[reviewers]]\nname = "{name}"\n' for name in people)
    reasons = "".join(
        f'[[reasons]]\ncode = "{code}"\nlabel = "{code}"\ndefinition = "d"\n' for code in ("design", "type", "setting")
    )
    cards = "".join(
        f'[[subtopics]]\ncode = "{code}"\nlabel = "{code}"\ngroup = "g"\ndefinition = "d"\n'
        for code in ("career", "jobs")
    )
    return (
        f'[review]\ntitle = "T"\n[screening]\ndecisions_wanted = {wanted}\nmaybe = "{maybe}"\n'
        f'{team}[[reviewers]]\nname = "judge"\nrole = "adjudicator"\n{reasons}{cards}'
    )


@dataclass
class Story:
    """A log told one event at a time; each method returns the number of its event."""

    log: list[Logged]

    def tell(self, event: Event) -> int:
        seq = len(self.log) + 1
        self.log.append(Logged(seq, f"2026-01-01T00:00:00.{seq:06d}+00:00", event, f"{seq:064x}"))
        return seq

    def agree(self, **settings) -> int:
        return self.tell(ProtocolSet(protocol(**settings), "R1", "amended"))

    def read(self, n: int, source: str = "A") -> int:
        first = 1 + sum(one.event.read for one in self.log if isinstance(one.event, ReferencesRead))
        named = f"r{first:06d}" if n else ""
        return self.tell(ReferencesRead(f"{source}.ris", source, "database", "ris", "utf-8", "0", n, n, first=named))

    def decide(self, number: int, reviewer: str, decision: str, stage: str = "abstract", reason="", note="") -> int:
        return self.tell(Decided(rid(number), stage, reviewer, decision, reason, note))

    def both(self, number: int, first: str, second: str, stage: str = "abstract", reasons=("", "")) -> int:
        self.decide(number, "R1", first, stage, reasons[0])
        return self.decide(number, "R2", second, stage, reasons[1])

    def undo(self, number: int, reviewer: str, undoes: int, stage: str = "abstract") -> int:
        return self.tell(Undone(rid(number), stage, reviewer, undoes))

    def settle(self, number: int, decision: str, stage: str = "abstract", reason: str = "") -> int:
        return self.tell(Settled(rid(number), stage, decision, ("R1", "R2"), reason))

    def merge(self, number: int, into: int) -> int:
        return self.tell(Merged(rid(number), rid(into), "doi"))

    def retrieve(self, number: int, status: str) -> int:
        return self.tell(Retrieval(rid(number), status))

    def confirm(self, number: int, *codes: str, reviewer: str = "R1") -> int:
        return self.tell(TopicsConfirmed(rid(number), reviewer, codes))

    def measure(self) -> int:
        return self.tell(AgreementMeasured("abstract", 1, 25, {}))

    @property
    def state(self) -> State:
        return State().feed(self.log)


def rid(number: int) -> str:
    return f"r{number:06d}"


@pytest.fixture
def story() -> Story:
    """A review of ten records from one source, two decisions wanted of three people."""
    story = Story([])
    story.agree()
    story.read(10)
    return story


RECORDS = 5
numbers = st.integers(1, RECORDS)
stages = st.sampled_from(["abstract", "abstract", "fulltext"])
said = st.sampled_from(["include", "exclude", "maybe"])
final = st.sampled_from(["include", "exclude"])
reasons = st.sampled_from(["", "design", "type"])
moves = st.one_of(
    *[st.tuples(st.just("decide"), numbers, st.sampled_from(PEOPLE), said, stages, reasons)] * 5,
    st.tuples(st.just("undo"), numbers, st.sampled_from(PEOPLE), stages),
    st.tuples(st.just("settle"), numbers, final, stages, reasons),
    st.tuples(st.just("merge"), numbers, numbers),
    st.tuples(st.just("agree"), st.integers(1, 3), st.sampled_from(["conflict", "include"])),
    st.tuples(st.just("retrieve"), numbers, st.sampled_from(["sought", "retrieved", "not-retrieved"])),
    st.tuples(st.just("confirm"), numbers, st.sampled_from(["career", "jobs"])),
    st.tuples(st.just("read")),
)


class Chance(Story):
    """Tells any moves, but for those that no program would log: a merge in a circle, an undo of nothing."""

    def __init__(self) -> None:
        super().__init__([])
        self.into: dict[int, int] = {}
        self.standing: dict[tuple[int, str, str], int] = {}

    def decide(self, number, reviewer, decision, stage, reason):
        seq = super().decide(number, reviewer, decision, stage, reason if decision == "exclude" else "")
        self.standing[number, reviewer, stage] = seq

    def undo(self, number, reviewer, stage):
        if (number, reviewer, stage) in self.standing:
            super().undo(number, reviewer, self.standing.pop((number, reviewer, stage)), stage)

    def settle(self, number, decision, stage, reason):
        super().settle(number, decision, stage, reason if decision == "exclude" else "")

    def merge(self, number, into):
        end = into
        while end in self.into:
            end = self.into[end]
        if number not in self.into and end != number:
            self.into[number] = into
            super().merge(number, into)

    def agree(self, wanted=2, maybe="conflict"):
        super().agree(wanted=wanted, maybe=maybe)

    def read(self, n=1):
        super().read(n, "B")


def told(chosen: list[tuple]) -> list[Logged]:
    story = Chance()
    story.agree()
    story.read(RECORDS)
    for name, *move in chosen:
        getattr(story, name)(*move)
    return story.log


@pytest.fixture(scope="session")
def logs() -> st.SearchStrategy[list[Logged]]:
    """Logs of anything that three people can do to five records, in any order."""
    return st.lists(moves, max_size=40).map(told)


@pytest.fixture(scope="session")
def replaced():
    """Return a log with one event exchanged for another in the same place."""

    def replaced(log: list[Logged], position: int, event: Event) -> list[Logged]:
        return [*log[:position], replace(log[position], event=event), *log[position + 1 :]]

    return replaced
