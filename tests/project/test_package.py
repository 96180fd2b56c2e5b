"""The replication package: out, and in again with the same numbers and the same head; nothing else gets in."""

import hashlib
import zipfile

import pytest

from asreview_mc.core.errors import AsreviewMCError, DecisionError, ReadError
from asreview_mc.project.package import unpack
from asreview_mc.project.reporting import export
from asreview_mc.project.screen import decide
from asreview_mc.report.counts import count


@pytest.fixture
def packed(review, tmp_path):
    for number in range(1, 7):
        for name in ("R1", "R2"):
            decide(review, f"r{number:06d}", "include" if number < 3 else "exclude", name)
    path = tmp_path / "review.zip"
    return path, export(review, path, what="all", viewer=None)


def rewritten(path, target, change):
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in old.namelist()}
    change(files)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in files.items():
            new.writestr(name, data)
    return target


def test_the_review_comes_back_whole(packed, review, tmp_path):
    path, said = packed
    with unpack(path, tmp_path / "again") as again:
        assert again.head == review.head == said["head"]
        assert count(again.state) == count(review.state)
        assert dict(again.records) == dict(review.records)
        assert again.log.verify(said["head"]).ok
        assert again.draft_note() is None
    assert said["written"] == 6


def test_pending_decisions_do_not_travel(review, tmp_path):
    decide(review, "r000001", "include", "R1")
    with pytest.raises(DecisionError, match="may not see yet"):
        export(review, tmp_path / "review.zip", what="all", viewer=None)
    assert not (tmp_path / "review.zip").exists()


def test_every_file_is_what_its_checksum_says(packed, tmp_path):
    with zipfile.ZipFile(packed[0]) as archive:
        sums = archive.read("SHA256SUMS").decode().splitlines()
        listed = {line.split("  ")[1]: line.split("  ")[0] for line in sums}
        assert set(listed) == set(archive.namelist()) - {"SHA256SUMS"}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == digest for name, digest in listed.items())


@pytest.mark.parametrize("name", ["../evil.txt", "/tmp/evil.txt", "a\\..\\b", "C:evil"])
def test_a_name_that_points_elsewhere_is_refused(packed, tmp_path, name):
    path = rewritten(packed[0], tmp_path / "evil.zip", lambda files: files.update({name: b"x"}))
    with pytest.raises(ReadError, match="points elsewhere"):
        unpack(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(packed, tmp_path, monkeypatch):
    monkeypatch.setattr("asreview_mc.project.package.LARGEST", 1_000_000)
    path = rewritten(packed[0], tmp_path / "bomb.zip", lambda files: files.update({"zeros": bytes(20_000_000)}))
    with pytest.raises(ReadError, match="would unpack to"):
        unpack(path, tmp_path / "again")


@pytest.mark.parametrize("name", ["log.jsonl", "records.jsonl", "protocol.toml", "results/report.html"])
def test_a_changed_file_is_refused(packed, tmp_path, name):
    path = rewritten(packed[0], tmp_path / "changed.zip", lambda files: files.update({name: files[name] + b" "}))
    with pytest.raises(ReadError, match="checksum"):
        unpack(path, tmp_path / "again")


def test_a_log_with_matching_checksums_but_another_history_is_refused(packed, tmp_path):
    def forge(files):
        files["log.jsonl"] = files["log.jsonl"].replace(b"exclude", b"include")
        sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items() if name != "SHA256SUMS")
        files["SHA256SUMS"] = "".join(sums).encode()

    path = rewritten(packed[0], tmp_path / "forged.zip", forge)
    with pytest.raises(AsreviewMCError, match="does not verify"):
        unpack(path, tmp_path / "again")
    assert not list((tmp_path / "again").iterdir())


def test_other_files_are_no_package(tmp_path):
    path = tmp_path / "no.zip"
    path.write_bytes(b"PK nothing")
    with pytest.raises(ReadError, match="no whole zip"):
        unpack(path, tmp_path / "again")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(ReadError, match="no replication package"):
        unpack(tmp_path / "other.zip", tmp_path / "again")
