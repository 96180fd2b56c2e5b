"""Who may sign in: passwords, invitations, tokens and preferences, in a file of their own that no export holds."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from asreview_mc.core.errors import DecisionError, ProjectError

ACCOUNTS = "accounts.json"
INVITATION_DAYS = 7
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024
_SECRET_BYTES = 32


class Accounts:
    """The file of accounts of one review; readable by its owner only, written whole or not at all.

    It holds digests of passwords (argon2id), invitations and tokens (sha256 of 32 random bytes), never these
    themselves.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ACCOUNTS
        self._lock = threading.Lock()
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())
        with self._changing() as kept:
            kept.setdefault("secret", secrets.token_hex(_SECRET_BYTES))
            kept.setdefault("people", {})

    @property
    def secret(self) -> str:
        """What cookies are signed with."""
        return str(self._read()["secret"])

    def has_password(self, name: str) -> bool:
        """Whether somebody has taken up their invitation."""
        return "password" in self._person(name)

    def invite(self, name: str) -> str:
        """Return a new invitation for somebody, good once and for `INVITATION_DAYS`; an older one ends with it."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._changing() as kept:
            person = kept["people"].setdefault(name, {})
            person["invitation"] = {"digest": _digest(token), "until": time.time() + INVITATION_DAYS * 86_400}
        return token

    def invited(self, token: str) -> str | None:
        """Return whom an invitation is for, None where it is none or has ended."""
        digest = _digest(token)
        for name, person in self._read()["people"].items():
            invitation = person.get("invitation")
            if (
                invitation
                and secrets.compare_digest(invitation["digest"], digest)
                and time.time() < invitation["until"]
            ):
                return str(name)
        return None

    def take_up(self, token: str, password: str) -> str:
        """Set the password of whom an invitation is for, end the invitation and every session, and return the name.

        Raises
        ------
        DecisionError
            If the invitation has ended, or the password is too short or too long.
        """
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise DecisionError(
                f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
                remedy="A few words in a row are easy to remember and hard to guess",
            )
        hashed = self._hasher.hash(password)
        with self._changing() as kept:
            name = self.invited(token)
            if name is None:
                raise DecisionError("this invitation has ended", remedy="Ask the owner of the review for another")
            person = kept["people"][name]
            del person["invitation"]
            person["password"] = hashed
            person["epoch"] = person.get("epoch", 0) + 1
        return name

    def signs_in(self, name: str, password: str) -> bool:
        """Whether a password is right; takes as long for somebody who has none."""
        known = self._person(name).get("password")
        try:
            return self._hasher.verify(known or self._nobody, password[:LONGEST_PASSWORD]) and known is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def epoch(self, name: str) -> int:
        """Return the number that a session of somebody must carry; it changes when all are to end."""
        return int(self._person(name).get("epoch", 0))

    def sign_out_everywhere(self, name: str) -> None:
        """End every session of somebody."""
        with self._changing() as kept:
            person = kept["people"].setdefault(name, {})
            person["epoch"] = person.get("epoch", 0) + 1

    def new_token(self, name: str, label: str) -> str:
        """Return a new token by which a script may act as somebody."""
        token = secrets.token_urlsafe(_SECRET_BYTES)
        with self._changing() as kept:
            tokens = kept["people"].setdefault(name, {}).setdefault("tokens", [])
            tokens.append({"digest": _digest(token), "label": label[:60], "made": time.strftime("%Y-%m-%d")})
        return token

    def tokens(self, name: str) -> list[dict[str, str]]:
        """Return label and day of each token of somebody, in the order in which they were made."""
        return [{"label": one["label"], "made": one["made"]} for one in self._person(name).get("tokens", [])]

    def end_token(self, name: str, place: int) -> None:
        """End the token of somebody at a place in `tokens`; nothing happens where there is none."""
        with self._changing() as kept:
            tokens = kept["people"].get(name, {}).get("tokens", [])
            if 0 <= place < len(tokens):
                del tokens[place]

    def token_of(self, token: str) -> str | None:
        """Return whose a token is, None where it is nobody's."""
        digest = _digest(token)
        for name, person in self._read()["people"].items():
            if any(secrets.compare_digest(one["digest"], digest) for one in person.get("tokens", [])):
                return str(name)
        return None

    def preferences(self, name: str) -> dict[str, Any]:
        """Return what somebody has set for themselves."""
        return dict(self._person(name).get("preferences", {}))

    def prefer(self, name: str, values: dict[str, Any]) -> None:
        """Keep what somebody sets for themselves."""
        with self._changing() as kept:
            kept["people"].setdefault(name, {})["preferences"] = values

    # -- the file -----------------------------------------------------------------------------------------------

    def _person(self, name: str) -> dict[str, Any]:
        return dict(self._read()["people"].get(name, {}))

    def _read(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._path.read_text("utf-8")))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ProjectError(
                f"the accounts cannot be read ({error})",
                where=str(self._path),
                remedy="Move the file away and invite everybody again; no decision is in it",
            ) from None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        with self._lock:
            kept = self._read()
            yield kept
            part = self._path.with_suffix(".part")
            try:
                with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
                    json.dump(kept, file, indent=1)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(self._path)
            except OSError as error:
                raise ProjectError(
                    f"the accounts cannot be written ({error.strerror})", where=str(self._path)
                ) from None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
