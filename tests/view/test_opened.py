import gymnasium
import numpy as np
import pytest

import openended
from openended.core.types import Changes, Task
from openended.envs.api import Queue
from openended.envs.forward import controller
from openended.envs.walker.courses.task import WalkerTask
from openended.envs.walker.domain import WALKER
from openended.file.errors import Damaged, Usage
from openended.file.snapshot import snapshot
from openended.file.writer import Writer, create
from tests.view.conftest import WALKS, agents, pair, settings


@pytest.fixture
def run(made):
    return openended.open(made({(1, 0): 250.0, (5, 2): -20.0, (0, 3): float("nan")}))


def test_a_run_is_a_snapshot_and_more(made):
    path = made({(1, 0): 250.0})
    run, view = openended.open(path), snapshot(str(path))
    assert (run.recipe, run.config, run.generation) == (view.recipe, view.config, view.generation)
    assert list(run.elites) == list(view.elites)
    assert len(run.digest) == 64
    assert [row["generation"] for row in run.history] == [0]


def test_a_frame_has_the_columns_of_its_table(run):
    frame = run.frame("elites")
    assert list(frame) == list(run.table("elites"))
    assert frame.niche.tolist() == [3, 6, 32]
    assert frame.set_index("niche").fitness[6] == 250.0
    assert frame.fitness.isna().sum() == 1
    assert len(run.frame("transfers")) == 0


def test_agents_and_tasks_are_those_of_the_niche(run):
    assert run.agent(6).tobytes() == WALKS.tobytes()
    assert run.domain.tasks.decode(run.task(6)) == run.state.tasks[0].genome


@pytest.mark.parametrize("ask", ["agent", "task", "course"])
def test_an_empty_niche_is_one_sentence(run, ask):
    if ask == "course":
        with pytest.raises(Usage, match=r"point-v1 has no Gymnasium environment"):
            run.course(6)
    else:
        with pytest.raises(Usage, match=r"^niche 7 is empty; occupied are: 3, 6, 32\.$"):
            getattr(run, ask)(7)


def test_an_unknown_table_is_one_sentence(run):
    with pytest.raises(Usage, match=r"^there is no table 'agents'; choose one of elites, pairs, tasks"):
        run.table("agents")


def test_a_run_that_has_not_begun_has_empty_tables(unstarted):
    run = openended.open(unstarted)
    assert run.generation == -1
    assert {name: len(run.frame(name)) for name in ("elites", "tasks", "generations")} == {
        "elites": 0,
        "tasks": 0,
        "generations": 0,
    }
    with pytest.raises(Usage, match="none yet"):
        run.agent(0)


def test_a_file_that_is_none_is_our_error(tmp_path):
    with pytest.raises(Usage, match="does not exist"):
        openended.open(tmp_path / "gone.run")
    (tmp_path / "x.run").write_text("x" * 5000)
    with pytest.raises(Damaged, match="not a run file"):
        openended.open(tmp_path / "x.run")


def test_an_elite_earns_its_fitness_on_its_course_in_gymnasium(tmp_path):
    walker, cap = WALKER, 300
    task, agent = WalkerTask(roughness=1.0, terrain_seed=5), 4 * walker.policies.default.init(2)
    which, keys = np.zeros((1, 2), np.int32), np.zeros(1, np.uint64)
    queue = Queue(walker.simulator.prepare([task]), walker.policies.default, agent[None], which, keys, cap)
    walker.simulator.rollouts(queue)
    path, fitness = tmp_path / "walker.run", float(queue.returns[0])
    config = settings((4,)) | {"domain": walker.id, "episodes": {"cap": cap}}
    create(path, "made", config, {})
    held = pair(0, 2, fitness)
    made = Task(0, task, -1, 0, tuple(walker.tasks.describe(task).tolist()), 2, "admitted", fitness, "first")
    with Writer(path) as file:
        file.commit(Changes(0, (made,), (held,), **agents((held,), agent=agent)), seconds=1.0)
    run = openended.open(path)
    env, act = run.course(2), controller(run.domain.policies.default, run.agent(2))
    assert isinstance(env, gymnasium.Env)
    total, over = 0.0, False
    observation, _ = env.reset()
    while not over:
        observation, reward, terminated, truncated, _ = env.step(act(observation))
        total, over = total + reward, terminated or truncated
    assert total == run.elites[2].best_fitness == fitness
    assert run.course(2, max_episode_steps=7).spec.max_episode_steps == 7
