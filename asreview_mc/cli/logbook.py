"""Commands of the log: look into it, verify it, back it up, restore it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Blind, Json, Project, answer, notes, opened, say, shortened
from asreview_mc.core.errors import LogError
from asreview_mc.project import audit, fulltexts, keep
from asreview_mc.project.review import Review


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    for command in (log, backup, restore):
        app.command()(command)


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
    since: Annotated[
        str, typer.Option(help="Only from this day or time on (UTC), 2026-03-01 or 2026-03-01T12:00.")
    ] = "",
    until: Annotated[str, typer.Option(help="Only before this time, or up to the end of this day (UTC).")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write them to this .jsonl or .csv.")] = None,
    blind: Blind = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Show the audit log or write it to a file, or verify that nobody has changed it."""
    if head is not None and not verify:
        raise typer.BadParameter("--head goes with --verify")
    with Review.open(project) as review:
        if verify:
            found = review.verify(head)
            answer(
                as_json,
                {"ok": found.ok, "events": found.events, "head": found.head, "problem": found.problem or None},
                [f"{found.events} events, each follows from the one before; head {found.head}"] if found.ok else [],
            )
            if not found.ok:
                raise LogError(found.problem, where=str(review.log.path), remedy="Restore the review from a backup")
            return
        notes(review)
        events = audit.events(
            review,
            review.viewer(user),
            record_id=record,
            reviewer=reviewer,
            kind=kind,
            since=since,
            until=until,
            blind=blind,
        )
        if output is not None:
            written = audit.write(events, output)
            head_now = review.head
            answer(
                as_json,
                {"written": written, "head": head_now, "file": str(output)},
                [f"Wrote {written} events to {output} (log head {head_now})."],
            )
            return
        answer(as_json, {"events": events}, map(_event_line, events))


def _event_line(event: dict[str, Any]) -> str:
    place = ["seq", "at", "kind", "hash", "statistics", "shown"]
    place += ["text"] * (event["kind"] != "discussed")  # of a protocol it is the whole file
    said = (f"{name}={shortened(_in_short(value), 40)}" for name, value in event.items() if name not in place)
    return f"{event['seq']:>6}  {event['at'][:19]}  {event['kind']:<18}{'  '.join(said)}"


def _in_short(value: object) -> str:
    """Return a value of an event on one line; of rejects and stray lines, how many there are."""
    if not isinstance(value, list):
        return str(value)
    if any(isinstance(one, dict) for one in value):
        return str(len(value))
    return ", ".join(map(str, value))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="New file for the copy.")],
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Copy log and records into one file, while others go on working, and verify the copy; full texts are apart."""
    with opened(project) as review:
        found = keep.backup(review, file)
        if (kept := review.folder / fulltexts.FULL_TEXTS).is_dir() and not review.copy:
            say(f"Full texts are not in it: copy {kept}, too")
        answer(
            as_json,
            {"file": str(file), "events": found.events, "head": found.head},
            [f"Wrote {found.events} events to {file}, verified; head {found.head}"],
        )


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Also where the review there holds events that the backup lacks.")
    ] = False,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Make the review in the folder what a backup holds; the database before it is kept beside. Stop `serve` first."""
    done = keep.restore(project, file, replace=replace)
    kept = [f"The database that was there is now {done.aside}."] if done.aside else []
    answer(
        as_json,
        {"events": done.events, "head": done.head, "aside": str(done.aside) if done.aside else None},
        [f"Restored {done.events} events; head {done.head}", *kept],
    )
