"""Made-up records with a known answer: distinct works, many of them hard to tell apart, and perturbed copies.

Words, names and journals are drawn from lists and syllables with a seed; nothing is a real publication. About a third
of the works come in families that a careless matcher merges, one for each line of `FAMILIES`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from asreview_mc.core.record import Record

_MADE_UP_WORDS = 4000
_SURNAMES = 3000
_JOURNALS = 400
_HARD = 0.15
_WITHOUT_DOI = 0.25
_WITHOUT_ABSTRACT = 0.25

_FIELDS = "micro-credential badge diabetes asthma migraine wheat reading numeracy stroke dementia housing screening"
_THINGS = (
    "uptake recognition effects predictors cost prevalence assessment management design validity barriers outcomes "
    "perception governance treatment prevention evaluation adoption quality safety"
)
_GROUPS = (
    "adults adolescents nurses teachers students engineers employers migrants veterans farmers mothers physicians "
    "learners apprentices managers rats mice rabbits"
)
_PLACES = (
    "Australia Ireland Finland Kenya Brazil Malaysia Canada Norway India Poland Ghana Chile Japan Greece Portugal "
    "Vietnam Morocco Austria Latvia Peru"
)
_METHODS = (
    "a survey|a systematic review|a cohort study|a case study|an interview study|a randomised trial|a Delphi study|"
    "a cross-sectional study|a mixed-methods study|a framework|lessons from practice"
)
_JOURNAL_HEADS = "Journal of|International Journal of|European Journal of|Annals of|Archives of|Review of|Advances in"
_JOURNAL_WORDS = (
    "Education Medicine Psychology Nursing Engineering Computing Sociology Economics Nutrition Pharmacology Genetics "
    "Surgery Neurology Cardiology Ecology Linguistics Statistics Management Policy Technology Rehabilitation Toxicology"
)
_SHORT = {
    "Journal": "J",
    "International": "Int",
    "European": "Eur",
    "Annals": "Ann",
    "Archives": "Arch",
    "Review": "Rev",
    "Advances": "Adv",
}
_SYLLABLES = (
    "ba be bor da del di dor fa fen ga gor ha hel ka kel kin la len lo ma mer mi na nor pa pel ra ri ros sa sel"
)
_SYLLABLES += " ta ten tor va vel vi wa win za"


class Labelled(NamedTuple):
    """A record and the work that it is of; `perturbed` says what was done to a copy."""

    record: Record
    work: int
    perturbed: tuple[str, ...] = ()


def make(n_distinct: int, *, seed: int, share: float = 0.1) -> list[Labelled]:
    """Return `n_distinct` works and a `share` of them again as perturbed copies, shuffled, with record ids.

    Parameters
    ----------
    n_distinct : int
        Number of different works.
    seed : int
        Of every random choice.
    share : float
        Copies for each work, 0 to .9; no work is copied twice, and an editorial, which little but its issue tells from
        the next one, not at all.
    """
    maker = _Maker(random.Random(seed))
    works = list(islice(maker.works(), n_distinct))
    listed = [Labelled(record, number) for number, record in enumerate(works)]
    recognisable = [number for number, work in enumerate(works) if work.title != "Editorial"]
    for number in maker.random.sample(recognisable, round(n_distinct * share)):
        listed.append(maker.copy(works[number], number))
    maker.random.shuffle(listed)
    return [
        one._replace(record=replace(one.record, record_id=f"r{number:06d}"))
        for number, one in enumerate(listed, start=1)
    ]


class _Maker:
    """Draws works and copies from one source of chance."""

    def __init__(self, chance: random.Random) -> None:
        self.random = chance
        syllables = _SYLLABLES.split()
        self.words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(_MADE_UP_WORDS)]
        self.surnames = ["".join(chance.choices(syllables, k=chance.randint(2, 3))).title() for _ in range(_SURNAMES)]
        self.weights = [1 / (rank + 10) for rank in range(_SURNAMES)]
        self.journals = [self._journal() for _ in range(_JOURNALS)]
        self.titles: set[str] = set()
        self.doi = 0

    def works(self) -> Iterator[Record]:
        """Yield works without end, hard families among plain ones."""
        while True:
            if self.random.random() < _HARD:
                yield from self.random.choice(FAMILIES)(self)
            else:
                yield self.plain()

    def plain(self, **given) -> Record:
        """Return one work like no other in title, authors, place and text."""
        year = self.random.randint(1995, 2025)
        first = self.random.randint(1, 1800)
        fields = {
            "title": self.title(),
            "abstract": "" if self.random.random() < _WITHOUT_ABSTRACT else self.abstract(),
            "authors": self.authors(),
            "year": year,
            "journal": self.random.choice(self.journals),
            "volume": str(year - 1980),
            "issue": str(self.random.randint(1, 12)),
            "pages": f"{first}-{first + self.random.randint(3, 25)}",
            "doi": self.new_doi(),
        }
        return Record(**{**fields, **given})

    def elsewhere(self, record: Record, **changed) -> Record:
        """Return another work that has all of `record` but a place and a DOI of its own, and what is `changed`."""
        other = self.plain()
        own = {name: getattr(other, name) for name in ("doi", "volume", "issue", "pages")}
        return replace(record, **{**own, **changed})

    def title(self) -> str:
        """Return a title that was not returned before."""
        while True:
            pick = self.random.choice
            title = f"{pick(_THINGS.split()).capitalize()} of {pick(self.words)} {pick(_FIELDS.split())} "
            title += f"{pick(_THINGS.split())} among {pick(_GROUPS.split())} in {pick(_PLACES.split())}"
            if self.random.random() < 0.5:
                title += f": {pick(_METHODS.split('|'))}"
            if title not in self.titles:
                self.titles.add(title)
                return title

    def abstract(self) -> str:
        """Return a text of 60 to 160 words."""
        words = self.random.choices(self.words, k=self.random.randint(60, 160))
        return " ".join(words).capitalize() + "."

    def authors(self) -> tuple[str, ...]:
        """Return one to eight names, some surnames far more common than others."""
        names = self.random.choices(self.surnames, self.weights, k=self.random.randint(1, 8))
        return tuple(
            f"{name}, {self.random.choice('ABCDEFGHJKLM')}.{self.random.choice('ABEFJLMR')}." for name in names
        )

    def new_doi(self) -> str:
        """Return a DOI that was not returned before, or for one work in four none."""
        self.doi += 1
        return "" if self.random.random() < _WITHOUT_DOI else f"10.1234/made-up.{self.doi:06d}"

    def _journal(self) -> str:
        pick = self.random.choice
        return f"{pick(_JOURNAL_HEADS.split('|'))} {pick(self.words).capitalize()} {pick(_JOURNAL_WORDS.split())}"

    def copy(self, record: Record, work: int) -> Labelled:
        """Return a copy as another database would print it, with one to three perturbations."""
        names = tuple(name for name in PERTURBATIONS if self.random.random() < 0.4) or ("typo",)
        names = names[:3]
        for name in names:
            record = PERTURBATIONS[name](self, record)
        if self.random.random() < 0.3:
            record = replace(record, title=record.title.upper())
        if self.random.random() < 0.3:
            record = replace(record, pages=_short_pages(record.pages))
        if self.random.random() < 0.2:
            record = replace(record, issue="")
        return Labelled(record, work, names)


def _annual(maker: _Maker) -> Iterator[Record]:
    """One title by the same authors in the same journal, year after year."""
    first = maker.plain(doi=f"10.1234/annual.{maker.doi}")
    yield first
    for later in range(1, 4):
        yield maker.elsewhere(first, year=(first.year or 0) + later, abstract=maker.abstract())


def _parts(maker: _Maker) -> Iterator[Record]:
    """Parts I to III, on end in one issue."""
    first = maker.plain(pages="101-110")
    for number, (part, page) in enumerate((("I", 101), ("II", 111), ("III", 121))):
        doi = f"{first.doi}.{number}" if first.doi else ""
        yield replace(first, title=f"{first.title}: part {part}", pages=f"{page}-{page + 9}", doi=doi, abstract="")


def _protocol(maker: _Maker) -> Iterator[Record]:
    """A study and its protocol."""
    first = maker.plain()
    yield first
    yield maker.elsewhere(first, title=f"{first.title.partition(':')[0]}: study protocol", abstract=maker.abstract())


def _meeting(maker: _Maker) -> Iterator[Record]:
    """A conference abstract and the article made of it."""
    first = maker.plain()
    yield first
    journal = f"{maker.random.choice(maker.journals)}. Conference: annual meeting"
    yield maker.elsewhere(first, journal=journal, doi="", year=(first.year or 0) - maker.random.randint(0, 1))


def _erratum(maker: _Maker) -> Iterator[Record]:
    """An article and its erratum."""
    first = maker.plain()
    yield first
    yield maker.elsewhere(first, title=f"Erratum: {first.title}", abstract="", year=first.year)


def _editorials(maker: _Maker) -> Iterator[Record]:
    """A year of editorials by one editor, some without a place."""
    first = maker.plain(title="Editorial", abstract="")
    yield replace(first, pages="1-2", issue="1")
    yield replace(maker.elsewhere(first), volume=first.volume, pages="1-2", issue="2")
    yield replace(first, doi="", volume="", issue="", pages="")


def _supplement(maker: _Maker) -> Iterator[Record]:
    """Abstracts of a supplement under one DOI."""
    doi = f"10.1234/supplement.{maker.doi}"
    first = maker.plain(doi=doi)
    for page in range(30, 36):
        yield maker.plain(
            doi=doi, journal=first.journal, year=first.year, volume=first.volume, issue="S1", pages=f"S{page}"
        )


def _numbers(maker: _Maker) -> Iterator[Record]:
    """One title but for the year in it, the same authors and journal."""
    first = maker.plain()
    for number in ("2014", "2015"):
        yield maker.elsewhere(first, title=f"{first.title} in {number}", year=first.year, abstract="")


def _one_word(maker: _Maker) -> Iterator[Record]:
    """One title but for the group studied, the same authors, journal and year."""
    first = maker.plain(title=f"{maker.title()} seen in men")
    yield first
    yield maker.elsewhere(
        first, title=first.title.replace(" men", " women"), year=first.year, abstract=maker.abstract()
    )


def _series(maker: _Maker) -> Iterator[Record]:
    """The same authors, journal and year, other work."""
    first = maker.plain()
    yield first
    yield maker.plain(authors=first.authors, journal=first.journal, year=first.year, volume=first.volume)


FAMILIES: tuple[Callable[[_Maker], Iterator[Record]], ...] = (
    _annual,
    _parts,
    _protocol,
    _meeting,
    _erratum,
    _editorials,
    _supplement,
    _numbers,
    _one_word,
    _series,
)


def _typo(maker: _Maker, record: Record) -> Record:
    """Return `record` with one or two letters of the title doubled, dropped, swapped or wrong."""
    title = record.title
    for _ in range(maker.random.randint(1, 2)):
        at = maker.random.choice([match.start() for match in re.finditer(r"(?<=[a-z])[a-z](?=[a-z])", title)])
        letter = title[at]
        slips = (letter * 2, "", maker.random.choice("aeiost"), title[at + 1] + letter)
        kind = maker.random.randrange(len(slips))
        title = title[:at] + slips[kind] + title[at + (2 if kind == 3 else 1) :]
    return replace(record, title=title)


def _short_journal(maker: _Maker, record: Record) -> Record:
    name, stop, meeting = record.journal.partition(".")
    words = [word for word in name.split() if word not in ("of", "in")]
    return replace(
        record, journal=" ".join(_SHORT.get(word, word[: max(3, len(word) - 4)]) for word in words) + stop + meeting
    )


def _no_doi(maker: _Maker, record: Record) -> Record:
    return replace(record, doi="")


def _swapped_initials(maker: _Maker, record: Record) -> Record:
    return replace(record, authors=tuple(re.sub(r", (\w)\.(\w)\.", r" \2\1", name) for name in record.authors))


def _no_subtitle(maker: _Maker, record: Record) -> Record:
    """Cut the subtitle, unless it is what makes the work another one."""
    title, _, rest = record.title.partition(": ")
    return replace(record, title=title) if rest in _METHODS.split("|") else record


PERTURBATIONS: dict[str, Callable[[_Maker, Record], Record]] = {
    "no_subtitle": _no_subtitle,
    "typo": _typo,
    "short_journal": _short_journal,
    "no_doi": _no_doi,
    "swapped_initials": _swapped_initials,
}


def _short_pages(pages: str) -> str:
    """Return ``1534-41`` for ``1534-1541``."""
    first, _, last = pages.partition("-")
    if len(first) != len(last):
        return pages
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=True)) if one != other), len(last) - 1)
    return f"{first}-{last[same:]}"
