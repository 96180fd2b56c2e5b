"""Records joined so far: no cluster ever holds two records that contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import product
from typing import TypeAlias, TypeVar

VERSIONS_OF_ONE_WORK = 100
_Item = TypeVar("_Item")
Work: TypeAlias = "tuple[str, str] | int"


class Clusters:
    """Disjoint sets of record numbers; each set is known by its smallest number.

    Parameters
    ----------
    versions : list of int
        Version of each record: records of one version are alike in all that is compared.
    work_of : list of Work
        What is the same for versions that never contradict each other: DOI and title, else the version.
    contradict : callable
        Whether two versions contradict each other.
    apart : iterable of pairs of int
        Records that a person has judged different.
    """

    def __init__(
        self,
        versions: list[int],
        work_of: list[Work],
        contradict: Callable[[int, int], bool],
        apart: Iterable[tuple[int, int]],
    ) -> None:
        self._parent = list(range(len(versions)))
        self._versions: list[set[int]] = [{version} for version in versions]
        self._work_of = work_of
        self._works = [{work_of[version]} for version in versions]
        self._contradict = contradict
        self._foes: defaultdict[int, set[int]] = defaultdict(set)
        for one, other in apart:
            self._foes[one].add(other)
            self._foes[other].add(one)
        self._judged: dict[int, set[int]] = {number: {number} for number in self._foes}
        self.why: dict[int, str] = {}

    def root(self, number: int) -> int:
        """Return the smallest number in the cluster of `number`."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def versions(self, number: int) -> set[int]:
        """Return the versions in the cluster of `number`."""
        return self._versions[self.root(number)]

    def is_judged(self, number: int) -> bool:
        """Say whether a person has judged this record different from another."""
        return number in self._foes

    def judged_apart(self, one: int, other: int) -> bool:
        """Say whether a person has judged a record of one cluster different from a record of the other."""
        one, other = self.root(one), self.root(other)
        foes = (foe for number in self._judged.get(one, ()) for foe in self._foes[number])
        return any(self.root(foe) == other for foe in foes)

    def may_join(self, one: int, other: int) -> bool:
        """Say whether two clusters can be one; a hundred titles are more than a work has, and join nothing more."""
        if self.root(one) == self.root(other):
            return True
        here, there = self.versions(one), self.versions(other)
        works, added = self._works[self.root(one)], self._works[self.root(other)]
        if len(works | added) > VERSIONS_OF_ONE_WORK or self.judged_apart(one, other):
            return False
        if works == added and len(works) == 1:
            return True
        return not any(
            self._contradict(left, right)
            for left, right in product(here, there)
            if self._work_of[left] != self._work_of[right]
        )

    def join(self, one: int, other: int, why: str | None) -> None:
        """Make one cluster of two, without asking; the larger root is kept in `why` if there is a reason."""
        kept, gone = sorted((self.root(one), self.root(other)))
        if kept == gone:
            return
        self._parent[gone] = kept
        self._versions[kept], self._versions[gone] = _united(self._versions[kept], self._versions[gone]), set()
        self._works[kept], self._works[gone] = _united(self._works[kept], self._works[gone]), set()
        if gone in self._judged:
            self._judged.setdefault(kept, set()).update(self._judged.pop(gone))
        if why is not None:
            self.why[gone] = why


def _united(one: set[_Item], other: set[_Item]) -> set[_Item]:
    """Return both sets in the larger, which is changed: so that n joins cost n log n moves at most."""
    small, large = sorted((one, other), key=len)
    large |= small
    return large
