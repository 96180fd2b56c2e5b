"""Commands of the report: PRISMA, tables, methods, checklist, narrative, exports, the page, an update's round."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Blind, By, Json, Project, answer, opened, say, shortened

narrative_app = typer.Typer(
    help="The narrative: a text per sub-topic, gaps, later literature, limitations, future research.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to the app."""
    for command in (prisma, tables, methods, checklist, report, export):
        app.command()(command)
    app.command(name="round")(begin_round)
    app.add_typer(narrative_app, name="narrative")


def prisma(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Draw or write it: .svg, .png, .pdf, .csv or .json.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--from", help="A CSV template of the R package PRISMA2020 instead of the review.")
    ] = None,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Count the PRISMA 2020 flow from the log, its sums checked."""
    from asreview_mc.report.prisma import checks, count, save, to_dict, to_text

    if template:
        from asreview_mc.report.prisma_in import read_csv

        flow = read_csv(template)
    else:
        with opened(project) as review:
            review.viewer(user)
            flow = count(review.state)
    if output:
        save(flow, output)
        left = flow.not_screened + flow.other_not_screened + flow.pending + flow.other_pending
        if output.suffix.lower() == ".csv" and left:
            say(f"{left:,} records not screened or pending have no place in the template; its sums do not close yet")
    open_sums = [f"! {one.name}: {one.left} against {one.right}" for one in checks(flow) if not one.ok]
    answer(as_json, to_dict(flow), [*to_text(flow), *open_sums])


def tables(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Folder for CSV, Markdown, HTML and pictures.")
    ] = None,
    blind: Blind = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Count everything there is to count: distributions, crossings, agreement, appraisal, screening."""
    from asreview_mc.project import reporting
    from asreview_mc.report.table import to_markdown, to_plain

    with opened(project) as review:
        viewer = review.viewer(user)
        if output:
            found = reporting.write_tables(review, output, viewer, blind=blind)
            answer(as_json, found, [f"Wrote {len(found['files'])} files to {output} (log head {found['head']})."])
            return
        all_found = reporting.all_tables(review, viewer, blind=blind)
        lines = (line for table in all_found for line in [*to_markdown(table).splitlines(), ""])
        answer(as_json, {"tables": [to_plain(table) for table in all_found]}, lines)


def methods(blind: Blind = False, user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Write the methods paragraph from what happened; a sentence stands only where its events do."""
    from asreview_mc.project.reporting import methods_of

    with opened(project) as review:
        found = methods_of(review, review.viewer(user), blind=blind)
        text = " ".join(one.text for one in found)
        sentences = [{"text": one.text, "events": list(one.events)} for one in found]
        answer(as_json, {"text": text, "sentences": sentences}, [text])


def checklist(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write it: .csv or .md.")] = None,
    blind: Blind = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Fill in the PRISMA 2020 checklist of 27 items as far as the log has answers."""
    from asreview_mc.project import reporting

    with opened(project) as review:
        found = reporting.checklist_of(review, review.viewer(user), blind=blind)
    if output:
        reporting.write_checklist(found, output)
    items = [
        {"item": one.number, "section": one.section, "topic": one.topic, "asks": one.asks, "answer": one.answer}
        for one in found
    ]
    lines = (f"{one.number:>4}  {one.topic}: {one.answer or 'for the authors'}" for one in found)
    answer(as_json, {"items": items, "answered": sum(bool(one.answer) for one in found)}, lines)


@narrative_app.command(name="show")
def show_narrative(user: As = "", project: Project = HERE, as_json: Json = False) -> None:
    """Show what is written, section by section, and any citation that is not an included paper."""
    from asreview_mc.project import narrate

    with opened(project) as review:
        review.viewer(user)
        found = narrate.sections(review)
        answer(as_json, {"sections": found, "all": narrate.names(review)}, _section_lines(found))


def _section_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    if not found:
        yield "No section has been written yet; `narrative draft SECTION` begins one."
    for one in found:
        yield f"{one['section']}: {one['title']} ({one['by']}, {one['at']})"
        yield f"  {shortened(one['text'], 100)}"
        if one["unresolved"]:
            yield f"  ! cites {', '.join(one['unresolved'])}, not among the included papers"


@narrative_app.command()
def draft(
    section: Annotated[str, typer.Argument(metavar="SECTION", help="topic:CODE, gaps or limitations.")],
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Print what the program can say of a section: gaps counted, limitations of protocol and log, papers of a topic."""
    from asreview_mc.project import narrate

    with opened(project) as review:
        review.viewer(user)
        text = narrate.draft(review, section)
        if not text:
            say(f"Of {section} the log and the protocol say nothing; it is the authors'")
        answer(as_json, {"section": section, "text": text}, text.splitlines())


@narrative_app.command()
def write(
    section: Annotated[str, typer.Argument(metavar="SECTION", help="topic:CODE, gaps, later, limitations or future.")],
    by: By,
    text: Annotated[str, typer.Option(help="The text, which replaces the one before.")] = "",
    file: Annotated[Path | None, typer.Option(help="A text file that holds it.")] = None,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write a section; an id between square brackets cites an included paper."""
    from asreview_mc.project import narrate

    if bool(text) == bool(file):
        raise typer.BadParameter("give either --text or --file")
    with opened(project) as review:
        logged = narrate.write(review, section, narrate.text_of(file) if file else text, by)
        answer(as_json, {"seq": logged.seq, "section": section}, [f"Wrote {section}, event {logged.seq}."])


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="HTML file to write.")] = Path("report.html"),
    blind: Blind = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write the whole review on one page."""
    from asreview_mc.project.reporting import write_report

    with opened(project) as review:
        result = write_report(review, output, viewer=review.viewer(user), blind=blind)
        answer(as_json, result, [f"Wrote {output} (log head {result['head']})."])


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.ris|.csv|.xlsx|.bib|.json|.zip", help="File to write.")],
    what: Annotated[str, typer.Option(help="included, excluded, all or unread; a .zip holds everything.")] = "included",
    blind: Blind = False,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Write records with their decisions, or the replication package (.zip)."""
    from asreview_mc.project.reporting import export as write_export

    with opened(project) as review:
        result = write_export(review, file, what=what, viewer=review.viewer(user), blind=blind)
        if result.get("cut"):
            say(_cut_cells(result["cut"]))
        answer(as_json, result, [f"Wrote {result['written']} records to {file} (log head {result['head']})."])


def _cut_cells(cut: list[str]) -> str:
    from asreview_mc.report.workbook import LONGEST

    named, more = ", ".join(cut[:5]), f" and {len(cut) - 5} more" if len(cut) > 5 else ""
    return f"Cut at the {LONGEST:,} characters of an Excel cell: {named}{more}; export CSV or JSON for the whole"


def begin_round(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the new round is called, such as update-2026.")],
    by: By,
    note: Annotated[str, typer.Option(help="A note kept with it.")] = "",
    studies: Annotated[int, typer.Option(help="Studies of an earlier version that this review does not hold.")] = 0,
    reports: Annotated[int, typer.Option(help="Their reports.")] = 0,
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Begin an update: what is read from here on is new, what is included by now is previous."""
    from asreview_mc.project.rounds import begin

    with opened(project) as review:
        logged = begin(review, name, by, note=note, studies=studies, reports=reports)
        answer(as_json, {"seq": logged.seq, "round": name}, [f"Began the round {name}, event {logged.seq}."])
