"""Commands of data extraction and quality appraisal: both are forms, filled in by two and agreed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, By, Json, Project, answer, columns, opened, shortened
from asreview_mc.core.protocol import EXTRACTION
from asreview_mc.core.protocol_file import APPRAISALS, appraisal_template
from asreview_mc.project.review import Review

if TYPE_CHECKING:
    from asreview_mc.project.offers import Offer

Form = Annotated[str, typer.Option("--form", help="Which form of appraisal, if the protocol has several.")]
RecordId = Annotated[str, typer.Argument(metavar="RECORD")]
Values = Annotated[
    list[str], typer.Argument(metavar="FIELD=VALUE...", help="Several values of a field stand apart by semicolons.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    extract = typer.Typer(help="Data extraction: two people fill in a form, blind to each other.", no_args_is_help=True)
    appraise = typer.Typer(
        help="Quality appraisal: forms like those of extraction, and what they add up to.", no_args_is_help=True
    )
    for room in (extract, appraise):
        for name, command in (
            ("form", form),
            ("set", set_values),
            ("table", table),
            ("compare", compare),
            ("settle", settle),
        ):
            room.command(name=name)(command)
        room.command(name="agreement")(agreement)
        room.command(name="sheet")(sheet)
        room.command(name="read")(read)
    appraise.command(name="templates")(templates)
    app.add_typer(extract, name="extract")
    app.add_typer(appraise, name="appraise")


def _form(context: typer.Context, review: Review, name: str) -> str:
    from asreview_mc.project.extract import appraisal_form

    return appraisal_form(review, name) if context.parent and context.parent.info_name == "appraise" else EXTRACTION


def _pairs(values: list[str]) -> dict[str, str]:
    for value in values:
        if "=" not in value:
            raise typer.BadParameter(f"{value!r} is not FIELD=VALUE")
    return {name.strip(): text for name, _, text in (value.partition("=") for value in values)}


def templates(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(APPRAISALS)}.")] = "", as_json: Json = False
) -> None:
    """List the forms of appraisal that come with the program, or print one to put into protocol.toml."""
    if not name:
        answer(as_json, {"templates": list(APPRAISALS)}, APPRAISALS)
        return
    text = appraisal_template(name)
    answer(as_json, {"template": name, "text": text}, [text.rstrip("\n")])


def form(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(metavar="[RECORD]", help="Show what is suggested for this record.")] = "",
    name: Form = "",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Show the form: every field with its choices and what they mean, and what is suggested for a record."""
    from asreview_mc.learn.chosen import default_encoder
    from asreview_mc.project import extract
    from asreview_mc.project.offers import offers

    with opened(project) as review:
        review.viewer(user)
        chosen = _form(context, review, name)
        fields = extract.form(review, chosen)
        found = offers(review, [record_id], chosen, encoder=default_encoder())[record_id] if record_id else {}
        suggested = {code: one.value for code, one in found.items()}
        why = {code: {"by": one.by, "evidence": list(one.evidence), "p": list(one.p)} for code, one in found.items()}
        told = {"form": chosen, "fields": fields, "suggested": suggested, "why": why}
        answer(as_json, told, _form_lines(fields, found))


def _form_lines(fields: list[dict[str, Any]], found: Mapping[str, Offer]) -> Iterator[str]:
    group = ""
    for field in fields:
        if field["group"] != group:
            group = field["group"]
            yield f"-- {group}"
        offer = found.get(field["code"])
        unsure = "" if offer is None or offer.calibrated else ", uncalibrated"
        hint = f"  [suggested{unsure}: {_text(offer.value)}]" if offer else ""
        yield f"{field['code']} ({field['type']}): {field['label']}{hint}"
        yield from (f"    “{shortened(sentence, 110)}”" for sentence in dict.fromkeys(offer.evidence if offer else ()))
        if field["help"]:
            yield f"    {field['help']}"
        for choice in field["choices"]:
            yield f"    - {choice['choice']}" + (f": {choice['definition']}" if choice["definition"] else "")


def set_values(
    context: typer.Context,
    record_id: RecordId,
    values: Values,
    reviewer: By,
    name: Form = "",
    note: Annotated[str, typer.Option(help="A note kept with it.")] = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Fill in fields for an included record; FIELD= leaves the field open again."""
    from asreview_mc.learn.chosen import default_encoder
    from asreview_mc.project import extract
    from asreview_mc.project.offers import offers

    with opened(project) as review:
        chosen = _form(context, review, name)
        pairs = _pairs(values)
        found = offers(review, [record_id], chosen, encoder=default_encoder(), fields=pairs)[record_id]
        suggested = {code: one.value for code, one in found.items()}
        by = "; ".join(sorted({one.by for one in found.values()}))
        logged = extract.fill_in(
            review, record_id, pairs, reviewer, form=chosen, suggested=suggested, model=by, note=note
        )
        said = logged.event.values  # type: ignore[attr-defined]
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id, "form": chosen, "values": dict(said)},
            [f"{record_id}: {', '.join(said)} filled in by {reviewer}, event {logged.seq}"],
        )


def table(
    context: typer.Context,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write it: .csv, .xlsx or .md.")] = None,
    name: Form = "",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Show what stands in the form for each included record: agreed by all or settled."""
    from asreview_mc.project import form_tables

    with opened(project) as review:
        review.viewer(user)
        found = form_tables.standing(review, _form(context, review, name))
        if output:
            form_tables.write_standing(found, output)
        rows = [
            (one["record_id"], *(shortened(_text(one["values"].get(code)), 28) for code in found["codes"]))
            for one in found["rows"]
        ]
        lines = columns(rows, header=("record", *found["codes"])) if rows else iter(["No record is included yet."])
        answer(as_json, found, lines)


def compare(
    context: typer.Context,
    record_id: Annotated[str, typer.Argument(metavar="[RECORD]")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="Only what is pending or in conflict.")] = False,
    name: Form = "",
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Compare what the extractors gave, field by field; others' answers show once all wanted are in."""
    from asreview_mc.project import extract

    with opened(project) as review:
        chosen = _form(context, review, name)
        rows = extract.compare(review, review.viewer(user), form=chosen, record_id=record_id, open_only=open_only)
        answer(as_json, {"form": chosen, "fields": rows}, _compare_lines(rows))


def _compare_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "Nothing to compare."
    last = ""
    for row in rows:
        if row["record_id"] != last:
            last = row["record_id"]
            yield f"{last}  {shortened(row['title'], 80)}"
        stands = f": {_text(row['value'])}" if row["value"] is not None else ""
        by = f", by {', '.join(row['by'])}" if row["by"] else ""
        wrong = f"  (! {row['problem']})" if row["problem"] else ""
        yield f"  {row['code']}: {row['status']}{stands}{by}{wrong}"
        if row["value"] is None:
            yield from (f"      {one['reviewer']}: {_text(one['value'])}" for one in row["given"])


def settle(
    context: typer.Context,
    record_id: RecordId,
    by: Annotated[list[str], typer.Option(help="Who settles it; name all who filled it in, or an adjudicator.")],
    values: Annotated[list[str] | None, typer.Argument(metavar="[FIELD=VALUE...]")] = None,
    take: Annotated[str, typer.Option(help="Take this person's answer in every other field in conflict.")] = "",
    note: Annotated[str, typer.Option(help="A note kept with it.")] = "",
    name: Form = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Settle fields in which the extractors differ."""
    from asreview_mc.project import extract

    with opened(project) as review:
        chosen = _form(context, review, name)
        logged = extract.settle(review, record_id, _pairs(values or []), by, form=chosen, take=take, note=note)
        said = logged.event.values  # type: ignore[attr-defined]
        answer(
            as_json,
            {"seq": logged.seq, "record_id": record_id, "form": chosen, "values": dict(said)},
            [f"{record_id}: {', '.join(said)} settled, event {logged.seq}"],
        )


def agreement(
    context: typer.Context, name: Form = "", user: As = "", project: Project = HERE, as_json: Json = False
) -> None:
    """Measure agreement field by field, on what each gave blind to the other."""
    from asreview_mc.project import extract

    with opened(project) as review:
        review.viewer(user)
        chosen = _form(context, review, name)
        found = extract.agreement(review, chosen)
        answer(as_json, {"form": chosen, "fields": found}, _agreement_lines(found))


def _agreement_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    for field in found:
        for pair in field["pairs"]:
            kappa = pair.get("cohen_kappa", {}).get("value")
            more = f", κ {kappa:.2f}" if kappa is not None else ""
            yield f"{field['code']}: {' and '.join(pair['raters'])} the same in {pair['same']} of {pair['n']}{more}"
    if not any(field["pairs"] for field in found):
        yield "No field has been filled in by two people for the same record yet."


def sheet(
    context: typer.Context,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write: .csv or .xlsx.")],
    reviewer: By,
    name: Form = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write a sheet to fill in elsewhere, with this person's own answers so far."""
    from asreview_mc.learn.chosen import default_encoder
    from asreview_mc.project.sheets import write_sheet

    with opened(project) as review:
        found = write_sheet(review, output, reviewer, form=_form(context, review, name), encoder=default_encoder())
        answer(as_json, found, [f"Wrote {found['written']} records to {output}."])


def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    reviewer: By,
    name: Form = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Read a sheet filled in elsewhere; every cell that cannot be taken is shown with the reason."""
    from asreview_mc.project.sheets import read_sheet

    with opened(project) as review:
        found = read_sheet(review, file, reviewer, form=_form(context, review, name))
        answer(as_json, found, _read_lines(found))


def _read_lines(found: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{found['rows']} rows: {found['set']} cells set in {found['records']} records, {found['unchanged']} unchanged,"
        f" {found['blank']} empty, {len(found['rejected'])} rejected"
    )
    for one in found["rejected"]:
        yield f"  row {one['row']}, {one['record_id'] or 'no id'}, {one['field'] or 'whole row'}: {one['why']}"
    if found["ignored"]:
        yield f"  columns that are no field: {', '.join(found['ignored'])}"


def _text(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else "; ".join(value) if isinstance(value, list) else str(value)
