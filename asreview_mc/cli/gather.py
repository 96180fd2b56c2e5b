"""Commands of identification: make a review, agree on its protocol, read references, merge duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, By, Json, Project, answer, opened, say, shortened
from asreview_mc.core.errors import ProtocolError
from asreview_mc.core.event import ReferencesRead
from asreview_mc.project import gather, records
from asreview_mc.project.review import Review

Abstract = Annotated[str, typer.Option(help="Its abstract.")]
Authors = Annotated[str, typer.Option(help="Its authors, separated by semicolons.")]
Year = Annotated[int | None, typer.Option(help="Its year of publication.")]
Journal = Annotated[str, typer.Option(help="Where it appeared.")]
Doi = Annotated[str, typer.Option(help="Its DOI.")]
Date = Annotated[str, typer.Option(help="Its date of publication.")]
DateOnline = Annotated[str, typer.Option(help="When it appeared online.")]
Volume = Annotated[str, typer.Option(help="Its volume.")]
Issue = Annotated[str, typer.Option(help="Its issue.")]
Pages = Annotated[str, typer.Option(help="Its pages.")]
Pmid = Annotated[str, typer.Option(help="Its PMID.")]
Issn = Annotated[str, typer.Option(help="The ISSN of its journal.")]
Keywords = Annotated[str, typer.Option(help="Its keywords, separated by semicolons.")]
Language = Annotated[str, typer.Option(help="Its language.")]
Kind = Annotated[str, typer.Option(help="What kind of publication it is.")]
Url = Annotated[str, typer.Option(help="Where it can be read.")]

protocol_app = typer.Typer(help="The protocol: check the draft, accept it, show what holds.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    app.command()(demo)
    app.command()(init)
    app.add_typer(protocol_app, name="protocol")
    for command in (add, criteria, amend):
        app.command()(command)
    app.command(name="add-record")(add_record)


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
    package: Annotated[
        Path | None,
        typer.Option("--from", metavar="PACKAGE.zip", help="Make the review of a replication package again."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a new review folder with its protocol, or a review again from its replication package."""
    if package is not None:
        from asreview_mc.project.package import unpack

        with unpack(package, folder) as review:
            said = f"Made the review {review.folder} from {package}: {review.state.seq} events, head {review.head}."
            answer(as_json, {"project": str(review.folder), "events": review.state.seq, "head": review.head}, [said])
        return
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
    """Say whether protocol.toml parses, could be accepted, and differs from what holds."""
    with Review.open(project) as review:
        try:
            draft = review.checked_draft()
        except ProtocolError as error:
            answer(as_json, {"errors": error.what.split("; "), "differs": True}, ())
            raise
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
    by: By,
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
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Exports in any usual format."),
    ],
    source: Annotated[str, typer.Option(help="The database the files come from.")],
    via: Annotated[str, typer.Option(help=f"Route: {', '.join(gather.ROUTES)}.")] = "database",
    searched: Annotated[str, typer.Option(help="Day of the search, 2026-01-31; the protocol's by default.")] = "",
    query: Annotated[str, typer.Option(help="Query used; the protocol's by default.")] = "",
    fields: Annotated[str, typer.Option(help="Fields searched; the protocol's by default.")] = "",
    by: Annotated[str, typer.Option(help="Who searched.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Read reference files; found = read + rejected, and every reject is shown."""
    with opened(project) as review:
        added = gather.add(review, files, source=source, via=via, searched=searched, query=query, fields=fields, by=by)
        for remark in gather.remarks(review, added):
            say(remark)
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
        "query": event.query or None,
        "query_read": gather.read_query(event.query),
    }


def _add_lines(pairs: list[tuple[Path, ReferencesRead]], total: int) -> Iterator[str]:
    for path, event in pairs:
        counts = f"found {event.found} = read {event.read} + rejected {len(event.rejected)}"
        yield f"{path.name}: {counts} ({event.format}, {event.encoding}, {event.source})"
        for reject in event.rejected:
            yield f"  rejected, {reject['position']}: {reject['reason']}: {reject['excerpt']}"
        for stray in event.stray:
            yield f"  belongs to no record, {stray['position']}: {stray['excerpt']}"
    for query in dict.fromkeys(event.query for _, event in pairs if event.query):
        reading = gather.read_query(query)
        if reading is None:
            yield "The query could not be read as a Boolean query; it is kept as it is."
        elif reading["ambiguous"]:
            yield f"The query has AND and OR without brackets. It is read as: {reading['read_as']}"
            yield f"  or, from left to right, as: {reading['left_to_right']}"
    yield f"The review holds {total} records; `asreview-mc dedup` merges duplicates."


def add_record(
    source: Annotated[str, typer.Option(help="Where it was found.")],
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    abstract: Abstract = "",
    authors: Authors = "",
    year: Year = None,
    journal: Journal = "",
    doi: Doi = "",
    date: Date = "",
    date_online: DateOnline = "",
    volume: Volume = "",
    issue: Issue = "",
    pages: Pages = "",
    pmid: Pmid = "",
    issn: Issn = "",
    keywords: Keywords = "",
    language: Language = "",
    publication_type: Kind = "",
    url: Url = "",
    via: Annotated[str, typer.Option(help=f"Route: {', '.join(gather.ROUTES)}.")] = "citation",
    by: Annotated[str, typer.Option(help="Who found it.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Add one record by hand."""
    values = _given(locals())
    with opened(project) as review:
        logged = records.add_record(review, values, source=source, via=via, by=by)
        record_id = logged.event.first  # type: ignore[attr-defined]
        answer(as_json, {"record_id": record_id, "seq": logged.seq}, [f"Added {record_id}, event {logged.seq}."])


def amend(
    record_id: Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record, like r000001.")],
    by: By,
    title: Annotated[str, typer.Option(help="Another title.")] = "",
    abstract: Abstract = "",
    authors: Authors = "",
    year: Year = None,
    journal: Journal = "",
    doi: Doi = "",
    date: Date = "",
    date_online: DateOnline = "",
    volume: Volume = "",
    issue: Issue = "",
    pages: Pages = "",
    pmid: Pmid = "",
    issn: Issn = "",
    keywords: Keywords = "",
    language: Language = "",
    publication_type: Kind = "",
    url: Url = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Correct a record; what was read stays in the log."""
    values = _given(locals())
    with opened(project) as review:
        logged = records.amend(review, record_id, values, by=by, reason=reason)
        kept = review.state.kept(record_id)
        if kept != record_id:
            say(f"{record_id} is a duplicate: {kept} stands for it and shows only what it lacks itself. Correct {kept}")
        answer(as_json, {"record_id": record_id, "seq": logged.seq}, [f"Corrected {record_id}, event {logged.seq}."])


def _given(options: Mapping[str, Any]) -> dict[str, str | int]:
    """Return the options that name a field of a record and were given."""
    said = {name: options[name] for name in records.AMENDABLE}
    return {name: value for name, value in said.items() if value is not None and str(value).strip()}


def criteria(
    fails: Annotated[list[str] | None, typer.Option(help="RECORD:CRITERION that a person confirms.")] = None,
    meets: Annotated[list[str] | None, typer.Option(help="RECORD:CRITERION that is met after all.")] = None,
    by: Annotated[str, typer.Option(help="Who looked at them.")] = "",
    note: Annotated[str, typer.Option(help="A note kept with it.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Flag records against dates, language, type and keywords; what a person confirms is removed before screening."""
    judged = [(flag, True) for flag in fails or ()] + [(flag, False) for flag in meets or ()]
    if judged and not by:
        raise typer.BadParameter("--fails and --meets need --by NAME")
    with opened(project) as review:
        with review.transaction():
            for flag, failed in judged:
                record_id, _, criterion = flag.partition(":")
                records.judge_flag(review, record_id, criterion, fails=failed, by=by, note=note)
        found = records.flagged(review)
        lines = _judged_lines(judged) if judged else _flag_lines(found)
        answer(as_json, {"flags": [asdict(one) for one in found]}, lines)


def _judged_lines(judged: Sequence[tuple[str, bool]]) -> Iterator[str]:
    for flag, failed in judged:
        record_id, _, criterion = flag.partition(":")
        became = "is removed before screening: it fails" if failed else "stays: it meets"
        yield f"{record_id} {became} {criterion}"


def _flag_lines(found: list[records.Flagged]) -> Iterator[str]:
    if not found:
        yield "No record seems to fail a criterion that can be checked."
    for one in found:
        state = {"fails": "removed", "meets": "kept"}.get(one.judged, "to look at")
        yield f"{one.record_id}  {one.criterion}: {one.why}  [{state}]  {shortened(one.title, 60)}"
