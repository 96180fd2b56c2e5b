import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asreview_mc.core.errors import ModelError
from asreview_mc.core.protocol import Card
from asreview_mc.core.protocol_file import parse, template
from asreview_mc.learn.cues import CueMatcher
from asreview_mc.learn.encode import SentenceEncoder
from asreview_mc.learn.evidence import FEATURES, CardReader
from asreview_mc.learn.saved import models_folder, shipped_json
from asreview_mc.learn.sentences import LONGEST, split_sentences
from asreview_mc.learn.subtopics import Evidence, TopicModel
from asreview_mc.learn.zero_shot import ZERO_SHOT, load_zero_shot, read_parameters

SHIPPED = parse(template("micro-credentials")).cards
CODES = [
    "reskilling",
    "employers",
    "employability",
    "lifelong",
    "career",
    "wellbeing",
    "assessment",
    "stackability",
    "curriculum",
    "design",
]
FRUIT = (
    Card(
        "apple", "apples", "", "Apples, their orchards and their cider.", ("apple*", "orchard*"), ("apple computer*",)
    ),
    Card("pear", "pears", "", "Pears, how they ripen and how they are kept.", ("pear", "pears")),
)


class Words:
    """An encoder that counts words: the same word, the same direction."""

    fingerprint = "words"

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    def encode(self, texts, progress=None):
        self.calls.append(list(texts))
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0] = 1.0
            for word in re.findall(r"\w+", text.lower()):
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % 64] += 1.0
            row /= np.linalg.norm(row)
        return rows


@pytest.fixture(scope="module")
def real() -> TopicModel:
    return TopicModel(SHIPPED, SentenceEncoder())


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


def test_the_ten_shipped_cards_are_complete():
    """The micro-credentials template holds the model review's ten sub-topics, each with all that evidence needs."""
    assert [card.code for card in SHIPPED] == CODES
    assert {card.group for card in SHIPPED} == {"economic", "social", "higher education"}
    for card in SHIPPED:
        assert card.definition
        assert len(card.cues) >= 10
        assert 3 <= len(card.examples) <= 6
        assert all(example.endswith(".") for example in card.examples)


def test_shipped_cards_share_no_cue_however_it_is_spelt():
    """No cue stands on two cards, nor twice on one, whatever its case, hyphens and spaces."""
    spelt = [re.sub(r"[\s-]", "", cue.lower()) for card in SHIPPED for cue in card.cues]
    assert sorted(spelt) == sorted(set(spelt))


def test_the_extraction_form_has_the_fields_of_the_model_review():
    """The form has fifteen fields of known types, and every field of choice has choices, the ten labels among them."""
    form = {field.code: field for field in parse(template("micro-credentials")).extraction}
    assert len(form) == 15
    assert {field.type for field in form.values()} == {"text", "number", "single", "multi", "list"}
    assert all(bool(field.choices) == (field.type in ("single", "multi")) for field in form.values())
    assert form["subtopics"].choices == tuple(card.label for card in SHIPPED)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Badges, e.g. Open Badges, i.e. Mozilla's.", ["Badges, e.g. Open Badges, i.e. Mozilla's."]),
        ("Smith et al. (2020) agree. So do we.", ["Smith et al. (2020) agree.", "So do we."]),
        ("A mean of 3.5 vs. 4.1 was seen.", ["A mean of 3.5 vs. 4.1 was seen."]),
        ("By J. R. Miller and Dr. Lee. Good.", ["By J. R. Miller and Dr. Lee.", "Good."]),
        ("In the U.S. Army it works.", ["In the U.S. Army it works."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("A title\nIts abstract. More.", ["A title", "Its abstract.", "More."]),
        ("It fell. 40 people came. Écoles too.", ["It fell.", "40 people came.", "Écoles too."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, expected):
    """Abbreviations, initials and decimals do not end a sentence; full stops and line breaks do."""
    assert sentences(text) == expected


@given(st.text(alphabet="aB.!? \n\"('é1", max_size=80))
def test_no_text_is_lost_between_sentences(text):
    """Spans are ordered, do not overlap, are not blank, and leave only white space out."""
    spans = split_sentences(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(text[end:start].strip() == "" for end, start in zip(ends, starts, strict=True))


def test_a_text_without_full_stops_is_cut():
    """A passage of forty thousand words becomes pieces of bounded length, and no word is lost."""
    text = "word " * 40_000
    pieces = sentences(text)
    assert max(map(len, pieces)) <= LONGEST
    assert " ".join(pieces).split() == text.split()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Apple growing in old Orchards", ("Apple", "Orchards")),
        ("A pineapple tart", ()),
        ("An apple computer from 1984", ()),
        ("An apple computer beside an apple tree", ("apple",)),
        ("This is not about apples, but about orchards", ("orchards",)),
        ("It deals with bread rather than apples", ()),
        ("We do not discuss apples", ()),
        ("Apples were not examined", ()),
        ("Apples lie outside the scope", ()),
        ("Not only apples are good", ("apples",)),
        ("Apples did not ripen", ("Apples",)),
        ("Instead of bread, apples were eaten", ("apples",)),
    ],
)
def test_a_cue_counts_only_in_its_meaning(sentence, found):
    """Whole words count, ignoring case; not-cues mask, and what a sentence says it is not about does not count."""
    assert CueMatcher(FRUIT[0]).match(sentence).found == found


def test_spaces_and_hyphens_in_cues_are_interchangeable():
    """One cue covers the spellings up-skill, upskill and up skill, and work-ready matches work ready."""
    matcher = CueMatcher(Card("x", "x", "", "x", ("up-skill*", "work ready")))
    for text in ("up-skilling", "Upskilled", "up skill", "work-ready", "work ready"):
        assert matcher.match(text).found == (text,)


def test_cues_are_never_read_as_patterns():
    """Signs that mean something in regular expressions stand for themselves, and an empty cue matches nothing."""
    assert CueMatcher(Card("x", "x", "", "x", ("C++", "(a|b)"))).match("C++ and a").found == ("C++",)
    assert CueMatcher(Card("x", "x", "", "x", ("*", ""))).match("anything").found == ()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("reskilling", "Nurses took a six-week programme to bring their competencies up to date beside their shifts."),
        ("employers", "Managers in forty companies told us which abilities they miss in new staff."),
        ("employability", "Holders of the certificate found jobs faster than other graduates."),
        ("lifelong", "People of all ages return to study again and again in the course of their lives."),
        ("career", "Counsellors talk with students about which career path to follow."),
        ("wellbeing", "Taking part improved the health and quality of life of poor families."),
        ("assessment", "What was learnt at work is validated and recognised after an examination."),
        ("stackability", "Four short awards are stacked and count as credit towards a bachelor's degree."),
        ("curriculum", "The department embedded the awards in the curriculum of its bachelor's programme."),
        ("design", "Points and badges were designed to motivate learners and keep them engaged."),
    ],
)
def test_a_plain_sentence_gets_its_own_label_first(real, code, sentence):
    """The label of a plain sentence is the most probable; with a cue it is suggested, without one the meaning leads."""
    given_ = real.suggest([sentence])
    best = int(given_.probabilities[0].argmax())
    assert given_.codes[best] == code
    assert given_.evidence[0][best].sentence == sentence
    assert given_.suggested[0, best] or not given_.evidence[0][best].cues


def test_what_a_text_sets_aside_is_not_suggested(real):
    """A sentence that says it is not about a topic lowers the topic instead of raising it."""
    about = real.suggest(["This paper is about employability."])
    aside = real.suggest(["This paper is not about employability."])
    label = CODES.index("employability")
    assert about.suggested[0, label]
    assert not aside.suggested[0, label]
    assert aside.evidence[0][label] == Evidence()


def test_the_shipped_model_is_calibrated_only_with_its_own_cards_and_encoder(real):
    """A changed card, one card fewer or another encoder makes the probabilities uncalibrated."""
    assert real.calibrated.all()
    assert real.suggest(["Text."]).calibrated.all()
    changed = (replace(SHIPPED[0], definition="Something else."), *SHIPPED[1:])
    assert not TopicModel(changed, SentenceEncoder()).calibrated.any()
    assert not TopicModel(SHIPPED[:-1], SentenceEncoder()).calibrated.any()
    assert not TopicModel(SHIPPED, Words()).calibrated.any()


def test_the_name_tells_models_apart():
    """The name that is logged changes with the parameters and the encoder, and with nothing else."""
    parameters = load_zero_shot()
    name = TopicModel(FRUIT, Words(), parameters).name
    assert name == TopicModel(SHIPPED, Words()).name
    assert name.endswith(Words.fingerprint)
    assert name != TopicModel(FRUIT, Words(), replace(parameters, threshold=0.5)).name


def test_cards_of_another_review_work_the_same():
    """Unknown cards get the pooled weights: the right label first, evidence with its cue, and uncalibrated."""
    model = TopicModel(FRUIT, Words())
    given_ = model.suggest(["A title\nPears ripen slowly. Cider is made in every orchard.", "Nothing of the kind."])
    assert given_.codes == ("apple", "pear")
    assert not given_.calibrated.any()
    assert given_.suggested[0].all()
    assert [item.sentence for item in given_.evidence[0]] == ["Cider is made in every orchard.", "Pears ripen slowly."]
    assert given_.evidence[0][1].cues == ("Pears",)
    assert not given_.suggested[1].any()


@given(st.lists(st.text(alphabet="apers .,!\n'", max_size=60), max_size=5))
def test_probabilities_and_evidence_keep_their_bounds(texts):
    """Whatever the texts: shape (n, 2), probabilities in [0, 1], evidence verbatim, a weight only with a sentence."""
    given_ = TopicModel(FRUIT, Words()).suggest(texts)
    assert given_.probabilities.shape == given_.suggested.shape == (len(texts), 2)
    assert ((given_.probabilities >= 0) & (given_.probabilities <= 1)).all()
    for text, row in zip(texts, given_.evidence, strict=True):
        assert len(row) == 2
        assert all(item.sentence in text and (item.weight > 0) == bool(item.sentence) for item in row)
        assert all(cue in item.sentence for item in row for cue in item.cues)


def test_empty_texts_get_the_base_rate_and_no_suggestion(real):
    """Where nothing is said the probability is the base rate, nothing is suggested, and no sentence is shown."""
    given_ = real.suggest(["", "  \n "])
    rates = [real.parameters.base_rates[code] for code in CODES]
    assert given_.probabilities == pytest.approx(np.array([rates, rates]))
    assert not given_.suggested.any()
    assert set(given_.evidence[0]) == {Evidence()}
    other = TopicModel(FRUIT, Words())
    assert other.suggest([""]).probabilities == pytest.approx(other.parameters.base_rate)


def test_no_texts_are_no_mistake():
    """n = 0 gives empty answers of the right shape."""
    given_ = TopicModel(FRUIT, Words()).suggest([])
    assert given_.probabilities.shape == given_.suggested.shape == (0, 2)
    assert given_.evidence == []


def test_a_text_is_judged_by_itself():
    """Chunks, order and repetition change nothing, so that a batch can be cut anywhere."""
    texts = ["Pears. Apples too.", "", "An orchard; no more.", "Pears. Apples too."]
    model = TopicModel(FRUIT, Words())
    whole = model.suggest(texts)
    parts = [model.suggest([text]) for text in texts]
    assert whole.probabilities == pytest.approx(np.vstack([part.probabilities for part in parts]), abs=1e-12)
    assert whole.evidence == [part.evidence[0] for part in parts]


def test_the_same_texts_give_the_same_answer():
    """Two models made alike answer bit for bit alike."""
    texts = ["Pears in an orchard. They ripen.", "Apples."]
    first, second = (TopicModel(FRUIT, Words()).suggest(texts) for _ in range(2))
    assert np.array_equal(first.probabilities, second.probabilities)
    assert first.evidence == second.evidence


def test_every_distinct_sentence_is_encoded_once_in_one_call():
    """Encoding is what takes time: sentences and texts are encoded together and repeated ones once."""
    encoder = Words()
    TopicModel(FRUIT, encoder).suggest(["Pears. Apples.", "Apples. Plums."])
    texts_of = [call for call in encoder.calls if "Plums." in call]
    assert texts_of == [["Pears.", "Apples.", "Plums.", "Pears. Apples.", "Apples. Plums."]]
    assert len(encoder.calls) == 2


def test_more_evidence_never_lowers_a_label():
    """The shipped weights are positive: a further cue, or a sentence nearer to the card, speaks for a label."""
    assert min(load_zero_shot().weights) > 0
    model = TopicModel(FRUIT, Words())
    few, many = model.suggest(["Apples grow.", "Apples grow in an orchard."]).probabilities[:, 0]
    assert many > few


def test_features_of_silence_are_zero():
    """A text without sentences has zeros, from which the evidence of a sentence is counted."""
    reading = CardReader(FRUIT, Words()).read(["", "Apples."])
    assert reading.features.shape == (2, 2, len(FEATURES))
    assert not reading.features[0].any()
    assert reading.features[1] == pytest.approx(reading.sentence_features[1][0])


def test_identical_cards_give_equal_shares_and_no_fault():
    """Cards that no encoder can tell apart share a text equally instead of failing."""
    twins = (FRUIT[0], replace(FRUIT[0], code="twin"))
    reading = CardReader(twins, Words()).read(["Bread."])
    assert reading.features[0, :, FEATURES.index("lift")] == pytest.approx([0.0, 0.0])


@pytest.mark.parametrize("count", [0, 1, 51])
def test_too_few_or_too_many_cards_are_refused(count):
    """A model needs 2 to 50 cards and says so in one line with a remedy."""
    cards = [replace(FRUIT[0], code=f"c{number}") for number in range(count)]
    with pytest.raises(ModelError, match=rf"2 to 50 cards, and there are {count}.*protocol\.toml"):
        TopicModel(cards, Words())


def test_fifty_cards_are_allowed():
    """The largest number of cards gives as many columns."""
    cards = [
        Card(f"c{number}", f"topic {number}", "", f"About thing{number}.", (f"thing{number}",)) for number in range(50)
    ]
    given_ = TopicModel(cards, Words()).suggest(["It is about thing7 only."])
    assert given_.codes[int(given_.probabilities[0].argmax())] == "c7"


def test_misuse_is_told_to_the_programmer():
    """One text instead of several, and two cards of one code, are errors of the caller."""
    with pytest.raises(TypeError, match="not one text"):
        TopicModel(FRUIT, Words()).suggest("Apples.")
    with pytest.raises(ValueError, match="same code"):
        TopicModel((FRUIT[0], FRUIT[0]), Words())


def test_the_shipped_file_is_the_listed_one_and_fits_the_shipped_cards():
    """The model has the digest in the list, a card that says where it comes from, and the ten cards of the template."""
    data = shipped_json(ZERO_SHOT)
    assert {"trained_on", "how", "date", "measured", "data_sha256", "licence"} <= set(data["card"])
    parameters = load_zero_shot()
    assert list(parameters.cards) == list(parameters.offsets) == list(parameters.base_rates) == CODES
    assert 0 < parameters.threshold < 1


def copied(tmp_path: Path) -> Path:
    for name in (ZERO_SHOT, "README.md"):
        (tmp_path / name).write_bytes((models_folder() / name).read_bytes())
    return tmp_path


def test_a_corrupted_model_file_is_refused(tmp_path):
    """A file that differs by one byte from the published one is not read, and the message says what to do."""
    folder = copied(tmp_path)
    content = (folder / ZERO_SHOT).read_bytes()
    assert shipped_json(ZERO_SHOT, folder)["kind"] == "subtopics-zero-shot"
    (folder / ZERO_SHOT).write_bytes(content.replace(b"intercept", b"intercepT"))
    with pytest.raises(ModelError, match=r"not the file that was published.*Install asreview-mc again"):
        shipped_json(ZERO_SHOT, folder)


def test_a_missing_or_unlisted_model_file_is_refused(tmp_path):
    """Without the file, without its row, or without the list there is one line with a remedy."""
    folder = copied(tmp_path)
    with pytest.raises(ModelError, match=r"no sha256 for other\.json"):
        shipped_json("other.json", folder)
    (folder / ZERO_SHOT).unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        shipped_json(ZERO_SHOT, folder)
    (folder / "README.md").unlink()
    with pytest.raises(ModelError, match="list of models cannot be read"):
        shipped_json(ZERO_SHOT, folder)


@pytest.mark.parametrize("content", [b"[1, 2]", b"{", b"\xff"])
def test_a_listed_file_that_is_no_json_object_is_refused(tmp_path, content):
    """The right digest does not make a model of a file that holds none."""
    (tmp_path / "m.json").write_bytes(content)
    (tmp_path / "README.md").write_text(f"| `m.json` | {hashlib.sha256(content).hexdigest()} |\n", "utf-8")
    with pytest.raises(ModelError, match="JSON"):
        shipped_json("m.json", tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": [1.0]},
        {"features": ["other"]},
        {"intercept": float("nan")},
        {"intercept": "1"},
        {"threshold": 1.5},
        {"base_rates": {"x": 0}},
        {"offsets": [1]},
        {"cards": None},
    ],
)
def test_parameters_that_make_no_model_are_refused(change):
    """Every setting must be there, finite and in its range."""
    data = json.loads((models_folder() / ZERO_SHOT).read_text("utf-8"))
    with pytest.raises(ModelError, match="does not hold a sub-topic model"):
        read_parameters({**data, **change}, where="m.json")
    for name in change:
        with pytest.raises(ModelError, match=name):
            read_parameters({key: value for key, value in data.items() if key != name}, where="m.json")


def test_suggestions_on_the_development_corpus_agree_with_the_raters(real, shared_data):
    """On the corpus of the fit, the shipped file reaches what it is said to reach (it must not be a broken copy)."""
    records = [json.loads(line) for line in (shared_data / "microcred" / "dev.jsonl").read_text("utf-8").splitlines()]
    records = [record for record in records if record["ratings"]["A"]["subtopics"] is not None][::4]
    given_ = real.suggest([f"{record['title']}\n{record['abstract']}" for record in records])
    truth = np.array([[code in record["ratings"]["A"]["subtopics"] for code in CODES] for record in records])
    hits = (truth & given_.suggested).sum()
    assert 2 * hits / (truth.sum() + given_.suggested.sum()) > 0.65
