import threading

import numpy as np
import pytest

from openended.core.learners import Strategy, es
from openended.core.work import Batch, Job, Limits, Stopped
from openended.run.threads import Pool, ThreadExecutor
from tests.support.handmade import plain
from tests.support.point import POINT
from tests.support.serial import SerialExecutor

DOMAIN, POLICY = POINT, POINT.policies.default


def batch(count=300):
    random = np.random.default_rng(0)
    tasks = [DOMAIN.tasks.first()]
    for key in range(4):
        tasks.append(DOMAIN.tasks.mutate(tasks[-1], key))
    agents = random.normal(size=(count, POLICY.parameters)).astype(np.float32)
    which = np.stack([random.integers(0, 5, count), np.arange(count)], axis=1).astype(np.int32)
    return Batch(tasks, agents, which, np.arange(count, dtype=np.uint64), Limits(20))


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_results_do_not_depend_on_the_number_of_threads(threads):
    alone = SerialExecutor(DOMAIN).evaluate(batch())
    with ThreadExecutor(DOMAIN, POLICY, threads, np.zeros(1, np.uint8)) as executor:
        for _ in range(3):
            found = executor.evaluate(batch())
            assert found.returns.tobytes() == alone.returns.tobytes()
            assert found.steps.tobytes() == alone.steps.tobytes()
            assert all(found.facts[name].tobytes() == alone.facts[name].tobytes() for name in DOMAIN.simulator.facts)


def test_training_steps_are_those_of_a_single_thread():
    settings = Strategy(population=32)
    jobs = [
        Job((DOMAIN.tasks.mutate(DOMAIN.tasks.first(), key),), es.start(settings, key, POLICY.init(key)), key)
        for key in range(3)
    ]
    alone = SerialExecutor(DOMAIN).learn(jobs, settings, Limits(20))
    with ThreadExecutor(DOMAIN, POLICY, 2, np.zeros(1, np.uint8)) as executor:
        found = executor.learn(jobs, settings, Limits(20))
    assert [plain(each) for each in found] == [plain(each) for each in alone]


def test_a_request_before_or_during_an_evaluation_stops_it():
    stop = np.ones(1, np.uint8)
    with ThreadExecutor(DOMAIN, POLICY, 2, stop) as executor, pytest.raises(Stopped):
        executor.evaluate(batch())
    stop[0] = 0
    with ThreadExecutor(DOMAIN, POLICY, 1, stop) as executor:
        threading.Timer(0.05, stop.__setitem__, (0, 1)).start()
        with pytest.raises(Stopped):
            executor.evaluate(batch(200_000))


def test_threads_that_do_not_return_after_a_request_are_left_behind():
    stop, end, returned = np.zeros(1, np.uint8), threading.Event(), []
    pool = Pool(1)
    threading.Timer(0.05, stop.__setitem__, (0, 1)).start()
    with pytest.raises(Stopped):
        pool.call(lambda: returned.append(end.wait(60)), stop, pool.threads)
    assert returned == []
    end.set()
    pool.close()


def test_what_a_thread_raises_reaches_the_caller():
    def work():
        raise ZeroDivisionError("in a thread")

    pool = Pool(2)
    with pytest.raises(ZeroDivisionError, match="in a thread"):
        pool.call(work, np.zeros(1, np.uint8), pool.threads)
    pool.close()
