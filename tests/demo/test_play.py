"""The demonstration review, played: every number that its data promise, and a log that a kill leaves intact."""

import csv
import json
import subprocess
import sys
import time

import pytest
from sklearn.metrics import cohen_kappa_score

from asreview_mc.core.errors import ProjectError
from asreview_mc.demo.play import play
from asreview_mc.demo.recorded import Recorded
from asreview_mc.project.review import Review


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The folder, what was said, and what `demo --json` answers; played once for all tests here."""
    folder = tmp_path_factory.mktemp("demo") / "review"
    said = []
    return folder, said, play(folder, said.append)


def test_the_flow_is_the_one_that_the_data_promise(played):
    """README.md of the data states these numbers, and its own test computes them from the answers."""
    flow = played[2]["prisma"]
    assert flow["database_results"] == 209
    assert flow["database_specific_results"] == "EBSCOhost, 103; Taylor&Francis, 66; SpringerLink, 40"
    assert flow["duplicates"] == 87
    assert (flow["records_screened"], flow["records_excluded"]) == (122, 27)
    assert (flow["dbr_sought_reports"], flow["dbr_assessed"]) == (95, 95)
    assert flow["dbr_excluded"] == "wrong type of publication, 51; wrong setting, 4"
    assert (flow["new_studies"], flow["pending"], flow["not_screened"]) == (40, 0, 0)
    assert all(check["ok"] for check in flow["checks"])


def test_kappa_is_that_of_scikit_learn_on_the_recorded_answers(played):
    """On title and abstract, with maybe read as include."""
    folder, _, result = played
    recorded = Recorded()
    with Review.open(folder) as review:
        records = [review.records[record_id] for record_id in review.state.unique()]
    said = [[recorded.answer(one, "abstract", name).decision == "exclude" for one in records] for name in ("R1", "R2")]
    (pair,) = result["agreement"]["abstract"]["pairs"]
    assert pair["n"] == 122
    assert pair["cohen_kappa"]["value"] == pytest.approx(cohen_kappa_score(*said))


def test_every_step_is_numbered_and_says_that_the_raters_are_no_people(played):
    """Whoever reads the output knows what they look at."""
    said = "\n".join(played[1])
    numbers = [int(line.split(".")[0]) for line in said.splitlines() if line[:2].strip().isdigit() and "." in line[:4]]
    assert numbers == list(range(1, 14))
    assert "language\n    models, not people" in said
    assert "What to try next" in said


def test_what_it_writes_is_there_and_whole(played):
    """Pictures, page, exports, the classified batch and the simulation."""
    folder, _, result = played
    reports = folder / "reports"
    for name in ("prisma.svg", "prisma.png", "recall.svg", "included.ris", "included.csv"):
        assert (reports / name).stat().st_size > 1000
    page = (reports / "report.html").read_text("utf-8")
    assert result["report"] == str(reports / "report.html")
    assert "Exploring the potential of micro-credentials" in page
    assert "language models that read each record separately, not people" in page.split("<nav")[0]
    assert len(json.loads((reports / "included.json").read_text("utf-8"))) == 40
    with (reports / "classified.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 122


def test_the_readers_picture_shows_the_numbers_that_are_played(played, checkout):
    """README's picture is the one that the program draws, not an old one."""
    drawn = (played[0] / "reports" / "prisma.svg").read_text("utf-8")
    shown = (checkout / "tests" / "demo" / "prisma.svg").read_text("utf-8")
    described = [text.split("<desc", 1)[1].split("</desc>", 1)[0] for text in (drawn, shown)]
    assert described[0] == described[1]
    assert "209" in described[0]


def test_decisions_were_made_in_ranked_order_and_say_so(played):
    """Each logs its rank, the ranker, and the event up to which that had learnt; the queue learns after each."""
    with Review.open(played[0]) as review:
        decided = [one for one in review.log.events(kinds=["decided"]) if one.event.stage == "abstract"]
    assert len(decided) == 244
    assert all(one.event.shown.how == "ranked" and one.event.shown.rank == 1 for one in decided)
    own = [one for one in decided if one.event.reviewer == "R1"]
    assert [one.event.shown.seq for one in own[1:]] == [one.seq for one in own[:-1]]


def test_every_sub_topic_that_counts_was_confirmed(played):
    """The tally is the recorded codes of R1 on the included papers, whatever was suggested."""
    folder, _, result = played
    recorded = Recorded()
    with Review.open(folder) as review:
        from asreview_mc.review.eligibility import eligibility

        included = [review.records[one] for one in eligibility(review.state).included]
    for code, count in result["subtopics"].items():
        assert count == sum(code in recorded.topics(record, "R1") for record in included)


def test_a_second_demo_in_the_same_place_is_refused(played):
    """Nothing is overwritten."""
    with pytest.raises(ProjectError):
        play(played[0], lambda line: None)


def test_killed_half_way_the_log_is_intact(tmp_path):
    """SIGKILL in the middle of screening: what is there verifies, and the review opens without repair."""
    folder = tmp_path / "review"
    command = [sys.executable, "-m", "asreview_mc", "demo", str(folder)]
    player = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 120
        while events_of(folder) < 150 and player.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert player.poll() is None, player.stderr.read()
    finally:
        player.kill()
        player.communicate()
    with Review.open(folder) as review:
        found = review.log.verify()
        assert found.ok, found.problem
        assert 150 <= found.events < 599
        assert review.state.seq == found.events


def events_of(folder):
    if not (folder / "review.db").exists() or (folder / "review.db").stat().st_size == 0:
        return 0
    with Review.open(folder) as review:
        return review.log.head[0]
