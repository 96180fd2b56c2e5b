"""Decisions made elsewhere: matched to records, never replacing what stands here, and nothing dropped in silence."""

import pytest

from asreview_mc.core.errors import DecisionError, ReadError, UnknownError
from asreview_mc.project import gather, reporting, screen
from asreview_mc.project.imported import import_decisions

IDS = [f"r{k:06d}" for k in range(1, 7)]


def said(review, reviewer="R2", stage="abstract"):
    found = {}
    for record_id in IDS:
        one = review.state.last_decision(stage, reviewer, record_id)
        if one:
            found[record_id] = (one.decision, one.reason, one.note)
    return found


def table(tmp_path, *lines, name="decisions.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_table_is_matched_by_id_doi_or_title(review, tmp_path):
    """Rows that find no record, or a record that cannot be decided so, are listed with the reason."""
    path = table(
        tmp_path,
        "record_id,title,year,decision,exclusion reason,comment",
        "r000001,,,Included,,by id",
        ",MICRO-CREDENTIALS AND EMPLOYABILITY.,2002,no,wrong setting,",
        "r000006,A survey of soil bacteria,,0,,the id is another review's",
        ",Nobody's paper,1999,include,,",
        ",Open badges for university teachers,,,,",
        ",Stackable credentials in colleges,,maybe,,",
    )
    found = import_decisions(review, path, "R2")
    assert (found.read, found.matched, found.decided, found.silent) == (6, 4, 4, 1)
    assert [(one.position, one.title) for one in found.unmatched] == [("row 4", "Nobody's paper")]
    assert said(review) == {
        IDS[0]: ("include", "", "by id"),
        IDS[1]: ("exclude", "setting", ""),
        IDS[2]: ("exclude", "", "the id is another review's"),
        IDS[4]: ("maybe", "", ""),
    }
    assert {one.event.imported for one in review.log.events(kinds=["decided"])} == {"decisions.csv"}


def test_what_stands_here_is_never_replaced(review, tmp_path):
    """The same is no second event, another is listed; so are two rows that contradict each other."""
    screen.decide(review, IDS[0], "include", "R2")
    screen.decide(review, IDS[1], "include", "R2")
    path = table(
        tmp_path,
        "record_id,title,decision",
        "r000001,,include",
        "r000002,,exclude",
        "r000003,,exclude",
        "r000003,,include",
    )
    found = import_decisions(review, path, "R2")
    assert (found.matched, found.decided, found.unmatched) == (2, 1, ())
    assert [one.why for one in found.refused] == [
        "r000002 is decided on here as include, and is exclude in this row",
        "r000003 is decided on in another row as exclude, and is include in this row",
    ]
    assert import_decisions(review, path, "R2").decided == 0


def test_an_id_is_enough_to_match_by(review, tmp_path):
    """A table that describes no record is no import of references, but names those that it decides on."""
    path = table(tmp_path, "record_id;decision", "r000002;include", "r999999;include")
    found = import_decisions(review, path, "R1")
    assert said(review, "R1") == {IDS[1]: ("include", "", "")}
    assert [one.why for one in found.unmatched] == ["no record has its id, DOI, PMID or title"]
    with pytest.raises(ReadError, match="no title, abstract or DOI column"):
        gather.add(review, [path], source="Scopus")


def test_rayyan_keeps_them_in_a_note(review, tmp_path):
    """One person's of several, with the reasons it names; who is meant must be clear."""
    both = '"{""Ana""=>""Included"", ""Bo Li""=>""Excluded""}"'.replace('"{', "").replace('}"', "")
    notes = (
        f'"RAYYAN-INCLUSION: {{{both}}} | RAYYAN-LABELS: x"',
        '"RAYYAN-INCLUSION: {""Bo Li""=>""Maybe""}"',
        '"RAYYAN-INCLUSION: {""Bo Li""=>""Excluded""} | RAYYAN-EXCLUSION-REASONS: wrong setting"',
    )
    titles = ("Digital badges in higher education", "Micro-credentials and employability", "A survey of soil bacteria")
    path = table(
        tmp_path, "key,title,year,notes", *(f"{k},{t},,{n}" for k, (t, n) in enumerate(zip(titles, notes, strict=True)))
    )
    with pytest.raises(UnknownError, match=r"decisions of Ana, Bo Li.*--named"):
        import_decisions(review, path, "R2")
    import_decisions(review, path, "R2", named="bo li")
    assert {one: decision for one, (decision, _, _) in said(review).items()} == {
        IDS[0]: "exclude",
        IDS[1]: "maybe",
        IDS[2]: "exclude",
    }
    assert said(review)[IDS[2]][1] == "setting"
    import_decisions(review, path, "R1", named="Ana")
    assert list(said(review, "R1")) == [IDS[0]]


def test_covidence_exports_one_list_per_outcome(review, tmp_path):
    """The decision is the list's; at full text the note names the reason, and one without is listed."""
    for record_id in IDS[:2]:
        for name in ("R1", "R2"):
            screen.decide(review, record_id, "include", name)
    path = table(
        tmp_path,
        "Title,Authors,Published Year,Notes,Covidence #",
        "Digital badges in higher education,Author 1,2001,Exclusion reason: Wrong setting;,#1",
        "Micro-credentials and employability,Author 2,2002,,#2",
        "A survey of soil bacteria,Author 3,2003,Exclusion reason: Wrong setting;,#3",
    )
    with pytest.raises(ReadError, match="--every"):
        import_decisions(review, path, "R2", stage="fulltext")
    found = import_decisions(review, path, "R2", stage="fulltext", every="exclude")
    assert said(review, stage="fulltext") == {IDS[0]: ("exclude", "setting", "")}
    assert [one.why.split(". ")[0] for one in found.refused] == [
        "r000002: a full text is excluded for exactly one reason",
        "r000003: has not passed title and abstract",
    ]


def test_our_own_export_comes_back(review, tmp_path, encoder):
    """Each reviewer's decisions from the column that bears their name."""
    screen.decide(review, IDS[0], "include", "R1")
    screen.decide(review, IDS[0], "exclude", "R2", reason="setting", note="a note")
    path = tmp_path / "all.csv"
    reporting.export(review, path, what="all", viewer=None)
    for name in ("R1", "R2"):
        screen.undo(review, name)
        import_decisions(review, path, name)
    assert {name: said(review, name)[IDS[0]][0] for name in ("R1", "R2")} == {"R1": "include", "R2": "exclude"}


def test_it_is_all_or_nothing_and_only_for_those_who_decide(review, tmp_path):
    """Nothing is logged where the file says nothing, or the person is unknown."""
    head = review.head
    with pytest.raises(ReadError, match="says nowhere"):
        import_decisions(review, table(tmp_path, "title,decision", "Digital badges in higher education,perhaps"), "R2")
    with pytest.raises(UnknownError, match="Mallory"):
        import_decisions(review, tmp_path / "decisions.csv", "Mallory")
    with pytest.raises(UnknownError, match="no decision"):
        import_decisions(review, tmp_path / "decisions.csv", "R2", every="perhaps")
    assert review.head == head


def test_labels_of_asreview_projects(review, shared_data, tmp_path):
    """Version 2 and 3: every label of the file is matched or listed."""
    files = sorted(shared_data.rglob("*.asreview"))
    if not files:
        pytest.skip("shared/data holds no .asreview file")
    for file in files[:2]:
        found = import_decisions(review, file, "R2")
        assert found.read == found.matched + found.silent + len(found.refused) + len(found.unmatched)
        assert found.unmatched


def test_a_stage_that_is_closed_takes_none(review, tmp_path):
    """The rows are listed, the log is as it was."""
    from asreview_mc.project import stages

    stages.close(review, "abstract", "R1")
    found = import_decisions(review, table(tmp_path, "record_id,title,decision", "r000001,,include"), "R2")
    assert (found.decided, "was closed" in found.refused[0].why) == (0, True)
    with pytest.raises(DecisionError, match="closed already"):
        stages.close(review, "abstract", "R1")
