"""Commands of the end of a stage: close, freeze, link reports of one study, discuss, import decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, By, Json, Project, StageName, answer, opened, say, shortened
from asreview_mc.cli.team import Note
from asreview_mc.project import screen as screening
from asreview_mc.project import stages as ends
from asreview_mc.project.screen import stage_named

Why = Annotated[str, typer.Option("--reason", help="Why.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    for command in (close, freeze, link, discuss):
        app.command()(command)
    app.command(name="import-decisions")(import_decisions)


def close(
    stage: Annotated[str, typer.Argument(metavar="abstract|fulltext", help="Which stage.")],
    by: By = "",
    reason: Why = "",
    rule: Annotated[str, typer.Option(help="The stopping rule that was met.")] = "",
    reopen: Annotated[bool, typer.Option("--reopen", help="Let the stage go on, with a reason.")] = False,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """End a stage; records not read to the end keep their names and are never excluded by that."""
    with opened(project) as review:
        named = stage_named(stage)
        if reopen:
            logged = ends.reopen(review, named, by, reason)
            answer(as_json, {"seq": logged.seq, "stage": stage}, [f"{stage} goes on, event {logged.seq}"])
            return
        closed = ends.close(review, named, by, reason=reason, rule=rule)
        if closed.half_read:
            say(f"{len(closed.half_read)} records want another decision and stay without an outcome")
        answer(
            as_json,
            {"seq": closed.logged.seq, "stage": stage, "unread": closed.unread, "half_read": closed.half_read},
            [f"{stage} closed, event {closed.logged.seq}; {len(closed.unread)} records stay unread"],
        )


def freeze(
    by: By = "",
    reason: Why = "",
    thaw: Annotated[bool, typer.Option("--thaw", help="Let it change again, with a reason.")] = False,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Freeze the included set; a later change needs a reasoned amendment, which is --thaw."""
    with opened(project) as review:
        logged = ends.thaw(review, by, reason) if thaw else ends.freeze(review, by, reason=reason)
        ids: Sequence[str] = logged.event.record_ids  # type: ignore[attr-defined]
        line = f"{len(ids)} included reports {'may change again' if thaw else 'frozen'}, event {logged.seq}"
        answer(as_json, {"seq": logged.seq, "records": list(ids)}, [line])


def link(
    study: Annotated[str, typer.Argument(metavar="[STUDY]", help="A report of the study; none to see offers.")] = "",
    records: Annotated[list[str] | None, typer.Argument(metavar="[RECORD]...", help="Its other reports.")] = None,
    by: By = "",
    apart: Annotated[bool, typer.Option("--apart", help="They are not of one study after all.")] = False,
    note: Note = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Link reports of one study, so that studies and reports are counted apart."""
    with opened(project) as review:
        if not study:
            offers = ends.linkable(review)
            answer(as_json, {"offers": offers}, _offer_lines(offers))
            return
        logged = ends.link(review, study, records or (), by, note=note, apart=apart)
        line = f"{study} and {', '.join(records or ())}: {'not ' if apart else ''}one study, event {logged.seq}"
        answer(as_json, {"seq": logged.seq}, [line])


def _offer_lines(offers: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if not offers:
        yield "No pair looks like two reports of one study."
    for one in offers:
        yield f"{one['other']} {one['record_id']}  {shortened(one['title'], 80)}"


def discuss(
    record_id: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record in conflict.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What there is to say.")],
    reviewer: By,
    stage: StageName = "abstract",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Leave a note in the discussion of a conflict."""
    with opened(project) as review:
        logged = screening.discuss(review, record_id, text, reviewer, stage=stage_named(stage))
        result: dict[str, Any] = {"seq": logged.seq, "record_id": record_id}
        answer(as_json, result, [f"{record_id}: noted, event {logged.seq}"])


def import_decisions(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, XLSX, RIS or .asreview.")],
    reviewer: Annotated[str, typer.Option(help="Whose decisions they are.")],
    named: Annotated[str, typer.Option(help="What the reviewer is called in the file.")] = "",
    every: Annotated[str, typer.Option(help="The decision on every record of a file that holds one list.")] = "",
    stage: StageName = "abstract",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Import decisions made in Rayyan, Covidence, ASReview or a table; rows without a record are listed."""
    from asreview_mc.project.imported import import_decisions as bring

    with opened(project) as review:
        found = bring(review, file, reviewer, stage=stage_named(stage), named=named, every=every)
        lines = [
            f"{found.read} rows read, {found.matched} matched, {found.decided} decisions of {reviewer} added,"
            f" {found.silent} without a decision, {len(found.refused)} refused, {len(found.unmatched)} not matched",
            *(f"  {one.position}: {shortened(one.title, 50)}: {one.why}" for one in (*found.refused, *found.unmatched)),
        ]
        answer(as_json, asdict(found), lines)
