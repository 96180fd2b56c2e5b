"""The hybrid is useful with no labels, with one kind of label and with both, and says what its order rests on."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from asreview_mc.core.errors import ModelError
from asreview_mc.learn import rank
from asreview_mc.learn.features import EMBEDDING, REFERENCES, STEMS, TITLE, WORDS, FeatureSet, build
from asreview_mc.learn.rank.explain import NOTHING, why
from asreview_mc.learn.rank.hybrid import SETTINGS, Hybrid, tuned

NONE = np.array([], dtype=int)


def without(features, *names):
    return FeatureSet(
        {name: block for name, block in features.blocks.items() if name not in names},
        None if "prior" in names else features.prior,
        features.vocabulary,
        None if "typical" in names else features.typical,
    )


def test_no_labels_rank_by_the_protocol(features, labels):
    """With zero labels the order is that of the protocol's query, which finds the relevant ones sooner."""
    ranker = Hybrid().fit(features.take(NONE), [])
    scores = ranker.decision_function(features)
    assert np.allclose(scores, features.prior, atol=1e-8)
    assert roc_auc_score(labels, scores) > 0.8
    assert ranker.note_ is None


def test_no_labels_and_no_protocol_put_the_typical_first(features):
    """Knowing nothing it says so and ranks by likeness to the whole search."""
    bare = without(features, "prior")
    ranker = Hybrid().fit(bare.take(NONE), [])
    assert np.argmax(ranker.decision_function(bare)) == np.argmax(features.typical)
    assert "most typical" in ranker.note_


def test_being_typical_counts_for_nothing_once_a_relevant_record_is_known(features, labels):
    """One relevant paper says more than the search does."""
    rows = np.flatnonzero(labels == 1)[:1]
    assert "typical" not in Hybrid().fit(features.take(rows), labels[rows]).parts(features)


def test_only_positives_find_their_like(features, labels):
    """Two relevant papers without a protocol lift those like them."""
    bare = without(features, "prior")
    rows = np.flatnonzero(labels == 1)[:2]
    ranker = Hybrid().fit(bare.take(rows), labels[rows])
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    assert roc_auc_score(labels[rest], ranker.decision_function(bare)[rest]) > 0.8
    assert ranker.note_


def test_only_negatives_go_elsewhere(features, labels):
    """Two irrelevant papers without a protocol push those like them down."""
    bare = without(features, "prior", "typical")
    rows = np.flatnonzero(labels == 0)[:2]
    scores = Hybrid().fit(bare.take(rows), labels[rows]).decision_function(bare)
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    assert roc_auc_score(labels[rest], scores[rest]) > 0.6


def test_only_negatives_leave_the_protocol_in_the_lead(features, labels):
    """With irrelevant papers alone the protocol still leads."""
    rows = np.flatnonzero(labels == 0)[:5]
    scores = Hybrid().fit(features.take(rows), labels[rows]).decision_function(features)
    assert np.corrcoef(scores, features.prior)[0, 1] > 0.7


def test_a_protocol_that_leads_nowhere_gives_way(features, labels):
    """The more irrelevant records and no relevant one, the more counts what is not the protocol."""
    rows = np.flatnonzero(labels == 0)
    said = [Hybrid().fit(features.take(rows[:n]), labels[rows[:n]]).parts(features)["typical"].std() for n in (2, 20)]
    assert np.allclose(said, [2 / 302, 20 / 320])


def test_protocol_gives_way_to_decisions(features, labels):
    """The protocol's share falls as 3 / (3 + positives), where a maybe is half a positive."""
    positive = np.flatnonzero(labels == 1)
    for taken, weights, expected in ((3, None, 0.5), (9, None, 0.25), (6, np.full(6, 0.5), 0.5)):
        rows = positive[:taken]
        parts = Hybrid().fit(features.take(rows), labels[rows], weights).parts(features)
        assert np.allclose(parts["prior"], expected * features.prior)


def test_works_on_words_alone_and_joins_embeddings_later(features, labels):
    """Without embeddings the words rank; with them both do."""
    rows = np.arange(20)
    words = without(features, EMBEDDING, "prior")
    assert set(Hybrid().fit(words.take(rows), labels[rows]).parts(words)) == {WORDS}
    both = Hybrid().fit(features.take(rows), labels[rows]).parts(features)
    assert set(both) == {WORDS, EMBEDDING, "prior"}


def test_parts_add_up(features, labels):
    """The score is the sum of its parts."""
    rows = np.arange(20)
    ranker = Hybrid().fit(features.take(rows), labels[rows])
    total = sum(ranker.parts(features).values())
    assert np.allclose(total, ranker.decision_function(features), atol=1e-8)


def test_reasons_name_words_of_the_record(features, labels):
    """Words given as reasons stand in the record and speak for relevance."""
    rows = np.r_[np.flatnonzero(labels == 1)[:5], np.flatnonzero(labels == 0)[:5]]
    words = without(features, EMBEDDING, "prior")
    ranker = Hybrid().fit(words.take(rows), labels[rows])
    row = int(np.flatnonzero(labels == 1)[-1])
    (reason,) = why(words, ranker, [row])
    present = {words.vocabulary[WORDS][column] for column in words.blocks[WORDS][[row]].nonzero()[1]}
    named = reason.split(", ")
    assert 1 <= len(named) <= 3
    assert set(named) <= present


def test_reasons_pass_over_stop_words():
    """Words like "the" and numbers may weigh, but are no reason to read out."""
    titles = ["the 2020 badge of the year", "the 2020 badge of the week", "terns fly", "gulls fly"]
    words = build(titles, [""] * 4)
    ranker = Hybrid().fit(words.take([0, 2]), [1, 0])
    (reason,) = why(words, ranker, [1])
    assert reason == "badge"


def test_reason_before_any_decision_is_the_protocol(features):
    """With no labels the best record is there for the protocol, and the worst has no reason."""
    ranker = Hybrid().fit(features.take(NONE), [])
    best, worst = int(np.argmax(features.prior)), int(np.argmin(features.prior))
    assert why(features, ranker, [best, worst]) == ["close to the protocol's question", NOTHING]


def test_reasons_never_claim_included_papers_that_are_not(features, labels):
    """While only irrelevant papers are known, nothing is "like the included papers"."""
    rows = np.flatnonzero(labels == 0)[:4]
    ranker = Hybrid().fit(features.take(rows), labels[rows])
    assert not any("included" in reason for reason in why(features, ranker, range(len(labels))))


def linked():
    """Return features of eight papers without a word in common; the odd ones cite one work, the even ones another."""
    titles = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]
    return build(
        titles,
        [""] * 8,
        links=[["soil"] if k % 2 == 0 else ["badge"] for k in range(8)],
        text_blocks=[WORDS, TITLE, STEMS],
    )


def test_references_find_what_words_cannot():
    """Papers that share no word with the included ones come first when they cite what those cite."""
    known = linked()
    scores = Hybrid().fit(known.take([1, 0]), [1, 0]).decision_function(known)
    assert sorted(np.argsort(-scores)[:4].tolist()) == [1, 3, 5, 7]


def test_reasons_name_citations_and_the_nearest_included_paper():
    """The works shared with included papers, by their names, and which of those papers is most like it."""
    known = linked()
    ranker = Hybrid().fit(known.take([1, 0]), [1, 0])
    names = {**known.vocabulary, REFERENCES: np.array(["Berger 2015", "Soil 1999"])}
    (reason,) = why(known, ranker, [3], names, included={1: "r000002"})
    assert reason == "shares citations with included papers (Berger 2015); most like r000002"
    (other,) = why(known, ranker, [2], names, included={1: "r000002"})
    assert other == NOTHING


def test_an_included_paper_is_not_like_itself():
    """A record is explained by others."""
    known = linked()
    ranker = Hybrid().fit(known.take([1, 3, 0]), [1, 1, 0])
    (reason,) = why(known, ranker, [1], included={1: "itself", 3: "the other"})
    assert "most like the other" in reason


def test_embeddings_gain_weight_with_relevant_records(features, labels):
    """With few relevant records embeddings count for less beside the words than with many."""
    other = np.flatnonzero(labels == 0)[:5]
    shares = []
    for taken in (1, 10):
        rows = np.r_[np.flatnonzero(labels == 1)[:taken], other]
        parts = Hybrid().fit(features.take(rows), labels[rows]).parts(features)
        shares.append(parts[EMBEDDING].std() / parts[WORDS].std())
    assert shares[1] > 3 * shares[0]


def test_settings_are_the_shipped_ones_unless_given(features, labels):
    """What is not given is as tuned; what is given holds."""
    rows = np.arange(20)
    plain = Hybrid().fit(features.take(rows), labels[rows]).decision_function(features)
    given = Hybrid(**tuned()).fit(features.take(rows), labels[rows]).decision_function(features)
    words = Hybrid(shares={WORDS: 1.0}).fit(features.take(rows), labels[rows])
    assert (plain == given).all()
    assert set(words.parts(features)) == {WORDS, "prior"}


def test_changed_settings_are_refused(tmp_path):
    """A settings file that is not the one listed is not used."""
    from asreview_mc.learn.saved import models_folder, shipped_json

    for name in (SETTINGS, "README.md"):
        (tmp_path / name).write_bytes((models_folder() / name).read_bytes())
    assert shipped_json(SETTINGS, tmp_path)["settings"] == tuned()
    (tmp_path / SETTINGS).write_text('{"settings": {"C": 9}}', "utf-8")
    with pytest.raises(ModelError, match="not the file that was published"):
        shipped_json(SETTINGS, tmp_path)


def test_labels_without_a_word_between_them_rank_all_the_same():
    """Titles of one letter and no abstract: nothing to learn from, and no reason to stop."""
    model = rank.make("hybrid", seed=0)
    titles = ["A", "?", "Digital badges in higher education", "Soil bacteria in the higher Andes"]
    features = rank.features_for([model], titles, [""] * 4, wanted=(), encoder=None)
    scores = model.fit(features.take([0, 1]), [1, 0]).decision_function(features)
    assert np.isfinite(scores).all()
