"""Recorded sessions of `web-v1` are those that `simulation.episode` gives for the same actions."""

import hashlib

import numpy as np
import pytest

from openended.envs.nets.recorded import GOES_ON, TERMINAL, TRUNCATED, Rehearsal
from openended.envs.nets.scoring.trainer import ScoringTrainer
from openended.envs.nets.start import first_network
from openended.envs.web.domain import WEB
from openended.envs.web.sessions import prepare
from openended.envs.web.simulation.episode import CANDIDATES, begin, new_room, turn
from openended.envs.web.simulation.experience import Experience
from openended.envs.web.sites.limits import REQUESTS
from openended.envs.web.sites.mutation import chain
from openended.envs.web.sites.task import first_task
from tests.support.threads import everywhere

pytestmark = pytest.mark.slow
POLICY = WEB.policies.default
SITES = [first_task(), chain(12, 1), chain(40, 2)]
ENVIRONMENTS, STEPS = 6, 96
STOP = np.zeros(1, np.uint8)


def actor(seed=1, gain=1.0):
    """Of an agent that is far from indifferent."""
    trainer, sizes = ScoringTrainer(POLICY, 64), POLICY.sizes
    trainer.load(first_network([seed, 2, 3], sizes, gain), trainer.critic)
    return trainer.actor()


def experience(cap=320, stall=0, threads=1):
    return Experience(Rehearsal(prepare(SITES), POLICY, ENVIRONMENTS, 7, cap, stall, threads))


def records(times=1, steps=STEPS, threads=1, **limits):
    recorder = experience(**limits)
    return [recorder.record(steps, actor(), everywhere(threads), STOP) for _ in range(times)]


def rows_of(environment, steps=STEPS):
    return range(environment * steps, (environment + 1) * steps)


@pytest.mark.parametrize("limits", [{}, {"cap": 17}, {"stall": 4}], ids=str)
def test_replayed_by_the_simulator_a_record_has_the_same_pages_rewards_and_ends(limits):
    (record, ended) = records(**limits)[0]
    look, rules = prepare(SITES)
    cuts, ends = 0, set()
    for environment in range(ENVIRONMENTS):
        room, number, total, steps, cut = new_room(POLICY), 0, 0.0, 0, 0
        for row in rows_of(environment):
            first = ended.tasks[row] * REQUESTS
            if ended.fresh[row]:
                number, total, steps = 0, 0.0, 0
                begin(look, rules, first, room)
            count, seen = room.now[CANDIDATES], record.candidates[record.offsets[row] : record.offsets[row + 1]]
            np.testing.assert_array_equal(seen, room.seen.features[:count])
            summary = [*(seen.astype(np.float64).mean(0)), *seen.max(0), (REQUESTS - number) / REQUESTS]
            np.testing.assert_allclose(record.observations[row], summary, rtol=1e-5, atol=1e-6)
            chosen = room.seen.candidates[int(record.actions[row, 0])]
            reward, over = turn(look, rules, first + number, room, chosen[0], chosen[1])
            assert record.rewards[row] == np.float32(reward)
            total, steps = total + reward, steps + 1
            if over:
                number += 1
                if number < REQUESTS:
                    begin(look, rules, first + number, room)
            assert (record.ends[row] == TERMINAL) == (number == REQUESTS)
            if record.ends[row] != GOES_ON:
                assert ended.totals[row] == total
                assert ended.lengths[row] == steps
                assert ended.facts["success"][row] + ended.facts["wrong"][row] <= number
            if record.ends[row] == TRUNCATED:
                final = room.seen.features[: room.now[CANDIDATES]].max(0)
                np.testing.assert_array_equal(record.finals[environment, cut][48:96], final)
                cut += 1
        cuts += cut
        ends |= set(record.ends[list(rows_of(environment))].tolist())
    assert ends >= ({GOES_ON, TRUNCATED} if limits else {GOES_ON, TERMINAL})
    assert (cuts > 0) == bool(limits)


def digest(made):
    parts = []
    for record, ended in made:
        parts += [*record, ended.tasks, ended.fresh, ended.totals, ended.lengths, *ended.facts.values()]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


def test_threads_change_no_bit():
    assert len({digest(records(2, threads=threads)) for threads in (1, 2, 3)}) == 1


def test_two_records_are_one_of_twice_the_steps():
    (whole, ended), halves = records(1, 2 * STEPS)[0], records(2)
    for environment in range(ENVIRONMENTS):
        rows = list(rows_of(environment, 2 * STEPS))
        own = list(rows_of(environment))
        for name in ("rewards", "actions", "log_probabilities", "ends", "observations"):
            parts = [getattr(record, name)[own] for record, _ in halves]
            np.testing.assert_array_equal(np.concatenate(parts), getattr(whole, name)[rows])
        np.testing.assert_array_equal(np.concatenate([end.tasks[own] for _, end in halves]), ended.tasks[rows])
    np.testing.assert_array_equal(whole.last, halves[1][0].last)
    np.testing.assert_array_equal(halves[0][0].last[1], halves[1][0].observations[STEPS])


def test_a_request_to_stop_ends_the_record():
    stop = np.ones(1, np.uint8)
    record, _ = experience().record(STEPS, actor(), everywhere(1), stop)
    assert not record.rewards.any()
