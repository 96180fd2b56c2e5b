"""How the page holds under a team: so many reviewers, each deciding once a second, on a large review.

::

    python benchmarks/web_load.py                             # 100,000 records, 20 reviewers, 60 s: some minutes
    python benchmarks/web_load.py --records 2000 --seconds 10

The review is made of seeded text, with decisions on a tenth of its records from before. It is served on the loopback
address as a user would serve it, in processes of its own; each reviewer is a thread with a token, who posts a decision
each second and then asks for the records to come, as the page's script does. The ranker works with the shipped model's
dimensions on vectors made by chance, put into a cache of this run's own, so that no hour goes into reading texts; it
fits, ranks and is asked anew throughout. `decide` is the time from a decision's first byte to its acknowledgement,
`next` that of the records to come. Every acknowledged decision is looked up in the log afterwards. `stale` is of how
many of one's decisions the order had not learnt when more records came. Memory is that of all the server's processes,
what they share counted once, at its highest in that time; `memory_first_gb` is the highest before, while the first
order is made. One more person loads the overview every five seconds.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import _rows
import numpy as np
import psutil

from asreview_mc.core.event import Decided, ReferencesRead
from asreview_mc.core.record import Record
from asreview_mc.learn.cache import CachedEncoder
from asreview_mc.learn.encode import DEFAULT_WIDTH, SentenceEncoder
from asreview_mc.project.jobs import Bench
from asreview_mc.project.ranking import gather_pool
from asreview_mc.project.review import Review
from asreview_mc.web.accounts import Accounts

PROMISED = {"decide_p95": 0.15, "memory_gb": 2.0, "lost": 0}
LONGEST_SECONDS = 120
WARM_UP_SECONDS = 400
ALREADY = 0.1
WORDS = 50_000


class ByChance:
    """An encoder of the shipped model's shape that reads nothing: each text has a seeded vector of its own."""

    def __init__(self, seed: int) -> None:
        self.fingerprint = SentenceEncoder().fingerprint
        self._rng = np.random.default_rng(seed)

    def encode(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        """Return unit rows."""
        rows = self._rng.standard_normal((len(texts), DEFAULT_WIDTH), dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def records(n: int, seed: int) -> list[Record]:
    """Return `n` records of 132 made-up words each, as often as Zipf's law has words of a language."""
    rng = np.random.default_rng(seed)
    letters = list("etaoinshrdlu")
    words = np.array(["".join(rng.choice(letters, rng.integers(3, 10))) for _ in range(WORDS)])
    share = 1.0 / np.arange(1, WORDS + 1)
    made = []
    for number, row in enumerate(rng.choice(WORDS, (n, 132), p=share / share.sum())):
        text = words[row]
        made.append(Record(title=" ".join(text[:12]), abstract=" ".join(text[12:]), year=1990 + number % 35))
    return made


def make(folder: Path, people: Sequence[str], n: int, seed: int) -> None:
    """Make the review: a team, `n` records, and two decisions on a tenth of them."""
    rng = random.Random(seed)
    with Review.create(folder, "micro-credentials") as review:
        path = review.folder / "protocol.toml"
        text = re.sub(r"\[\[reviewers\]\]\nname = .*\n", "", path.read_text("utf-8"))
        text += "".join(f'\n[[reviewers]]\nname = "{name}"\n' for name in people)
        path.write_text(text, "utf-8")
        review.accept_protocol(people[0], "the team of this benchmark")
        event = ReferencesRead("made.ris", "Scopus", "database", "ris", "utf-8", "0" * 64, n, n)
        review.log.append_reading(event, records(n, seed))
        review.log.append(
            Decided(f"r{number:06d}", "abstract", name, "include" if rng.random() < 0.05 else "exclude")
            for number in range(1, int(n * ALREADY) + 1)
            for name in rng.sample(list(people), 2)
        )
        Bench(review).measure()


def fill_cache(folder: Path, cache: Path, seed: int) -> None:
    """Put a vector for every text of the review into the cache."""
    with Review.open(folder) as review:
        gather_pool(review, encoder=CachedEncoder(ByChance(seed), cache))


@dataclass
class Seen:
    """What one reviewer saw: times in seconds, acknowledged decisions as (seq, record), refusals, and staleness."""

    decide: list[float] = field(default_factory=list)
    following: list[float] = field(default_factory=list)
    acknowledged: list[tuple[int, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)


class Reviewer:
    """One who decides once a second, as the page's script would have it."""

    def __init__(self, port: int, token: str, seed: int) -> None:
        self.seen = Seen()
        self._rng = random.Random(seed)
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._offers: list[dict[str, Any]] = []

    def ask(self, method: str, path: str, said: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Send a request and return its status and answer."""
        self._link.request(method, path, json.dumps(said) if said else None, self._headers)
        answer = self._link.getresponse()
        return answer.status, json.loads(answer.read())

    def look(self) -> int | None:
        """Fetch the records to come; return how many decisions the order has not learnt from, None where none is."""
        known = ",".join(one["record_id"] for one in self._offers)
        start = time.perf_counter()
        status, told = self.ask("GET", f"/api/next?n=3&besides={known}")
        self.seen.following.append(time.perf_counter() - start)
        if status != 200:
            self.seen.refused.append(f"next: {status} {told}")
            return None
        self._offers += told["offers"]
        stale: int | None = told["progress"]["stale"]
        self.seen.stale += [] if stale is None else [stale]
        return stale

    def run(self, until: float) -> None:
        """Decide once a second until a time, each second after one of one's own."""
        due = time.monotonic() + self._rng.random()
        while due < until:
            time.sleep(max(0.0, due - time.monotonic()))
            due += 1.0
            if self._offers:
                self._decide(self._offers.pop(0))
            if len(self._offers) < 3:
                self.look()

    def watch(self, until: float) -> None:
        """Load the overview every five seconds until a time."""
        while time.monotonic() < until:
            self._link.close()  # which the server would do as well, after so long a pause
            start = time.perf_counter()
            self._link.request("GET", "/", headers=self._headers)
            answer = self._link.getresponse()
            answer.read()
            self.seen.following.append(time.perf_counter() - start)
            if answer.status != 200:
                self.seen.refused.append(f"overview: {answer.status}")
            time.sleep(5.0)

    def _decide(self, offer: dict[str, Any]) -> None:
        decision = "include" if self._rng.random() < 0.1 else "exclude"
        said = {"record_id": offer["record_id"], "base": offer["base"], "decision": decision, "seconds": 1.0}
        start = time.perf_counter()
        status, told = self.ask("POST", "/api/decisions", said)
        self.seen.decide.append(time.perf_counter() - start)
        if status == 200:
            self.seen.acknowledged.append((told["seq"], offer["record_id"]))
        else:
            self.seen.refused.append(f"{offer['record_id']}: {status} {told}")


def load(
    people: Sequence[Reviewer], onlooker: Reviewer, seconds: float, server: psutil.Process
) -> tuple[float, float, float]:
    """Let all decide for so long; return seconds, highest memory (bytes) and the cores that rank and measure."""
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=one.run, args=(until,)) for one in people]
    threads.append(threading.Thread(target=onlooker.watch, args=(until,)))
    before, start, most = _busy(server), time.monotonic(), 0.0
    for one in threads:
        one.start()
    while any(one.is_alive() for one in threads):
        time.sleep(1.0)
        most = max(most, _memory(server))
    took = time.monotonic() - start
    return took, most, (_busy(server) - before) / took


def _memory(server: psutil.Process) -> float:
    """Return the memory of all processes of the server, what they share counted once, in bytes."""
    return float(sum(one.memory_full_info().pss for one in [server, *server.children(recursive=True)]))


def _busy(server: psutil.Process) -> float:
    """Return the seconds of processor that the server's own processes have had, the one that answers left out."""
    return sum(sum(one.cpu_times()[:2]) for one in server.children(recursive=True))


def lost(folder: Path, people: dict[str, Reviewer]) -> int:
    """Return how many acknowledged decisions the log does not hold under their number and name."""
    with Review.open(folder) as review:
        held = {one.seq: one.event for one in review.log.events(kinds=[Decided.kind])}
    missing = 0
    for name, one in people.items():
        for seq, record_id in one.seen.acknowledged:
            event = held.get(seq)
            there = isinstance(event, Decided) and (event.reviewer, event.record_id) == (name, record_id)
            missing += not there
    return missing


def measure(n: int, n_people: int, seconds: float, seed: int) -> dict[str, Any]:
    """Make the review, serve it, let the team at it, and return what came of it."""
    names = [f"P{number:02d}" for number in range(1, n_people + 1)]
    with tempfile.TemporaryDirectory() as scratch:
        folder, cache = Path(scratch) / "review", Path(scratch) / "cache"
        make(folder, names, n, seed)
        fill_cache(folder, cache, seed)
        print("made", file=sys.stderr)
        tokens = {name: Accounts(folder).new_token(name, "load") for name in names}
        port = _free_port()
        command = [sys.executable, "-m", "asreview_mc", "serve", "--project", str(folder), "--port", str(port)]
        environ = os.environ | {"ASREVIEW_MC_CACHE": str(cache)}
        with (Path(scratch) / "serve.log").open("w") as told:
            server = subprocess.Popen(command, stdout=told, stderr=told, env=environ)
        try:
            _wait_for(port, server)
            people = {name: Reviewer(port, tokens[name], seed + k) for k, name in enumerate(names)}
            first, memory_first = time.monotonic(), 0.0
            process = psutil.Process(server.pid)
            while people[names[0]].look() is None and time.monotonic() - first < WARM_UP_SECONDS:
                time.sleep(1.0)
                memory_first = max(memory_first, _memory(process))
            warmed = time.monotonic() - first
            for one in people.values():
                one.look()
                one.seen = Seen()
            onlooker = Reviewer(port, tokens[names[0]], seed)
            took, most, share = load(list(people.values()), onlooker, seconds, process)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        missing = lost(folder, people)
    seen = [one.seen for one in people.values()]
    refused = [why for one in (*seen, onlooker.seen) for why in one.refused]
    decide, following = (sorted(t for one in seen for t in getattr(one, what)) for what in ("decide", "following"))
    row = {
        "records": n,
        "reviewers": n_people,
        "seconds": round(took, 1),
        "decisions": sum(len(one.acknowledged) for one in seen),
        "refused": len(refused),
        "lost": missing,
        "stale_p50": statistics.median(n for one in seen for n in one.stale),
        "stale_max": max(n for one in seen for n in one.stale),
        "first_order_seconds": round(warmed, 1),
        "ranker_cores": round(share, 2),
        "memory_gb": round(most / 1e9, 3),
        "memory_first_gb": round(memory_first / 1e9, 3),
        "overview_max": round(max(onlooker.seen.following), 3),
        **{f"decide_{name}": value for name, value in _times(decide).items()},
        **{f"next_{name}": value for name, value in _times(following).items()},
    }
    print(*refused[:5], sep="\n", file=sys.stderr)
    row["kept"] = all(row[name] <= most_allowed for name, most_allowed in PROMISED.items()) and not row["refused"]
    return row


def _times(times: Sequence[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"p50": round(cuts[49], 4), "p95": round(cuts[94], 4), "p99": round(cuts[98], 4), "max": round(times[-1], 4)}


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> int:
    """Measure, append a row, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=20250101)
    parser.add_argument("--dry", action="store_true", help="append no row")
    asked = parser.parse_args()
    row = measure(asked.records, asked.reviewers, min(asked.seconds, LONGEST_SECONDS), asked.seed)
    print(json.dumps(row))
    if not asked.dry:
        _rows.append("web_load", [row], seed=asked.seed, digest=None)
    return 0 if row["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
