"""Who is asking, and what their role lets them do; asked by every route that answers with anything of the review."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from itsdangerous import BadData
from starlette.datastructures import FormData

from asreview_mc.core.protocol import Protocol
from asreview_mc.web.house import House, house_of

COOKIE = "asreview_mc"
SESSION_SECONDS = 12 * 3600


class NotSignedInError(Exception):
    """Nobody is signed in: a browser is sent to the sign-in page, a script is told."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody on the team: `decides` on records, `leads` the review; `csrf` is what their forms carry."""

    name: str
    role: str
    decides: bool
    leads: bool
    csrf: str


def sign_in(house: House, response: Response, name: str) -> None:
    """Begin a session of somebody."""
    said = {"name": name, "epoch": house.accounts.epoch(name), "csrf": secrets.token_urlsafe(24)}
    response.set_cookie(
        COOKIE,
        house.signer.dumps(said),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="strict",
        secure=house.settings.secure,
    )


async def caller(request: Request) -> AsyncIterator[Caller]:
    """Yield who is asking, and close the files that came with the request once it is answered.

    Raises
    ------
    NotSignedInError
        If nobody is signed in.
    HTTPException
        401 for a token that is nobody's, 403 for a form of another session.
    """
    try:
        yield await _who(request)
    finally:
        await request.close()


async def _who(request: Request) -> Caller:
    house = house_of(request)
    given = request.headers.get("authorization", "")
    if given:
        scheme, _, token = given.partition(" ")
        name = house.accounts.token_of(token.strip()) if scheme.lower() == "bearer" else None
        if name is None:
            raise HTTPException(401, "this token is nobody's", {"WWW-Authenticate": "Bearer"})
        return _member(await house.protocol(), name, "")
    session = _session(house, request)
    who = _member(await house.protocol(), session["name"], session["csrf"])
    if request.method not in ("GET", "HEAD"):
        await _check_form(request, who.csrf)
    return who


def _session(house: House, request: Request) -> dict[str, Any]:
    try:
        said = house.signer.loads(request.cookies.get(COOKIE, ""), max_age=SESSION_SECONDS)
    except BadData:
        raise NotSignedInError from None
    if said["epoch"] != house.accounts.epoch(said["name"]):
        raise NotSignedInError
    return dict(said)


def _member(protocol: Protocol, name: str, csrf: str) -> Caller:
    person = next((one for one in protocol.reviewers if one.name == name and not one.left), None)
    if person is None:
        raise NotSignedInError
    owners = [one.name for one in protocol.reviewers if one.role == "owner" and not one.left]
    return Caller(name, person.role, name in protocol.active, name in owners or not owners, csrf)


async def _check_form(request: Request, csrf: str) -> None:
    sent = request.headers.get("x-csrf")
    if sent is None and not request.headers.get("content-type", "").startswith("application/json"):
        sent = str((await form_of(request)).get("csrf", ""))
    if not secrets.compare_digest((sent or "").encode(), csrf.encode()):
        raise HTTPException(403, "this form is of another session; load the page again")


async def form_of(request: Request) -> FormData:
    """Return what a form sent; 400 where it cannot be read."""
    return await request.form(max_files=20, max_fields=500)


def texts_of(form: FormData) -> dict[str, str]:
    """Return the texts of a form by name, the last of each."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


async def screener(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """Return who is asking, if they decide on records; 403 else."""
    if not who.decides:
        raise HTTPException(403, f"{who.name} is {who.role} and does not decide on records")
    return who


async def leader(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """Return who is asking, if they lead the review; 403 else."""
    if not who.leads:
        raise HTTPException(403, f"{who.name} is {who.role}, not an owner")
    return who


async def settler(who: Annotated[Caller, Depends(caller)]) -> Caller:
    """Return who is asking, if they decide on records or adjudicate; 403 else."""
    if not who.decides and who.role != "adjudicator":
        raise HTTPException(403, f"{who.name} is {who.role} and settles no conflicts")
    return who


Anybody = Annotated[Caller, Depends(caller)]
Screener = Annotated[Caller, Depends(screener)]
Leader = Annotated[Caller, Depends(leader)]
Settler = Annotated[Caller, Depends(settler)]
Rooms = Annotated[House, Depends(house_of)]
