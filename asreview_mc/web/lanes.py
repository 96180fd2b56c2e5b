"""A lane: one thread with a review of its own, through which calls go one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Generic, TypeVar

from asreview_mc.project.review import Review

Tool = TypeVar("Tool")
Result = TypeVar("Result")


class Lane(Generic[Tool]):
    """Runs functions of what `make` makes of the review, in the lane's thread.

    SQLite's connections belong to a thread, and so does everything folded from them. Decisions have a lane to
    themselves, so that no page that takes long stands before them.
    """

    def __init__(self, folder: Path, make: Callable[[Review], Tool], name: str) -> None:
        self._folder = folder
        self._make = make
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._review: Review | None = None
        self._tool: Tool | None = None

    async def run(self, work: Callable[[Tool], Result]) -> Result:
        """Return what `work` returns, once it is its turn."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[Tool], Result]) -> Result:
        if self._tool is None:
            self._review = Review.open(self._folder)
            self._tool = self._make(self._review)
        return work(self._tool)

    def close(self) -> None:
        """Let what is under way end, and close the review."""
        self._thread.submit(self._shut).result()
        self._thread.shutdown()

    def _shut(self) -> None:
        if self._review:
            self._review.close()
            self._review = self._tool = None
