"""The screen of a reviewer in a terminal: a record, the criteria, and one key for each answer."""

from __future__ import annotations

import re
import sys
from collections import deque

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from asreview_mc.core.errors import DecisionError
from asreview_mc.core.protocol import Protocol, Stage
from asreview_mc.project.checks import check_decider
from asreview_mc.project.pools import Pools
from asreview_mc.project.review import Review
from asreview_mc.project.session import Offer, Session

NOTHING = "Nothing waits for you at this stage."
_typed: deque[str] = deque()  # keys that came in one go with the one asked for
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
    with Session(review, reviewer, Pools(review.folder, ranker), stage=stage) as session:
        _criteria(console, review.protocol, stage)
        note, offer = "", session.offer()
        while offer is not None:
            _show(console, review.protocol, session, offer, note)
            key = read_key()
            if key in KEYS and _answer(console, review.protocol, session, offer, KEYS[key], note):
                note, offer = "", session.offer()
            elif key == "n":
                note = _line(console, "Note: ")
            elif key == "u" and _undo(console, session):
                note, offer = "", session.offer()
            elif key == "c":
                _criteria(console, review.protocol, stage)
            elif key in ("q", ""):
                break
        done, left = session.progress()
        if offer is None:
            console.print(NOTHING)
        console.print(f"{done} decided, {left} to go. All is saved.")
        if session.trouble:
            console.print(f"The queue went by words alone: {escape(session.trouble)}")


def _answer(console: Console, protocol: Protocol, session: Session, offer: Offer, decision: str, note: str) -> bool:
    """Log the decision; say whether the next record may come, which it may not while a reason is wanted."""
    reason = ""
    if decision == "exclude" and session.stage == "fulltext":
        reason = _reason(console, protocol)
        if not reason:
            return False
    try:
        session.decide(offer, decision, reason=reason, note=note)
    except DecisionError as error:  # somebody merged or removed it since it was shown
        console.print(f"[dim]{escape(str(error))}[/dim]")
        return True
    console.print(f"[dim]{decision}{f' ({escape(reason)})' if reason else ''}[/dim]")
    return True


def _undo(console: Console, session: Session) -> bool:
    """Take back the last decision; say whether there was one."""
    try:
        logged = session.undo()
    except DecisionError as error:
        console.print(f"[dim]{escape(str(error))}[/dim]")
        return False
    console.print(f"[dim]taken back: {logged.event.about}[/dim]")
    return True


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
    wanted = [*(one.text for one in protocol.inclusion), *(f"not: {one.text}" for one in protocol.exclusion)]
    if wanted:
        console.print(Text("Criteria: " + "  |  ".join(wanted), style="dim"))
    if offer.hint:
        console.print(Text(offer.hint, style="dim"))
    if note:
        console.print(Text(f"Note: {note}", style="italic"))
    console.print(HELP)


def _criteria(console: Console, protocol: Protocol, stage: Stage) -> None:
    console.rule(escape(protocol.title))
    if protocol.question:
        console.print(Text(protocol.question, style="italic"))
    for heading, criteria in (("Include", protocol.inclusion), ("Exclude", protocol.exclusion)):
        for criterion in criteria:
            console.print(f"[b]{heading}[/b] {escape(criterion.text)}")
    if stage == "fulltext":
        for number, reason in enumerate(protocol.reasons, start=1):
            console.print(f"[b]Reason {number}[/b] {escape(reason.label)}: {escape(reason.definition)}")
    for sign, words in (("for", protocol.keywords_include), ("against", protocol.keywords_exclude)):
        if words:
            console.print(Text(f"Marked words {sign}: {', '.join(words)}", style="dim"))


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
    chosen = _line(console, "Reason number: ") if len(protocol.reasons) > 9 else read_key()
    if chosen.isdecimal() and 1 <= int(chosen) <= len(protocol.reasons):
        return protocol.reasons[int(chosen) - 1].code
    console.print("[dim]no reason, no decision[/dim]")
    return ""


def read_key() -> str:
    """Return one key in lower case, ``""`` at the end of input or on Ctrl-C."""
    if sys.stdin.isatty():
        try:
            while not _typed:
                arrived = typer.getchar()
                _typed.extend(() if arrived.startswith("\x1b") else arrived.lower())  # arrows and the like say nothing
            return _typed.popleft()
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
