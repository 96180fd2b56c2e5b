"""The interface for scripts, by its own description: whatever fits it, or nearly, has an answer and no server error."""

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from asreview_mc.web.app import create_app
from asreview_mc.web.house import Settings

from .conftest import AtOnce, set_up

FEWEST_OPERATIONS = 10


@pytest.fixture
def described(tmp_path):
    with set_up(tmp_path) as review:
        app = create_app(review.folder, Settings(hosts=("localhost", "testserver")), open_shop=AtOnce)
        token = app.state.house.accounts.new_token("R1", "for the test")
        headers = {"Authorization": f"Bearer {token}"}
        yield schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=headers), headers


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
def test_nothing_that_is_sent_breaks_the_server(described, mode):
    """With the token of a reviewer: what the description allows, and what it does not."""
    schema, headers = described
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= FEWEST_OPERATIONS
    answered = set()
    for operation in operations:

        @settings(max_examples=25, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case):
            answer = case.call(headers=headers)
            answered.add(answer.status_code)
            assert answer.status_code < 500, (case.formatted_path, answer.text)

        with contextlib.suppress(Unsatisfiable):  # what takes nothing cannot be given anything wrong
            ask()
    assert answered & ({200} if mode.is_positive else {422})
