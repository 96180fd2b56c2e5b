"""Commands of de-duplication: merge what is certain, ask about what is doubtful, take a merge back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, By, Json, Project, answer, columns, opened, shortened
from asreview_mc.core.errors import DecisionError, UnknownError
from asreview_mc.core.record import Record
from asreview_mc.project import duplicates
from asreview_mc.project.review import Review

RecordId = Annotated[str, typer.Argument(metavar="RECORD", help="Id of the record, like r000001.")]
Note = Annotated[str, typer.Option(help="A note kept with it.")]
FIELDS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "publication_type", "abstract")
KEYS = {"s": True, "d": False}

app = typer.Typer(help="Merge certain duplicates; judge doubtful pairs; take merges back.", invoke_without_command=True)


@app.callback()
def dedup(
    context: typer.Context,
    review_pairs: Annotated[bool, typer.Option("--review", help="Show the doubtful pairs, one key an answer.")] = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Merge certain duplicates; every source is kept and nothing is deleted. Doubtful pairs wait for `--review`."""
    if context.invoked_subcommand:
        return
    with opened(project) as review:
        by = review.viewer(user) or ""
        if review_pairs and as_json:
            records = review.records
            pairs = [_compared(records, doubt) for doubt in duplicates.doubts(review)]
            answer(True, {"to_review": len(pairs), "doubtful": pairs}, ())
            return
        if review_pairs:
            if not by:
                raise UnknownError("nobody is named who judges", where="--review", remedy="Give --as NAME")
            work(review, by)
            return
        done = duplicates.dedup(review, by=by)
        records = review.records
        pairs = [_pair(records, doubt) for doubt in done.doubtful]
        answer(as_json, {**asdict(done), "doubtful": pairs}, _lines(done))


def _lines(done: duplicates.Deduplicated) -> Iterator[str]:
    names = ("records", "merged", "clusters", "to_review", "unique")
    yield from columns([(getattr(done, name), name.replace("_", " ")) for name in names])
    earlier = done.records - done.merged - done.unique
    if earlier:
        yield f"{earlier} were merged before."
    if done.carried_over:
        yield (
            f"{done.carried_over} of the merged records had been decided on: the decisions are carried over,"
            f" and {done.new_conflicts} of the records are in conflict by that."
        )
    if done.to_review:
        yield "Doubtful pairs wait for `asreview-mc dedup --review --as NAME`."


def _pair(records: Mapping[str, Record], doubt: Any) -> dict[str, Any]:  # noqa: ANN401 - identify is not ours to import
    return {
        **asdict(doubt),
        "titles": [records[doubt.record_id].title, records[doubt.other].title],
    }


def _compared(records: Mapping[str, Record], doubt: Any) -> dict[str, Any]:  # noqa: ANN401 - identify is not ours to import
    """Return a pair with what both records say, field by field, and the names of the fields that differ."""
    sides = {name: [records[one].to_dict()[name] for one in (doubt.other, doubt.record_id)] for name in FIELDS}
    return {**asdict(doubt), "fields": sides, "differ": [name for name, (one, other) in sides.items() if one != other]}


@app.command()
def split(record_id: RecordId, by: By, note: Note = "", project: Project = HERE, as_json: Json = False) -> None:
    """Take a record out of the one it was merged into."""
    with opened(project) as review:
        logged = duplicates.split(review, record_id, by=by, note=note)
        line = f"{record_id} stands for itself again, event {logged.seq}."
        answer(as_json, {"seq": logged.seq, "record_id": record_id}, [line])


@app.command()
def judge(
    record_id: RecordId,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Id of the record it is compared with.")],
    verdict: Annotated[str, typer.Argument(metavar="same|different", help="What the two are.")],
    by: By,
    note: Note = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Judge one pair, for scripts."""
    if verdict not in ("same", "different"):
        raise UnknownError(f"no verdict is called {verdict!r}", remedy="Choose same or different")
    with opened(project) as review:
        logged = duplicates.judge(review, record_id, other, same=verdict == "same", by=by, note=note)
        answer(as_json, {"seq": logged.seq}, [f"{record_id} and {other}: {verdict}, event {logged.seq}."])


def work(review: Review, by: str) -> None:
    """Show the doubtful pairs one after the other; each answer is on disk before the next pair shows."""
    from rich.console import Console
    from rich.text import Text

    from asreview_mc.cli.screening import read_key

    console = Console(highlight=False)
    pairs = duplicates.doubts(review)
    judged = 0
    for place, doubt in enumerate(pairs, start=1):
        if duplicates.answered(review.state, doubt.record_id, doubt.other):
            continue
        console.rule(f"pair {place} of {len(pairs)}: {shortened(doubt.why, 70)}")
        records = review.records
        console.print(_side_by_side(records[doubt.other], records[doubt.record_id]))
        console.print("[b]s[/b] same   [b]d[/b] different   [b]l[/b] later   [b]q[/b] quit")
        while (key := read_key()) not in (*KEYS, "l", "q", ""):
            continue
        if key in ("q", ""):
            break
        if key in KEYS:
            try:
                duplicates.judge(review, doubt.record_id, doubt.other, same=KEYS[key], by=by)
                judged += 1
            except DecisionError as error:  # a colleague judged it meanwhile
                console.print(Text(str(error), style="dim"))
    left = len(duplicates.doubts(review))
    console.print(f"{judged} judged, {left} doubtful pairs to go. All is saved.")


def _side_by_side(one: Record, other: Record) -> Any:  # noqa: ANN401 - a rich table, imported where it is drawn
    from rich.table import Table

    table = Table("", one.record_id, other.record_id, expand=True, show_lines=False)
    for name in FIELDS:
        left, right = _text(getattr(one, name)), _text(getattr(other, name))
        if left or right:
            table.add_row(name.replace("_", " "), _marked(left, right), _marked(right, left))
    return table


def _text(value: Any) -> str:  # noqa: ANN401 - any field of a record
    text = "; ".join(value) if isinstance(value, tuple) else str(value or "")
    return shortened(text, 400)


def _marked(text: str, other: str) -> Any:  # noqa: ANN401 - rich text
    """Return `text` with the words marked that the other does not have."""
    from rich.text import Text

    known = set(re.findall(r"\w+", other.casefold()))
    marked = Text(text)
    for word in re.finditer(r"\w+", text):
        if word.group().casefold() not in known:
            marked.stylize("black on yellow", *word.span())
    return marked
