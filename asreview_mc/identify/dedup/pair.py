"""Two records beside each other: in what they agree, differ or are silent."""

from __future__ import annotations

from functools import cached_property, lru_cache

from rapidfuzz import fuzz

from asreview_mc.core.title import normalise
from asreview_mc.identify.dedup import places, spelling, titles
from asreview_mc.identify.dedup.traits import Traits, same_authors

_SAME_ABSTRACT = 90.0
_MOSTLY = 0.9
_OTHER_ABSTRACT = 60.0
_ARTICLE_NUMBER = 3

_key = lru_cache(maxsize=4096)(normalise)


class Pair:
    """Two records beside each other.

    Every question has three answers, True, False, or None where a record is silent, and is worked out when first asked.
    """

    def __init__(self, one: Traits, other: Traits) -> None:
        self.one, self.other = one, other
        self.titles = titles.compare(one.title, other.title)
        self.telling = one.title.telling and other.title.telling

    @cached_property
    def garbled(self) -> bool:
        """Whether the titles differ only in words that may be each other's with several slips."""
        return spelling.misspelt(self.one.title.words, self.other.title.words, spelling.is_garbled)

    @cached_property
    def doi(self) -> bool | None:
        """Whether the DOI is the same."""
        return places.same_number(self.one.doi, self.other.doi)

    @cached_property
    def pmid(self) -> bool | None:
        """Whether PubMed's number is the same."""
        return places.same_number(self.one.pmid, self.other.pmid)

    @cached_property
    def identifiers_agree(self) -> bool:
        """Whether neither DOI nor PMID contradicts."""
        return self.doi is not False and self.pmid is not False

    @cached_property
    def authors(self) -> bool | None:
        """Whether the authors are the same."""
        return same_authors(self.one, self.other)

    @cached_property
    def years(self) -> int | None:
        """How many years lie between them."""
        return abs(self.one.year - self.other.year) if self.one.year and self.other.year else None

    @cached_property
    def journals(self) -> bool | None:
        """Whether the journal is the same, by ISSN or name."""
        if self.one.issns & self.other.issns:
            return True
        return places.same_journal(self.one.journal, self.other.journal)

    @property
    def only_one_at_a_meeting(self) -> bool:
        """Whether one is from a conference and the other may be the article made of it."""
        return self.one.journal.meeting != self.other.journal.meeting

    @cached_property
    def pages(self) -> bool | None:
        """Whether the first page or article number is the same."""
        if self._page_as_issue(self.one, self.other) or self._page_as_issue(self.other, self.one):
            return True
        return places.same_page(self.one.page, self.other.page)

    @cached_property
    def volumes(self) -> bool | None:
        """Whether the volume is the same."""
        return places.same_number(self.one.volume, self.other.volume)

    @cached_property
    def place(self) -> bool | None:
        """Whether they stand in one place.

        Within a year, a first page of two signs or more outweighs volume and issue, which are often wrong for
        supplements; page 1 does not, where each issue begins anew.
        """
        issues = places.same_number(self.one.issue, self.other.issue)
        if self.pages and self._page_tells:
            proven = self.volumes or (self.years == 0 and (self.journals or (self.volumes is None and issues)))
        else:
            proven = self.pages and self.volumes and issues and self.journals
        if proven:
            return True
        return False if False in (self.pages, self.volumes, issues) else None

    @cached_property
    def abstracts(self) -> bool | None:
        """Whether the abstracts begin alike: 90 % (indel similarity) is the same, under 60 % is not."""
        if not self.one.abstract or not self.other.abstract:
            return None
        length = min(len(self.one.abstract), len(self.other.abstract))
        alike = fuzz.ratio(self.one.abstract[:length], self.other.abstract[:length])
        if alike >= _SAME_ABSTRACT:
            return True
        return False if alike < _OTHER_ABSTRACT else None

    @property
    def verbatim(self) -> bool:
        """Whether the whole abstracts are one, letter by letter, but for a line at the end.

        A congress abstract and the article made of it often share their first lines, and the reports of one series all
        but a word or a number.
        """
        short, long = sorted((_key(self.one.whole_abstract), _key(self.other.whole_abstract)), key=len)
        if not long.startswith(short) or 2 * len(short) < _MOSTLY * (len(short) + len(long)):
            return False
        return not (short[-1:].isdigit() and long[len(short) :][:1].isdigit())

    @property
    def _page_tells(self) -> bool:
        return all(len(side.page.letters + side.page.digits) != 1 for side in (self.one, self.other))

    @staticmethod
    def _page_as_issue(one: Traits, other: Traits) -> bool:
        """Article numbers are printed as issue by some databases and as page by others."""
        number = one.issue if len(one.issue) >= _ARTICLE_NUMBER else ""
        page = other.page.digits or (other.issue if not one.page.digits else "")
        return bool(number) and number == page
