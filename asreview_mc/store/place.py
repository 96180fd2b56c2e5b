"""Where a database lies: on this machine's own disk, or where SQLite's locks and its WAL cannot be trusted.

A write-ahead log needs memory that all processes share, which a network share has not (https://sqlite.org/wal.html),
and a program that synchronises folders copies the database and its log one after the other, so that the copy may be
torn.
"""

from __future__ import annotations

from pathlib import Path

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = frozenset(
    [
        *("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "gpfs", "lustre", "ncpfs", "smb2", "smb3", "smbfs"),
        *("nfs", "nfs3", "nfs4", "fuse.davfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    ]
)
_SYNCHRONISED = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "icloud drive": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
    "pcloud": "pCloud",
    "box sync": "Box",
}


def shared_by(path: Path) -> str:
    r"""Return what shares the folder of `path` with other machines, in a few words, or ``""`` where nothing seems to.

    Known are network file systems where the system lists its mounts, Windows shares by their ``\\server\share`` form,
    and the folders of programs that synchronise by their usual names.
    """
    place = path.expanduser().resolve()
    if str(place).startswith("\\\\"):
        return "a network share"
    kind = _mounted_as(place)
    if kind in _NETWORK:
        return f"a network share ({kind})"
    for part in place.parts:
        name = part.lower()
        for sign, program in _SYNCHRONISED.items():
            if name == sign or name.startswith((f"{sign} ", f"{sign}-", f"{sign}_")):
                return f"a folder that {program} synchronises"
    return ""


def _mounted_as(place: Path) -> str:
    """Return the type of the file system that `place` is on, ``""`` where the system does not say."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    found = ("", "")
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        mount = fields[1].replace("\\040", " ")
        if place.is_relative_to(mount) and len(mount) >= len(found[0]):
            found = (mount, fields[2])
    return found[1]
