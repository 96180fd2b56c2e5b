"""The draft of the protocol, written by a page in the place of an editor."""

from __future__ import annotations

from asreview_mc.core.errors import OutputError
from asreview_mc.core.protocol_file import parse
from asreview_mc.project.review import PROTOCOL, Review


def draft_text(review: Review) -> str:
    """Return ``protocol.toml`` as it stands, valid or not; the accepted one where the file is missing or not UTF-8."""
    try:
        return (review.folder / PROTOCOL).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return review.protocol.text


def save_draft(review: Review, text: str) -> None:
    """Make `text` the draft; it holds only once it is accepted.

    Raises
    ------
    ProtocolError
        If it does not parse; the file is left as it was.
    OutputError
        If it cannot be written.
    """
    parse(text, where=PROTOCOL)
    part = review.folder / f".{PROTOCOL}.part"
    try:
        part.write_text(text, "utf-8", newline="\n")
        part.replace(review.folder / PROTOCOL)
    except OSError as error:
        raise OutputError(f"cannot be written ({error.strerror})", where=PROTOCOL) from None
