"""A review with a team of every role, served without processes: slow work is done at once where it is asked for."""

import csv
import re
from concurrent.futures import Future

import numpy as np
import pytest
from starlette.testclient import TestClient

from asreview_mc.core.errors import AsreviewMCError
from asreview_mc.project import gather
from asreview_mc.project.jobs import Bench
from asreview_mc.project.review import Review
from asreview_mc.web.app import create_app
from asreview_mc.web.house import Settings

PEOPLE = {"R1": "reviewer", "R2": "reviewer", "Olga": "owner", "Ada": "adjudicator", "Eve": "expert"}
RECORDS = (
    ("Digital badges in higher education", "BACKGROUND: Badges are new. RESULTS: They help universities.", "English"),
    ("Micro-credentials <script>alert(1)</script>", "<img src=x onerror=alert(2)> studied at a university.", ""),
    ("شهادات مصغرة في التعليم العالي", "دراسة عن الشهادات الرقمية في الجامعات.", "Arabic"),
    ("A record without an abstract", "", "English"),
    ("A very long abstract", "university badges and more words " * 4000, "English"),
    ("Migration of arctic birds", "Birds were followed by satellite.", "English"),
)
TEAM = "https://review.test"


class Letters:
    """An encoder for tests: how often each letter occurs."""

    fingerprint = "letters"

    def encode(self, texts, progress=None):
        rows = np.array([[text.lower().count(chr(97 + k)) + 0.1 for k in range(26)] for text in texts], np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class AtOnce:
    """A workshop that does each job while it is asked for."""

    done_of = None

    def __init__(self, folder):
        self.folder = folder
        self.asked = []
        self.broken = None

    def ask(self, job, **given):
        self.asked.append(job)
        future = Future()
        if self.broken:
            future.set_exception(self.broken)
            return future
        with Review.open(self.folder) as review:
            try:
                future.set_result(getattr(Bench(review, Letters()), job)(**given))
            except AsreviewMCError as error:
                future.set_exception(error)
        return future

    def close(self):
        pass


def set_up(folder, records=RECORDS, people=PEOPLE):
    """Make a review folder with records and a team."""
    review = Review.create(folder / "review", "micro-credentials")
    path = review.folder / "protocol.toml"
    text = re.sub(r"\[\[reviewers\]\]\nname = .*\n", "", path.read_text("utf-8"))
    text += "".join(f'\n[[reviewers]]\nname = "{name}"\nrole = "{role}"\n' for name, role in people.items())
    path.write_text(text, "utf-8")
    review.accept_protocol(next(iter(people)), "the team")
    with (folder / "export.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "abstract", "language", "authors", "year", "journal", "keywords"])
        writer.writerows([*record, "Doe, Jane", 2020, "Journal of Badges", "badge; credit"] for record in records)
    gather.add(review, [folder / "export.csv"], source="EBSCOhost")
    return review


@pytest.fixture
def review(tmp_path):
    with set_up(tmp_path) as made:
        yield made


class Browser(TestClient):
    """A browser that is signed in, follows no redirects and sends its session's token."""

    def __init__(self, app, base_url="http://127.0.0.1:8000"):
        super().__init__(app, base_url=base_url, follow_redirects=False)

    def enter(self, name, password=None):
        said = {"name": name} | ({"password": password} if password else {})
        answer = self.post("/sign-in", data=said)
        if answer.status_code == 303:
            self.csrf = re.search(r'data-csrf="([^"]+)"', self.get("/").text)[1]
        return answer

    def say(self, path, **said):
        """Send JSON as the page's script does."""
        return self.post(path, json=said, headers={"X-CSRF": self.csrf})

    def fill_in(self, path, files=None, **said):
        """Send a form as the page does."""
        return self.post(path, data={"csrf": self.csrf, **said}, files=files)


@pytest.fixture
def open_browser():
    """Return the class of browsers, for applications of a test's own."""
    return Browser


@pytest.fixture
def app(review):
    return create_app(review.folder, open_shop=AtOnce)


@pytest.fixture
def browser(app):
    """Return a function that opens a browser as somebody."""
    with TestClient(app):  # starts and ends the application, once

        def opened(name=None):
            made = Browser(app)
            if name:
                made.enter(name)
            return made

        yield opened


@pytest.fixture
def team_app(review):
    return create_app(review.folder, Settings(True, TEAM, ("review.test",)), open_shop=AtOnce)
