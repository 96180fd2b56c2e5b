"""How commands answer: JSON on standard output with ``--json``, plain lines otherwise; notes on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.project.review import Review

Project = Annotated[Path, typer.Option("--project", help="The review's folder.", metavar="DIR", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object on standard output.")]
As = Annotated[
    str,
    typer.Option(
        "--as", envvar="ASREVIEW_MC_USER", help="Who is asking; nobody sees only what reveals no pending decision."
    ),
]
By = Annotated[
    str, typer.Option("--by", "--reviewer", "--as", envvar="ASREVIEW_MC_USER", help="Who does it, and answers for it.")
]
Blind = Annotated[bool, typer.Option("--blind", help="Without anybody's name.")]
StageName = Annotated[str, typer.Option("--stage", help="abstract (title and abstract) or fulltext.")]
HERE = Path()


@contextmanager
def opened(project: Path) -> Iterator[Review]:
    """Open a review for one command, saying on standard error what its user should know first."""
    with Review.open(project) as review:
        notes(review)
        yield review


def notes(review: Review) -> None:
    """Say on standard error if the protocol file differs from the accepted one, or the review lies on a shared disk."""
    for note in (review.place_note, review.draft_note()):
        if note:
            say(note)


def say(line: str) -> None:
    """Print a note on standard error."""
    typer.echo(line, err=True)


def answer(as_json: bool, value: dict[str, Any], lines: Iterable[str]) -> None:
    """Print a command's answer, as JSON or as lines."""
    if as_json:
        typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))
    else:
        for line in lines:
            typer.echo(line)


def columns(rows: Sequence[Sequence[object]], *, header: Sequence[str] = ()) -> Iterator[str]:
    """Yield rows as aligned columns, two spaces apart; numbers to the right, texts to the left."""
    shown = [[str(cell) for cell in row] for row in ([header, *rows] if header else rows)]
    if not shown:
        return
    numeric = [all(isinstance(row[k], (int, float)) for row in rows) for k in range(len(shown[0]))]
    widths = [max(len(row[k]) for row in shown) for k in range(len(shown[0]))]
    for row in shown:
        cells = [
            cell.rjust(w) if number else cell.ljust(w) for cell, w, number in zip(row, widths, numeric, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def shortened(text: str, width: int = 70) -> str:
    """Return `text` on one line, cut with an ellipsis where it is longer than `width`."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a (done, total) callback that draws a bar on a terminal's standard error; None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
