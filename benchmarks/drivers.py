"""Controllers for benchmarks, compiled, so that choosing the action costs next to nothing; and our walkers under them.

`walking` is Gymnasium's heuristic (BipedalWalkerHeuristics in gymnasium/envs/box2d/bipedal_walker.py), in float32.
"""

import numpy as np

from openended.envs.random import uniform
from openended.envs.simd.compiled import kernel
from openended.envs.simd.number import zero
from openended.envs.walker.simulation.step import ACTIONS, advance, drive, has_failed, has_finished, observe
from openended.envs.walker.simulation.world import begin

WALKING, NOISY, RANDOM = range(3)
CONTROLLERS = {"walking": WALKING, "noisy": NOISY, "random": RANDOM}
NOISE = np.float32(0.2)
"""Largest noise on the actions of the noisy walker."""

STAY, DOWN, PUSH = 0, 1, 2
PHASE, MOVING, KNEE = 0, 1, 2
"""What a walking controller remembers: float32[3]."""
SPEED, SUPPORT = np.float32(0.29), np.float32(0.1)


@kernel
def forget(memory):
    """Set the memory of a controller to that at the start of an episode."""
    memory[PHASE], memory[MOVING], memory[KNEE] = STAY, 0, SUPPORT


@kernel
def walk(s, memory, action):
    """Gymnasium's heuristic: fill `action` float32[4] from the observation `s` float32[24]."""
    moving = int(memory[MOVING])
    supporting = 1 - moving
    m, n = 4 + 5 * moving, 4 + 5 * supporting
    hip_moving = knee_moving = knee_supporting = np.float32(0)
    if memory[PHASE] == STAY:
        hip_moving, knee_moving = np.float32(1.1), np.float32(-0.6)
        memory[KNEE] = min(memory[KNEE] + np.float32(0.06 if s[2] > SPEED else 0.03), SUPPORT)
        knee_supporting = memory[KNEE]
        if s[n] < np.float32(0.1):
            memory[PHASE] = DOWN
    if memory[PHASE] == DOWN:
        hip_moving, knee_moving, knee_supporting = np.float32(0.1), SUPPORT, memory[KNEE]
        if s[m + 4] != 0:
            memory[PHASE] = PUSH
            memory[KNEE] = min(s[m + 2], SUPPORT)
    if memory[PHASE] == PUSH:
        knee_moving, knee_supporting = memory[KNEE], np.float32(1)
        if s[n + 2] > np.float32(0.88) or s[2] > np.float32(1.2) * SPEED:
            memory[PHASE], memory[MOVING] = STAY, supporting
    for leg in range(2):
        base = 4 + 5 * leg
        hip = hip_moving if leg == moving else np.float32(0)
        knee = knee_moving if leg == moving else knee_supporting
        turn = np.float32(0.9) * (hip - s[base]) - np.float32(0.25) * s[base + 1] if hip != 0 else np.float32(0)
        bend = np.float32(4) * (knee - s[base + 2]) - np.float32(0.25) * s[base + 3] if knee != 0 else np.float32(0)
        turn = turn + np.float32(0.9) * s[0] + np.float32(1.5) * s[1]
        bend = bend - np.float32(15) * s[3]
        action[2 * leg] = max(np.float32(-1), min(np.float32(1), np.float32(0.5) * turn))
        action[2 * leg + 1] = max(np.float32(-1), min(np.float32(1), np.float32(0.5) * bend))


@kernel
def choose(controller, s, memory, key, step, action):
    """Fill `action` with what the controller does at its `step`; `key` names its random numbers."""
    if controller != RANDOM:
        walk(s, memory, action)
    for j in range(ACTIONS):
        noise = np.float32(2 * uniform(key, ACTIONS * step + j) - 1)
        if controller == NOISY:
            action[j] += NOISE * noise
        elif controller == RANDOM:
            action[j] = noise


@kernel
def choose_all(controller, observations, memories, steps, actions):
    """The same for a batch of environments, one after another; environments at step 0 begin."""
    for k in range(len(observations)):
        if steps[k] == 0:
            forget(memories[k])
        choose(controller, observations[k], memories[k], k, steps[k], actions[k])


@kernel
def play(w, g, live, jobs, steps, memories, observation, actions, controller, cap, lengths, kind):
    """Whole episodes, one on each course of `g`, in the lanes of `w`; fills their `lengths`.

    `live` uint8[1, width] starts as zeros; `jobs`, `steps` int64[width], `memories` float32[width, 3], `observation`
    float32[24] and `actions` float32[width, 4] are room to work in.
    """
    like = zero(kind)
    begun, ended = 0, 0
    while ended < len(lengths):
        for lane in range(live.shape[1]):
            if live[0, lane] == 0 and begun < len(lengths):
                begin(w, g, lane, begun)
                forget(memories[lane])
                live[0, lane], jobs[lane], steps[lane] = 1, begun, -1
                for j in range(ACTIONS):
                    actions[lane, j] = 0
                begun += 1
            if live[0, lane]:
                drive(w, lane, actions[lane])
        advance(w, g, live, like)
        for lane in range(live.shape[1]):
            if live[0, lane] == 0:
                continue
            steps[lane] += 1
            observe(w, g, lane, observation, like)
            choose(controller, observation, memories[lane], jobs[lane], steps[lane], actions[lane])
            if has_failed(w, lane) or has_finished(w, lane) or steps[lane] == cap:
                lengths[jobs[lane]] = steps[lane]
                live[0, lane] = 0
                ended += 1
