"""`stop` as a user runs it."""

from asreview_mc.learn.stop.heuristics import Quiet


def test_stop_answers_in_words_and_as_json(run, project):
    """The keys that scripts rely on."""
    for name in ("R1", "R2"):
        assert run("decide", "r000001", "include", "--reviewer", name).code == 0
    answer = run("stop", "--json").json
    assert (answer["n_read"], answer["n_records"], answer["found"]) == (1, 6, 1)
    assert {"name", "chosen", "kind", "stop", "evidence", "cost", "source"} <= set(answer["rules"][0])
    assert {one["kind"] for one in answer["rules"]} == {"certificate", "estimate", "heuristic"}
    words = run("stop").out
    assert "1 of 6 records read" in words and "No rule was chosen beforehand" in words
    assert "no answer, because" in words


def test_a_second_look_is_drawn(run, project, monkeypatch):
    """By name, and not before the end of reading."""
    for name in ("R1", "R2"):
        assert run("decide", "r000001", "include", "--reviewer", name).code == 0
    early = run("stop", "--second-look", "--as", "R1")
    assert early.code == 1 and "of no use with 1 relevant" in early.err
    monkeypatch.setattr(Quiet, "by_buscar_alone", lambda *_: False)
    assert "too early" in run("stop", "--second-look", "--as", "R1").err
    monkeypatch.setattr(Quiet, "look_from", lambda *_: 0)
    assert run("stop", "--second-look").code == 1
    assert run("stop", "--second-look", "--draw", "2", "--as", "R1").code == 2
    assert run("stop", "--control", "--as", "R1").code == 2
    assert run("stop", "--second-look", "--as", "R1", "--json").json["seq"]
    assert "5 drawn records are still to be read" in run("stop").out


def test_a_sample_is_drawn_and_advice_given(run, project):
    """Both before anything was read."""
    assert run("stop", "--draw", "2").code == 1
    drawn = run("stop", "--draw", "2", "--seed", "4", "--as", "R1", "--json").json
    assert (drawn["records"], drawn["seed"]) == (2, 4)
    assert "perfect ranking" in run("stop", "--advice").out
    assert isinstance(run("stop", "--advice", "--json").json["advice"], list)
    assert run("stop", "--rule", "crystal-ball").code == 1
    assert run("stop", "--stage", "lunch").code == 1
