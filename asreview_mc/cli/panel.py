"""Commands of the expert panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, By, Json, Project, answer, columns, opened, shortened
from asreview_mc.project import panel

app = typer.Typer(help="The experts: rate what was found and how; how far they agree.", no_args_is_help=True)


@app.command()
def rate(
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT",
            help="topic:RECORD:CODE, finding:SECTION or conduct:identification|screening|extraction.",
        ),
    ],
    rating: Annotated[str, typer.Argument(metavar="agree|partly|disagree", help="The rating.")],
    reviewer: By,
    note: Annotated[str, typer.Option(help="Feedback, which is kept.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Rate one subject as an expert, apart from the others."""
    with opened(project) as review:
        logged = panel.rate(review, subject, rating, reviewer, note=note)
        left = len(panel.waiting(review, reviewer))
        line = f"{subject}: {rating} by {reviewer}, event {logged.seq}; {left} to go"
        answer(as_json, {"seq": logged.seq, "waiting": left}, [line])


@app.command()
def agreement(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Say how far the experts agree, over what all have rated, and show the ratings that you may see."""
    with opened(project) as review:
        found = panel.agreement(review, review.viewer(user))
        answer(as_json, found, _lines(found))


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield f"{len(found['raters'])} experts, {found['complete']} of {found['subjects']} subjects rated by all"
    rows = [
        (kind, found[kind]["n"], *found[kind]["table"].values(), _value(found[kind]["gwet_ac1"]))
        for kind in ("topic", "finding", "conduct", "all")
    ]
    yield from columns(rows, header=("subjects", "n", "agree", "partly", "disagree", "Gwet's AC1"))
    for one in found["ratings"]:
        yield f"{one['subject']}  {one['expert']}: {one['rating']}  {shortened(one['note'])}".rstrip()


def _value(statistic: Mapping[str, Any]) -> str:
    return f"{statistic['value']:.2f}" if statistic["value"] is not None else "–"
