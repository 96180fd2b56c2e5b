"""Agreement of a review: what is released to whom, apart from what else, and what is logged when."""

import pytest

from asreview_mc.core.errors import OutputError
from asreview_mc.core.event import TopicsConfirmed
from asreview_mc.project import agreement, gather, screen, stages, team
from asreview_mc.project.agreement import CONDITIONAL, FOR_THE_POOL


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


def test_a_named_reviewer_gets_whole_batches_only(many):
    """After 30 records R1 learns of 25; a vote on the 31st moves nothing; nobody named gets what is disclosed."""
    both(many, range(1, 31))
    before = agreement.agreement(many, "abstract", "R1")
    assert (before["overlap"], before["waiting"]) == (25, 5)
    assert agreement.agreement(many, "abstract")["overlap"] == 30
    both(many, [31])
    after = agreement.agreement(many, "abstract", "R1")
    assert after["waiting"] == 6
    assert {**after, "waiting": 5} == before


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


def test_sub_topics_have_agreement_of_their_own(review):
    """Each code against the others, on what each reviewer confirmed first."""
    first, second = (card.code for card in review.protocol.cards[:2])
    for name, codes in (("R1", (first,)), ("R2", (first, second)), ("R2", ())):
        review.append(TopicsConfirmed("r000001", name, codes, {}, "none"))
    found = {one["code"]: one["all"] for one in agreement.sub_topics(review.state)}
    assert (found[first]["n"], found[first]["percent_agreement"], found[second]["percent_agreement"]) == (1, 1, 0)
