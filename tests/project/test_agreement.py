"""Agreement of a review: what is released to whom, apart from what else, and what is logged when."""

import pytest

from asreview_mc.core.errors import OutputError, UnknownError
from asreview_mc.core.event import Shown, TopicsConfirmed
from asreview_mc.project import agreement, gather, reporting, screen, stages, stopping, team
from asreview_mc.project.agreement import CONDITIONAL, FOR_THE_POOL
from asreview_mc.report.agreement_view import to_text


class _TakenBackError(Exception):
    """Raised to take back what was only tried."""


@pytest.fixture
def many(review, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text("title\n" + "\n".join(f"Paper number {k}" for k in range(60)), "utf-8")
    gather.add(review, [more], source="X")
    return review


def both(review, numbers):
    for number in numbers:
        record_id = f"r{number:06d}"
        screen.decide(review, record_id, "include" if number % 3 else "exclude", "R1")
        screen.decide(review, record_id, "include" if number % 4 else "exclude", "R2")


def figures(review, viewer, folder):
    """Everything that tells of agreement, of all verbs that print or write it, without the count of those held back."""
    told = {stage: agreement.agreement(review, stage, viewer) for stage in ("abstract", "fulltext")}
    for found in told.values():
        del found["waiting"]
    agreement.draw_over_time(review, "abstract", folder / "course.svg")
    page = reporting.report_html(review, viewer)
    said = [one.text for one in reporting.methods_of(review, viewer)]
    said += [one.answer for one in reporting.checklist_of(review, viewer)]
    return {
        "agreement": told,
        "over time": agreement.over_time(review, "abstract"),
        "overlooked": stopping.look(review, "abstract").overlooked,
        "picture": (folder / "course.svg").read_bytes(),
        "tables": [one.rows for one in reporting.all_tables(review, viewer) if one.name.startswith("agreement")],
        "page": page[page.index('<section id="agreement">') : page.index('<section id="progress">')],
        "methods": [line for text in said for line in text.split(". ") if "agree" in line.lower() or "κ" in line],
    }


@pytest.mark.parametrize("viewer", ["R1", "R2", "X1", None])
def test_no_vote_can_be_inferred_before_its_batch_is_full(many, tmp_path, viewer):
    """An attack: look before and after a vote. Nothing moves from the 25th record to the 49th, whatever is voted."""
    (many.folder / "protocol.toml").write_text(many.protocol.text + '\n[[reviewers]]\nname = "X1"\nrole = "expert"\n')
    many.accept_protocol("R1", "an expert")
    both(many, range(1, 25))
    screen.decide(many, "r000025", "include", "R1")
    before = figures(many, viewer, tmp_path)
    assert (before["agreement"]["abstract"]["overlap"], before["tables"]) == (0, [])
    screen.decide(many, "r000025", "exclude", "R2")
    full = figures(many, viewer, tmp_path)
    assert full["agreement"]["abstract"]["overlap"] == 25
    assert all(full[what] != before[what] for what in ("over time", "picture", "tables", "page", "methods"))
    screen.decide(many, "r000026", "include", "R1")
    for decision in ("include", "exclude", "maybe"):
        with pytest.raises(_TakenBackError), many.transaction():
            screen.decide(many, "r000026", decision, "R2")
            assert figures(many, viewer, tmp_path) == full
            raise _TakenBackError
    both(many, range(27, 50))
    screen.decide(many, "r000026", "maybe", "R2")
    screen.decide(many, "r000050", "include", "R1")
    assert figures(many, viewer, tmp_path) == full
    screen.decide(many, "r000050", "include", "R2")
    assert figures(many, viewer, tmp_path)["agreement"]["abstract"]["overlap"] == 50


def test_full_texts_are_not_told_of_one_by_one(many):
    """Each is complete before the next comes: while titles are still read, nobody being waited for releases nothing."""
    both(many, [1, 2])
    for record_id in ("r000001", "r000002"):
        if many.state.verdict("abstract", record_id).outcome == "include":
            for name in ("R1", "R2"):
                screen.decide(many, record_id, "include", name, stage="fulltext")
    assert not many.state.undecided("fulltext")
    found = agreement.agreement(many, "fulltext")
    assert (found["overlap"], found["waiting"]) == (0, 2)
    stages.close(many, "abstract", "R1", reason="enough")
    assert agreement.agreement(many, "fulltext")["overlap"] == 2


def test_who_is_unblinded_is_told_all(many):
    """The owner's full view; for the others it stays as it is."""
    both(many, range(1, 31))
    (many.folder / "protocol.toml").write_text(
        many.protocol.text.replace('name = "R1"', 'name = "R1"\nrole = "owner"'), "utf-8"
    )
    many.accept_protocol("R1", "an owner")
    team.unblind(many, "R1", "to advise")
    told = {name: agreement.agreement(many, "abstract", name)["overlap"] for name in ("R1", "R2", None)}
    assert told == {"R1": 30, "R2": 25, None: 25}


def test_a_batch_says_where_it_lies(many):
    """Each full batch has its places, its prevalence and the share of begun records that were complete."""
    screen.decide(many, "r000060", "include", "R1")
    both(many, range(1, 51))
    one, two = agreement.agreement(many, "abstract", "R2")["batches"]
    assert (one["places"], two["places"]) == ([1, 25], [26, 50])
    assert one["overlap"] == two["overlap"] == 25
    said = [number % 3 > 0 for number in range(1, 26)] + [number % 4 > 0 for number in range(1, 26)]
    assert one["prevalence"] == pytest.approx(sum(said) / 50)
    assert two["overlap_share"] == pytest.approx(50 / 51)
    assert one["meaning"] == CONDITIONAL


def test_a_batch_has_the_ranks_at_which_its_records_were_read(many):
    """Each rater's own count of ranked records; what was searched for has none; in words with what it is."""
    for number in range(1, 41):
        screen.decide(many, f"r{number:06d}", "include", "R1")
    screen.decide(many, "r000060", "include", "R2", shown=Shown("searched"))
    both(many, [60])
    for number in range(40, 15, -1):
        screen.decide(many, f"r{number:06d}", "include", "R2")
    (batch,) = agreement.agreement(many, "abstract", "R1")["batches"]
    assert (batch["ranks"], batch["places"]) == ([1, 41], [1, 25])
    said = list(to_text(agreement.agreement(many, "abstract", "R1")))
    assert any(
        line.startswith("batch 1 (ranks 1 to 41, completed 1 to 25, 98% included, overlap 61%)") for line in said
    )
    assert f"batch: {CONDITIONAL}" in said


def test_the_calibration_round_stands_apart(many):
    """Its figures come once all of it is in, and its records are in no batch of the queue."""
    team.calibrate(many, "R1", n=10, seed=3)
    drawn = [int(one[1:]) for one in many.state.calibration_records("abstract")]
    both(many, drawn[:-1])
    assert agreement.agreement(many, "abstract", "R1")["calibration"] is None
    both(many, drawn[-1:])
    found = agreement.agreement(many, "abstract", "R1")
    assert (found["calibration"]["overlap"], found["calibration"]["meaning"]) == (10, FOR_THE_POOL)
    assert "The 10 records of the calibration round were drawn at random" in found["methods"]
    (logged,) = agreement.over_time(many, "abstract")
    assert (logged["over"], logged["records"]) == ("calibration", 10)
    rest = [number for number in range(1, 61) if number not in drawn]
    both(many, rest[:25])
    (batch,) = agreement.agreement(many, "abstract", "R1")["batches"]
    assert batch["overlap"] == 25
    assert [one["batch"] for one in agreement.over_time(many, "abstract")] == [0, 1]
    assert agreement.over_time(many, "abstract")[1]["alone"]["places"] == [1, 25]


def test_a_closed_stage_is_measured_and_released(many):
    """Closing logs agreement over all of it, and then everybody may know all."""
    for number in range(1, 4):
        for name in ("R1", "R2"):
            screen.decide(many, f"r{number:06d}", "include", name)
    assert agreement.agreement(many, "abstract", "R1")["overlap"] == 0
    stages.close(many, "abstract", "R1", reason="enough")
    logged = agreement.over_time(many, "abstract")[-1]
    assert (logged["over"], logged["records"]) == ("stage", 3)
    assert agreement.agreement(many, "abstract", "R1")["overlap"] == 3


def test_reasons_have_agreement_of_their_own(review):
    """Of four excluded full texts the reasons agree on three; design against the rest is κ of that table."""
    given = [
        ("study_design", "study_design"),
        ("setting", "setting"),
        ("setting", "study_design"),
        ("setting", "setting"),
    ]
    for number, reasons in enumerate(given, start=1):
        record_id = f"r{number:06d}"
        for name in ("R1", "R2"):
            screen.decide(review, record_id, "include", name)
        for name, reason in zip(("R1", "R2"), reasons, strict=True):
            screen.decide(review, record_id, "exclude", name, stage="fulltext", reason=reason)
    stages.close(review, "abstract", "R1", reason="enough")
    found = {one["code"]: one["pairs"][0] for one in agreement.agreement(review, "fulltext")["reasons"]}
    assert found["study_design"]["table"] == {
        "include,include": 1, "include,exclude": 0, "exclude,include": 1, "exclude,exclude": 2
    }  # fmt: skip
    assert found["study_design"]["cohen_kappa"]["value"] == pytest.approx(0.5)
    assert found["publication_type"]["positive_agreement"]["value"] is None


def test_the_methods_say_what_prevalence_does(many):
    """The paragraph names raters, blindness, the statistics and how often records were included."""
    both(many, range(1, 26))
    said = agreement.agreement(many, "abstract")["methods"]
    for part in ("2 raters", "blind", "first decision", "no figure here estimates agreement for the pool", "κ expects"):
        assert part in said
    assert "unreliable" in said


def test_agreement_over_time_is_drawn(many, tmp_path):
    """The same log gives the same bytes; another kind of file is refused."""
    both(many, range(1, 51))
    paths = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for path in paths:
        agreement.draw_over_time(many, "abstract", path)
    one, two = (path.read_bytes() for path in paths)
    assert one == two
    assert b"to 50:" in one
    with pytest.raises(OutputError):
        agreement.draw_over_time(many, "abstract", tmp_path / "one.txt")


def test_the_report_shows_agreement_over_time_once_a_batch_is_full(many):
    """Batch by batch, with what each was in words for who cannot see it; no empty picture before."""
    both(many, range(1, 25))
    assert "Agreement of each batch" not in reporting.report_html(many, "R1")
    both(many, range(25, 51))
    page = reporting.report_html(many, "R1")
    assert page.count("<title>Agreement of each batch as screening went on</title>") == 1
    assert "Batches of 25, to 25: " in page and "; to 50: " in page


def test_sub_topics_have_agreement_of_their_own(review):
    """Each code against the others, on what each reviewer confirmed first."""
    first, second = (card.code for card in review.protocol.cards[:2])
    for name, codes in (("R1", (first,)), ("R2", (first, second)), ("R2", ())):
        review.append(TopicsConfirmed("r000001", name, codes, {}, "none"))
    found = {one["code"]: one["all"] for one in agreement.sub_topics(review.state, None)}
    assert (found[first]["n"], found[first]["percent_agreement"], found[second]["percent_agreement"]) == (1, 1, 0)


def test_maybe_lies_between_the_two_where_weights_are_asked_for(many):
    """By hand, with linear weights: n = 4, observed (1 + .5 + 0 + 1) / 4; other weights are refused."""
    said = (("include", "include"), ("include", "maybe"), ("exclude", "include"), ("exclude", "exclude"))
    for number, decisions in enumerate(said, start=1):
        for name, decision in zip(("R1", "R2"), decisions, strict=True):
            screen.decide(many, f"r{number:06d}", decision, name)
    for one in many.state.conflicts("abstract"):
        screen.settle(many, one, "include", ["R1", "R2"])
    stages.close(many, "abstract", "R1", reason="enough")
    assert "in_order" not in agreement.agreement(many, "abstract")
    (pair,) = agreement.agreement(many, "abstract", weights="linear")["in_order"]["pairs"]
    chance = (2 * (2 + 0.5 * 1) + 2 * (1 + 0.5 * 1)) / 16
    assert pair["n"] == 4
    assert pair["cohen_kappa_weighted"]["value"] == pytest.approx((2.5 / 4 - chance) / (1 - chance))
    assert {"gwet_ac2", "krippendorff_alpha_ordinal"} < set(pair)
    with pytest.raises(UnknownError, match="no weights"):
        agreement.agreement(many, "abstract", weights="cubic")
    said = "\n".join(to_text(agreement.agreement(many, "abstract", weights="quadratic")))
    assert "include, maybe, exclude in order (quadratic)" in said and "Krippendorff’s α, ordinal" in said


def test_weighted_figures_are_released_in_full_batches_as_all_others(many):
    both(many, range(1, 30))
    assert agreement.agreement(many, "abstract", "R1", weights="linear")["in_order"]["all"]["n"] == 25


def test_reasons_and_sub_topics_are_said_in_words(review):
    """Each code against all others, with its interval."""
    for number, reasons in ((1, ("setting", "setting")), (2, ("setting", "study_design")), (3, ("", ""))):
        for name in ("R1", "R2"):
            screen.decide(review, f"r{number:06d}", "include", name)
        for name, reason in zip(("R1", "R2"), reasons, strict=True):
            decision = "exclude" if reason else "include"
            screen.decide(review, f"r{number:06d}", decision, name, stage="fulltext", reason=reason)
    code = review.protocol.cards[0].code
    for name in ("R1", "R2"):
        review.append(TopicsConfirmed("r000003", name, (code,), {}, "none"))
    stages.close(review, "abstract", "R1", reason="enough")
    said = list(to_text(agreement.agreement(review, "fulltext")))
    assert "reasons, each against all others:" in said and "sub-topics, each against all others:" in said
    assert any(line.startswith("  setting, R1 and R2, n = 2: Agreement 50.0% (95 % CI") for line in said)
    assert any(line.startswith(f"  {code}, R1 and R2, n = 1: Agreement 100.0%") for line in said)
    assert not any("reasons" in line for line in to_text(agreement.agreement(review, "abstract")))


def test_a_calibration_round_is_told_of_once_it_is_in(many):
    drawn = team.calibrate(many, "R1", n=3, seed=1)
    assert agreement.calibrated(many, "abstract") is None
    both(many, [int(one[1:]) for one in drawn[:2]])
    assert agreement.calibrated(many, "abstract") is None
    both(many, [int(drawn[2][1:])])
    assert (agreement.calibrated(many, "abstract") or {})["overlap"] == 3
