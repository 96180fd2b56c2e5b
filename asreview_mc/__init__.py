"""asreview-mc: a whole systematic review, offline.

Data flows down this map, imports flow up it, and nothing goes round::

    core/       the words: errors, record, event, protocol
    identify/   files to records, duplicates found        store/   the append-only log
    review/     what stands, who may see what             learn/   encoders, rankers, sub-topics
    report/     PRISMA, tables, figures, exports, page    simulate/  replays with a known answer
    project/    the conductor: one verb per thing a user can ask
    demo/       the demonstration review                  cli/     the command line

The log is the only meeting place: a reviewer's answer is a new event, and everything else follows from the events.

Examples
--------
>>> import asreview_mc as mc
>>> with mc.Review.create(folder, "micro-credentials") as review:  # doctest: +SKIP
...     mc.add(review, [path], source="Scopus")
...     mc.dedup(review)
...     queue = mc.rank(review, "R1")
...     mc.decide(review, queue[0].record_id, "include", "R1")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from asreview_mc.core.version import __version__ as __version__

if TYPE_CHECKING:
    from asreview_mc.core.errors import AsreviewMCError
    from asreview_mc.core.protocol import Protocol
    from asreview_mc.core.record import Record
    from asreview_mc.project.agreement import agreement
    from asreview_mc.project.audit import status
    from asreview_mc.project.batch import classify
    from asreview_mc.project.duplicates import dedup
    from asreview_mc.project.fulltexts import retrieve
    from asreview_mc.project.gather import add
    from asreview_mc.project.ranking import rank
    from asreview_mc.project.reporting import export, write_report
    from asreview_mc.project.review import Review
    from asreview_mc.project.screen import conflicts, decide, settle, undo
    from asreview_mc.project.synthesise import confirm_topics, suggest_topics

__all__ = [
    "AsreviewMCError",
    "Protocol",
    "Record",
    "Review",
    "add",
    "agreement",
    "classify",
    "confirm_topics",
    "conflicts",
    "decide",
    "dedup",
    "export",
    "rank",
    "retrieve",
    "settle",
    "status",
    "suggest_topics",
    "undo",
    "write_report",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the public names
    """Import the rooms when a name is first asked for, so that neither `import asreview_mc` nor --help waits."""
    if name in __all__:
        from asreview_mc.core import errors, protocol, record
        from asreview_mc.project import (
            agreement,
            audit,
            batch,
            duplicates,
            fulltexts,
            gather,
            ranking,
            reporting,
            review,
            screen,
            synthesise,
        )

        verbs = (agreement, audit, batch, duplicates, fulltexts, gather, ranking, reporting, review, screen, synthesise)
        for home in (errors, protocol, record, *verbs):
            if hasattr(home, name) and getattr(home, name).__module__ == home.__name__:
                return getattr(home, name)
    raise AttributeError(f"module 'asreview_mc' has no attribute {name!r}")
