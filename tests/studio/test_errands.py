"""The process in which episodes run: answers come as they are found, it stands back, and its death is no end."""

import asyncio
import json
import os
import signal
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest

from openended import envs
from openended.file.errors import Resources
from openended.studio.errands import REST, Errands
from openended.studio.look import Looker
from tests.support.hands import INSTALLED

NICE = 7


@pytest.fixture
def looker(finished, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "point-v1", "tests.support.handmade_point:HANDS")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, (INSTALLED, INSTALLED.parents[2]))))
    return Looker(finished)


async def answer(errands, *what, **more):
    async with aclosing(errands.ask(*what, **more)) as lines:
        return [json.loads(line) async for line in lines]


def test_errands_are_done_aside_and_a_worker_that_dies_is_replaced(looker):
    async def play():
        errands = Errands(looker.path, NICE)
        pairs = looker.moment().view.agents
        what = {"genome": '{"x":1.0,"y":0.0,"wind":0.0}', "niches": [pair.niche for pair in pairs]}
        try:
            worker = await errands.start()
            agents = looker.agents(pairs)
            film, tried = await asyncio.gather(
                answer(errands, "film", agents[:1], words="one", **what), answer(errands, "try", agents, **what)
            )
            assert os.getsid(worker.pid) == worker.pid
            assert os.getpriority(os.PRIO_PROCESS, worker.pid) == os.getpriority(os.PRIO_PROCESS, 0) + NICE
            group = Path(f"/proc/{worker.pid}/autogroup")
            assert not group.exists() or group.read_text().rsplit(maxsplit=1)[1] in {str(NICE), str(REST)}
            worker.kill()
            with pytest.raises(Resources, match="has ended; try again"):
                await answer(errands, "try", agents, **what)
            again = await answer(errands, "film", agents[:1], words="one", **what)
            wrong = await answer(errands, "film", agents[:1], words="one", genome="{}", niches=[0])
            return film, tried, again, wrong
        finally:
            await errands.close()

    film, tried, again, wrong = asyncio.run(play())
    assert film == again
    assert [next(iter(line)) for line in tried][-1] == "end"
    assert [list(line) for line in wrong] == [["problem"]]


@pytest.mark.slow
def test_a_worker_ends_with_whoever_started_it_and_an_errand_with_whoever_asks(looker):
    async def play():
        errands = Errands(looker.path, NICE)
        worker = await errands.start()
        agents = [np.zeros(looker.policy.parameters, np.float32)]
        what = {"genome": '{"x":5.0,"y":5.0,"wind":0.55}', "niches": [0]}
        async with aclosing(errands.ask("search", agents, **what)) as lines:
            assert json.loads(await anext(lines))["step"] == 0
        second = errands.ask("search", agents, **what)
        await anext(second)
        third = await answer(errands, "try", agents, **what)
        assert third[-1] == {"end": True}
        assert errands._open
        newest = errands.ask("search", agents, **what)
        await anext(newest)
        rest = [line async for line in second]  # ended by the newest
        assert all("found" not in json.loads(line) for line in rest)
        await newest.aclose()
        assert not errands._open
        worker.stdin.close()  # as the death of this process would
        return await asyncio.wait_for(worker.wait(), 20)

    assert asyncio.run(play()) in {0, -signal.SIGKILL}
