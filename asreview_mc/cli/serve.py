"""The command that opens the page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asreview_mc.cli.output import HERE, Project, opened, say


def register(app: typer.Typer) -> None:
    """Add the command of this module to the app."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    team: Annotated[bool, typer.Option("--team", help="Colleagues sign in with a password.")] = False,
    name: Annotated[list[str] | None, typer.Option(help="Name under which colleagues reach this machine.")] = None,
    certfile: Annotated[Path | None, typer.Option(help="TLS certificate (PEM).")] = None,
    keyfile: Annotated[Path | None, typer.Option(help="Key of the certificate (PEM).")] = None,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="A server in front, on this machine, speaks TLS.")
    ] = False,
    invite: Annotated[list[str] | None, typer.Option(help="With --team: make an invitation for this person.")] = None,
    project: Project = HERE,
) -> None:
    """Open the page of the review: on this machine for one, with --team for all."""
    from asreview_mc.web.serve import Place
    from asreview_mc.web.serve import serve as run

    place = Place(host, port, team, tuple(name or ()), certfile, keyfile, behind_proxy)
    with opened(project):
        place.settings()
    run(project, place, say, invite=invite or ())
