"""Work behind the reviewers' backs: of a kind at most one job under way and one waiting, and none in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from asreview_mc.core.errors import AsreviewMCError

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0


class Coalesced:
    """Runs `work` for a key; whoever asks while it runs has it run once more, however many ask.

    What fails is tried again after a pause that doubles each time, for as long as this lives; `trouble` says what went
    wrong last, None once it is well again.
    """

    def __init__(self, work: Callable[[Hashable], Awaitable[None]]) -> None:
        self._work = work
        self._under_way: dict[Hashable, asyncio.Task[None]] = {}
        self._again: set[Hashable] = set()
        self.trouble: str | None = None

    def want(self, key: Hashable) -> None:
        """Have the work done for a key, soon."""
        if key in self._under_way:
            self._again.add(key)
            return
        self._under_way[key] = asyncio.get_running_loop().create_task(self._run(key))

    def busy(self, key: Hashable) -> bool:
        """Whether the work for a key is under way."""
        return key in self._under_way

    async def settled(self, key: Hashable, within: float) -> None:
        """Wait for the work under way for a key, for so many seconds at most."""
        task = self._under_way.get(key)
        if task:
            await asyncio.wait({task}, timeout=within)

    def stop(self) -> None:
        """Leave off."""
        for task in list(self._under_way.values()):
            task.cancel()

    async def _run(self, key: Hashable) -> None:
        wait = FIRST_WAIT
        try:
            while True:
                self._again.discard(key)
                try:
                    await self._work(key)
                except AsreviewMCError as error:
                    self.trouble = str(error)
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, LONGEST_WAIT)
                    continue
                self.trouble = None
                if key not in self._again:
                    return
        finally:
            # In the same breath as the look for what was wanted meanwhile: a callback would come too late.
            del self._under_way[key]
