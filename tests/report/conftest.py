"""Reviews told event by event, without a database."""

from collections.abc import Mapping

import pytest

from asreview_mc.core.event import (
    GENESIS,
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
    chain_hash,
    encode,
)
from asreview_mc.core.protocol_file import template
from asreview_mc.core.record import Record
from asreview_mc.review.state import State


class Review:
    """A log in memory, the state that follows from it, and its records."""

    def __init__(self, protocol: str) -> None:
        self.state = State()
        self.records: dict[str, Record] = {}
        self.events: list[Logged] = []
        self.head = GENESIS
        self.tell(ProtocolSet(protocol, by="R1", reason="start"))

    def tell(self, *events: Event) -> None:
        for event in events:
            seq, at = self.state.seq + 1, f"2024-01-01T00:00:{self.state.seq % 60:02d}+00:00"
            self.head = chain_hash(self.head, seq, at, event.kind, encode(event), "")
            self.events.append(Logged(seq, at, event, self.head))
            self.state.feed(self.events[-1:])

    def read(self, n: int, source: str = "EBSCOhost", via: str = "database", rejected: int = 0, **fields) -> list[str]:
        """Read `n` records of one source; `fields` are those of every record."""
        first = len(self.records) + 1
        ids = [f"r{number:06d}" for number in range(first, first + n)]
        for record_id in ids:
            plain = {"title": f"Study {record_id}", "abstract": "On badges.", "year": 2020} | fields
            self.records[record_id] = Record(record_id=record_id, **plain)
        rejects = tuple({"position": f"record {k + 1}", "reason": "no title", "excerpt": ""} for k in range(rejected))
        self.tell(
            ReferencesRead(
                f"{source}.ris",
                source,
                via,
                "RIS",
                "utf-8",
                "0" * 64,
                n + rejected,
                n,
                rejects,
                first=ids[0] if ids else "",
            )
        )
        return ids

    def decide(self, record_id: str, decisions: Mapping[str, str] | str, stage: str = "abstract") -> None:
        """Decide by reviewer, or as both do; ``exclude:code`` gives a reason."""
        if isinstance(decisions, str):
            decisions = {"R1": decisions, "R2": decisions}
        for reviewer, said in decisions.items():
            decision, _, reason = said.partition(":")
            self.tell(Decided(record_id, stage, reviewer, decision, reason))

    def include(self, record_id: str) -> None:
        self.decide(record_id, "include")
        self.decide(record_id, "include", "fulltext")

    def merge(self, record_id: str, into: str) -> None:
        self.tell(Merged(record_id, into, "same DOI"))

    def settle(self, record_id: str, decision: str, stage: str = "abstract", reason: str = "", note: str = "") -> None:
        self.tell(Settled(record_id, stage, decision, ("R1", "R2"), reason, note))

    def retrieve(self, record_id: str, status: str) -> None:
        self.tell(Retrieval(record_id, status, "R1"))

    def undo(self, record_id: str, reviewer: str, stage: str = "abstract") -> None:
        """Take back the decision of a reviewer, if one stands."""
        own = [one for one in self.state.visible(stage, record_id, reviewer) if one.reviewer == reviewer]
        self.tell(*(Undone(record_id, stage, reviewer, one.seq) for one in own))

    def confirm(self, record_id: str, *codes: str) -> None:
        self.tell(TopicsConfirmed(record_id, "R1", codes))


@pytest.fixture
def review() -> Review:
    """A review by the micro-credentials protocol: R1 and R2 decide, three reasons, ten sub-topics."""
    return Review(template("micro-credentials"))


@pytest.fixture
def finished(review) -> Review:
    """Ten records read, one a duplicate; four excluded, one not retrieved, two excluded later, two included."""
    ids = [*review.read(6), *review.read(4, "SpringerLink")]
    review.merge(ids[9], ids[0])
    for record_id in ids[5:9]:
        review.decide(record_id, "exclude")
    for record_id in ids[:5]:
        review.decide(record_id, "include")
    review.retrieve(ids[4], "not-retrieved")
    review.decide(ids[2], "exclude:setting", "fulltext")
    review.decide(ids[3], {"R1": "exclude:setting", "R2": "exclude:study_design"}, "fulltext")
    review.decide(ids[0], "include", "fulltext")
    review.decide(ids[1], {"R1": "include", "R2": "exclude:setting"}, "fulltext")
    review.settle(ids[1], "include", "fulltext", note="the college is a university")
    review.confirm(ids[0], "reskilling", "employers")
    return review


@pytest.fixture(scope="session")
def new_review():
    """A function that begins another review, for tests that need many."""
    return lambda: Review(template("micro-credentials"))
