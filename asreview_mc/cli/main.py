"""The command line as a whole: one Typer app, and one place where an error becomes one line and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from typing import Annotated

import typer

from asreview_mc.cli import (
    duplicates,
    extract,
    gather,
    logbook,
    panel,
    reports,
    screen,
    serve,
    simulate,
    stages,
    stopping,
    synthesise,
    team,
)
from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.core.version import __version__

app = typer.Typer(
    name="asreview-mc",
    help="A whole systematic review, offline: identify, screen in pairs, rank, agree, classify, report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (gather, screen, team, stages, stopping, synthesise, extract, reports, logbook, serve, simulate):
    room.register(app)
app.add_typer(duplicates.app, name="dedup")
app.add_typer(panel.app, name="panel")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"asreview-mc {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    encoder: Annotated[
        str | None,
        typer.Option(
            envvar="ASREVIEW_MC_ENCODER",
            help="Folder or name of a sentence-transformers model on this machine, or static: quick, for millions of "
            "records. all-MiniLM-L6-v2 by default.",
        ),
    ] = None,
    device: Annotated[
        str | None, typer.Option(envvar="ASREVIEW_MC_DEVICE", help="Where it computes: cpu (default), cuda or mps.")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            envvar="ASREVIEW_MC_PRECISION",
            help="What it computes in: float32, bfloat16, or auto (default): bfloat16 where the processor has it.",
        ),
    ] = None,
) -> None:
    """A whole systematic review, offline: identify, screen in pairs, rank, agree, classify, report."""
    for name, value in (("ENCODER", encoder), ("DEVICE", device), ("PRECISION", precision)):
        if value:
            os.environ[f"ASREVIEW_MC_{name}"] = value


def main() -> None:
    """Run the command line: exit 0 done, 1 a user's error in one line, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AsreviewMCError as error:
        typer.echo(f"asreview-mc: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC or error.filename:
            raise
        typer.echo(
            "asreview-mc: the answer cannot be written: no space is left there. Free some and try again", err=True
        )
        sys.exit(1)
