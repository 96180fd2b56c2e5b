"""Everything that the page's routes share: one review, its two lanes, its two workshops, and who may come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from itsdangerous import URLSafeTimedSerializer

from asreview_mc.core.protocol import Protocol as ReviewProtocol
from asreview_mc.project.desk import Desk
from asreview_mc.project.review import Review
from asreview_mc.project.workshop import Workshop
from asreview_mc.web.accounts import Accounts
from asreview_mc.web.behind import Coalesced
from asreview_mc.web.lanes import Lane
from asreview_mc.web.throttle import Throttle

FIRST_ORDER = 4.0
"""Seconds. Until an order is there, records come as they were read in, which wastes the work done on them."""


class Shop(Protocol):
    """Where jobs of `project.jobs` are asked for."""

    done_of: tuple[int, int] | None

    def ask(self, job: str, **given: Any) -> Any:  # noqa: ANN401
        """Start a job; return a future."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the page is served.

    Attributes
    ----------
    team : bool
        Whether people sign in; else whoever sits at this machine says who they are.
    address : str
        Where it is reached, such as ``https://reviews.example.org:8000``, without a slash at its end.
    hosts : tuple of str
        Names without port under which requests are taken.
    """

    team: bool = False
    address: str = "http://127.0.0.1:8000"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")

    @property
    def secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.address.startswith("https://")


class House:
    """One review, open to the routes.

    Decisions have a lane to themselves and the ranker a process; all other slow work has another process.
    """

    def __init__(self, folder: Path, settings: Settings, open_shop: Callable[[Path], Shop] = Workshop) -> None:
        with Review.open(folder) as review:
            self.title = review.protocol.title
        self.folder = folder
        self.settings = settings
        self.accounts = Accounts(folder)
        self.signer = URLSafeTimedSerializer(self.accounts.secret, salt="session")
        self.throttle = Throttle()
        self.desk: Lane[Desk] = Lane(folder, Desk, "desk")
        self.reading: Lane[Review] = Lane(folder, lambda review: review, "reading")
        self.ranking = open_shop(folder)
        self.workshop = open_shop(folder)
        self.orders = Coalesced(self._order)
        self.vectors = Coalesced(self._encode)
        self._ordered: dict[Hashable, str] = {}
        self._came: set[str] = set()
        self.encoded: tuple[int, int] | None = None
        """(done, total) of the texts whose vectors are being made behind the orders, None where none are."""
        self.measures = Coalesced(self._measure)

    async def protocol(self) -> ReviewProtocol:
        """Return the protocol that holds."""
        return await self.desk.run(lambda desk: desk.review.state.protocol)

    async def first_order(self, reviewer: str) -> None:
        """Wait a little for the first order of somebody who comes in, once; a large review takes longer than that."""
        if reviewer in self._came:
            return
        self._came.add(reviewer)
        self.orders.want(reviewer)
        if not self.orders.trouble:
            await self.orders.settled(reviewer, FIRST_ORDER)

    async def job(self, job: str, /, **given: Any) -> Any:  # noqa: ANN401 - each job has a result of its own
        """Return the result of a job of the workshop."""
        return await asyncio.wrap_future(self.workshop.ask(job, **given))

    def after_decision(self, reviewer: str) -> None:
        """Let queue and agreement follow from what was decided, behind the reviewer's back."""
        self.orders.want(reviewer)
        self.measures.want("all")

    async def close(self) -> None:
        """Leave nothing running."""
        self.orders.stop()
        self.vectors.stop()
        self.measures.stop()
        self.ranking.close()
        self.workshop.close()
        self.desk.close()
        self.reading.close()

    async def _order(self, key: Hashable) -> None:
        orders = await asyncio.wrap_future(self.ranking.ask("orders", reviewer=key))
        await self.desk.run(lambda desk: desk.take(*orders))
        self._ordered[key] = orders[0].fingerprint
        self.vectors.want("all")

    async def _encode(self, key: Hashable) -> None:
        """Make the vectors that are lacking, a few at a time so that orders come in between, and let them join."""
        left = 1
        while left:
            left, of, fingerprint = await asyncio.wrap_future(self.ranking.ask("encode"))
            self.encoded = (of - left, of) if left else None
            for reviewer, by in self._ordered.items():
                if by != fingerprint and not self.orders.busy(reviewer):
                    self.orders.want(reviewer)

    async def _measure(self, key: Hashable) -> None:
        await self.job("measure")


def house_of(request: Request) -> House:
    """Return the house that a request came to."""
    house: House = request.app.state.house
    return house
