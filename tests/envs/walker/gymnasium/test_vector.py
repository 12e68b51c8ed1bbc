import gymnasium
import numpy as np
import pytest
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker as Original
from gymnasium.error import Error, InvalidAction, ResetNeeded, UnsupportedMode
from gymnasium.utils.env_checker import data_equivalence
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics

import openended.gymnasium  # noqa: F401 (registers the ids)
from openended.envs.walker.gymnasium.single import BipedalWalker
from openended.envs.walker.gymnasium.vector import BipedalWalkerVector

NORMAL, HARDCORE = "openended/BipedalWalker-v3", "openended/BipedalWalkerHardcore-v3"
SPLITS = (-1, 0, 1, 0)
"""With this action the walker sits on its legs forever."""
MODES = [mode.value for mode in AutoresetMode]


def both(count, mode, id=HARDCORE, limit=70):
    """Our lanes, and Gymnasium's loop over our single environments."""
    lanes = gymnasium.make_vec(id, count, "vector_entry_point", autoreset_mode=mode, max_episode_steps=limit)
    wanted = {"autoreset_mode": mode}
    return lanes, gymnasium.make_vec(id, count, "sync", vector_kwargs=wanted, max_episode_steps=limit)


def same(one, other):
    return data_equivalence(one, other, exact=True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("count", [1, 5, 17])
def test_lanes_give_the_bits_of_single_environments_in_a_loop(count, mode):
    lanes, loop = both(count, mode)
    random = np.random.default_rng(count)
    assert same(lanes.reset(seed=5), loop.reset(seed=5))
    ends = 0
    for step in range(170):
        actions = random.uniform(-1.5, 1.5, (count, 4)).astype((np.float32, np.float64)[step // 10 % 2])
        ours, theirs = lanes.step(actions), loop.step(actions)
        assert same(ours, theirs)
        over = ours[2] | ours[3]
        ends += over.sum()
        if mode == "Disabled" and over.any():
            mask = {"reset_mask": over}
            assert same(lanes.reset(options=dict(mask)), loop.reset(options=dict(mask)))
    assert ends >= 2 * count
    assert same(lanes.reset(), loop.reset())
    for ours, theirs in zip(lanes.np_random, loop.np_random, strict=True):
        assert ours.bit_generator.state == theirs.bit_generator.state
    assert lanes.np_random_seed == loop.np_random_seed == tuple(range(5, 5 + count))


@pytest.mark.parametrize("hardcore", [False, True])
def test_lanes_give_gymnasiums_bits(hardcore):
    count, random = 17, np.random.default_rng(0)
    lanes = BipedalWalkerVector(count, hardcore=hardcore, autoreset_mode="SameStep")
    originals = dict(enumerate(Original(hardcore=hardcore) for _ in range(count)))
    observations, _ = lanes.reset(seed=100)
    for i, original in originals.items():
        assert observations[i].tobytes() == original.reset(seed=100 + i)[0].tobytes()
    for _ in range(300):
        actions = random.uniform(-1, 1, (count, 4)).astype(np.float32)
        observations, rewards, terminated, _, infos = lanes.step(actions)
        for i, original in list(originals.items()):
            expected, reward, over, _, _ = original.step(actions[i])
            assert (infos["final_obs"] if over else observations)[i].tobytes() == expected.tobytes()
            assert (rewards[i], terminated[i]) == (reward, over)
            if over:
                del originals[i]
    assert len(originals) < count


@pytest.mark.parametrize("mode", MODES)
def test_worlds_that_turn_too_far_for_lanes_are_stepped_alone_with_the_same_bits(mode, monkeypatch):
    lanes, loop = both(5, mode)
    alone = []
    for group in lanes.unwrapped._groups:
        group._lane_angle = np.float32(0.9)
        step_alone = group._step_alone
        monkeypatch.setattr(group, "_step_alone", lambda *given, go=step_alone: alone.append(given) or go(*given))
    random = np.random.default_rng(0)
    assert same(lanes.reset(seed=5), loop.reset(seed=5))
    for _ in range(150):
        actions = random.uniform(-1.5, 1.5, (5, 4))
        ours, theirs = lanes.step(actions), loop.step(actions)
        assert same(ours, theirs)
        over = ours[2] | ours[3]
        if mode == "Disabled" and over.any():
            mask = {"reset_mask": over}
            assert same(lanes.reset(options=dict(mask)), loop.reset(options=dict(mask)))
    assert 50 < len(alone) < 700


@pytest.mark.parametrize("mode", MODES)
def test_an_episode_that_ends_at_the_limit_is_truncated_there(mode):
    lanes = BipedalWalkerVector(3, max_episode_steps=4, autoreset_mode=mode)
    lanes.reset(seed=0)
    for step in range(1, 5):
        *_, terminated, truncated, infos = lanes.step(np.zeros((3, 4)))
        assert not terminated.any()
        assert truncated.all() == truncated.any() == (step == 4)
        assert ("final_obs" in infos) == (mode == "SameStep" and step == 4)


@pytest.mark.parametrize("limit", [None, -1])
def test_without_a_limit_nothing_is_truncated(limit):
    lanes = BipedalWalkerVector(2, max_episode_steps=limit)
    lanes.reset(seed=0)
    assert not any(end.any() for _ in range(2100) for end in lanes.step([SPLITS] * 2)[2:4])


@pytest.mark.parametrize(("id", "limit"), [(NORMAL, 1600), (HARDCORE, 2000)])
def test_make_vec_uses_the_lanes_and_the_limit_of_the_id(id, limit):
    lanes = gymnasium.make_vec(id, num_envs=2)
    assert isinstance(lanes, BipedalWalkerVector)
    assert lanes.spec.kwargs["max_episode_steps"] == limit
    assert lanes.hardcore == (id == HARDCORE)
    lanes.reset(seed=1)
    ends = [lanes.step([SPLITS] * 2)[2:4] for _ in range(limit)]
    assert not any(terminated.any() for terminated, _ in ends)
    assert [truncated.tolist() for _, truncated in ends] == [[False, False]] * (limit - 1) + [[True, True]]


def test_the_interface_is_that_of_gymnasiums_own_vector_environment():
    lanes, loop = both(3, "NextStep")
    for name in ("num_envs", "action_space", "single_action_space", "observation_space", "single_observation_space"):
        assert getattr(lanes, name) == getattr(loop, name)
    assert lanes.metadata["autoreset_mode"] == AutoresetMode.NEXT_STEP
    assert lanes.metadata["render_modes"] == ["rgb_array"]
    again = gymnasium.make_vec(lanes.spec)
    assert (again.num_envs, again.spec.kwargs) == (3, lanes.spec.kwargs)
    lanes.close()
    lanes.close()


def test_wrappers_for_vectors_work():
    lanes, loop = (RecordEpisodeStatistics(each) for each in both(5, "NextStep"))
    lanes.reset(seed=0)
    loop.reset(seed=0)
    for _ in range(80):
        ours, theirs = (each.step(np.ones((5, 4), np.float32)) for each in (lanes, loop))
        ours[4].get("episode", {}).pop("t", None), theirs[4].get("episode", {}).pop("t", None)
        assert same(ours, theirs)
    assert lanes.episode_count == loop.episode_count > 0


def test_seeds_are_given_one_by_one_or_counted_up():
    lanes, other = BipedalWalkerVector(3), BipedalWalkerVector(3)
    assert same(lanes.reset(seed=7), other.reset(seed=[7, 8, 9]))
    assert same(lanes.reset(), other.reset(seed=[None, None, None]))
    lanes.reset(seed=[1, None, 3])
    assert lanes.np_random_seed == (1, 8, 3)


def test_unseeded_environments_differ():
    lanes = BipedalWalkerVector(3)
    observations, _ = lanes.reset()
    assert len({row.tobytes() for row in observations}) == 3
    assert len(set(lanes.np_random_seed)) == 3


def test_results_are_the_callers_to_keep():
    lanes = BipedalWalkerVector(2, autoreset_mode="SameStep", max_episode_steps=2)
    results = [lanes.reset(seed=0), *(lanes.step(np.zeros((2, 4))) for _ in range(4))]
    kept = [np.copy(result[0]) for result in results]
    arrays = [value for result in results for value in result if isinstance(value, np.ndarray)]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[:i])
    lanes.step(np.ones((2, 4)))
    assert all((result[0] == before).all() for result, before in zip(results, kept, strict=True))


def test_a_beginning_episode_ignores_its_action_as_in_gymnasium():
    lanes, loop = both(3, "NextStep", limit=2)
    lanes.reset(seed=0)
    loop.reset(seed=0)
    for _ in range(2):
        assert same(lanes.step(np.ones((3, 4))), loop.step(np.ones((3, 4))))
    nothing = np.full((3, 4), np.nan)
    assert same(lanes.step(nothing), loop.step(nothing))
    with pytest.raises(InvalidAction, match="NaN"):
        lanes.step(nothing)


def test_a_wrong_action_is_refused_and_changes_nothing():
    lanes, untouched = BipedalWalkerVector(3), BipedalWalkerVector(3)
    lanes.reset(seed=0)
    untouched.reset(seed=0)
    nan = np.zeros((3, 4), np.float32)
    nan[1, 2] = np.nan
    for actions, told in (
        (nan, "NaN"),
        (np.zeros(4), r"shape \(4,\).*takes \(3, 4\)"),
        (np.zeros((2, 4)), r"shape \(2, 4\)"),
        (np.zeros((3, 4), np.float16), "float16"),
        (np.zeros((3, 4), object), "object"),
    ):
        with pytest.raises(InvalidAction, match=told):
            lanes.step(actions)
    assert same(lanes.step(np.ones((3, 4))), untouched.step(np.ones((3, 4))))


def test_disabled_autoreset_refuses_steps_after_the_end():
    lanes = BipedalWalkerVector(2, max_episode_steps=3, autoreset_mode="Disabled")
    lanes.reset(seed=0)
    lanes.step(np.zeros((2, 4)))
    lanes.reset(options={"reset_mask": np.array([True, False])})
    lanes.step(np.zeros((2, 4)))
    lanes.step(np.zeros((2, 4)))
    with pytest.raises(ResetNeeded, match=r"environments \[1\] have ended.*reset_mask"):
        lanes.step(np.zeros((2, 4)))


def test_steps_and_pictures_before_the_first_reset_are_refused():
    lanes = BipedalWalkerVector(2, render_mode="rgb_array")
    for ask in (lambda: lanes.step(np.zeros((2, 4))), lanes.render):
        with pytest.raises(ResetNeeded, match="first reset"):
            ask()
    with pytest.raises(ResetNeeded, match="all environments"):
        lanes.reset(options={"reset_mask": np.array([True, False])})


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"seed": [1, 2]}, ValueError, "2 seeds.*3"),
        ({"seed": -1}, Error, "greater or equal to zero"),
        ({"seed": np.int64(3)}, Error, "int64.*Python integer"),
        ({"options": {"reset_mask": [True, False, True]}}, TypeError, "list"),
        ({"options": {"reset_mask": np.array([1, 0, 1])}}, TypeError, "int64"),
        ({"options": {"reset_mask": np.array([True])}}, ValueError, "3 values"),
        ({"options": {"reset_mask": np.zeros(3, bool)}}, ValueError, "at least one"),
    ],
)
def test_wrong_resets_are_refused(options, error, told):
    lanes = BipedalWalkerVector(3)
    lanes.reset(seed=0)
    with pytest.raises(error, match=told):
        lanes.reset(**options)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"num_envs": 0}, ValueError, "num_envs=0.*at least 1"),
        ({"max_episode_steps": 0}, ValueError, "max_episode_steps=0"),
        ({"max_episode_steps": 1.5}, ValueError, "max_episode_steps=1.5"),
        ({"autoreset_mode": "Sometimes"}, ValueError, "Sometimes"),
        ({"render_mode": "human"}, UnsupportedMode, "human.*rgb_array"),
    ],
)
def test_wrong_arguments_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        BipedalWalkerVector(**options)


@pytest.mark.parametrize("mode", MODES)
def test_pictures_are_those_of_single_environments(mode):
    lanes = BipedalWalkerVector(2, 3, "rgb_array", autoreset_mode=mode)
    single = [lambda: gymnasium.wrappers.TimeLimit(BipedalWalker("rgb_array"), 3)] * 2
    loop = SyncVectorEnv(single, autoreset_mode=mode)
    lanes.reset(seed=3)
    loop.reset(seed=3)
    assert same(lanes.render(), loop.render())
    for _ in range(3 if mode == "Disabled" else 5):
        lanes.step(np.ones((2, 4)))
        loop.step(np.ones((2, 4)))
        pictures = lanes.render()
        assert same(pictures, loop.render())
    assert [(picture.shape, picture.dtype) for picture in pictures] == [((400, 600, 3), np.uint8)] * 2


def test_rendering_without_a_mode_warns():
    lanes = BipedalWalkerVector(2)
    lanes.reset(seed=0)
    with pytest.warns(UserWarning, match="rgb_array"):
        assert lanes.render() is None
