import copy
import pickle
import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.envs.box2d.bipedal_walker import BipedalWalker as Original
from gymnasium.envs.box2d.bipedal_walker import BipedalWalkerHeuristics
from gymnasium.error import InvalidAction, ResetNeeded, UnsupportedMode
from gymnasium.utils.env_checker import check_env, data_equivalence

import openended.gymnasium  # noqa: F401 (registers the ids)
from openended.envs.walker.courses.gymnasium_course import gymnasium_course
from openended.envs.walker.domain import DEFAULT
from openended.envs.walker.gymnasium import ids
from openended.envs.walker.gymnasium.single import BipedalWalker
from openended.envs.walker.pictures.draw import draw
from openended.envs.walker.simulation.trace import trace

NORMAL, HARDCORE = "openended/BipedalWalker-v3", "openended/BipedalWalkerHardcore-v3"
ZEROS = np.zeros(4, np.float32)


def uniform(size, dtype):
    """Random actions up to `size`."""

    def controller(seed):
        random = np.random.default_rng(seed)
        return lambda observation: random.uniform(-size, size, 4).astype(dtype)

    return controller


def heuristic(noise, dtype):
    """Gymnasium's own walker, with noise on its actions."""

    def controller(seed):
        random, walk = np.random.default_rng(seed), BipedalWalkerHeuristics()
        return lambda observation: (walk.step_heuristic(observation) + noise * random.normal(size=4)).astype(dtype)

    return controller


def integers(seed):
    random = np.random.default_rng(seed)
    return lambda observation: random.integers(-2, 3, 4)


CONTROLLERS = {
    "random float32": uniform(1.0, np.float32),
    "random float64": uniform(1.0, np.float64),
    "beyond the bounds": uniform(3.0, np.float64),
    "heuristic float32": heuristic(0.0, np.float32),
    "heuristic float64": heuristic(0.0, np.float64),
    "noisy float32": heuristic(0.3, np.float32),
    "noisy float64": heuristic(0.3, np.float64),
    "integers": integers,
    "list": lambda seed: lambda observation: [0.3, -0.25, 0.125, 0.1],
    "rest": lambda seed: lambda observation: ZEROS,
}


def assert_same_episode(ours, theirs, controller, seed):
    """The same bits at every step, from a reset to the end."""
    observation, info = ours.reset(seed=seed)
    expected, expected_info = theirs.reset(seed=seed)
    over = False
    while not over:
        assert observation.tobytes() == expected.tobytes()
        assert observation.dtype == expected.dtype
        assert info == expected_info
        action = controller(observation)
        observation, reward, *ends, info = ours.step(action)
        expected, expected_reward, *expected_ends, expected_info = theirs.step(action)
        assert reward == expected_reward
        assert type(reward) is float
        assert ends == expected_ends
        over = any(ends)
    assert observation.tobytes() == expected.tobytes()
    assert ours.unwrapped.np_random.bit_generator.state == theirs.unwrapped.np_random.bit_generator.state


@pytest.mark.parametrize("name", CONTROLLERS)
@pytest.mark.parametrize("id", [NORMAL, HARDCORE])
def test_episodes_are_gymnasiums_bit_for_bit(id, name):
    seed = list(CONTROLLERS).index(name)
    original = gymnasium.make(id.removeprefix("openended/"))
    assert_same_episode(gymnasium.make(id), original, CONTROLLERS[name](seed), seed)


def test_a_finished_course_ends_the_episode_as_in_gymnasium():
    ours, theirs, controller = BipedalWalker(), Original(), heuristic(0.0, np.float32)(0)
    assert_same_episode(ours, theirs, controller, 6)
    assert theirs.hull.position.x > 88


@pytest.mark.parametrize("id", [NORMAL, HARDCORE])
def test_spaces_limits_and_thresholds_are_those_of_the_original(id):
    ours, theirs = gymnasium.make(id), gymnasium.make(id.removeprefix("openended/"))
    for name in ("action_space", "observation_space"):
        assert getattr(ours, name) == getattr(theirs, name)
        assert repr(getattr(ours, name)) == repr(getattr(theirs, name))
    for name in ("max_episode_steps", "reward_threshold", "nondeterministic", "kwargs"):
        assert getattr(ours.spec, name) == getattr(theirs.spec, name)
    assert ours.metadata["render_fps"] == theirs.metadata["render_fps"]


@pytest.mark.parametrize("id", [NORMAL, HARDCORE])
def test_gymnasiums_checker_finds_nothing(id):
    check_env(gymnasium.make(id).unwrapped)


def test_stable_baselines_checker_finds_nothing():
    from stable_baselines3.common import env_checker  # takes seconds, as it loads torch

    env_checker.check_env(gymnasium.make(NORMAL, render_mode="rgb_array"), warn=True)


def run(env, actions):
    return [env.step(action) for action in actions]


def test_an_episode_does_not_depend_on_those_before_it():
    actions = np.random.default_rng(1).uniform(-1, 1, (60, 4)).astype(np.float32)
    fresh, used = BipedalWalker(hardcore=True), BipedalWalker(hardcore=True)
    for seed in range(5):
        used.reset(seed=seed)
        run(used, actions[:40])
    fresh.reset(seed=9)
    used.reset(seed=9)
    assert data_equivalence(run(used, actions), run(fresh, actions), exact=True)


def test_resets_without_a_seed_go_on_with_the_generator():
    env = BipedalWalker(hardcore=True)
    env.reset(seed=4)
    for count in range(3):
        original = Original(hardcore=True)
        original.np_random = copy.deepcopy(env.np_random)
        assert_same_episode(env, original, uniform(1.0, np.float32)(count), None)
    assert env.np_random_seed == 4


def test_results_are_the_callers_to_keep():
    env = BipedalWalker()
    kept, _ = env.reset(seed=0)
    before = kept.copy()
    other, *_ = env.step(np.ones(4))
    assert (kept == before).all()
    assert not np.shares_memory(kept, other)


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (np.array([0, 0, np.nan, 0], np.float32), "NaN"),
        (np.array([0, 0, np.nan, 0]), "NaN"),
        (np.zeros(3, np.float32), r"shape \(3,\).*takes \(4,\)"),
        (np.zeros((1, 4), np.float32), r"shape \(1, 4\)"),
        (0.5, r"shape \(\)"),
        (np.zeros(4, np.float16), "float16.*float32"),
        (np.zeros(4, bool), "bool"),
        (np.zeros(4, complex), "complex"),
        (["a", "b", "c", "d"], "dtype <U1"),
        (None, "shape"),
        ([[1], [1, 2], 3, 4], "no array"),
    ],
)
def test_an_action_that_is_none_is_refused_and_changes_nothing(action, told):
    env, untouched = BipedalWalker(), BipedalWalker()
    env.reset(seed=0)
    untouched.reset(seed=0)
    with pytest.raises(InvalidAction, match=told):
        env.step(action)
    assert data_equivalence(env.step(ZEROS), untouched.step(ZEROS), exact=True)


def test_infinite_actions_count_as_one():
    env, other = BipedalWalker(), BipedalWalker()
    env.reset(seed=0)
    other.reset(seed=0)
    infinite = np.array([np.inf, -np.inf, 0, np.inf], np.float32)
    assert data_equivalence(env.step(infinite), other.step(infinite.clip(-1, 1)), exact=True)


def test_steps_and_pictures_before_the_first_reset_are_refused():
    env = BipedalWalker(render_mode="rgb_array")
    with pytest.raises(ResetNeeded, match="first reset"):
        env.step(ZEROS)
    with pytest.raises(ResetNeeded, match="first reset"):
        env.render()


def test_a_step_after_the_end_is_refused():
    env = BipedalWalker()
    env.reset(seed=0)
    while not env.step(np.ones(4, np.float32))[2]:
        pass
    with pytest.raises(ResetNeeded, match="has ended"):
        env.step(ZEROS)
    env.reset()
    env.step(ZEROS)


@pytest.mark.parametrize("mode", ["human", "ansi"])
def test_other_render_modes_are_refused(mode):
    with pytest.raises(UnsupportedMode, match=f"{mode}.*rgb_array"):
        BipedalWalker(render_mode=mode)


def test_rendering_without_a_mode_warns_as_gymnasium_does():
    env = BipedalWalker()
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="rgb_array"):
        assert env.render() is None


def test_a_picture_shows_what_a_trace_of_the_same_episode_shows():
    agent = np.random.default_rng(0).normal(0, 0.3, DEFAULT.parameters).astype(np.float32)
    course = gymnasium_course(3, True)
    episode = trace(course, DEFAULT, agent, 30)
    env = BipedalWalker(render_mode="rgb_array", hardcore=True)
    env.reset(seed=3)
    first = env.render()
    run(env, episode.actions)
    picture = env.render()
    expected = draw(course, episode, len(episode.rewards), 600, 400)
    assert picture.shape == expected.shape == (400, 600, 3)
    assert picture.dtype == np.uint8
    assert (picture != expected).mean() < 0.001
    assert (picture != first).mean() > 0.01


@pytest.mark.parametrize("twin", [lambda env: pickle.loads(pickle.dumps(env)), copy.deepcopy])
def test_a_copy_is_a_new_environment_with_the_same_arguments(twin):
    env = BipedalWalker(render_mode="rgb_array", hardcore=True)
    env.reset(seed=1)
    other = twin(env)
    assert (other.hardcore, other.render_mode) == (True, "rgb_array")
    assert data_equivalence(other.reset(seed=1), env.reset(seed=1), exact=True)


@pytest.mark.parametrize("code", ["import openended.gymnasium, gymnasium", "import gymnasium, openended.gymnasium"])
def test_importing_our_module_makes_the_ids_known_in_either_order(code):
    python(f"{code}; [gymnasium.spec(id) for id in {list(ids.IDS)}]")


def test_the_module_may_be_named_in_the_id():
    python(f"import gymnasium; gymnasium.make('openended.gymnasium:{NORMAL}', render_mode=None)")


def test_importing_openended_loads_neither_gymnasium_nor_numba():
    python("import sys, openended; sys.exit(', '.join({'gymnasium', 'numba', 'numpy'} & set(sys.modules)) or 0)")


def test_openended_can_be_imported_without_gymnasium():
    block = "sys.meta_path[:] = [type('Without', (), {'find_spec': refuse})(), *sys.meta_path]"
    python(
        "import sys\n"
        "def refuse(self, name, path=None, target=None):\n"
        "    if name.partition('.')[0] == 'gymnasium': raise ModuleNotFoundError(name)\n"
        f"{block}\nimport openended, openended.envs\n"
        "try: import gymnasium\n"
        "except ModuleNotFoundError: sys.exit(0)\n"
        "sys.exit('gymnasium was found')"
    )


def python(code):
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_registering_twice_does_no_harm():
    before = dict(gymnasium.registry)
    ids.register()
    assert gymnasium.registry == before
