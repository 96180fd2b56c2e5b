"""Commands of identification: make a review, agree on its protocol, read references, merge duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Json, Project, answer, columns, opened, say
from asreview_mc.core.event import ReferencesRead
from asreview_mc.project import gather
from asreview_mc.project.review import Review

protocol_app = typer.Typer(help="The protocol: check the draft, accept it, show what holds.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(demo)
    app.command()(init)
    app.add_typer(protocol_app, name="protocol")
    app.command()(add)
    app.command()(dedup)


def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="New folder for the demonstration review.")] = Path(
        "demo-review"
    ),
    as_json: Json = False,
) -> None:
    """Make the demonstration review and play it from three exports to a report."""
    from asreview_mc.demo.play import play

    result = play(folder, say if as_json else typer.echo)
    if as_json:
        answer(True, result, ())


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the new review.")],
    template: Annotated[str, typer.Option(help="micro-credentials (the model review) or blank.")] = "blank",
    as_json: Json = False,
) -> None:
    """Make a new review folder with its protocol."""
    with Review.create(folder, template) as review:
        answer(
            as_json,
            {"project": str(review.folder)},
            [
                f"Made the review {review.folder} from the template {template}.",
                "Next: edit protocol.toml there, run `asreview-mc protocol accept --by NAME --reason TEXT`,",
                "then `asreview-mc add FILE --source DATABASE`.",
            ],
        )


@protocol_app.command()
def check(project: Project = HERE, as_json: Json = False) -> None:
    """Say whether protocol.toml parses and whether it differs from what holds."""
    with Review.open(project) as review:
        draft = review.draft()
        differs = draft.text != review.protocol.text
        state = "differs from the accepted protocol" if differs else "is the accepted protocol"
        answer(
            as_json,
            {"errors": [], "differs": differs},
            [
                f"protocol.toml is valid and {state}: {draft.title}"
                f" ({len(draft.reviewers)} people, {len(draft.cards)} sub-topics)"
            ],
        )


@protocol_app.command()
def accept(
    by: Annotated[str, typer.Option(help="Who accepts it.")],
    reason: Annotated[str, typer.Option(help="Why it is set or amended.")],
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Make protocol.toml the protocol that holds from here on."""
    with Review.open(project) as review:
        logged = review.accept_protocol(by, reason)
        answer(as_json, {"seq": logged.seq}, [f"Accepted as event {logged.seq}."])


@protocol_app.command()
def show(project: Project = HERE, as_json: Json = False) -> None:
    """Print the protocol that holds."""
    with Review.open(project) as review:
        amendments = [
            {"seq": logged.seq, "at": logged.at, "by": logged.event.by, "reason": logged.event.reason}  # type: ignore[attr-defined]
            for logged in review.state.protocols
        ]
        answer(as_json, {"text": review.protocol.text, "amendments": amendments}, [review.protocol.text.rstrip("\n")])


def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="RIS, CSV, TSV or XLSX exports.")],
    source: Annotated[str, typer.Option(help="The database the files come from.")],
    via: Annotated[str, typer.Option(help=f"Route: {', '.join(gather.ROUTES)}.")] = "database",
    searched: Annotated[str, typer.Option(help="Date of the search; the protocol's by default.")] = "",
    query: Annotated[str, typer.Option(help="Query used; the protocol's by default.")] = "",
    by: Annotated[str, typer.Option(help="Who searched.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Read reference files; found = read + rejected, and every reject is shown."""
    with opened(project) as review:
        added = gather.add(review, files, source=source, via=via, searched=searched, query=query, by=by)
        total = review.state.n_records
        pairs = list(zip(files, added, strict=True))
        answer(
            as_json,
            {"files": [_file(path, event) for path, event in pairs], "records": total},
            _add_lines(pairs, total),
        )


def _file(path: Path, event: ReferencesRead) -> dict[str, Any]:
    return {
        "path": str(path),
        "source": event.source,
        "format": event.format,
        "encoding": event.encoding,
        "found": event.found,
        "read": event.read,
        "rejected": [dict(reject) for reject in event.rejected],
        "stray": [dict(stray) for stray in event.stray],
    }


def _add_lines(pairs: list[tuple[Path, ReferencesRead]], total: int) -> Iterator[str]:
    for path, event in pairs:
        counts = f"found {event.found} = read {event.read} + rejected {len(event.rejected)}"
        yield f"{path.name}: {counts} ({event.format}, {event.encoding}, {event.source})"
        for reject in event.rejected:
            yield f"  rejected, {reject['position']}: {reject['reason']}: {reject['excerpt']}"
        for stray in event.stray:
            yield f"  belongs to no record, {stray['position']}: {stray['excerpt']}"
    yield f"The review holds {total} records; `asreview-mc dedup` merges duplicates."


def dedup(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Merge certain duplicates; every source is kept and nothing is deleted."""
    with opened(project) as review:
        result = asdict(gather.dedup(review, by=review.viewer(user) or ""))
        answer(as_json, result, columns([(number, name.replace("_", " ")) for name, number in result.items()]))
