"""Where a database must not lie is known by the mount and by the folder's name."""

import pytest

from asreview_mc.store import place


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("/mnt/team/review", "a network share (cifs)"),
        ("/mnt/team/inner/review", ""),
        ("/mnt/my share/review", "a network share (nfs4)"),
        ("/home/ana/Dropbox/review", "a folder that Dropbox synchronises"),
        ("/home/ana/OneDrive - University/review", "a folder that OneDrive synchronises"),
        ("/home/ana/dropbox notes.d/review", "a folder that Dropbox synchronises"),
        ("/home/ana/reviews/onedriver", ""),
        ("/home/ana/review", ""),
    ],
)
def test_shares_and_synchronised_folders_are_told(folder, said, tmp_path, monkeypatch):
    """The deepest mount counts; a name that only begins alike does not."""
    mounts = tmp_path / "mounts"
    lines = ["/dev/sda / ext4 rw", "//s/team /mnt/team cifs rw", "/dev/sdb /mnt/team/inner ext4 rw"]
    mounts.write_text("\n".join([*lines, "s:/x /mnt/my\\040share nfs4 rw", "odd"]) + "\n")
    monkeypatch.setattr(place, "_MOUNTS", mounts)
    assert place.shared_by(place.Path(folder)) == said


def test_a_system_that_lists_no_mounts_is_judged_by_names(tmp_path, monkeypatch):
    """Nothing is raised."""
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "none")
    assert place.shared_by(tmp_path) == ""
    assert "iCloud" in place.shared_by(tmp_path / "com~apple~CloudDocs" / "review")
