"""Many texts, a chunk at a time and in several processes, always in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from asreview_mc.learn.subtopics import Suggestions, TopicModel

Maker = Callable[[], TopicModel]
_made: dict[Maker, TopicModel] = {}


def suggest_in_chunks(chunks: Iterable[Sequence[str]], make: Maker, *, jobs: int = 1) -> Iterator[Suggestions]:
    """Yield the suggestions for each chunk of texts, in order; no more chunks are taken than are worked on.

    Parameters
    ----------
    chunks : iterable of sequence of str
    make : callable
        Makes the model, once in each process; picklable where there is more than one.
    jobs : int
        Processes; 1 works in this one, -1 takes one a core.
    """
    if jobs == 1:
        model = make()
        yield from (model.suggest(chunk) for chunk in chunks)
        return
    from joblib import Parallel, delayed

    work = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="n_jobs", batch_size=1)
    yield from work(delayed(_suggested)(make, list(chunk)) for chunk in chunks)


def _suggested(make: Maker, texts: list[str]) -> Suggestions:
    if make not in _made:
        _made.clear()
        _made[make] = make()
    return _made[make].suggest(texts)
