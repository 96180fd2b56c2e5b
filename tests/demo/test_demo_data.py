"""The data of the demonstration review: what the committed files hold, and that they can be made again."""

from __future__ import annotations

import csv
import itertools
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
import rispy

from asreview_mc.core.protocol_file import parse, template
from asreview_mc.core.record import bare_doi

ROOT = Path(__file__).parents[2]
DATA = ROOT / "asreview_mc" / "demo" / "data"
SOURCE = ROOT.parent / "shared" / "data" / "microcred" / "dev.jsonl"
MADE = ("ebscohost.ris", "taylor-francis.ris", "springerlink.csv", "decisions.csv", "topics.csv")
SPRINGER_HEADER = (
    "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,Publication Year,URL,"
    "Content Type"
)
PROTOCOL = parse(template("micro-credentials"))
EXPECTED = {
    "identified: EBSCOhost": 103,
    "identified: Taylor & Francis": 66,
    "identified: SpringerLink": 40,
    "identified": 209,
    "duplicates removed": 87,
    "screened": 122,
    "conflicts at title and abstract": 15,
    "excluded at title and abstract": 27,
    "assessed at full text": 95,
    "conflicts at full text": 11,
    "reason conflicts at full text": 0,
    "excluded: publication_type": 51,
    "excluded: setting": 4,
    "excluded: study_design": 0,
    "included": 40,
}


class Entry(NamedTuple):
    """One record of one export; `author` is empty where a run-together column hides the first family name."""

    base: str
    title: str
    doi: str
    year: str
    author: str
    abstract: str


def letters(text: str) -> str:
    """Return letters and digits of `text`, NFKC, in folded case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def references(name: str) -> list[dict]:
    with (DATA / name).open(encoding="utf-8") as file:
        return rispy.load(file)


def ris_entry(base: str, item: dict) -> Entry:
    title = item.get("title") or item["primary_title"]
    year = str(item.get("year") or item.get("publication_year", "")).strip("/")
    author = (item.get("authors") or [""])[0].split(",")[0]
    abstract = item.get("abstract") or item.get("notes_abstract", "")
    return Entry(base, letters(title), bare_doi(item.get("doi", "")), year, letters(author), abstract)


def springer_entry(row: dict[str, str]) -> Entry:
    hidden = re.search(r"[a-z.’][A-Z]", row["Authors"]) or not row["Authors"]
    author = "" if hidden else letters(row["Authors"].split()[-1])
    return Entry(
        "SpringerLink", letters(row["Item Title"]), bare_doi(row["Item DOI"]), row["Publication Year"], author, ""
    )


def read() -> list[Entry]:
    entries = [ris_entry("EBSCOhost", item) for item in references("ebscohost.ris")]
    entries += [ris_entry("Taylor & Francis", item) for item in references("taylor-francis.ris")]
    return entries + [springer_entry(row) for row in table("springerlink.csv")]


ENTRIES = read()
DECISIONS = table("decisions.csv")
TOPICS = table("topics.csv")


def certain(one: Entry, other: Entry) -> bool:
    """Say whether two entries are duplicates: same DOI, or same title, year and first author, none of them empty."""
    if one.doi and one.doi == other.doi:
        return True
    facts = (one.title, one.year, one.author)
    return facts == (other.title, other.year, other.author) and all(facts)


def flow() -> dict[str, int]:
    """Fold the recorded decisions: two wanted, a maybe or two answers make a conflict, settlements stand."""
    answers: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in DECISIONS:
        answers[row["stage"], letters(row["title"])][row["reviewer"]] = (row["decision"], row["reason"])
    counts: Counter[str] = Counter({f"identified: {entry.base}": 0 for entry in ENTRIES})
    counts.update(f"identified: {entry.base}" for entry in ENTRIES)
    titles = sorted({entry.title for entry in ENTRIES})
    counts |= Counter({"identified": len(ENTRIES), "screened": len(titles)})
    counts["duplicates removed"] = len(ENTRIES) - len(titles)
    for title in titles:
        given = answers["abstract", title]
        pair = {given["R1"][0], given["R2"][0]}
        conflict = len(pair) > 1 or pair == {"maybe"}
        counts["conflicts at title and abstract"] += conflict
        stands = given["single_reader"][0] if conflict else given["R1"][0]
        counts["excluded at title and abstract"] += stands == "exclude"
        if stands == "include":
            counts["assessed at full text"] += 1
            count_full_text(answers["fulltext", title], counts)
    return {step: counts[step] for step in EXPECTED}


def count_full_text(given: dict[str, tuple[str, str]], counts: Counter[str]) -> None:
    pair = {given["R1"], given["R2"]}
    verdicts = {decision for decision, _ in pair}
    reasons_differ = verdicts == {"exclude"} and len(pair) > 1
    conflict = len(verdicts) > 1 or "maybe" in verdicts
    counts["conflicts at full text"] += conflict
    counts["reason conflicts at full text"] += reasons_differ
    decision, reason = given["single_reader"] if conflict or reasons_differ else given["R1"]
    counts["included" if decision == "include" else f"excluded: {reason}"] += 1


def test_the_flow_is_as_stated():
    """The committed files give the expected numbers, and the sums of the flow close."""
    found = flow()
    assert found == EXPECTED
    excluded = sum(n for step, n in found.items() if step.startswith("excluded: "))
    assert found["identified"] - found["duplicates removed"] == found["screened"]
    assert found["screened"] - found["excluded at title and abstract"] == found["assessed at full text"]
    assert found["assessed at full text"] - excluded == found["included"]


def test_the_readme_states_the_flow():
    """The table in the data's README is the flow that the files give."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-zA-Z&:_ ]+?) \| (\d+) \|$", text, re.MULTILINE)
    assert {step: int(n) for step, n in rows} == EXPECTED


def test_duplicates_are_certain_and_nothing_else_is():
    """Two entries are duplicates by the rule exactly when they are of one publication, without any chain."""
    for one, other in itertools.combinations(ENTRIES, 2):
        assert certain(one, other) == (one.title == other.title), (one, other)


def test_copies_agree_on_the_doi():
    """A publication has one DOI at most, however many databases list it."""
    dois: dict[str, set[str]] = defaultdict(set)
    for entry in ENTRIES:
        dois[entry.title] |= {entry.doi} - {""}
    assert max(map(len, dois.values())) == 1


def test_no_database_lists_a_publication_twice():
    """Duplicates are between databases only."""
    assert max(Counter((entry.base, entry.title) for entry in ENTRIES).values()) == 1


def test_databases_overlap_in_every_way():
    """Every two databases share publications, some are in all three, and duplicates need both parts of the rule."""
    held: dict[str, set[str]] = defaultdict(set)
    for entry in ENTRIES:
        held[entry.title].add(entry.base)
    sizes = Counter(len(bases) for bases in held.values())
    assert sizes == {1: 54, 2: 49, 3: 19}
    pairs = Counter(pair for bases in held.values() for pair in itertools.combinations(sorted(bases), 2))
    assert len(pairs) == 3
    assert min(pairs.values()) >= 20
    twins = [(a, b) for a, b in itertools.combinations(ENTRIES, 2) if a.title == b.title]
    by_doi = sum(bool(a.doi and b.doi) for a, b in twins)
    assert by_doi >= 40
    assert len(twins) - by_doi >= 40


def test_few_records_lack_an_abstract():
    """Only what SpringerLink alone lists has no abstract: at most six, and the raters agree on those."""
    without = {entry.title for entry in ENTRIES} - {entry.title for entry in ENTRIES if entry.abstract}
    assert 1 <= len(without) <= 6
    rated: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for row in DECISIONS:
        rated[letters(row["title"]), row["stage"]].add((row["decision"], row["reason"]))
    assert all(len(given) == 1 for (title, _), given in rated.items() if title in without)


@pytest.mark.parametrize("name", ["ebscohost.ris", "taylor-francis.ris"])
def test_ris_is_well_formed(name):
    """Every line is a tagged one or blank, each record opens with TY and closes with ER, and rispy reads all."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines if line)
    ends = [line[:2] for line in lines if line[:2] in ("TY", "ER")]
    assert ends == ["TY", "ER"] * (len(ends) // 2)
    assert not [line for line in lines if line.endswith("  - ") and not line.startswith("ER")]
    assert len(references(name)) == len(ends) // 2


def test_tags_are_those_of_each_database():
    """EBSCOhost says TI, AB and PY where Taylor & Francis says T1, N2 and Y1."""
    tags = {name: set(re.findall(r"^(\w\w)  - ", (DATA / name).read_text(encoding="utf-8"), re.M)) for name in MADE[:2]}
    assert tags["ebscohost.ris"] >= {"TY", "AU", "TI", "AB", "PY", "DA", "JF", "DO", "UR", "KW", "N1", "DB", "DP", "ER"}
    assert tags["taylor-francis.ris"] >= {"TY", "T1", "AU", "Y1", "N2", "JF", "DO", "UR", "PB", "ER"}
    assert not tags["ebscohost.ris"] & {"T1", "N2", "Y1"}
    assert not tags["taylor-francis.ris"] & {"TI", "AB", "PY"}


def test_dois_come_in_every_dress():
    """DOIs are bare, in upper case, an address, or absent where another database has them."""
    plain = [item.get("doi", "") for item in references("ebscohost.ris")]
    assert any(doi != doi.lower() and doi == doi.upper() for doi in plain)
    assert any(item.get("doi", "").startswith("https://doi.org/") for item in references("taylor-francis.ris"))
    known = {entry.title for entry in ENTRIES if entry.doi}
    assert sum(entry.title in known and not entry.doi for entry in ENTRIES) >= 5


def test_springerlink_has_its_own_header_and_glued_authors():
    """The CSV has SpringerLink's ten columns, no invented volume or issue, and names without a separator."""
    first = (DATA / "springerlink.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first.replace('"', "") == SPRINGER_HEADER
    rows = table("springerlink.csv")
    assert not any(row["Journal Volume"] or row["Journal Issue"] or row["Book Series Title"] for row in rows)
    assert any(row["Authors"] == "Leesa WheelahanGavin Moodie" for row in rows)
    assert {row["Content Type"] for row in rows} <= {"Article", "Chapter", "Conference Paper"}


def test_every_answer_finds_its_record():
    """Each row of decisions and topics finds one publication by title, and the same one by DOI where it has one."""
    by_doi = {entry.doi: entry.title for entry in ENTRIES if entry.doi}
    titles = {entry.title for entry in ENTRIES}
    for row in [*DECISIONS, *TOPICS]:
        assert letters(row["title"]) in titles
        assert row["doi"] == bare_doi(row["doi"])
        assert not row["doi"] or by_doi[row["doi"]] == letters(row["title"])


def test_answers_are_complete_and_single():
    """Both raters answer every record at title and abstract; nobody answers twice at one stage."""
    keys = Counter((row["stage"], row["reviewer"], letters(row["title"])) for row in DECISIONS)
    assert set(keys.values()) == {1}
    titles = {entry.title for entry in ENTRIES}
    for reviewer in PROTOCOL.names:
        assert {title for stage, name, title in keys if (stage, name) == ("abstract", reviewer)} == titles


def test_answers_use_the_protocols_words():
    """Reviewers, decisions, full-text reasons and sub-topics are those of the micro-credentials template."""
    assert {row["reviewer"] for row in DECISIONS} == {*PROTOCOL.names, "single_reader"}
    assert {row["reviewer"] for row in TOPICS} == set(PROTOCOL.names)
    closed = {reason.code for reason in PROTOCOL.reasons}
    for row in DECISIONS:
        assert row["decision"] in ("include", "exclude", "maybe")
        assert bool(row["reason"]) == (row["decision"] == "exclude")
        if row["reason"]:
            assert (row["reason"] in closed) == (row["stage"] == "fulltext"), row
    assert {code for row in TOPICS for code in row["codes"].split(";")} == {card.code for card in PROTOCOL.cards}


def test_settlements_are_decided_and_marked():
    """A settlement is never a maybe and says that it was recorded for the demonstration."""
    settled = [row for row in DECISIONS if row["reviewer"] == "single_reader"]
    assert Counter(row["stage"] for row in settled) == {
        "abstract": EXPECTED["conflicts at title and abstract"],
        "fulltext": EXPECTED["conflicts at full text"],
    }
    assert all(row["decision"] != "maybe" and "recorded for the demonstration" in row["note"] for row in settled)


def test_nothing_pretends_to_be_a_real_download():
    """Every RIS record says that it is simulated and whose words its abstract is; the README says where all is from."""
    for name in MADE[:2]:
        for item in references(name):
            note = " ".join(item["notes"])
            assert "simulated" in note.lower()
            assert "abstract in our own words" in note or "abstract inferred from the title" in note
    assert {item["name_of_database"] for item in references("ebscohost.ris")} == {"EBSCOhost (simulated)"}
    text = " ".join((DATA / "README.md").read_text(encoding="utf-8").split())
    for statement in ("is simulated", "in our own words", "language models", "they are not people"):
        assert statement in text


def test_no_bibliographic_fact_is_invented():
    """No export has a volume, an issue, pages, an ISSN or a date beyond the year."""
    for name in MADE[:2]:
        text = (DATA / name).read_text(encoding="utf-8")
        assert not re.search(r"^(VL|IS|SP|EP|SN|AD)  - ", text, re.MULTILINE)
        assert all(re.fullmatch(r"\d{4}//+", date) for date in re.findall(r"^(?:DA|Y1)  - (.*)$", text, re.MULTILINE))


def test_the_data_are_small():
    """All files together stay under 500 kB."""
    assert sum(path.stat().st_size for path in DATA.iterdir() if path.is_file()) < 500_000


@pytest.mark.skipif(not SOURCE.exists(), reason="needs shared/data/microcred/dev.jsonl beside the repository")
def test_the_generator_makes_the_committed_files(tmp_path):
    """Running the generator again gives the committed files byte for byte, whatever the hash seed."""
    script = ROOT / "benchmarks" / "make_demo_data.py"
    quiet = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, str(script), str(SOURCE), str(tmp_path)], check=True, env=quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(MADE)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
