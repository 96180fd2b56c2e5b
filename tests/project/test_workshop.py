"""Slow work apart: a process that dies takes its own jobs with it and nothing else."""

import os
import signal

import pytest

from asreview_mc.core.errors import ProjectError, UnknownError
from asreview_mc.project import screen
from asreview_mc.project.workshop import Workshop

pytestmark = pytest.mark.slow


@pytest.fixture
def workshop(review):
    made = Workshop(review.folder)
    yield made
    made.close()


def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(review, workshop):
    """Its job says that it is gone, decisions go on meanwhile, and the next job has another process."""
    assert [one.stage for one in workshop.ask("orders", reviewer="R1").result(120)] == ["abstract", "fulltext"]
    first = workshop.pid
    asked = workshop.ask("measure")
    os.kill(first, signal.SIGKILL)
    try:
        asked.result(60)  # it may have been done just before
    except ProjectError as error:
        assert "has ended" in str(error)
    screen.decide(review, "r000001", "include", "R1")
    until = [workshop.ask("orders", reviewer="R1") for _ in range(2)]
    done = [one.exception(120) for one in until]
    order = workshop.ask("orders", reviewer="R1").result(120)[0]
    assert all(one is None or isinstance(one, ProjectError) for one in done)
    assert (order.decided, order.seq, workshop.pid != first) == (1, review.state.seq, True)


def test_an_error_of_a_job_is_the_job_s_alone(workshop):
    """The process goes on with the next."""
    with pytest.raises(UnknownError):
        workshop.ask("confirm", record_id="r000099", reviewer="R1", add=[], remove=[], blind=False).result(120)
    assert workshop.ask("encode").result(60) == (0, 0, "")
