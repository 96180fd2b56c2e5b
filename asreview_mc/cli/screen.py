"""Commands of screening and eligibility: the queue, decisions, agreement, conflicts, full texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from asreview_mc.cli.output import (
    HERE,
    As,
    By,
    Json,
    Project,
    StageName,
    answer,
    columns,
    opened,
    progress,
    say,
    shortened,
)
from asreview_mc.project import agreement as measuring
from asreview_mc.project import fulltexts
from asreview_mc.project import screen as screening
from asreview_mc.project.screen import stage_named

RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record, like r000001.")]
Reason = Annotated[list[str] | None, typer.Option(help="Code of a reason from the protocol.")]
Note = Annotated[str, typer.Option(help="A note kept with it.")]
RankerName = Annotated[str, typer.Option("--ranker", help="Which ranker orders the queue.")]
QUEUE_HEADER = ("rank", "record_id", "score", "title", "why")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(screen)
    for command in (decide, undo, rank, agreement, conflicts, settle, retrieve):
        app.command()(command)


def _only(reasons: list[str] | None) -> str:
    if reasons and len(reasons) > 1:
        raise typer.BadParameter("an exclusion has exactly one reason, the first that applies", param_hint="--reason")
    return reasons[0] if reasons else ""


def screen(
    reviewer: By,
    stage: StageName = "abstract",
    ranker: RankerName = "hybrid",
    project: Project = HERE,
) -> None:
    """Screen in the terminal, one key a decision."""
    from asreview_mc.cli.screening import work

    with opened(project) as review:
        work(review, reviewer, stage_named(stage), ranker)


def decide(
    record_id: RecordId,
    decision: Annotated[str, typer.Argument(metavar="include|exclude|maybe", help="The decision.")],
    reviewer: By,
    stage: StageName = "abstract",
    reason: Reason = None,
    note: Note = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Log one decision; at full text an exclusion needs exactly one reason."""
    with opened(project) as review:
        named = stage_named(stage)
        logged = screening.decide(
            review, record_id, decision, reviewer, stage=named, reason=_only(reason), note=note, measured=False
        )
        if screening.reopened(review, logged):
            say(f"This opens again what was settled on {record_id}: `asreview-mc conflicts` lists it")
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id, "decision": decision},
            [f"{record_id} {decision} by {reviewer} ({stage}), event {logged.seq}"],
        )
        screening.measure_if_due(review, logged)


def undo(
    reviewer: By,
    record_id: Annotated[str, typer.Option("--record", help="Which record; the last decision by default.")] = "",
    stage: StageName = "abstract",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Take back a standing decision of your own; the log keeps both."""
    with opened(project) as review:
        logged = screening.undo(review, reviewer, stage=stage_named(stage), record_id=record_id or None)
        about = logged.event.about
        answer(
            as_json,
            {"seq": logged.seq, "record_id": about},
            [f"{about}: decision by {reviewer} taken back, event {logged.seq}"],
        )


def rank(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write the whole queue as CSV.")] = None,
    user: As = "",
    seeds: Annotated[
        list[str] | None, typer.Option("--seeds", help="Records to count as relevant for this queue.")
    ] = None,
    keywords: Annotated[
        list[str] | None, typer.Option("--keywords", help="Words to add to the protocol's query.")
    ] = None,
    stage: StageName = "abstract",
    ranker: RankerName = "hybrid",
    top: Annotated[int, typer.Option(min=1, help="How many to print.")] = 20,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Order the queue, best first, with a few words on why.

    Ranks, scores and reasons anchor whoever decides on the record next: `screen` and the page show the same queue
    without them unless the protocol allows it, and put records drawn by `stop` in between. This list is for planning
    and for scripts.
    """
    from asreview_mc.project.ranking import rank as order_queue
    from asreview_mc.report.export import write_table
    from asreview_mc.report.writing import suffix_of

    if output:
        suffix_of(output, (".csv",))
    with opened(project) as review, progress("Encoding") as bar:
        queue = order_queue(
            review,
            review.viewer(user),
            stage=stage_named(stage),
            seeds=seeds or (),
            keywords=keywords or (),
            ranker=ranker,
            explained=None if output or as_json else top,
            tell=lambda note: say(f"This queue says less than it could: {note}"),
            progress=bar,
        )
    rows = [(one.rank, one.record_id, round(one.score, 4), one.title, one.why) for one in queue]
    if output:
        write_table(output, QUEUE_HEADER, rows)
        say(f"Wrote {len(rows)} records to {output}")
    shown = [
        (place, record_id, f"{score:.3f}", shortened(title, 60), why)
        for place, record_id, score, title, why in rows[:top]
    ]
    if as_json or not output:
        answer(
            as_json,
            {"queue": [dict(zip(QUEUE_HEADER, row, strict=True)) for row in rows]},
            columns(shown, header=QUEUE_HEADER) if shown else ["The queue is empty."],
        )


def agreement(
    stage: StageName = "abstract",
    over_time: Annotated[bool, typer.Option("--over-time", help="As logged at each full batch of 25.")] = False,
    weights: Annotated[
        Literal["unweighted", "linear", "quadratic", "ordinal"],
        typer.Option(
            help="Also weighted Cohen’s κ, Gwet’s AC2 and ordinal Krippendorff’s α, where maybe lies between include "
            "and exclude: half way (linear, quadratic), or in that order and no more (ordinal)."
        ),
    ] = "unweighted",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Draw agreement over time as .svg, .png or .pdf.")
    ] = None,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Measure how far the reviewers agree, on first decisions made blind, over the records that all decided on."""
    from asreview_mc.report.agreement_view import to_text

    with opened(project) as review:
        viewer = review.viewer(user)
        named = stage_named(stage)
        if output:
            measuring.draw_over_time(review, named, output)
            say(f"Drew agreement over time in {output}")
        if over_time:
            logged = measuring.over_time(review, named)
            answer(as_json, {"stage": stage, "batches": logged}, _over_time_lines(logged))
            return
        measured = measuring.agreement(review, named, viewer, weights=weights)
        answer(as_json, measured, to_text(measured))


def _over_time_lines(logged: list[dict[str, Any]]) -> Iterator[str]:
    from asreview_mc.report.agreement_view import in_words, stages

    if not logged:
        yield "No batch of 25 doubly screened records is full yet."
    for one in logged:
        for pair in (pair for stage in stages(one) for pair in stage["pairs"]):
            figures = "; ".join(
                f"{shown['label']} {in_words(shown)}" for shown in pair["statistics"] if shown["interval"]
            )
            what = f"batch {one['batch']}" if one["batch"] else one["over"]
            yield f"{what}, {one['records']} records, {' and '.join(pair['raters'])}: {figures}"


def conflicts(stage: StageName = "abstract", user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """List the records on which the decisions, or the reasons, differ."""
    with opened(project) as review:
        review.viewer(user)
        found = screening.conflicts(review, stage_named(stage))
        answer(as_json, {"conflicts": found}, _conflict_lines(found))


def _conflict_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No open conflict."
    for one in found:
        yield f"{one['record_id']}  {shortened(one['title'], 80)}"
        for said in one["decisions"]:
            because = f" ({said['reason']})" if said["reason"] else ""
            note = f": {said['note']}" if said["note"] else ""
            yield f"    {said['reviewer']}: {said['decision']}{because}{note}"
        for said in one["discussion"]:
            yield f"      {said['reviewer']} wrote: {said['text']}"


def settle(
    record_id: RecordId,
    decision: Annotated[str, typer.Argument(metavar="include|exclude", help="What the conflict is settled as.")],
    by: Annotated[list[str], typer.Option(help="Who settles it: all who decided, or an adjudicator.")],
    stage: StageName = "abstract",
    reason: Reason = None,
    note: Note = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Settle a conflict by consensus."""
    with opened(project) as review:
        named = stage_named(stage)
        logged = screening.settle(review, record_id, decision, by, stage=named, reason=_only(reason), note=note)
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id},
            [f"{record_id} settled as {decision} by {', '.join(by)} ({stage}), event {logged.seq}"],
        )


def retrieve(
    record_id: RecordId,
    status: Annotated[str, typer.Argument(metavar="sought|retrieved|not-retrieved", help="What became of it.")],
    user: As = "",
    note: Note = "",
    route: Annotated[str, typer.Option(help="How it was come by: open access, a library, the authors.")] = "",
    file: Annotated[Path | None, typer.Option(help="The full text, to be kept in the project.")] = None,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Note whether a full text could be had, by which route, and keep it."""
    with opened(project) as review:
        by = review.viewer(user) or ""
        logged = fulltexts.retrieve(review, record_id, status, by=by, note=note, route=route, file=file)
        answer(as_json, {"seq": logged.seq, "record_id": record_id}, [f"{record_id} {status}, event {logged.seq}"])
