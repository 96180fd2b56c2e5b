"""Slow work in a process of its own, so that no reviewer waits for a model and none is stopped by one that fails.

`Workshop` is the side that asks, `work` the side that answers; what can be asked for is in `jobs`. A process that dies
takes the jobs under way with it, each of which says so, and the next job starts another.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from asreview_mc.core.errors import AsreviewMCError, ProjectError
from asreview_mc.project.jobs import Bench
from asreview_mc.project.review import Review

Told = Callable[[int, int], None]
POLITENESS = 10


class Workshop:
    """Asks one process for one job after the other; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._next = 0
        self._pipe: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None
        self.done_of: tuple[int, int] | None = None
        """(done, total) of the long step of the job under way, None where there is none."""

    def ask(self, job: str, **given: Any) -> Future[Any]:  # noqa: ANN401 - each job has arguments of its own
        """Start a job of `jobs.Bench` by name; its result or its error comes as the future's.

        The future fails with ``ProjectError`` where the process dies.
        """
        future: Future[Any] = Future()
        with self._lock:
            pipe = self._started()
            self._next += 1
            self._waiting[self._next] = future
            try:
                pipe.send((self._next, job, given))
            except OSError:
                self._waiting.pop(self._next)
                future.set_exception(_gone())
        return future

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if process:
            process.terminate()
            process.join(5)
        if pipe:
            pipe.close()

    @property
    def pid(self) -> int | None:
        """Number of the process, None where none runs."""
        return self._process.pid if self._process and self._process.is_alive() else None

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(target=work, args=(self._folder, theirs), daemon=True)
            self._process.start()
            theirs.close()
            self._pipe = ours
            threading.Thread(target=self._listen, args=(ours,), daemon=True).start()
        return self._pipe

    def _listen(self, pipe: Connection) -> None:
        """Hand on every answer; at the end of the process fail what it leaves undone."""
        while True:
            try:
                number, outcome, value = pipe.recv()
            except (EOFError, OSError):
                break
            if outcome == "progress":
                self.done_of = value
                continue
            self.done_of = None
            with self._lock:
                future = self._waiting.pop(number, None)
            if future and outcome == "done":
                future.set_result(value)
            elif future:
                future.set_exception(value)
        self.done_of = None
        with self._lock:
            left, self._waiting = self._waiting, {}
            if self._pipe is pipe:
                self._pipe = None
        for future in left.values():
            future.set_exception(_gone())


def _gone() -> ProjectError:
    return ProjectError("the process that was to do this has ended", remedy="Try again; nothing was lost")


def work(folder: Path, pipe: Connection) -> None:
    """Do jobs as they come until nobody asks any more; runs in the process of its own."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    with Review.open(folder) as review:
        bench = Bench(review)
        while True:
            try:
                number, job, given = pipe.recv()
            except (EOFError, KeyboardInterrupt):
                return
            bench.tell = lambda done, total, n=number: pipe.send((n, "progress", (done, total)))
            try:
                answer = ("done", getattr(bench, job)(**given))
            except AsreviewMCError as error:
                answer = ("failed", error)
            except KeyboardInterrupt:
                return
            pipe.send((number, *answer))
