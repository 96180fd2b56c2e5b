"""What confirmations teach: little from few, nothing from nothing, and never the model's own suggestions."""

import io
import zipfile

import numpy as np
import pytest

from asreview_mc.core.errors import ModelError
from asreview_mc.core.protocol import Card
from asreview_mc.learn import topic_file
from asreview_mc.learn.heads import FULL_FROM, fit_heads
from asreview_mc.learn.subtopics import CALIBRATED_FROM, TopicModel

CARDS = (
    Card("apple", "apples", "", "Apples, their orchards and their cider.", ("apple*", "orchard*")),
    Card("pear", "pears", "", "Pears, how they ripen and how they are kept.", ("pear", "pears")),
    Card("other", "others", "", "Any other fruit that is grown.", ("plum*",)),
)
UNSAID = [f"The {word} stands in the garden. It is old." for word in ("tree", "press", "barn", "well")]
APPLES = [f"Cider is pressed in autumn, year {k}. The press is old." for k in range(12)]
PEARS = [f"They are kept in the cellar, year {k}. The barn is cold." for k in range(12)]


class Words:
    """An encoder that counts words: the same word, the same direction."""

    fingerprint = "words"

    def encode(self, texts, progress=None):
        rows = np.zeros((len(texts), 128), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().replace(".", " ").replace(",", " ").split():
                rows[row, sum(map(ord, word)) % 128] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def taught(n, **more):
    texts = [*APPLES[:n], *PEARS[:n]]
    confirmed = np.array([[1.0, 0.0, np.nan]] * n + [[0.0, 1.0, np.nan]] * n).reshape(-1, 3)
    return TopicModel(CARDS, Words(), **more).fit(texts, confirmed)


def test_nothing_confirmed_changes_nothing():
    """Not even the bytes of a probability."""
    plain = TopicModel(CARDS, Words()).suggest(APPLES)
    none = TopicModel(CARDS, Words()).fit([], np.zeros((0, 3))).suggest(APPLES)
    unknown = TopicModel(CARDS, Words()).fit(APPLES, np.full((12, 3), np.nan)).suggest(APPLES)
    assert np.array_equal(plain.probabilities, none.probabilities)
    assert np.array_equal(plain.probabilities, unknown.probabilities)


def test_what_people_confirm_is_learnt():
    """Words that no card has tell apart what was confirmed; each text's own label grows, the other's falls."""
    before, after = TopicModel(CARDS, Words()).suggest(APPLES).probabilities, taught(10).suggest(APPLES).probabilities
    assert (after[:, 0] > before[:, 0] + 0.1).all()
    assert (after[:, 1] < after[:, 0]).all()


def test_what_was_learnt_chooses_the_sentence_too():
    """No card has a word of it, so before that nothing spoke; what is suggested never stands without a sentence."""
    text = "The tree stands in the garden. Cider is pressed in autumn. It is old."
    found = taught(12).suggest([text, *APPLES, *PEARS])
    assert found.suggested[0, 0] and found.evidence[0][0].sentence == "Cider is pressed in autumn."
    assert all(found.evidence[row][k].sentence for row, k in zip(*np.nonzero(found.suggested), strict=True))


def test_few_confirmations_teach_less_than_many():
    """The head of a label counts in proportion until it has seen enough of both kinds."""
    moved = [
        np.abs(taught(n).suggest(APPLES).probabilities - TopicModel(CARDS, Words()).suggest(APPLES).probabilities).max()
        for n in (1, FULL_FROM, 12)
    ]
    assert 0 < moved[0] < moved[1] < moved[2]


def test_a_label_that_nobody_judged_rests_on_its_card():
    """Exactly."""
    plain, after = TopicModel(CARDS, Words()).suggest(UNSAID), taught(12).suggest(UNSAID)
    assert np.array_equal(plain.probabilities[:, 2], after.probabilities[:, 2])


def test_a_label_with_one_kind_of_answer_rests_on_its_card():
    """Confirmed everywhere, it might be anything."""
    model = TopicModel(CARDS, Words()).fit(APPLES, np.ones((12, 3)))
    assert np.array_equal(model.suggest(UNSAID).probabilities, TopicModel(CARDS, Words()).suggest(UNSAID).probabilities)


def test_other_cards_are_calibrated_from_twenty_on():
    """Before that they say so."""
    assert not TopicModel(CARDS, Words()).calibrated.any()
    assert not taught(CALIBRATED_FROM // 2 - 1).calibrated.any()
    assert taught(CALIBRATED_FROM // 2).calibrated.tolist() == [True, True, False]  # nobody judged the third


def test_the_gradient_leads_to_the_minimum():
    """A check by differences: no step from the coefficients found makes the loss smaller."""
    draw = np.random.default_rng(1)
    features, vectors = draw.random((30, 2, 3)), draw.normal(size=(30, 4))
    truth = (draw.random((30, 2)) < 0.4).astype(float)
    found = fit_heads(features, vectors, np.zeros((30, 2)), truth)

    def loss(heads):
        z = heads.added(features, vectors)
        penalty = 4 * (heads.offsets**2).sum() + 3 * (heads.slopes**2).sum() + 0.3 * (heads.directions**2).sum()
        return (np.logaddexp(0, z) - truth * z).sum() + penalty / 2

    best = loss(found)
    for name in ("offsets", "slopes", "directions"):
        for step in (0.01, -0.01):
            changed = {**vars(found), name: getattr(found, name) + step}
            assert loss(type(found)(**changed)) > best


@pytest.mark.parametrize("wrong", [np.ones((1, 3)), np.ones((12, 2)), np.full((12, 3), 2.0)])
def test_what_cannot_be_confirmed_is_refused(wrong):
    """Shapes and shares."""
    with pytest.raises(ValueError, match="confirmed"):
        TopicModel(CARDS, Words()).fit(APPLES, wrong)


def test_a_model_comes_back_from_its_file(tmp_path):
    """With its cards, its zero-shot part and what it was taught, twice."""
    model = taught(10)
    content = topic_file.dump(model, {"made_by": "a test"})
    assert content == topic_file.dump(model, {"made_by": "a test"})
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    sha256 = __import__("hashlib").sha256(content).hexdigest()
    saved = topic_file.load(path, sha256, Words())
    assert (saved.card["made_by"], saved.sha256, saved.model.name) == ("a test", sha256, model.name)
    assert np.array_equal(saved.model.suggest(PEARS).probabilities, model.suggest(PEARS).probabilities)
    more = saved.model.fit(APPLES, np.array([[0.0, 1.0, np.nan]] * 6 + [[1.0, 0.0, np.nan]] * 6))
    assert len(more.heads) == 2
    again = topic_file.loads(topic_file.dump(more, {}), Words(), where="again")
    assert np.array_equal(again.model.suggest(APPLES).probabilities, more.suggest(APPLES).probabilities)


def test_a_foreign_or_damaged_model_is_refused(tmp_path):
    """In one line: the digest first, then the content, then the encoder."""
    with pytest.raises(ModelError, match="not taught"):
        topic_file.dump(TopicModel(CARDS, Words()), {})
    content = topic_file.dump(taught(10), {})
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not the file"):
        topic_file.load(path, "0" * 64, Words())
    for damaged in (b"", b"PK nothing", content[: len(content) // 2]):
        with pytest.raises(ModelError, match="holds no taught"):
            topic_file.loads(damaged, Words(), where="x")
    other = Words()
    other.fingerprint = "another"
    with pytest.raises(ModelError, match="encoder"):
        topic_file.loads(content, other, where="x")
    pickled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(pickled, "w") as wrong:
        for name in archive.namelist():
            data = archive.read(name)
            if name == "0-centre.npy":
                array = io.BytesIO()
                np.save(array, np.array([{"a": 1}], dtype=object), allow_pickle=True)
                data = array.getvalue()
            wrong.writestr(name, data)
    with pytest.raises(ModelError, match="holds no taught"):
        topic_file.loads(pickled.getvalue(), Words(), where="x")
