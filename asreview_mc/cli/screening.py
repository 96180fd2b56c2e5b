"""The screen of a reviewer in a terminal: a record, the criteria, and one key for each answer."""

from __future__ import annotations

import re
import sys

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from asreview_mc.cli.output import progress
from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import Protocol, Stage
from asreview_mc.project.ranking import gather_pool
from asreview_mc.project.review import Review
from asreview_mc.project.screen import check_decider
from asreview_mc.project.session import Offer, Session

NOTHING = "Nothing waits for you at this stage."
KEYS = {"i": "include", "e": "exclude", "m": "maybe"}
HELP = "   ".join(
    f"[b]{key}[/b] {what}"
    for key, what in (*KEYS.items(), ("u", "undo"), ("n", "note"), ("c", "criteria"), ("q", "quit"))
)


def work(review: Review, reviewer: str, stage: Stage, ranker: str) -> None:
    """Offer records to a reviewer until none waits or they quit; an answer is on disk before the next record shows."""
    console = Console(highlight=False)
    check_decider(review.protocol, reviewer)
    if not review.state.queue(stage, reviewer):
        console.print(NOTHING)
        return
    with progress("Encoding") as bar:
        pool = gather_pool(review, ranker=ranker, progress=bar)
    with Session(review, reviewer, pool, stage=stage) as session:
        _criteria(console, review.protocol, stage)
        note = ""
        while (offer := session.offer()) is not None:
            _show(console, review.protocol, session, offer, note)
            key = _key()
            if key in KEYS:
                note = _answer(console, review.protocol, session, offer, KEYS[key], note)
            elif key == "n":
                note = _line(console, "Note: ")
            elif key == "u":
                _undo(console, session)
                note = ""
            elif key == "c":
                _criteria(console, review.protocol, stage)
            elif key in ("q", ""):
                break
        done, left = session.progress()
        if offer is None:
            console.print(f"{left} came in meanwhile; start again for them." if left else NOTHING)
        console.print(f"{done} decided, {left} to go. All is saved.")


def _answer(console: Console, protocol: Protocol, session: Session, offer: Offer, decision: str, note: str) -> str:
    """Log the decision and return the note still to be used: none, or the same if the reason was not given."""
    reason = ""
    if decision == "exclude" and session.stage == "fulltext":
        reason = _reason(console, protocol)
        if not reason:
            return note
    try:
        session.decide(offer, decision, reason=reason, note=note)
    except DecisionError as error:  # somebody merged or removed it since it was shown
        console.print(f"[dim]{escape(str(error))}[/dim]")
        return note
    console.print(f"[dim]{decision}{f' ({escape(reason)})' if reason else ''}[/dim]")
    return ""


def _undo(console: Console, session: Session) -> None:
    try:
        logged = session.undo()
    except DecisionError as error:
        console.print(f"[dim]{escape(str(error))}[/dim]")
        return
    console.print(f"[dim]taken back: {logged.event.about}[/dim]")


def _show(console: Console, protocol: Protocol, session: Session, offer: Offer, note: str) -> None:
    record = offer.record
    done, left = session.progress()
    console.rule(f"{record.record_id}   {done} decided, {left} to go")
    console.print(_marked(record.title or "(no title)", protocol), style="bold")
    facts = [", ".join(record.authors), str(record.year or ""), record.journal, record.doi]
    console.print(escape(" · ".join(fact for fact in facts if fact)), style="dim")
    console.print()
    console.print(_marked(record.abstract or "(no abstract)", protocol))
    if record.keywords:
        console.print(Text("Keywords: " + "; ".join(record.keywords), style="dim"))
    console.print()
    if note:
        console.print(Text(f"Note: {note}", style="italic"))
    console.print(HELP)


def _criteria(console: Console, protocol: Protocol, stage: Stage) -> None:
    console.rule(escape(protocol.title))
    for heading, criteria in (("Include", protocol.inclusion), ("Exclude", protocol.exclusion)):
        for criterion in criteria:
            console.print(f"[b]{heading}[/b] {escape(criterion.text)}")
    if stage == "fulltext":
        for number, reason in enumerate(protocol.reasons, start=1):
            console.print(f"[b]Reason {number}[/b] {escape(reason.label)}: {escape(reason.definition)}")
    words = ", ".join((*protocol.keywords_include, *protocol.keywords_exclude))
    if words:
        console.print(Text(f"Marked words: {words}", style="dim"))


def _marked(text: str, protocol: Protocol) -> Text:
    """Return `text` with the protocol's words marked."""
    marked = Text(text)
    for words, style in ((protocol.keywords_include, "black on green"), (protocol.keywords_exclude, "black on red")):
        for word in words:
            ending = r"\w*" if word.endswith("*") else r"\b"
            marked.highlight_regex(rf"(?i)\b{re.escape(word.rstrip('*'))}{ending}", style)
    return marked


def _reason(console: Console, protocol: Protocol) -> str:
    """Ask for one reason by its number; any other key goes back without a decision."""
    for number, reason in enumerate(protocol.reasons, start=1):
        console.print(f"  [b]{number}[/b] {escape(reason.label)}")
    chosen = _line(console, "Reason number: ") if len(protocol.reasons) > 9 else _key()
    if chosen.isdecimal() and 1 <= int(chosen) <= len(protocol.reasons):
        return protocol.reasons[int(chosen) - 1].code
    console.print("[dim]no reason, no decision[/dim]")
    return ""


def _key() -> str:
    """Return one key in lower case, ``""`` at the end of input or on Ctrl-C."""
    if sys.stdin.isatty():
        try:
            return typer.getchar().lower()
        except (KeyboardInterrupt, EOFError):
            return ""
    while (key := sys.stdin.read(1)) in ("\n", "\r"):
        continue
    return key.lower()


def _line(console: Console, prompt: str) -> str:
    console.print(Text(prompt), end="")
    try:
        line = sys.stdin.readline()
        if line == "\n" and not sys.stdin.isatty():  # in a pipe the key itself stood on a line
            line = sys.stdin.readline()
        return line.strip()
    except KeyboardInterrupt:
        return ""
