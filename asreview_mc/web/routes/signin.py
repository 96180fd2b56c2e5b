"""Coming in and going out: a name alone, a password in a team, an invitation the first time."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from asreview_mc.core.errors import DecisionError
from asreview_mc.web.pages import back, page
from asreview_mc.web.who import COOKIE, Anybody, Rooms, form_of, sign_in, texts_of

router = APIRouter(include_in_schema=False)


@router.get("/sign-in")
async def ask(request: Request, house: Rooms) -> Response:
    """Ask who is there."""
    protocol = await house.protocol()
    people = [one for one in protocol.reviewers if not one.left] if not house.settings.team else []
    return page(request, None, "sign-in.html.jinja", people=people, problem="")


@router.post("/sign-in")
async def enter(request: Request, house: Rooms) -> Response:
    """Begin a session; in a team only for the right password, and not after too many wrong ones."""
    form = texts_of(await form_of(request))
    name, protocol = form.get("name", "")[:200], await house.protocol()
    known = name in [one.name for one in protocol.reviewers if not one.left]
    if house.settings.team:
        address = request.client.host if request.client else ""
        wait = house.throttle.wait(name, address)
        if wait:
            return page(
                request, None, "sign-in.html.jinja", 429, people=[], problem=f"Too many attempts: wait {wait} seconds."
            )
        right = await asyncio.to_thread(house.accounts.signs_in, name, form.get("password", ""))
        if not (right and known):
            house.throttle.failed(name, address)
            return page(request, None, "sign-in.html.jinja", 403, people=[], problem="Name or password is wrong.")
        house.throttle.succeeded(name)
    elif not known:
        raise HTTPException(403, "nobody on the team is called so")
    answer = RedirectResponse("/", 303)
    sign_in(house, answer, name)
    return answer


@router.get("/join/{token}")
async def invited(request: Request, token: str, house: Rooms) -> Response:
    """Show an invitation."""
    name = house.accounts.invited(token)
    return page(request, None, "join.html.jinja", 200 if name else 404, name=name, problem="")


@router.post("/join/{token}")
async def join(request: Request, token: str, house: Rooms) -> Response:
    """Take up an invitation with a password."""
    form = texts_of(await form_of(request))
    if form.get("password") != form.get("again"):
        name = house.accounts.invited(token)
        return page(request, None, "join.html.jinja", 422, name=name, problem="The two are not the same.")
    try:
        name = await asyncio.to_thread(house.accounts.take_up, token, form.get("password", ""))
    except DecisionError as error:
        name = house.accounts.invited(token)
        return page(request, None, "join.html.jinja", 422, name=name, problem=str(error))
    answer = RedirectResponse("/", 303)
    sign_in(house, answer, name)
    return answer


@router.post("/sign-out")
async def leave(request: Request, who: Anybody, house: Rooms) -> Response:
    """End this session, or every session of who asks."""
    if texts_of(await form_of(request)).get("everywhere"):
        house.accounts.sign_out_everywhere(who.name)
    answer = back("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer
