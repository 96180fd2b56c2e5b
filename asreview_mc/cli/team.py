"""Commands of the team: shares, calibration, tags, unblinding, copies that travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, By, Json, Project, StageName, answer, columns, opened, say, shortened
from asreview_mc.project import copies as travel
from asreview_mc.project import team as people
from asreview_mc.project.agreement import calibrated
from asreview_mc.project.screen import stage_named

Note = Annotated[str, typer.Option(help="A note kept with it.")]
Seed = Annotated[int, typer.Option(help="Seed of the draw.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    for command in (calibrate, assign, tag, unblind, checkout, merge):
        app.command()(command)


def calibrate(
    by: By = "",
    n: Annotated[int, typer.Option(help="How many records to draw.")] = people.CALIBRATION,
    seed: Seed = 0,
    show: Annotated[bool, typer.Option("--show", help="Draw nothing, say how far the round is.")] = False,
    stage: StageName = "abstract",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Draw the random records that all screen before the ranked queue; once all have, agreement on them is shown."""
    from asreview_mc.report.agreement_view import figures_to_text

    with opened(project) as review:
        named = stage_named(stage)
        if not show:
            people.calibrate(review, by, n=n, seed=seed, stage=named)
        found = people.calibration(review, named)
        measured = calibrated(review, named)
        line = (
            f"{len(found['records'])} records to calibrate on, {found['complete']} complete, {found['waiting']} to go"
        )
        if found["waiting_for"]:
            line += f" (of {', '.join(f'{name} {n}' for name, n in found['waiting_for'].items())})"
        figures = [*figures_to_text(measured), measured["meaning"]] if measured else []
        answer(as_json, found | {"agreement": measured}, [line, *figures])


def assign(
    records: Annotated[list[str] | None, typer.Argument(metavar="[RECORD]...", help="Ids to share out.")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="Who gets them; once for each.")] = None,
    by: By = "",
    n: Annotated[int | None, typer.Option(help="How many each gets; all are split evenly by default.")] = None,
    seed: Seed = 0,
    withdraw: Annotated[str, typer.Option(help="Take RECORD... out of this person's share.")] = "",
    hand_on: Annotated[str, typer.Option("--hand-on", help="Hand what this person has still to read to others.")] = "",
    note: Note = "",
    stage: StageName = "abstract",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Share out the reading; with no record and nobody named, show the shares."""
    with opened(project) as review:
        named = stage_named(stage)
        given: Mapping[str, Sequence[str]] = {}
        if hand_on:
            given = people.hand_on(review, by, hand_on, to=to or (), stage=named, seed=seed, note=note)
        elif withdraw:
            people.withdraw(review, by, withdraw, records or (), stage=named, note=note)
        elif to:
            given = people.assign(review, by, to, stage=named, record_ids=records or (), n=n, seed=seed, note=note)
        elif records:
            raise typer.BadParameter("say who gets them with --to NAME")
        shares = people.shares(review, named)
        result = {"seq": review.state.seq, "given": given, "shares": shares}
        answer(as_json, result, _share_lines(given, shares))


def _share_lines(given: Mapping[str, Sequence[str]], shares: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (f"{name} gets {len(ids)} records" for name, ids in given.items())
    yield from columns(
        [(one["reviewer"], one["records"], one["waiting"], "has left" if one["left"] else "") for one in shares],
        header=("reviewer", "in share", "waiting", ""),
    )


def tag(
    record_id: Annotated[str, typer.Argument(metavar="[RECORD]", help="Id of the record; none to list tags.")] = "",
    name: Annotated[str, typer.Argument(metavar="[TAG]", help="The tag.")] = "",
    reviewer: Annotated[str, typer.Option(help="Whose tag it is.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take it off.")] = False,
    only: Annotated[str, typer.Option(help="List only records with this tag.")] = "",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Put a tag of your own on a record, take it off, or list the tagged records that you may see."""
    with opened(project) as review:
        viewer = review.viewer(user)
        if name:
            logged = people.tag(review, record_id, name, reviewer or viewer or "", remove=remove)
            line = f"{record_id}: tag {name!r} {'taken off' if remove else 'put on'}, event {logged.seq}"
            answer(as_json, {"seq": logged.seq, "record_id": record_id}, [line])
            return
        found = people.tags(review, viewer, tag=only, reviewer=reviewer)
        shown = [one for one in found if record_id in ("", one["record_id"])]
        answer(as_json, {"tagged": shown}, map(_tag_line, shown))


def _tag_line(one: Mapping[str, Any]) -> str:
    said = "; ".join(f"{name}: {', '.join(tags)}" for name, tags in one["tags"].items())
    return f"{one['record_id']}  {shortened(one['title'], 60)}  [{said}]"


def unblind(
    reason: Annotated[str, typer.Option(help="Why.")],
    by: By = "",
    sees: Annotated[list[str] | None, typer.Option(help="Who is to see every decision; --by alone by default.")] = None,
    end: Annotated[bool, typer.Option("--end", help="Blind them again.")] = False,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Let somebody see every decision, which is an owner's to say; what they decide then does not count as blind."""
    with opened(project) as review:
        logged = people.unblind(review, by, reason, sees=sees or (), end=end)
        names = ", ".join(sees or [by])
        line = f"{names} {'is blind again' if end else 'sees every decision from here on'}, event {logged.seq}"
        answer(as_json, {"seq": logged.seq}, [line])


def checkout(
    reviewer: Annotated[str, typer.Option(help="Who takes it along.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="File to write, like ana.review.")],
    by: Annotated[
        str, typer.Option("--by", "--as", envvar="ASREVIEW_MC_USER", help="Who writes it, if somebody else.")
    ] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write a copy for a reviewer elsewhere that holds nobody else's decisions."""
    with opened(project) as review:
        logged = travel.checkout(review, reviewer, output, by=by)
        head: str = logged.event.left_from  # type: ignore[attr-defined]
        lines = [
            f"Wrote {output} for {reviewer}, event {logged.seq}; it left from the head {head}.",
            f"There: `asreview-mc screen --reviewer {reviewer} --project {output.name}`.",
            f"Here, when it comes home: `asreview-mc merge {output.name}`.",
        ]
        answer(as_json, {"seq": logged.seq, "written": str(output), "reviewer": reviewer, "left_from": head}, lines)


def merge(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy that comes home.")],
    by: By = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Bring a copy home: its new events are appended with their time and author; a second time adds nothing."""
    with opened(project) as review:
        home = travel.merge(review, file, by=by)
        if not home.events_added:
            say("The copy holds nothing that is not here already")
        answer(
            as_json,
            {"events_added": home.events_added, "reviewer": home.reviewer, "head": review.head},
            [f"{home.events_added} events of {home.reviewer} added."],
        )
