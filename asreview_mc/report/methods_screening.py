"""How records were screened, in sentences: by whom, in which order, with what agreement, until when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from asreview_mc.core.event import (
    COVERAGE,
    Calibrated,
    Decided,
    Logged,
    SampleDrawn,
    Settled,
    StageClosed,
    StageReopened,
    StopLooked,
)
from asreview_mc.core.protocol import STAGES, Stage
from asreview_mc.report.account import STAGE_NAMES
from asreview_mc.report.said import Account, Sentence, joined, many, were
from asreview_mc.review.state import CONTROL, SECOND_LOOK


def screening(log: Account) -> Iterator[Sentence]:
    """Yield the sentences on both stages and on what was read in full."""
    for stage in STAGES:
        yield from _calibration(log, stage)
        yield from _decided(log, stage)
        yield from _measured(log, stage)
        yield from _settled(log, stage)
        yield from _stopped(log, stage)
    yield from _fulltexts(log)


def _decided(log: Account, stage: Stage) -> Iterator[Sentence]:
    decided = log.of(Decided, lambda event: event.stage == stage)
    if decided:
        people = list(dict.fromkeys(event.reviewer for _, event in decided))
        records = len({log.state.kept(event.record_id) for _, event in decided})
        blind = ", each blind to the others" if log.protocol.decisions_wanted > 1 and len(people) > 1 else ""
        verb = "independently screened" if blind else "screened"
        what = {"abstract": "title and abstract of", "fulltext": "the full text of"}[stage]
        yield Sentence(
            f"{joined(people)} {verb} {what} {many(records, 'record')}{blind}.", tuple(one.seq for one, _ in decided)
        )
        yield from _ranking(log, decided, stage)


def _calibration(log: Account, stage: Stage) -> Iterator[Sentence]:
    for logged, event in log.of(Calibrated, lambda event: event.stage == stage):
        n, drawn = len(event.record_ids), f"drawn at random (seed {event.seed})"
        done = all(log.state.disclosed(stage, log.state.kept(one)) is not None for one in event.record_ids)
        yield Sentence(
            f"For calibration everybody screened the same {many(n, 'record')}, {drawn}."
            if done
            else f"For calibration {many(n, 'record')} {were(n)} {drawn}, to be screened by everybody.",
            (logged.seq,),
        )


def _ranking(log: Account, decided: Sequence[tuple[Logged, Decided]], stage: Stage) -> Iterator[Sentence]:
    ranked = [(one, event.shown) for one, event in decided if event.shown and event.shown.how == "ranked"]
    models = Counter((shown.ranker, *shown.fingerprint.partition(COVERAGE)[:2]) for _, shown in ranked if shown)
    for ranker in dict.fromkeys(name for name, *_ in models):
        settings = f" ({log.rankers[ranker]})" if ranker in log.rankers else ""
        seen = {_model(*model): n for (name, *model), n in models.items() if name == ranker}
        by = [one if len(seen) == 1 else f"{n:,} {one}" for one, n in seen.items()]
        yield Sentence(
            f"For {sum(seen.values()):,} of the {len(decided):,} decisions on {STAGE_NAMES[stage]} the record was"
            f" offered in the order of the ranker {ranker}{settings}, as far as it had learnt by then,"
            f" {joined(by)}.",
            tuple(one.seq for one, shown in ranked if shown and shown.ranker == ranker),
        )


def _model(fingerprint: str, partly: str) -> str:
    part = " of a part of the records" if partly else ""
    return f"with embeddings{part} (text model {fingerprint})" if fingerprint else "without embeddings"


def _measured(log: Account, stage: Stage) -> Iterator[Sentence]:
    found = log.agreement.get(stage)
    for pair in found["pairs"] if found else ():
        if not pair["n"]:
            continue
        kappa = pair["cohen_kappa"]
        share = pair["percent_agreement"]
        value = share["value"] if isinstance(share, Mapping) else share
        if value is None:
            continue
        text = f"{joined(pair['raters'])} agreed on {value:.1%} of {many(pair['n'], 'record')}"
        if kappa["value"] is not None:
            low, high = kappa.get("ci_low"), kappa.get("ci_high")
            within = "" if low is None or high is None else f", 95 % CI {_signed(low)} to {_signed(high)}"
            text += f" (Cohen’s κ {_signed(kappa['value'])}{within})"
        seqs = log.of(Decided, lambda event, names=pair["raters"]: event.stage == stage and event.reviewer in names)  # type: ignore[misc]
        yield Sentence(f"{text}.", tuple(one.seq for one, _ in seqs))


def _settled(log: Account, stage: Stage) -> Iterator[Sentence]:
    found = log.of(Settled, lambda event: event.stage == stage)
    if found:
        people = joined(list(dict.fromkeys(name for _, event in found for name in event.by)))
        n = len({log.state.kept(event.record_id) for _, event in found})
        yield Sentence(
            f"Conflicts on {STAGE_NAMES[stage]} were settled for {many(n, 'record')} by {people}.",
            tuple(one.seq for one, _ in found),
        )


def _stopped(log: Account, stage: Stage) -> Iterator[Sentence]:
    for logged, event in log.of(SampleDrawn, lambda event: event.stage == stage):
        n, of = len(event.record_ids), event.population
        waiting = sum(log.state.verdict(stage, log.state.kept(one)).outcome == "pending" for one in event.record_ids)
        done = f"; {waiting:,} of them wait to be screened" if waiting else ""
        if event.purpose == SECOND_LOOK:
            text = f"As a second look the {n:,} of {of:,} unread records most like a single relevant one in words were"
            purpose = "drawn" if waiting else "screened"
        else:
            text = f"A random sample of {n:,} of {of:,} records (seed {event.seed}) was"
            control = event.purpose == CONTROL
            purpose = "drawn" if waiting else "screened"
            purpose += " apart from the ranking, as its control" if control else " to estimate what was missed"
        yield Sentence(f"{text} {purpose}{done}.", (logged.seq,))
    last = {event.rule: (logged, event) for logged, event in log.of(StopLooked, lambda event: event.stage == stage)}
    for rule, (logged, look) in last.items():
        if not rule:
            continue
        answer = {True: "said that screening could stop", False: "said to go on", None: "had no answer"}[look.stop]
        yield Sentence(
            f"On {logged.at[:10]} the stopping rule {rule} ({_promise(look)}) {answer}{_run(look)}.",
            (logged.seq,),
        )
    reopened = max((one.seq for one, event in log.of(StageReopened) if event.stage == stage), default=0)
    for logged, closed in log.of(StageClosed, lambda event: event.stage == stage):
        if logged.seq < reopened:
            continue
        unread = f", with {many(len(closed.record_ids), 'record')} not read to the end" if closed.record_ids else ""
        why = f" ({closed.reason})" if closed.reason else ""
        yield Sentence(
            f"Screening on {STAGE_NAMES[stage]} was closed on {logged.at[:10]} by {closed.by}{why}{unread}.",
            (logged.seq,),
        )


def _promise(look: StopLooked) -> str:
    """Return what a rule aims at, and what stands behind it."""
    if look.evidence.get("kind") == "heuristic":
        return f"a rule of thumb without a probability behind it, for a recall of {look.target:g}"
    return f"target recall {look.target:g}, confidence {look.confidence:g}"


def _run(look: StopLooked) -> str:
    run, second = look.evidence.get("run"), look.evidence.get("second_look")
    by_look = f", {second:,} of them by a second look" if second else ""
    return "" if run is None else f", after {many(run, 'irrelevant record')} in a row{by_look}"


def _fulltexts(log: Account) -> Iterator[Sentence]:
    n = log.prisma
    decided = tuple(one.seq for one, event in log.of(Decided) if event.stage == "fulltext")
    assessed = n.dbr_assessed + n.other_assessed
    if not decided or not assessed:
        return
    reasons: Counter[str] = Counter()
    for found in (n.dbr_excluded, n.other_excluded):
        reasons.update(found)
    out = f", and {many(sum(reasons.values()), 'report')} excluded" if reasons else ""
    named = f" ({', '.join(f'{reason}, n = {count:,}' for reason, count in reasons.items())})" if reasons else ""
    included = n.dbr_included + n.other_included
    text = f"Of {many(assessed, 'report')} assessed in full text {included:,} {were(included)} included{out}{named}"
    yield Sentence(f"{text}.", decided)


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")
