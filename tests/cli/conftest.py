"""The command as a user runs it, but in this process: arguments in, exit code and both streams out."""

import json
import sys
from dataclasses import dataclass

import pytest

from asreview_mc.cli.main import main

PAPERS = (
    ("Digital badges in higher education", "Badges recognise what students learn at a university."),
    ("Micro-credentials and employability", "Employers value short credentials from universities."),
    ("A survey of soil bacteria", "Bacteria were sampled in forty fields."),
    ("Open badges for university teachers", "Teachers earn open badges for professional development."),
    ("Stackable credentials in colleges", "Credits stack towards a degree."),
    ("Migration of arctic birds", "Birds were followed by satellite."),
)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def run(capsys, monkeypatch):
    def run_command(*arguments):
        monkeypatch.setattr(sys, "argv", ["asreview-mc", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return Answer(int(stopped.value.code or 0), captured.out, captured.err)

    return run_command


@pytest.fixture
def papers(tmp_path):
    path = tmp_path / "papers.csv"
    lines = [f'"{title}","{abstract}",Author {k},20{k:02d}' for k, (title, abstract) in enumerate(PAPERS, start=1)]
    path.write_text("\n".join(["title,abstract,authors,year", *lines]) + "\n", "utf-8")
    return path


@pytest.fixture
def project(run, tmp_path, papers, monkeypatch):
    """A review with six records, opened as the working folder."""
    folder = tmp_path / "review"
    assert run("init", folder, "--template", "micro-credentials").code == 0
    monkeypatch.chdir(folder)
    assert run("add", papers, "--source", "EBSCOhost").code == 0
    return folder
