"""The command that says whether reading may stop, draws the sample for it, and gives advice beforehand."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from asreview_mc.cli.output import HERE, As, Json, Project, StageName, answer, columns, opened, progress
from asreview_mc.project.screen import stage_named


def register(app: typer.Typer) -> None:
    """Add the command of this module to the app."""
    app.command()(stop)


def stop(
    stage: StageName = "abstract",
    rule: Annotated[str, typer.Option(help="Log the look for this rule instead of the protocol's.")] = "",
    advice: Annotated[bool, typer.Option("--advice", help="What each rule is likely to cost, before reading.")] = False,
    draw: Annotated[
        int | None, typer.Option(min=1, help="Draw so many unread records at random, for the audit; with --as.")
    ] = None,
    control: Annotated[
        bool,
        typer.Option("--control", help="Draw them as the control sample of qbcb and target, before ranked reading."),
    ] = False,
    second_look: Annotated[
        bool,
        typer.Option("--second-look", help="Draw the unread records most like a single relevant one; with --as."),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Of the draw; made up and logged where none is given.")] = None,
    user: As = "",
    project: Project = HERE,
    as_json: Json = False,
) -> None:
    """Say whether reading may stop: the rule chosen in the protocol first, then the others."""
    if second_look and (draw is not None or control or rule or advice or seed is not None):
        raise typer.BadParameter("--second-look goes without --draw, --control, --seed, --rule and --advice")
    if control and draw is None:
        raise typer.BadParameter("--control goes with --draw N")
    with opened(project) as review, progress("stopping rules"):
        from asreview_mc.project import stopping
        from asreview_mc.project.stopping import AUDIT, CONTROL

        named = stage_named(stage)
        if advice:
            rows = stopping.advice(review, named)
            answer(as_json, {"advice": [vars(one) for one in rows]}, _advice_lines(rows))
            return
        if second_look:
            logged = stopping.second_look(review, named, by=user)
            line = f"The second look is drawn, event {logged.seq}; reviewers get its records between the ranked ones"
            answer(as_json, {"seq": logged.seq}, [line])
            return
        if draw is not None:
            chosen = secrets.randbelow(2**31) if seed is None else seed
            logged = stopping.draw(review, named, draw, by=user, seed=chosen, purpose=CONTROL if control else AUDIT)
            line = f"{draw} unread records drawn, event {logged.seq}; reviewers get them between the ranked ones"
            answer(as_json, {"seq": logged.seq, "records": draw, "seed": chosen}, [line])
            return
        found = stopping.as_plain(stopping.look(review, named, by=user, rule=rule))
        answer(as_json, found, _lines(found))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['n_read']:,} of {found['n_records']:,} records read to the end, {found['found']:,} of them relevant"
    if found["conflicts"]:
        yield f"{found['conflicts']} open conflicts count as relevant until they are settled"
    if found["waiting"]:
        yield f"{found['waiting']} drawn records are still to be read: with `screen` or on the page, among the others"
    if found["key_papers_missing"]:
        yield f"Key papers not read yet: {'; '.join(found['key_papers_missing'])}"
    if found["estimate"]["recall"] is not None:
        estimate = found["estimate"]
        yield (
            f"Stopping now would miss about {estimate['expected_missed']:.1f}: recall {estimate['recall']:.1%}"
            f" ({estimate['recall_low']:.1%} to {estimate['recall_high']:.1%}), if relevant records go on coming as a"
            " power law has it"
        )
    if found["overlooked"]:
        yield (
            f"Both reviewers overlooked about {found['overlooked']['overlooked']:.1f} relevant records among those read"
            " (Chapman; it says nothing of what nobody read)"
        )
    aims = f"recall {found['target']:.0%}, confidence {found['confidence']:.0%}"
    if not found["chosen"]:
        yield f"No rule was chosen beforehand ([stopping] in protocol.toml). For {aims}:"
    for place, rule in enumerate(found["rules"]):
        if rule["chosen"]:
            when = "before screening began" if found["chosen_before"] else "after screening had begun"
            yield f"Chosen {when} (event {found['chosen_at']}), for {aims}:"
        elif found["chosen"] and place == 1:
            yield "Not chosen beforehand:"
        yield f"  {rule['name']} ({rule['kind']}): {_verdict(rule)}"


def _verdict(rule: dict[str, Any]) -> str:
    if rule["stop"] is None:
        return str(rule["why"])
    more = "" if rule["stop"] or rule["cost"] is None else f"; {rule['cost']:,} more if none of them is relevant"
    return f"{'stop' if rule['stop'] else 'go on'}; {rule['why']}{more}"


def _advice_lines(rows: list[Any]) -> Iterator[str]:
    yield "The least that each rule costs, under a perfect ranking; a real one costs more."
    table = [
        (
            f"{one.prevalence:.1%}",
            one.relevant,
            one.rule,
            "all" if one.read is None else f"{one.read:,}",
            "" if one.share is None else f"{one.share:.0%}",
            one.note,
        )
        for one in rows
    ]
    yield from columns(table, header=("prevalence", "relevant", "rule", "read", "share", "note"))
