"""From records to certain duplicates and doubtful pairs.

What is joined does not depend on the order of the records or on their ids, which decide only which record of a cluster
is kept: pairs are taken by proof and then by content. Records that are alike in all that is compared are
interchangeable.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, pairwise, product
from typing import NamedTuple

from asreview_mc.core.record import Record
from asreview_mc.identify.dedup import titles
from asreview_mc.identify.dedup.blocks import candidates
from asreview_mc.identify.dedup.clusters import Clusters, Work
from asreview_mc.identify.dedup.traits import Traits, Written, traits, written
from asreview_mc.identify.dedup.verdict import Answer, Verdict, judge

AMBIGUOUS = "certain, but for a third record that contradicts one of the two"

_PAIRS_OF_VERSIONS = 20
_OFFERED = 5


@dataclass(frozen=True)
class Duplicate:
    """One record that is a duplicate: merge `record_id` into the earlier record `into`, because of `why`."""

    record_id: str
    into: str
    why: str


@dataclass(frozen=True)
class Doubt:
    """Two records that stand for their clusters and may be one work: a person decides.

    Attributes
    ----------
    record_id, other : str
        The later and the earlier record; a merge is of `record_id` into `other`.
    why : str
        What speaks for and against it.
    similarity : float
        Of the two titles, indel similarity, 0 to 1; 0 where it is below 0.8.
    """

    record_id: str
    other: str
    why: str
    similarity: float


class Matches(NamedTuple):
    """What de-duplication comes to."""

    certain: list[Duplicate]
    doubtful: list[Doubt]


def match(
    records: Sequence[Record],
    *,
    settled: Collection[frozenset[str]] = frozenset(),
    merged: Iterable[tuple[str, str]] = (),
) -> Matches:
    """Return the certain duplicates and the doubtful pairs among `records`.

    Parameters
    ----------
    records : sequence of Record
        All records of the review, also those merged before, with their record ids, in any order.
    settled : collection of frozenset of str
        Pairs of record ids that a person has judged different: neither they nor the clusters that they come to lie in
        are merged or offered again. To undo a merge, give the record with each it was merged with.
    merged : iterable of pairs of str
        Record ids already merged, by a person or an earlier run: they are taken as one, whatever speaks against it.

    Returns
    -------
    Matches
        `certain` in order of record id, at most one per record and none that `merged` holds; `into` is the earliest
        record of the cluster and is itself no duplicate. `doubtful` by falling similarity, one per pair of clusters,
        and no record beside more than five others at a time.

    Raises
    ------
    ValueError
        If two records have the same id, or a pair is not of two ids of `records`.
    """
    return _Matching(records, settled, merged).result()


class _Edge(NamedTuple):
    """A certain pair of records; edges are taken in this order."""

    unproven: bool
    one_version: int
    other_version: int
    one: int
    other: int
    why: str


class _Matching:
    """The work of one call.

    Attributes
    ----------
    nodes : list of list of int
        For each version the records to compare: one where all are joined since they are alike, and each that a person
        has judged; every record where being alike is no proof.
    """

    def __init__(
        self, records: Sequence[Record], settled: Collection[frozenset[str]], merged: Iterable[tuple[str, str]]
    ) -> None:
        ordered = sorted(records, key=lambda record: (len(record.record_id), record.record_id))
        self.ids = [record.record_id for record in ordered]
        self.numbers = {record_id: number for number, record_id in enumerate(self.ids)}
        if len(self.numbers) < len(self.ids):
            raise ValueError("record ids are not unique")
        self.versions, self.version_of, self.nodes = _versions(ordered)
        self.verdicts: dict[tuple[int, int], Verdict] = {}
        apart = [self._pair(pair) for pair in settled]
        works = [_work(one) or version for version, one in enumerate(self.versions)]
        self.clusters = Clusters(self.version_of, works, self._contradict, apart)
        for before in merged:
            self.clusters.join(*self._pair(before), None)
        self.edges: list[_Edge] = []
        self.doubts: list[tuple[int, int, str]] = []

    def result(self) -> Matches:
        for version, members in enumerate(self.nodes):
            if len(members) > 1:
                self._within(version, members)
        for one, other in candidates(self.versions):
            self._between(one, other)
        ambiguous = self._ambiguous()
        for edge in sorted(self.edges):
            if edge.one in ambiguous or edge.other in ambiguous or not self.clusters.may_join(edge.one, edge.other):
                self.doubts.append((edge.one, edge.other, AMBIGUOUS))
            else:
                self.clusters.join(edge.one, edge.other, edge.why)
        return Matches(self._certain(), self._doubtful())

    def _pair(self, ids: Iterable[str]) -> tuple[int, int]:
        pair = tuple(ids)
        if len(pair) != 2 or not all(record_id in self.numbers for record_id in pair):
            raise ValueError(f"{sorted(pair)} is not a pair of records")
        return self.numbers[pair[0]], self.numbers[pair[1]]

    def _judge(self, one: int, other: int) -> Verdict:
        """Return the verdict on two versions, remembered if there is one to remember."""
        key = (one, other) if one < other else (other, one)
        known = self.verdicts.get(key)
        if known is None:
            known = judge(self.versions[key[0]], self.versions[key[1]])
            if known.answer in (Answer.CERTAIN, Answer.DOUBTFUL):
                self.verdicts[key] = known
        return known

    def _contradict(self, one: int, other: int) -> bool:
        return self._judge(one, other).contradicts

    def _within(self, version: int, members: list[int]) -> None:
        """Join records that are alike in everything, but for those that a person has judged."""
        verdict = self._judge(version, version)
        if verdict.answer is Answer.CERTAIN:
            judged = [number for number in members if self.clusters.is_judged(number)]
            free = [number for number in members if not self.clusters.is_judged(number)]
            for one, other in pairwise(free):
                self.clusters.join(one, other, verdict.why)
            self.nodes[version] = [*free[:1], *judged]
            for one, other in combinations(self.nodes[version], 2):
                self.edges.append(_Edge(not verdict.proven, version, version, one, other, verdict.why))
        elif verdict.answer is Answer.DOUBTFUL:
            self.doubts.extend((members[0], other, verdict.why) for other in members[1:])

    def _between(self, one: int, other: int) -> None:
        verdict = self._judge(one, other)
        if verdict.answer not in (Answer.CERTAIN, Answer.DOUBTFUL):
            return
        for left, right in islice(product(self.nodes[one], self.nodes[other]), _PAIRS_OF_VERSIONS):
            if verdict.answer is Answer.CERTAIN:
                self.edges.append(_Edge(not verdict.proven, one, other, left, right, verdict.why))
            else:
                self.doubts.append((left, right, verdict.why))

    def _ambiguous(self) -> set[int]:
        """Return the records that are as certainly one as another work, though the two contradict each other."""
        mates: defaultdict[int, list[_Edge]] = defaultdict(list)
        for edge in self.edges:
            mates[edge.one].append(edge)
            mates[edge.other].append(edge)
        return {number for number, edges in mates.items() if len(edges) > 1 and self._torn(number, edges)}

    def _torn(self, number: int, edges: list[_Edge]) -> bool:
        best = min(edge.unproven for edge in edges)
        others = [edge.other if edge.one == number else edge.one for edge in sorted(edges) if edge.unproven == best][
            :_PAIRS_OF_VERSIONS
        ]
        return any(
            self.clusters.root(one) != self.clusters.root(other)
            and (
                self.clusters.judged_apart(one, other) or self._contradict(self.version_of[one], self.version_of[other])
            )
            for one, other in combinations(others, 2)
        )

    def _certain(self) -> list[Duplicate]:
        why = self.clusters.why
        return [Duplicate(self.ids[gone], self.ids[self.clusters.root(gone)], why[gone]) for gone in sorted(why)]

    def _doubtful(self) -> list[Doubt]:
        """Return one doubt per pair of clusters, the one with the most similar titles, and few for each record."""
        best: dict[tuple[int, int], tuple[float, str]] = {}
        for one, other, why in self.doubts:
            roots = self.clusters.root(one), self.clusters.root(other)
            pair = min(roots), max(roots)
            if pair[0] == pair[1] or self.clusters.judged_apart(*pair):
                continue
            likeness = self._likeness(self.version_of[one], self.version_of[other])
            if pair not in best or (likeness, why) > best[pair]:
                best[pair] = likeness, why
        found = [
            Doubt(self.ids[later], self.ids[earlier], why, round(likeness, 3))
            for (earlier, later), (likeness, why) in sorted(best.items())
            if not any(self._judge(*versions).answer is Answer.DIFFERENT for versions in self._across(earlier, later))
        ]
        offered: Counter[str] = Counter()
        kept = []
        for doubt in sorted(found, key=lambda doubt: -doubt.similarity):
            if max(offered[doubt.record_id], offered[doubt.other]) < _OFFERED:
                offered.update((doubt.record_id, doubt.other))
                kept.append(doubt)
        return kept

    def _across(self, one: int, other: int) -> Iterator[tuple[int, int]]:
        versions = product(sorted(self.clusters.versions(one)), sorted(self.clusters.versions(other)))
        return islice(versions, _PAIRS_OF_VERSIONS)

    def _likeness(self, one: int, other: int) -> float:
        return titles.likeness(self.versions[one].title, self.versions[other].title)


def _work(one: Traits) -> Work | None:
    """Return what versions share that never contradict each other, since one DOI over one telling title is proof."""
    sure = one.doi and one.title.telling and not one.pmid
    return (one.doi, one.title.key) if sure else None


def _versions(records: Sequence[Record]) -> tuple[list[Traits], list[int], list[list[int]]]:
    """Return the different traits in order of title, the version of each record, and the records of each version."""
    alike: defaultdict[Written, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        alike[written(record)].append(number)
    ordered = sorted(
        ((traits(fields), fields, numbers) for fields, numbers in alike.items()),
        key=lambda version: (version[0].title.key, version[0].first, version[1]),
    )
    version_of = [0] * len(records)
    for version, (_, _, numbers) in enumerate(ordered):
        for number in numbers:
            version_of[number] = version
    return [found for found, _, _ in ordered], version_of, [numbers for _, _, numbers in ordered]
