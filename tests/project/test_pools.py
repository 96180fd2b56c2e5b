"""Nobody waits for embeddings, and what comes in later joins: records, vectors, another protocol."""

import shutil
import threading

import pytest

from asreview_mc.core.errors import ModelError
from asreview_mc.learn import arriving
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.features import query_texts
from asreview_mc.project import gather, screen
from asreview_mc.project.orders import Orders
from asreview_mc.project.pools import A_FEW, Pools, made_of
from asreview_mc.project.ranking import NO_VECTORS, wanted_of
from asreview_mc.project.review import Review
from asreview_mc.project.session import Session

MANY = 2 * A_FEW + 5


class Counting:
    """An encoder that says how much it was asked for, and can be held up."""

    def __init__(self, encoder):
        self.encoder = encoder
        self.fingerprint = encoder.fingerprint
        self.texts = []
        self.free = threading.Event()
        self.free.set()

    def encode(self, texts, progress=None):
        self.free.wait(timeout=60)
        self.texts += texts
        return self.encoder.encode(texts, progress)


def table(path, start, n):
    lines = ["title,abstract,year"]
    lines += [f"Paper {k} on badges,Learners {k} earn credential{k % 7}.,2020" for k in range(start, start + n)]
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def counting(encoder):
    return Counting(encoder)


@pytest.fixture
def cached(counting, tmp_path):
    return CachedEncoder(counting, tmp_path / "vectors")


@pytest.fixture
def many(review, tmp_path):
    gather.add(review, [table(tmp_path / "many.csv", 0, MANY)], source="Scopus")
    return review


def test_the_first_order_goes_by_words_and_the_vectors_join(many, counting, cached):
    """What was encoded is told apart in what is logged, and nothing is encoded twice."""
    orders = Orders(many, cached)
    first, _ = orders.orders("R1")
    assert (first.ranked, first.fingerprint, counting.texts) == (True, NO_VECTORS, [])
    left, of, fingerprint = orders.encode()
    left = [left]
    assert fingerprint == NO_VECTORS
    again, _ = orders.orders("R1")
    assert again.fingerprint == NO_VECTORS
    while left[-1]:
        left.append(orders.encode()[0])
    assert left == sorted(left, reverse=True)
    assert of == A_FEW + left[0]
    joined, _ = orders.orders("R1")
    assert joined.fingerprint == cached.fingerprint
    assert sorted(joined.record_ids) == sorted(first.record_ids)
    assert len(counting.texts) == len(set(counting.texts))
    assert orders.encode() == (0, of, cached.fingerprint)


def test_vectors_join_by_and_by_those_that_matter_first(many, counting, cached, monkeypatch):
    """Each order says how many had joined; what is settled and the head of the order need not wait for the rest."""
    monkeypatch.setattr(arriving, "FIRST_JOIN", A_FEW // 2)
    orders = Orders(many, cached)
    last = list(many.state.unique())[-1]
    for name in ("R1", "R2"):
        screen.decide(many, last, "include", name)
    first, _ = orders.orders("R1")
    n, asked = first.waiting + 1, query_texts(wanted_of(many.protocol))
    seen = [orders.encode()[2] for _ in range(3)]
    assert [one.removeprefix(cached.fingerprint) for one in seen] == [
        f" coverage:{A_FEW - len(asked)}/{n}",
        f" coverage:{2 * A_FEW - len(asked)}/{n}",
        "",
    ]
    head = [many.records[one] for one in (last, *first.record_ids[: A_FEW - 1 - len(asked)])]
    assert set(counting.texts[:A_FEW]) == {*asked, *(f"{one.title} {one.abstract}" for one in head)}


def test_which_vectors_are_made_first_tells_nothing_of_pending_decisions(many, cached, counting, monkeypatch, tmp_path):
    """A colleague's order rests on the same vectors."""
    monkeypatch.setattr(arriving, "FIRST_JOIN", A_FEW // 2)
    made, other = [], tmp_path / "other"
    shutil.copytree(many.folder, other)
    with Review.open(other) as twin:
        for review, decision in ((many, "include"), (twin, "exclude")):
            for record_id in [*review.state.unique()][-5:]:
                screen.decide(review, record_id, decision, "R2")
            counting.texts.clear()
            orders = Orders(review, CachedEncoder(counting, tmp_path / decision))
            orders.orders("R2")
            orders.encode()
            made.append((list(counting.texts), orders.orders("R1")[0].record_ids))
    assert made[0] == made[1]


def test_a_few_vectors_already_change_the_order(many, cached, monkeypatch):
    """Orders between the first join and the last hold every record once, and differ."""
    monkeypatch.setattr(arriving, "FIRST_JOIN", A_FEW // 2)
    orders = Orders(many, cached)
    found = [orders.orders("R1")[0].record_ids]
    while orders.encode()[0]:
        found.append(orders.orders("R1")[0].record_ids)
    assert len(set(found)) == len(found)
    assert {frozenset(one) for one in found} == {frozenset(many.state.unique())}


def test_a_few_new_records_are_encoded_at_once_and_many_are_not(many, counting, cached, tmp_path):
    """The order holds them all either way."""
    pools = Pools(many.folder, encoder=cached)
    pools.current(made_of(many.state))
    while pools.encode():
        pass
    for name, start, n, fingerprint in (("few", 500, 3, cached.fingerprint), ("more", 900, A_FEW + 1, NO_VECTORS)):
        gather.add(many, [table(tmp_path / f"{name}.csv", start, n)], source="Scopus")
        pool = pools.current(made_of(many.state))
        assert (set(pool.rows), pool.fingerprint) == (set(many.state.unique()), fingerprint)


def test_where_vectors_cannot_be_kept_they_join_all_the_same(many, counting, tmp_path):
    """The cache's folder is a file: each text is encoded once more, and then there is an end of it."""
    (tmp_path / "taken").write_text("no folder", "utf-8")
    pools = Pools(many.folder, encoder=CachedEncoder(counting, tmp_path / "taken"))
    assert pools.current(made_of(many.state)).fingerprint == NO_VECTORS
    while pools.encode():
        pass
    assert pools.current(made_of(many.state)).fingerprint == counting.fingerprint


def test_rankers_without_vectors_wait_for_none(many, cached):
    """Nothing is lacking that nobody uses."""
    pools = Pools(many.folder, "elas_u4", cached)
    pools.current(made_of(many.state))
    assert pools.encode() == 0


def test_a_session_begins_before_the_first_vector_and_ends_with_all(many, counting, cached):
    """Decisions are made meanwhile, each with what it was shown by."""
    counting.free.clear()
    with Session(many, "R1", Pools(many.folder, encoder=cached)) as session:
        seen = []
        for _ in range(3):
            offer = session.offer()
            seen.append(session.decide(offer, "exclude").event.shown.fingerprint)
        counting.free.set()
        assert seen == [NO_VECTORS] * 3
        last = session.offer(settled=True)
        assert (last.shown.fingerprint, last.shown.seq) == (cached.fingerprint, many.state.seq)


def test_records_that_come_in_join_an_open_session(review, cached, tmp_path):
    """Also where the queue had run out: every record is offered once."""
    with Session(review, "R1", Pools(review.folder, encoder=cached)) as session:
        seen = []
        while (offer := session.offer()) is not None:
            seen.append(offer.record.record_id)
            session.decide(offer, "exclude")
            if len(seen) in (3, 6):
                gather.add(review, [table(tmp_path / f"{len(seen)}.csv", 10 * len(seen), 2)], source="Scopus")
    assert sorted(seen) == [f"r{k:06d}" for k in range(1, 11)]


def test_what_comes_in_while_vectors_are_made_is_not_waited_for(many, cached, tmp_path):
    """The list that was being worked off is not the new records' list."""
    pools = Pools(many.folder, encoder=cached)
    pools.current(made_of(many.state))
    pools.encode()
    gather.add(many, [table(tmp_path / "more.csv", 900, A_FEW + 1)], source="Scopus")
    while pools.encode():
        pass
    pool = pools.current(made_of(many.state))
    assert (set(pool.rows), pool.fingerprint) == (set(many.state.unique()), NO_VECTORS)
    assert pools.encode() == 1


def test_the_last_decision_waits_for_no_vector(many, counting, cached):
    """Where the queue is worked off while vectors are still being made."""
    for record_id in list(many.state.unique())[2:]:
        screen.decide(many, record_id, "exclude", "R1")
    counting.free.clear()
    with Session(many, "R1", Pools(many.folder, encoder=cached)) as session:
        for _ in range(2):
            session.decide(session.offer(), "exclude")
        assert session.offer() is None
        counting.free.set()


def test_a_failing_encoder_leaves_the_words(many, counting, cached, monkeypatch):
    """The session goes on and says why."""

    def fail(*_):
        raise ModelError("the weights are missing")

    monkeypatch.setattr(counting, "encode", fail)
    with Session(many, "R1", Pools(many.folder, encoder=cached)) as session:
        for _ in range(3):
            shown = session.decide(session.offer(settled=True), "exclude").event.shown
            assert shown.fingerprint == NO_VECTORS
        assert "the weights are missing" in session.trouble


def test_what_fails_once_is_done_the_next_time(review, counting, cached, monkeypatch):
    """Few texts are encoded at once, and where that fails the words serve until it goes well."""
    encode, broken = counting.encode, ["the weights are missing"]

    def fail_once(texts, progress=None):
        if broken:
            raise ModelError(broken.pop())
        return encode(texts, progress)

    monkeypatch.setattr(counting, "encode", fail_once)
    with Session(review, "R1", Pools(review.folder, encoder=cached)) as session:
        offer = session.offer()
        assert offer.shown.fingerprint == NO_VECTORS
        session.decide(offer, "exclude")
        assert session.offer(settled=True).shown.fingerprint == cached.fingerprint


def test_a_protocol_that_cannot_be_encoded_leaves_the_words(many, counting, cached, monkeypatch):
    """With all abstracts in the cache too; and the vectors join when it can."""
    pools = Pools(many.folder, encoder=cached)
    pools.current(made_of(many.state))
    while pools.encode():
        pass
    path = many.folder / "protocol.toml"
    path.write_text(path.read_text("utf-8").replace('text = "Written in English."', 'text = "On terns."'), "utf-8")
    many.accept_protocol("R1", "another criterion")
    encode = counting.encode

    def fail(*_):
        raise ModelError("the weights are missing")

    monkeypatch.setattr(counting, "encode", fail)
    assert pools.current(made_of(many.state)).fingerprint == NO_VECTORS
    with pytest.raises(ModelError):
        pools.encode()
    monkeypatch.setattr(counting, "encode", encode)
    assert pools.encode() == 0
    assert pools.current(made_of(many.state)).fingerprint == cached.fingerprint


def test_other_criteria_are_another_pool(review, cached):
    """What the protocol asks for is its criteria as much as its question."""
    pools = Pools(review.folder, encoder=cached)
    before = pools.current(made_of(review.state))
    assert pools.current(made_of(review.state)) is before
    path = review.folder / "protocol.toml"
    path.write_text(
        path.read_text("utf-8").replace('text = "Written in English."', 'text = "On soil bacteria."'), "utf-8"
    )
    review.accept_protocol("R1", "another criterion")
    after = pools.current(made_of(review.state))
    assert (after.features.prior != before.features.prior).any()
