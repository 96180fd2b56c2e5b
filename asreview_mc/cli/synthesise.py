"""Commands of synthesis: sub-topics, batches and status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, By, Json, Project, answer, columns, opened, progress, shortened
from asreview_mc.project import audit

LISTED = 10

topics_app = typer.Typer(
    help="Sub-topics: suggested by a model, counted once a reviewer confirms.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.add_typer(topics_app, name="topics")
    for command in (classify, status):
        app.command()(command)


ZeroShot = Annotated[bool, typer.Option("--zero-shot", help="The cards alone, nothing that confirmations taught.")]


@topics_app.command()
def suggest(
    zero_shot: ZeroShot = False,
    order: Annotated[str, typer.Option(help="reading, surest or teaching (what teaches most).")] = "reading",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Suggest sub-topics for the included records, each with the sentence that speaks for it."""
    from asreview_mc.project.synthesise import ordered, suggest_topics

    with opened(project) as review:
        viewer = review.viewer(user)
        with progress("Reading") as bar:
            rows = ordered(
                suggest_topics(review, progress=bar, zero_shot=zero_shot, viewer=viewer, remember=True), order
            )
    answer(as_json, {"records": rows}, _suggestion_lines(rows))


def _suggestion_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "No record is included yet."
    for row in rows:
        state = "not confirmed" if row["confirmed"] is None else f"confirmed: {', '.join(row['confirmed']) or 'none'}"
        if row["confirmed"] is None and row["mine"] is not None:
            state = f"coded by you: {', '.join(row['mine']) or 'none'}; waits for the others or for consensus"
        yield f"{row['record_id']}  {shortened(row['title'], 80)}  [{state}]"
        if row["hidden"]:
            yield "    to be coded without suggestions: `topics confirm --blind --add CODE`"
        for one in row["suggested"]:
            cues = f"  [{', '.join(one['cues'])}]" if one["cues"] else ""
            yield f"    {one['p']:.2f}  {one['code']:<14}{one['evidence']}{cues}"
    unsure = {one["code"]: None for row in rows for one in row["suggested"] if not one["calibrated"]}
    if unsure:
        yield _uncalibrated(unsure)


def _uncalibrated(codes: Iterable[str]) -> str:
    from asreview_mc.learn.subtopics import CALIBRATED_FROM

    return (
        f"Uncalibrated, so that their numbers order and are no probabilities: {', '.join(codes)}. Cards other than the "
        f"shipped ones, or another encoder, need {CALIBRATED_FROM} confirmed records"
    )


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
    reviewer: By,
    add: Annotated[list[str] | None, typer.Option(help="Code to add to what is suggested or stands.")] = None,
    remove: Annotated[list[str] | None, typer.Option(help="Code to take away.")] = None,
    blind: Annotated[bool, typer.Option("--blind", help="Coded without seeing what is suggested.")] = False,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Confirm the sub-topics of an included record."""
    from asreview_mc.project.synthesise import confirm_topics

    with opened(project) as review:
        logged = confirm_topics(review, record_id, reviewer, add=add or (), remove=remove or (), blind=blind)
        codes = list(logged.event.codes)  # type: ignore[attr-defined]
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id, "confirmed": codes},
            [f"{record_id}: {', '.join(codes) or 'no sub-topic'} confirmed by {reviewer}, event {logged.seq}"],
        )


@topics_app.command()
def conflicts(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """List the records whose coders differ, once all who must have coded them."""
    from asreview_mc.project.synthesise import topic_conflicts

    with opened(project) as review:
        review.viewer(user)
        rows = topic_conflicts(review)
    answer(as_json, {"conflicts": rows}, _conflict_lines(rows))


def _conflict_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "No coders differ on a record."
    for row in rows:
        yield f"{row['record_id']}  {shortened(row['title'], 80)}"
        for name, codes in row["codes"].items():
            alone = [code for code in codes if code not in row["agreed"]]
            yield f"    {name}: {', '.join(row['agreed']) or 'nothing'} as all; alone: {', '.join(alone) or 'nothing'}"


@topics_app.command()
def settle(
    record_id: Annotated[str, typer.Argument(metavar="RECORD")],
    by: Annotated[list[str], typer.Option(help="All who coded it, or an adjudicator; repeat for each.")],
    code: Annotated[list[str] | None, typer.Option(help="A sub-topic that it has; repeat for each.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Settle what coders differ on."""
    from asreview_mc.project.synthesise import settle_topics

    with opened(project) as review:
        logged = settle_topics(review, record_id, code or (), by, note=note)
        codes = list(logged.event.codes)  # type: ignore[attr-defined]
        line = f"{record_id}: {', '.join(codes) or 'no sub-topic'} settled by {', '.join(by)}, event {logged.seq}"
        answer(as_json, {"seq": logged.seq, "record_id": record_id, "confirmed": codes}, [line])


@topics_app.command()
def quality(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Compare what was suggested with what people confirmed, sub-topic by sub-topic."""
    from asreview_mc.project.synthesise import topic_quality

    with opened(project) as review:
        rows = topic_quality(review, review.viewer(user))
        table = [
            (one["code"], kind, one[kind]["n"], _share(one[kind]["precision"]), _share(one[kind]["recall"]))
            for one in rows
            for kind in ("hidden", "all")
        ]
        header = ("sub-topic", "coded", "n", "precision", "recall")
        answer(as_json, {"subtopics": rows}, columns(table, header=header))


def _share(one: dict[str, Any]) -> str:
    return "–" if one["value"] is None else f"{one['value']:.2f} ({one['ci_low']:.2f} to {one['ci_high']:.2f})"


@topics_app.command()
def train(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write, .npz.")],
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Save the model that this review's confirmations have taught, with its card."""
    from asreview_mc.learn.chosen import default_encoder
    from asreview_mc.project.taught import save

    with opened(project) as review:
        done = save(review, output, default_encoder())
    lines = [f"Wrote {output}, taught by {done['confirmed']} records; sha256 {done['sha256']}"]
    answer(as_json, {"written": str(output), **done}, lines)


def classify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A reference file or table.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .csv, .parquet or .xlsx.")],
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", help="Use what this review's people have taught."),
    ] = None,
    zero_shot: ZeroShot = False,
    model: Annotated[Path | None, typer.Option(help="A model saved by `topics train`.")] = None,
    sha256: Annotated[str, typer.Option(help="The digest of --model, as `topics train` printed it.")] = "",
    chunk: Annotated[int, typer.Option(min=1, help="Rows worked on at a time.")] = 1000,
    jobs: Annotated[int, typer.Option(min=-1, help="Processes; -1 for one a processor core.")] = 1,
    as_json: Json = False,
) -> None:
    """Suggest sub-topics for every row of a file, no review needed; run it again to go on where it stopped."""
    from functools import partial

    from asreview_mc.learn.chosen import default_encoder
    from asreview_mc.project import batch, taught

    if model is not None and (project is not None or zero_shot):
        raise typer.BadParameter("give one of --project, --model and --zero-shot")
    make = None
    if project is not None:
        with opened(project) as review:
            heads = taught.taught_model(review, default_encoder(), zero_shot=zero_shot)
        make = partial(taught.same_model, heads.cards, heads.heads)
    with progress("Classifying") as bar:
        result = batch.classify(
            file,
            output,
            zero_shot=zero_shot,
            model=model,
            sha256=sha256,
            make=make,
            chunk=chunk,
            jobs=jobs or 1,
            progress=bar,
        )
    resumed = f", {result['resumed']} of them by an earlier run" if result["resumed"] else ""
    cut = f" {result['cut']} cells were longer than a worksheet's can be and are cut; .csv has them whole."
    answer(
        as_json,
        result,
        [
            f"Wrote {result['rows']} rows to {output} ({result['without_text']} without text{resumed})."
            + cut * bool(result["cut"]),
            *([_uncalibrated(result["uncalibrated"])] if result["uncalibrated"] else []),
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
