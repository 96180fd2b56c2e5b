"""Commands of synthesis: sub-topics, batches, PRISMA, report, export and status."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Json, Project, answer, columns, opened, progress, shortened
from asreview_mc.project import audit

LISTED = 10

topics_app = typer.Typer(
    help="Sub-topics: suggested by a model, counted once a reviewer confirms.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.add_typer(topics_app, name="topics")
    for command in (classify, prisma, report, export, status):
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


def prisma(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Draw or write it: .svg, .png, .pdf, .csv or .json.")
    ] = None,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Count the PRISMA 2020 flow from the log, its sums checked."""
    from asreview_mc.report.prisma import count, save, to_dict, to_text

    with opened(project) as review:
        review.viewer(user)
        flow = count(review.state)
    if output:
        save(flow, output)
    answer(as_json, to_dict(flow), to_text(flow))


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="HTML file to write.")] = Path("report.html"),
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write the whole review on one page."""
    from asreview_mc.project.synthesise import write_report

    with opened(project) as review:
        result = write_report(review, output, viewer=review.viewer(user))
        answer(as_json, result, [f"Wrote {output} (log head {result['head']})."])


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.ris|.csv|.json", help="File to write.")],
    what: Annotated[str, typer.Option(help="included, excluded, all or unread.")] = "included",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write records with their decisions."""
    from asreview_mc.project.synthesise import export as write_export

    with opened(project) as review:
        result = write_export(review, file, what=what, viewer=review.viewer(user))
        answer(as_json, result, [f"Wrote {result['written']} records to {file} (log head {result['head']})."])


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
        bare = result["without_abstract_records"]
        more = f" and {len(bare) - LISTED} more, which `status --json` lists" if len(bare) > LISTED else ""
        yield f"{result['without_abstract']} of them have no abstract: {', '.join(bare[:LISTED])}{more}"
    for stage, counts in result["stages"].items():
        closed = f" (closed, event {counts['closed']})" if counts["closed"] else ""
        numbers = {name: count for name, count in counts.items() if name != "closed"}
        yield f"{stage}: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in numbers.items()) + closed
    for person in result["reviewers"]:
        done = [
            f"{stage} {person[stage]['decided']} decided, {person[stage]['waiting']} waiting"
            for stage in result["stages"]
            if stage in person
        ]
        left = ", has left" if person["left"] else ""
        yield f"{person['name']} ({person['role']}{left}): {'; '.join(done) or 'does not decide'}"
    for away in result["copies_out"]:
        yield f"A copy of {away['reviewer']} is out since {away['since'][:16]}"
    if result["unblinded"]:
        yield f"Not blind: {', '.join(result['unblinded'])}"
    frozen = result["frozen"]
    state = f", frozen as event {frozen['seq']}" if frozen else ""
    state += " and changed since" if frozen and frozen["changed"] else ""
    yield (
        f"{result['included']} reports of {result['studies']} studies included{state},"
        f" sub-topics to confirm for {result['topics_unconfirmed']}"
    )
    yield f"{result['events']} events, head {result['head']}"
