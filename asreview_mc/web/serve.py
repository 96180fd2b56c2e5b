"""Serving the page: where it listens, who may reach it, and what it refuses to do without TLS."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asreview_mc.core.errors import OutputError
from asreview_mc.project.review import Review
from asreview_mc.web.accounts import Accounts
from asreview_mc.web.app import create_app
from asreview_mc.web.house import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page is served, as asked for on the command line.

    Attributes
    ----------
    names : tuple of str
        Names under which colleagues reach this machine; needed where `host` stands for all its addresses.
    behind_proxy : bool
        A server in front of this one, on the same machine, speaks TLS to the browsers.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    team: bool = False
    names: tuple[str, ...] = ()
    certfile: Path | None = None
    keyfile: Path | None = None
    behind_proxy: bool = False

    def settings(self) -> Settings:
        """Return how the application is to be made.

        Raises
        ------
        OutputError
            If browsers would reach it in a way that is not safe.
        """
        self._check()
        local = _is_loopback(self.host)
        secure = self.certfile is not None or self.behind_proxy
        names = [*self.names, *([] if _is_any(self.host) else [self.host])] or [socket.getfqdn()]
        shown = f"[{names[0]}]" if ":" in names[0] else names[0]
        port = "" if self.behind_proxy else f":{self.port}"
        address = f"{'https' if secure else 'http'}://{shown}{port}"
        return Settings(self.team, address, (*names, *(LOOPBACK if local else ())))

    def _check(self) -> None:
        if bool(self.certfile) != bool(self.keyfile):
            raise OutputError("TLS needs both a certificate and its key", where="--certfile, --keyfile")
        for option, path in (("--certfile", self.certfile), ("--keyfile", self.keyfile)):
            if path and not path.is_file():
                raise OutputError("there is no such file", where=f"{option} {path}")
        if self.behind_proxy and not self.names:
            raise OutputError(
                "behind a proxy the page must know its own name", where="--behind-proxy", remedy="Give --name HOST"
            )
        if _is_loopback(self.host):
            return
        if not self.team:
            raise OutputError(
                "without --team the page asks nobody for a password, so that it opens on this machine alone",
                where=f"--host {self.host}",
                remedy="Add --team, or leave --host out",
            )
        if not self.certfile and not self.behind_proxy:
            raise OutputError(
                "passwords would cross the network in the clear",
                where=f"--host {self.host}",
                remedy="Give --certfile and --keyfile, or --behind-proxy where a server in front speaks TLS",
            )


def serve(folder: Path, place: Place, tell: Callable[[str], None], *, invite: Sequence[str] = ()) -> None:
    """Serve the page of the review in `folder` until it is interrupted.

    Parameters
    ----------
    tell : callable
        Called with each line for whoever started it: the address, and invitations.
    invite : sequence of str
        Names to make an invitation for; in a team those who lead get one anyway while they have no password.

    Raises
    ------
    OutputError
        If the address is taken, or browsers would reach it in a way that is not safe.
    UnknownError
        If somebody to invite is not on the team.
    """
    import uvicorn

    settings = place.settings()
    app = create_app(folder, settings)
    with _listening(place) as sock:
        tell(f"The review is at {settings.address}/ (stop with Ctrl-C)")
        if settings.team:
            for line in _invitations(folder, settings, invite):
                tell(line)
        config = uvicorn.Config(
            app,
            log_level="warning",
            ssl_certfile=place.certfile,
            ssl_keyfile=place.keyfile,
            proxy_headers=place.behind_proxy,
            forwarded_allow_ips="127.0.0.1",
            server_header=False,
        )
        uvicorn.Server(config).run(sockets=[sock])


def _listening(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # Named TCP, for only then does asyncio send at once what else waits 40 ms for the other side's acknowledgement.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((place.host, place.port))
    except OSError as error:
        sock.close()
        raise OutputError(
            f"this address cannot be used ({error.strerror})",
            where=f"{place.host}:{place.port}",
            remedy="Choose another with --port",
        ) from None
    return sock


def _invitations(folder: Path, settings: Settings, invite: Sequence[str]) -> list[str]:
    with Review.open(folder) as review:
        protocol = review.protocol
    named = [protocol.reviewer(name).name for name in invite]
    accounts = Accounts(folder)
    present = [one for one in protocol.reviewers if not one.left]
    owners = [one.name for one in present if one.role == "owner"] or [one.name for one in present]
    named += [name for name in owners if not accounts.has_password(name) and name not in named]
    return [f"Invitation for {name}: {settings.address}/join/{accounts.invite(name)}" for name in named]


def _is_any(host: str) -> bool:
    return host in ("", "0.0.0.0", "::")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
