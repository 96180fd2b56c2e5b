"""Commands of synthesis: sub-topics, batches, status and the log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Json, Project, answer, columns, note_draft, opened, progress, shortened
from asreview_mc.core.errors import LogError
from asreview_mc.project import audit
from asreview_mc.project.review import Review

topics_app = typer.Typer(
    help="Sub-topics: suggested by a model, counted once a reviewer confirms.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.add_typer(topics_app, name="topics")
    for command in (classify, status, log):
        app.command()(command)


@topics_app.command()
def suggest(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Suggest sub-topics for the included records, each with the sentence that speaks for it."""
    from asreview_mc.project.synthesise import suggest_topics

    with opened(project) as review:
        review.viewer(user)
        with progress("Reading") as bar:
            rows = suggest_topics(review, progress=bar)
    answer(as_json, {"records": rows}, _suggestion_lines(rows))


def _suggestion_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "No record is included yet."
    for row in rows:
        state = "not confirmed" if row["confirmed"] is None else f"confirmed: {', '.join(row['confirmed']) or 'none'}"
        yield f"{row['record_id']}  {shortened(row['title'], 80)}  [{state}]"
        for one in row["suggested"]:
            yield f"    {one['p']:.2f}  {one['code']:<14}{shortened(one['evidence'], 90)}"


@topics_app.command(name="list")
def list_topics(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """List each sub-topic with the included records confirmed to be on it."""
    from asreview_mc.project.synthesise import topic_tally

    with opened(project) as review:
        review.viewer(user)
        found = topic_tally(review)
        answer(
            as_json,
            {"subtopics": [{"code": code, "n": len(ids), "record_ids": list(ids)} for code, ids in found.items()]},
            columns([(code, len(ids), " ".join(ids)) for code, ids in found.items()], header=("code", "n", "records")),
        )


@topics_app.command()
def confirm(
    record_id: Annotated[str, typer.Argument(metavar="RECORD")],
    reviewer: Annotated[str, typer.Option("--reviewer", help="Who confirms.")],
    add: Annotated[list[str] | None, typer.Option(help="Code to add to what is suggested or stands.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Code to take away.")] = None,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Confirm the sub-topics of an included record."""
    from asreview_mc.project.synthesise import confirm_topics

    with opened(project) as review:
        logged = confirm_topics(review, record_id, reviewer, add=add or (), remove=remove or ())
        codes = list(logged.event.codes)  # type: ignore[attr-defined]
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id, "confirmed": codes},
            [f"{record_id}: {', '.join(codes) or 'no sub-topic'} confirmed by {reviewer}, event {logged.seq}"],
        )


def classify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A reference file or table.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="CSV to write.")],
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", help="Use this review's sub-topics instead of the shipped ten."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Suggest sub-topics for every row of a file, no review needed."""
    from asreview_mc.project.synthesise import classify as classify_file

    cards = None
    if project is not None:
        with opened(project) as review:
            cards = review.protocol.cards
    with progress("Reading") as bar:
        result = classify_file(file, output, cards=cards, progress=bar)
    answer(
        as_json,
        result,
        [
            f"Wrote {result['rows']} rows to {output} ({result['without_text']} without text).",
            *columns([(code, count) for code, count in result["suggested"].items()], header=("suggested", "rows")),
        ],
    )


def status(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Say where the review stands."""
    with opened(project) as review:
        review.viewer(user)
        result = audit.status(review)
        answer(as_json, result, _status_lines(result))


def _status_lines(result: dict[str, Any]) -> Iterator[str]:
    yield result["title"]
    if result["notice"]:
        yield result["notice"]
    to_screen = result["stages"]["abstract"]["records"]
    removed = f", {result['removed']} removed for a criterion" if result["removed"] else ""
    yield f"{result['records']} records read, {result['duplicates']} duplicates{removed}, {to_screen} to screen"
    if result["without_abstract"]:
        yield f"{result['without_abstract']} of them have no abstract"
    for stage, counts in result["stages"].items():
        yield f"{stage}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    for person in result["reviewers"]:
        done = [
            f"{stage} {person[stage]['decided']} decided, {person[stage]['waiting']} waiting"
            for stage in result["stages"]
            if stage in person
        ]
        yield f"{person['name']} ({person['role']}): {'; '.join(done) or 'does not decide'}"
    yield f"{result['included']} included, sub-topics to confirm for {result['topics_unconfirmed']}"
    yield f"{result['events']} events, head {result['head']}"


def log(
    verify: Annotated[
        bool, typer.Option("--verify", help="Follow the chain of hashes from the first event to the last.")
    ] = False,
    head: Annotated[
        str | None, typer.Option(help="With --verify: a head printed earlier, which must be in the chain.")
    ] = None,
    record: Annotated[str, typer.Option(help="Only events about this record.")] = "",
    reviewer: Annotated[str, typer.Option(help="Only events by this person.")] = "",
    kind: Annotated[str, typer.Option(help="Only events of this kind.")] = "",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Show the audit log, or verify that nobody has changed it."""
    if head is not None and not verify:
        raise typer.BadParameter("--head goes with --verify")
    with Review.open(project) as review:
        if verify:
            found = review.log.verify(head)
            answer(
                as_json,
                {"ok": found.ok, "events": found.events, "head": found.head, "problem": found.problem or None},
                [f"{found.events} events, each follows from the one before; head {found.head}"] if found.ok else [],
            )
            if not found.ok:
                raise LogError(found.problem, where=str(review.log.path), remedy="Restore the review from a backup")
            return
        note_draft(review)
        events = audit.events(review, review.viewer(user), record_id=record, reviewer=reviewer, kind=kind)
        answer(as_json, {"events": events}, map(_event_line, events))


def _event_line(event: dict[str, Any]) -> str:
    place = ("seq", "at", "kind", "hash", "text", "statistics", "shown", "rejected", "stray")
    shown = {name: ", ".join(value) if isinstance(value, list) else str(value) for name, value in event.items()}
    said = "  ".join(f"{name}={shortened(value, 40)}" for name, value in shown.items() if name not in place)
    return f"{event['seq']:>6}  {event['at'][:19]}  {event['kind']:<18}{said}"
