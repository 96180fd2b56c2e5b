"""The PRISMA 2020 checklist of 27 items, with what the log already answers and what is left to the authors.

Page et al. (2021), doi 10.1136/bmj.n71; numbers and topics are theirs, the wording is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from asreview_mc.core.event import Logged
from asreview_mc.core.protocol import EXTRACTION
from asreview_mc.core.record import Record
from asreview_mc.core.version import __version__
from asreview_mc.report.counts import count
from asreview_mc.report.drafts import gap_rows
from asreview_mc.report.flow_numbers import Prisma
from asreview_mc.report.said import Sentence, many
from asreview_mc.report.table import Table
from asreview_mc.review.narrative import SECTIONS, TOPIC, written
from asreview_mc.review.state import State

AUTHORS = "for the authors"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist; `answer` is empty where the log knows nothing of it."""

    number: str
    section: str
    topic: str
    asks: str
    answer: str


@dataclass(frozen=True, slots=True)
class _Known:
    state: State
    records: Mapping[str, Record]
    prisma: Prisma
    said: Sequence[str]
    sections: frozenset[str]

    def told(self, *begins: str) -> str:
        """Return the sentences of the methods that hold one of these words."""
        found = [text for text in self.said if any(word in text for word in begins)]
        return " ".join(found)


_Answer = Callable[[_Known], str]


def items(
    state: State, records: Mapping[str, Record], events: Sequence[Logged], told: Sequence[Sentence]
) -> list[Item]:
    """Return every line of the checklist in order; `told` are the sentences of the methods paragraph."""
    known = _Known(state, records, count(state), [one.text for one in told], frozenset(written(events)))
    return [Item(number, section, topic, asks, answer(known)) for number, section, topic, asks, answer in _ITEMS]


def as_table(found: Sequence[Item]) -> Table:
    """Return the checklist as a table, with ``for the authors`` where the log has no answer."""
    rows = tuple((one.number, one.section, one.topic, one.asks, one.answer or AUTHORS) for one in found)
    return Table("checklist", "PRISMA 2020 checklist", ("item", "section", "topic", "asks", "in this review"), rows)


def _nothing(_: _Known) -> str:
    return ""


def _title(known: _Known) -> str:
    return f"The protocol’s title is: {known.state.protocol.title}"


def _objectives(known: _Known) -> str:
    protocol = known.state.protocol
    return " ".join(part for part in (protocol.aim, protocol.question, *protocol.guiding_questions) if part)


def _criteria(known: _Known) -> str:
    protocol = known.state.protocol
    inclusion = "; ".join(one.text.rstrip(".") for one in protocol.inclusion)
    reasons = "; ".join(f"{one.label}: {one.definition.rstrip('.')}" for one in protocol.reasons)
    parts = [f"Included if: {inclusion}."] * bool(inclusion) + [f"Excluded for: {reasons}."] * bool(reasons)
    return " ".join(parts)


def _selection(known: _Known) -> str:
    return known.told("screened", "Conflicts on", "agreed on", "ranker", "removed", "stopping rule", "closed on")


def _items_sought(known: _Known) -> str:
    fields = [field.label for field in known.state.protocol.extraction]
    return f"The form has {many(len(fields), 'field')}: {'; '.join(fields)}." if fields else ""


def _forms(known: _Known) -> str:
    names = known.state.protocol.appraisal_forms
    return f"Forms of appraisal: {', '.join(names)}. {known.told('Quality was appraised')}".strip() if names else ""


def _flow(known: _Known) -> str:
    n = known.prisma
    found = n.database_results + n.register_results + n.other_results
    screened = n.records_screened + n.other_records_screened
    assessed = n.dbr_assessed + n.other_assessed
    parts = [
        f"{many(found, 'record')} identified, {screened:,} screened, {assessed:,} reports assessed, "
        f"{many(n.new_studies, 'study', 'studies')} included in {many(n.new_reports, 'report')}: `prisma` draws it."
    ]
    left = n.not_screened + n.other_not_screened
    return " ".join([*parts, f"{many(left, 'record')} not screened."] if left else parts)


def _excluded(known: _Known) -> str:
    n = sum(known.prisma.dbr_excluded.values()) + sum(known.prisma.other_excluded.values())
    return f"{many(n, 'report')} excluded on full text, each with its reason, in the report." if n else ""


def _characteristics(known: _Known) -> str:
    filled = known.state.forms.of(EXTRACTION)
    return f"Tables of {many(len(filled), 'paper')} with data extracted: `tables`, `extract table`." if filled else ""


def _appraised(known: _Known) -> str:
    names = [name for name in known.state.protocol.appraisal_forms if known.state.forms.of(name)]
    return f"Summary and traffic lights of {', '.join(names)}: `tables`." if names else ""


def _syntheses(known: _Known) -> str:
    topics = [name for name in known.sections if name.startswith(TOPIC)]
    return f"Narrative of {many(len(topics), 'sub-topic')} in the report." if topics else ""


def _limits(known: _Known) -> str:
    gaps = len(gap_rows(known.state, known.records))
    written_ = [name for name in SECTIONS if name in known.sections]
    parts = [f"Sections written: {', '.join(written_)}."] * bool(written_)
    return " ".join([*parts, *[f"{many(gaps, 'small category', 'small categories')} counted as gaps."] * bool(gaps)])


def _registered(known: _Known) -> str:
    return known.told("The protocol was set")


def _availability(known: _Known) -> str:
    return (
        f"`export review.zip` holds protocol, log, records and results; made with asreview-mc {__version__}, log head"
        f" {known.state.head}."
    )


def _sources(known: _Known) -> str:
    return known.told("Records were identified from")


def _queries(known: _Known) -> str:
    return known.told("query:")


def _collection(known: _Known) -> str:
    return known.told("Data were extracted", "what the program suggests for the field", "Differences were settled")


def _grouping(known: _Known) -> str:
    return known.told("Sub-topics were confirmed")


def _presentation(known: _Known) -> str:
    return "Counts and crossings by `tables`, each with the papers behind it."


_ITEMS: tuple[tuple[str, str, str, str, _Answer], ...] = (
    ("1", "Title", "Title", "Does the title say that this is a systematic review?", _title),
    ("2", "Abstract", "Abstract", "Does the abstract follow the PRISMA 2020 list for abstracts?", _nothing),
    ("3", "Introduction", "Rationale", "Why is the review needed, given what is known?", _nothing),
    ("4", "Introduction", "Objectives", "Which questions does it answer?", _objectives),
    ("5", "Methods", "Eligibility criteria", "What was included and excluded, how were studies grouped?", _criteria),
    ("6", "Methods", "Information sources", "Where was searched or asked, and when last?", _sources),
    ("7", "Methods", "Search strategy", "What was the full query in each place?", _queries),
    ("8", "Methods", "Selection process", "Who decided how on each record, with which automation?", _selection),
    ("9", "Methods", "Data collection process", "Who took data from each report, and how?", _collection),
    ("10a", "Methods", "Data items", "Which outcomes were sought?", _items_sought),
    ("10b", "Methods", "Data items", "Which other variables, with which assumptions?", _items_sought),
    ("11", "Methods", "Risk of bias of studies", "How was each study appraised, by whom?", _forms),
    ("12", "Methods", "Effect measures", "Which measure was used for each outcome?", _nothing),
    ("13a", "Methods", "Synthesis methods", "How was it settled which studies go into which synthesis?", _grouping),
    ("13b", "Methods", "Synthesis methods", "How were data prepared?", _nothing),
    ("13c", "Methods", "Synthesis methods", "How are results shown?", _presentation),
    ("13d", "Methods", "Synthesis methods", "How were results put together, and why so?", _nothing),
    ("13e", "Methods", "Synthesis methods", "How were causes of differences looked for?", _nothing),
    ("13f", "Methods", "Synthesis methods", "Which sensitivity analyses were made?", _nothing),
    ("14", "Methods", "Reporting bias assessment", "How was bias from missing results judged?", _nothing),
    ("15", "Methods", "Certainty assessment", "How was confidence in the evidence judged?", _nothing),
    ("16a", "Results", "Study selection", "How many at each step, in a flow diagram?", _flow),
    ("16b", "Results", "Study selection", "Which reports seemed to fit and were excluded, and why?", _excluded),
    ("17", "Results", "Study characteristics", "What is each included study like?", _characteristics),
    ("18", "Results", "Risk of bias in studies", "How was each study judged?", _appraised),
    ("19", "Results", "Results of individual studies", "What did each study find?", _characteristics),
    ("20a", "Results", "Results of syntheses", "What is each synthesis made of, how good are its studies?", _syntheses),
    ("20b", "Results", "Results of syntheses", "What are the statistical results?", _nothing),
    ("20c", "Results", "Results of syntheses", "What explains differences?", _nothing),
    ("20d", "Results", "Results of syntheses", "What did sensitivity analyses show?", _nothing),
    ("21", "Results", "Reporting biases", "What is missing from each synthesis?", _nothing),
    ("22", "Results", "Certainty of evidence", "How sure can one be of each result?", _nothing),
    ("23a", "Discussion", "Discussion", "What do the results mean beside other evidence?", _nothing),
    ("23b", "Discussion", "Discussion", "What limits the evidence?", _limits),
    ("23c", "Discussion", "Discussion", "What limits the way the review was done?", _limits),
    ("23d", "Discussion", "Discussion", "What follows for practice, policy and research?", _nothing),
    ("24a", "Other information", "Registration and protocol", "Where is it registered?", _nothing),
    ("24b", "Other information", "Registration and protocol", "Where can the protocol be had?", _availability),
    ("24c", "Other information", "Registration and protocol", "What was amended, and why?", _registered),
    ("25", "Other information", "Support", "Who paid or helped, with what role?", _nothing),
    ("26", "Other information", "Competing interests", "Which interests do the authors have?", _nothing),
    (
        "27",
        "Other information",
        "Availability of data, code and other materials",
        "What can be had where?",
        _availability,
    ),
)
