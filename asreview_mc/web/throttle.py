"""Guessing a password takes long: few failures at a time for a name, a few more for an address."""

from __future__ import annotations

import time
from collections import deque

WINDOW_SECONDS = 300.0
FAILURES = 5
FAILURES_OF_ADDRESS = 30
MOST_KEYS = 10_000


class Throttle:
    """Counts failed attempts by key over `WINDOW_SECONDS`."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[float]] = {}

    def wait(self, name: str, address: str) -> int:
        """Return how many seconds to wait before the next attempt, 0 where none."""
        return max(self._wait(f"name {name}", FAILURES), self._wait(f"address {address}", FAILURES_OF_ADDRESS))

    def failed(self, name: str, address: str) -> None:
        """Count a failure."""
        if len(self._failures) > MOST_KEYS:
            self._failures = {key: times for key, times in self._failures.items() if self._recent(times)}
        for key in (f"name {name}", f"address {address}"):
            self._failures.setdefault(key, deque(maxlen=FAILURES_OF_ADDRESS)).append(time.monotonic())

    def succeeded(self, name: str) -> None:
        """Forget the failures of a name."""
        self._failures.pop(f"name {name}", None)

    def _wait(self, key: str, most: int) -> int:
        times = self._failures.get(key)
        if not times or not self._recent(times) or len(times) < most:
            return 0
        return int(times[-most] + WINDOW_SECONDS - time.monotonic()) + 1

    @staticmethod
    def _recent(times: deque[float]) -> bool:
        while times and times[0] < time.monotonic() - WINDOW_SECONDS:
            times.popleft()
        return bool(times)
