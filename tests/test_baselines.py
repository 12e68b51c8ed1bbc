"""Stable-Baselines3 follows a curriculum."""

import numpy as np
import pytest
from stable_baselines3 import A2C, PPO, SAC
from stable_baselines3.common.buffers import RolloutBuffer
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.vec_env import VecMonitor

import openended
from openended.baselines import Follow, Play, PlayVecEnv, Scores
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.gymnasium.play import PlayWalker
from openended.file.reader import Reader
from openended.file.verify import verify

CAP = 24
SETTINGS = [
    "replay.batch=3",
    "replay.capacity=6",
    "replay.fill=0.3",
    "replay.probability=0.9",
    "replay.edits=2",
    "replay.parents=1",
]


@pytest.fixture
def follow(tmp_path):
    """Learns from a recipe for some generations; gives the model and the run file."""

    def learn(recipe, generations, overrides=(), algorithm=PPO, steps=1_000_000, **options):
        play, file = Play(), tmp_path / f"{recipe}.run"
        with openended.Curriculum(
            recipe, file=file, seed=3, generations=generations, overrides=overrides
        ) as curriculum:
            env = VecMonitor(PlayVecEnv(4, play, CAP))
            model = algorithm("MlpPolicy", env, n_steps=16, seed=1, device="cpu", **options)
            model.learn(steps, callback=Follow(curriculum, play))
        return model, file

    return learn


def test_accel_is_followed_to_its_end_and_only_replays_are_learnt_from(follow):
    model, file = follow("walker_accel", 9, SETTINGS, batch_size=32, n_epochs=1)
    assert verify(file) == []
    with Reader(file) as run:
        assert run.last()[0] == 9
        pairs, tasks, counters = run.state().pairs, run.tasks(), run.counters()
        trained = run.steps()[0]
    assert {task.maker for task in tasks.values()} == {"first", "easy", "edit"}
    assert 0 < trained < 9
    assert model._n_updates >= trained
    assert model._n_updates < model.num_timesteps // (4 * 16)  # looks are rollouts without an update
    assert any(pair.potential > 0 for pair in pairs.values())
    assert 0 < counters.env_steps <= model.num_timesteps


def test_a_look_alters_no_weight(follow):
    model, file = follow("walker_robust_plr", 2, [*SETTINGS[:1], "replay.fill=1"], batch_size=32)
    with Reader(file) as run:
        assert run.steps() == {0: 0}
    fresh = PPO("MlpPolicy", PlayVecEnv(4, Play(), CAP), n_steps=16, batch_size=32, seed=1, device="cpu")
    before, after = fresh.policy.state_dict(), model.policy.state_dict()
    assert all((before[name] == after[name]).all() for name in before)


def test_the_time_steps_end_in_the_middle_of_looks_too(follow):
    model, file = follow("walker_robust_plr", 1000, SETTINGS[:1], steps=400, batch_size=32)
    assert 400 <= model.num_timesteps <= 400 + 4 * 16
    with Reader(file) as run:
        assert 0 < run.last()[0] < 10
        assert run.steps() == {0: 0}


def test_ranges_are_tried_by_the_mean_action(follow):
    overrides = ["source.count=3", "growth.every=1", "growth.trials=1"]
    _, file = follow("walker_adr", 2, overrides, algorithm=A2C)
    with Reader(file) as run:
        history = run.generations()
        assert run.steps() == {0: 2}
    assert all(0 <= row["solved_roughness"] <= 1 for row in history[1:])


def test_scores_are_means_over_the_steps_of_each_task():
    buffer = RolloutBuffer(3, *(PlayVecEnv(2, Play()).observation_space, PlayVecEnv(2, Play()).action_space), n_envs=2)
    buffer.advantages = np.array([[1, -5], [3, 4], [7, 8]], np.float32)
    buffer.values = np.array([[10, 20], [30, 40], [50, 60]], np.float32)
    buffer.episode_starts = np.array([[1, 1], [0, 0], [1, 0]], np.float32)
    scores = Scores(3)
    for places in ([0, 1], [0, 1], [2, -1]):
        scores.step([{"place": place} for place in places])
    scores.rollout(buffer)
    for places in ([0, 1], [-1, 2], [-1, -1]):
        scores.step([{"place": place} for place in places])
    scores.rollout(buffer)
    told = scores.told()
    assert told["positive_value_loss"] == [(1 + 3 + 1) / 3, (0 + 4 + 0) / 3, (7 + 4) / 2]
    assert told["value"] == [10, 20, 50]


def test_the_lanes_are_an_environment_like_single_walkers():
    task = WalkerTask(roughness=3.0, terrain_seed=1)
    plays = Play(), Play()
    for play in plays:
        play.begin([task])
    lanes, single = PlayVecEnv(2, plays[0], CAP), PlayWalker(plays[1], CAP)
    check_env(single)
    plays[1].begin([task])
    observations, (observation, _) = lanes.reset(), single.reset()
    random = np.random.Generator(np.random.Philox(key=1))
    for step in range(2 * CAP):
        actions = random.uniform(-1, 1, (2, 4)).astype(np.float32)
        observations, rewards, dones, infos = lanes.step(actions)
        observation, reward, terminated, truncated, info = single.step(actions[0])
        assert (rewards[0], bool(dones[0])) == (np.float32(reward), terminated or truncated)
        assert infos[0]["place"] == info["place"]
        if dones[0]:
            assert step % CAP == CAP - 1
            assert (infos[0]["terminal_observation"] == observation).all()
            assert infos[0]["TimeLimit.truncated"]
            observation, _ = single.reset()
        assert (observations[0] == observation).all()
    assert plays[0].returns[0][::2] == plays[1].returns[0]


def test_algorithms_with_a_replay_buffer_are_refused(tmp_path):
    play = Play()
    with openended.Curriculum("walker_dr", file=tmp_path / "my.run", overrides=["source.count=2"]) as curriculum:
        model = SAC("MlpPolicy", PlayVecEnv(2, play, CAP), device="cpu", buffer_size=100)
        with pytest.raises(TypeError, match=r"SAC learns from a replay buffer; .* on-policy algorithms"):
            model.learn(10, callback=Follow(curriculum, play))
