"""Work behind the reviewers' backs: nothing that was wanted is forgotten, nothing is done twice at a time."""

import asyncio

from asreview_mc.web.behind import Coalesced


def test_what_is_wanted_as_the_work_ends_is_done_too():
    """In whatever step of the loop that is."""

    async def wanted_after(steps):
        done = []

        async def work(key):
            done.append(key)

        behind = Coalesced(work)
        behind.want("R1")
        for _ in range(steps):
            await asyncio.sleep(0)
        before = len(done)
        behind.want("R1")
        for _ in range(20):
            await asyncio.sleep(0)
        return len(done) - before, behind.busy("R1")

    for steps in range(6):
        assert asyncio.run(wanted_after(steps)) == (1, False)


def test_many_who_ask_while_it_runs_have_it_run_once_more():
    """Not once each."""

    async def runs():
        done, free = [], asyncio.Event()

        async def work(key):
            done.append(key)
            await free.wait()

        behind = Coalesced(work)
        behind.want("R1")
        await asyncio.sleep(0)
        for _ in range(5):
            behind.want("R1")
        free.set()
        for _ in range(20):
            await asyncio.sleep(0)
        return len(done)

    assert asyncio.run(runs()) == 2
