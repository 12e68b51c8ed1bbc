"""The Ray executor: its logic on a stand-in, its promises on real clusters on this machine."""

import random
import re
import secrets
import signal
import socket
import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from openended import envs
from openended.core.learners import Imitation, Proximal, Snes, Strategy, kind
from openended.core.learners.teachers import Lessons, Teacher
from openended.core.work import Batch, Job, Limits
from openended.file.errors import Resources, Usage
from openended.file.reader import Reader
from openended.run import driver
from openended.run.cluster import connect, worker
from openended.run.cluster import executor as cluster
from openended.run.cluster.executor import AHEAD, RayExecutor, block, blocks, shares
from openended.run.cluster.worker import Place
from openended.run.threads import Abandoned
from tests.support import toy
from tests.support.handmade import plain
from tests.support.marked import LOOPBACK, Marked
from tests.support.point import POINT
from tests.support.run_content import digest
from tests.support.serial import SerialExecutor

DOMAIN, POLICY, LIMITS = POINT, POINT.policies.default, Limits(20)


class Promise:
    def __init__(self, work, item):
        self.done = lambda: work(item)


class StandIn:
    """What the executor uses of Ray, in this process: items are done in a random order."""

    def __init__(self, slots, seed=0):
        import ray.exceptions

        self.exceptions = ray.exceptions
        self.slots, self.order = slots, random.Random(seed)
        self.most, self.fault, self.stamps, self.asked = 0, None, iter(()), 0

    def remote(self, **options):
        assert options == {"num_cpus": 1, "max_retries": cluster.RETRIES}
        return lambda work: SimpleNamespace(remote=lambda item: Promise(work, item))

    def wait(self, references, num_returns, timeout):
        self.most, self.asked = max(self.most, len(references)), self.asked + 1
        done = self.order.sample(references, 1 if num_returns == 1 else self.order.randint(1, num_returns))
        return done, [reference for reference in references if reference not in done]

    def get(self, reference):
        if self.fault:
            raise self.fault
        result = reference.done()
        stamp = next(self.stamps, None)
        return result if stamp is None else worker.Result(result.returns, result.steps, result.facts, stamp)

    def cluster_resources(self):
        return {"CPU": float(self.slots)}

    def shutdown(self):
        pass


@pytest.fixture
def executor(point, monkeypatch):
    """Makes an executor on a stand-in of so many slots."""
    worker.domain.cache_clear()

    def make(slots, seed=0, **more):
        monkeypatch.setattr(connect, "local", lambda slots, folder: StandIn(slots, seed))
        return RayExecutor(DOMAIN, POLICY, "local", slots, np.zeros(1, np.uint8), **more)

    yield make
    worker.domain.cache_clear()


def batch(count=300):
    draw = np.random.default_rng(0)
    tasks = [DOMAIN.tasks.first()]
    for key in range(4):
        tasks.append(DOMAIN.tasks.mutate(tasks[-1], key))
    agents = draw.normal(size=(count, POLICY.parameters)).astype(np.float32)
    which = np.stack([draw.integers(0, 5, count), draw.permutation(count)], axis=1).astype(np.int32)
    return Batch(tasks, agents, which, np.arange(count, dtype=np.uint64), LIMITS)


def jobs(count, settings=Strategy(population=70)):  # noqa: B008 (frozen)
    """Training steps on one task each, the last on two."""
    tasks = [DOMAIN.tasks.mutate(DOMAIN.tasks.first(), key) for key in range(count + 1)]
    learners = [kind(settings).start(settings, id, POLICY.init(id)) for id in range(count)]
    genomes = [*((task,) for task in tasks[: count - 1]), tuple(tasks[count - 1 :])]
    return [Job(genome, learner, learner.id) for genome, learner in zip(genomes, learners, strict=True)], settings


@pytest.mark.parametrize("slots", [1, 2, 7, 64, 1000])
def test_evaluations_are_those_of_one_thread_whatever_the_slots_and_the_order_of_results(executor, slots):
    alone = SerialExecutor(DOMAIN).evaluate(batch())
    found = executor(slots, seed=slots).evaluate(batch())
    assert found.returns.tobytes() == alone.returns.tobytes()
    assert found.steps.tobytes() == alone.steps.tobytes()
    assert all(found.facts[name].tobytes() == alone.facts[name].tobytes() for name in DOMAIN.simulator.facts)


@pytest.mark.parametrize("slots", [1, 3, 64])
def test_es_steps_are_those_of_one_thread_whatever_the_slots_and_the_order_of_results(executor, slots):
    work, settings = jobs(3)
    alone = SerialExecutor(DOMAIN).learn(work, settings, LIMITS)
    found = executor(slots, seed=slots).learn(work, settings, LIMITS)
    assert [plain(each) for each in found] == [plain(each) for each in alone]
    assert [len(each.visits) for each in found] == [1, 1, 2]


def test_steps_of_other_kinds_send_their_episodes_to_the_workers_and_are_updated_here(executor):
    work, settings = jobs(2, Snes(population=16))
    alone = SerialExecutor(DOMAIN).learn(work, settings, LIMITS)
    assert [plain(each) for each in executor(3).learn(work, settings, LIMITS)] == [plain(each) for each in alone]


def test_steps_of_ppo_are_made_by_the_workers_and_are_those_of_this_machine(executor, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.envs.test_queue:CHOICES")
    line, settings = envs.domain("line-v1"), Proximal(environments=8, steps=32, updates=1, minibatch=64)
    policy = line.policies.default
    task = line.tasks.mutate(line.tasks.first(), 1)
    jobs = [
        Job((line.tasks.first(), task)[: 1 + i % 2], kind(settings).start(settings, i, policy.init(i)), i)
        for i in range(3)
    ]
    alone = kind(settings).learn(jobs, settings, LIMITS, worker.Alone(line, policy))
    found = executor(2)
    found.domain, found.policy = line, policy
    assert [plain(each) for each in found.learn(jobs, settings, LIMITS)] == [plain(each) for each in alone]


def test_lessons_are_given_by_the_workers_and_are_those_of_this_machine(executor, monkeypatch):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.envs.test_queue:CHOICES")
    line, settings = envs.domain("line-v1"), Imitation(episodes=2, rows=8, minibatch=64, filter="none")
    policy = line.policies.default
    genomes = (line.tasks.first(), line.tasks.mutate(line.tasks.first(), 1))
    teachers = tuple(Teacher(policy.init(i), (i % 2, 1 - i % 2)) for i in range(10))
    learner = replace(kind(settings).start(settings, 0, policy.init(99)), steps=1)
    job = Lessons(genomes, learner, 3, teachers=teachers)
    alone = kind(settings).learn([job], settings, LIMITS, worker.Alone(line, policy))
    found = executor(2)
    found.domain, found.policy = line, policy
    assert [plain(each) for each in found.learn([job], settings, LIMITS)] == [plain(each) for each in alone]
    assert alone[0].learner.memory["t"] > 0


def test_nothing_to_evaluate_gives_nothing(executor):
    agents, which, keys = np.empty((0, 22), np.float32), np.empty((0, 2), np.int32), np.empty(0, np.uint64)
    found = executor(2).evaluate(Batch([], agents, which, keys, LIMITS))
    assert (len(found.returns), len(found.steps), {name: len(values) for name, values in found.facts.items()}) == (
        0,
        0,
        {"finished": 0, "distance": 0},
    )


def test_no_more_items_are_under_way_than_a_few_per_slot(executor):
    tight = executor(2)
    work, settings = jobs(40)
    assert len(tight.learn(work, settings, LIMITS)) == 40
    assert tight._ray.most == 2 * AHEAD


def test_all_that_is_done_is_taken_at_once(executor):
    wide = executor(100)
    work, settings = jobs(150)
    assert len(wide.learn(work, settings, LIMITS)) == 150
    assert wide._ray.asked < 150


def test_every_slot_gets_something_to_do_but_no_share_is_tiny():
    assert shares(jobs=1, population=512, slots=4) == 32
    assert shares(jobs=20, population=512, slots=2) == 512
    assert shares(jobs=2, population=512, slots=1000) == 16
    assert shares(jobs=5, population=20, slots=64) == 20


def test_evaluations_are_spread_over_all_slots_and_cut_finer_only_where_they_are_many():
    assert blocks(episodes=20, slots=2) == 10
    assert blocks(episodes=20, slots=64) == 1
    assert blocks(episodes=400, slots=2) == 50
    assert blocks(episodes=400, slots=10) == 16
    assert blocks(episodes=0, slots=2) == 1


def test_a_block_takes_along_the_tasks_and_agents_that_it_needs_and_no_others():
    agents = np.arange(12, dtype=np.float32).reshape(6, 2)
    which = np.array([[4, 5], [2, 0], [4, 0]], np.int32)
    place = Place("point-v1", "null", POLICY)
    found = block(place, list("abcde"), Batch((), agents, which, np.arange(3, dtype=np.uint64), LIMITS), slice(0, 3))
    assert found.tasks == ("c", "e")
    assert found.agents.tolist() == [[0, 1], [10, 11]]
    assert [(found.tasks[t], found.agents[a].tolist()) for t, a in found.which] == [
        ("e", [10, 11]),
        ("c", [0, 1]),
        ("e", [0, 1]),
    ]


def test_a_request_to_stop_is_heeded_and_does_not_wait_for_the_cluster(executor):
    stopped = executor(2)
    stopped.stop[0] = 1
    stopped._ray.shutdown = None
    with pytest.raises(Abandoned), stopped:
        stopped.evaluate(batch())


def test_an_item_that_kills_its_workers_is_named_with_the_way_to_replay_it(executor):
    broken = executor(2, replay="openended resume a.run")
    broken._ray.fault = broken._ray.exceptions.WorkerCrashedError()
    work, settings = jobs(1)
    with pytest.raises(Resources) as error:
        broken.learn(work, settings, LIMITS)
    said = str(error.value)
    assert re.match(
        r"Workers died 4 times on episodes (0 to 17|18 to 35|36 to 53|54 to 69) of the ES step with key 0 on the task",
        said,
    )
    assert DOMAIN.tasks.encode(work[0].genomes[0]) in said
    assert "`openended resume a.run --threads 1` repeats it" in said


def test_what_a_worker_raises_reaches_the_caller_and_a_missing_domain_is_told(executor):
    broken = executor(2)
    task_error = broken._ray.exceptions.RayTaskError
    broken._ray.fault = task_error("work", "trace", ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        broken.evaluate(batch())
    broken._ray.fault = task_error("work", "trace", envs.DomainError("there is no domain 'point-v1'"))
    with pytest.raises(Usage, match=r"cannot load the domain \(.*no domain 'point-v1'.*install its package"):
        broken.evaluate(batch())


def test_workers_with_other_software_are_said_and_noted_once_for_each_kind(executor):
    said, noted = [], []
    mixed = executor(4, say=said.append, differ=lambda *found: noted.append(found))
    here = dict(worker.stamp())
    same = tuple((here | {"host": "node1"}).items())
    other = tuple((here | {"host": "node2", "numpy": "1.0", "cpu": "abacus"}).items())
    alike = tuple((dict(other) | {"host": "node3"}).items())
    mixed._ray.stamps = iter([same, other, other, alike, other])
    mixed.evaluate(batch())
    assert noted == [("node2", {"numpy": "1.0", "cpu": "abacus"})]
    assert len(said) == 1
    assert "node2" in said[0]
    assert "numpy 1.0 instead of" in said[0]


@pytest.mark.parametrize("address", ["", "head", "head:", ":6379", "auto", "head:port"])
def test_an_address_must_be_explicit(address):
    with pytest.raises(Usage, match="HOST:PORT"):
        connect.join(address)


def test_without_a_token_nothing_is_joined(monkeypatch, tmp_path):
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Usage, match="there is no token"):
        connect.join("127.0.0.1:6379")


def test_an_address_where_nobody_listens_is_told_at_once(monkeypatch):
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Resources, match=rf"127.0.0.1:{port} does not answer \(tried connecting"):
        connect.join(f"127.0.0.1:{port}")


@pytest.fixture
def straight(grown_toy, tmp_path):
    (tmp_path / "toy.toml").write_text(toy.SETTINGS)
    return digest(grown_toy(12))


def committed(path, generation, process):
    """Wait until a run has come to a generation."""
    while process.process.poll() is None:
        if path.exists():
            with Reader(path) as run:
                if run.last()[0] >= generation:
                    return
        time.sleep(0.05)
    raise AssertionError(process.end())


def test_a_local_cluster_gives_the_digest_of_threads_listens_on_loopback_only_and_leaves_nothing(straight, tmp_path):
    path = tmp_path / "ray.run"
    with Marked(tmp_path, "run", "toy.toml", "--out", path, "--ray", "local", "--threads", 2) as run:
        committed(path, 3, run)
        listening = run.listening()
        code, errors = run.end()
        assert (code, errors) == (0, "")
        assert run.all_gone()
    assert len(listening) > 3
    assert set(listening) <= LOOPBACK
    assert digest(path) == straight


@pytest.mark.slow
def test_a_request_to_stop_ends_a_local_cluster(straight, tmp_path):
    path = tmp_path / "ray.run"
    command = ("run", "toy.toml", "--out", path, "--ray", "local", "--threads", 2, "--generations", 10_000)
    with Marked(tmp_path, *command) as run:
        committed(path, 3, run)
        run.process.send_signal(signal.SIGTERM)
        code, errors = run.end()
        assert code == 75
        assert "Stopped on request" in errors
        assert run.all_gone()
    with Reader(path) as file:
        assert file.owner() is None


@pytest.mark.slow
def test_a_killed_run_takes_its_local_cluster_along_and_goes_on(straight, tmp_path):
    path = tmp_path / "ray.run"
    command = ("run", "toy.toml", "--out", path, "--ray", "local", "--threads", 2)
    with Marked(tmp_path, *command, "--generations", 10_000) as run:
        committed(path, 3, run)
        run.process.kill()
        assert run.all_gone(180)  # Ray's processes find out by themselves: workers in 3 s, its agents in a minute
    with Reader(path) as file:
        reached = file.last()[0]
    with Marked(tmp_path, *command, "--generations", reached + 2) as run:
        assert run.end() == (0, "")
    with Marked(tmp_path, "run", "toy.toml", "--out", "again.run", "--generations", reached + 2) as run:
        assert run.end() == (0, "")
    assert digest(path) == digest(tmp_path / "again.run")


@pytest.mark.slow
def test_something_that_accepts_but_is_no_cluster_is_given_up(straight, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        with Marked(tmp_path, "run", "toy.toml", "--ray", address, RAY_AUTH_MODE="disabled") as run:
            code, errors = run.end()
    assert code == 5
    assert f"The Ray cluster {address} does not answer (tried attaching" in errors


@pytest.mark.slow
@pytest.mark.parametrize(
    ("domain", "code", "said"),
    [("deadly-v1", 5, "Workers died 4 times on"), ("broken-v1", 1, "a bug of the domain")],
)
def test_a_domain_that_kills_or_breaks_workers_is_told_apart(straight, tmp_path, domain, code, said):
    (tmp_path / "bad.toml").write_text(toy.SETTINGS.replace("point-v1", domain))
    with Marked(tmp_path, "run", "bad.toml", "--out", "bad.run", "--ray", "local", "--threads", 1) as run:
        found, errors = run.end()
        assert found == code, errors
        assert said in errors
        assert run.all_gone()
    assert ("--threads 1` repeats it" in errors) == (code == 5)
    with Marked(tmp_path, "resume", "bad.run", "--threads", 1, "--generations", 1) as run:
        assert run.end() == (0, "")


@pytest.fixture
def nodes(tmp_path):
    """A cluster of three nodes, its address, and the environment to join it."""
    environment = {
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }
    from tests.support.marked import TESTS

    with Marked(tmp_path, module=[TESTS / "nodes.py"], **environment) as started:
        yield started, started.process.stdout.readline().strip(), environment


@pytest.mark.slow
def test_three_nodes_give_the_digest_of_threads(straight, tmp_path, nodes):
    _, address, environment = nodes
    with Marked(tmp_path, "run", "toy.toml", "--out", "three.run", "--ray", address, **environment) as run:
        assert run.end() == (0, "")
    assert digest(tmp_path / "three.run") == straight


@pytest.mark.slow
def test_a_node_killed_in_the_middle_of_a_generation_changes_nothing(config, tmp_path, nodes):
    cluster_, address, environment = nodes
    (tmp_path / "toy.toml").write_text(toy.SETTINGS)
    path = tmp_path / "less.run"
    generations = 60
    command = ("run", "toy.toml", "--out", path, "--ray", address, "--generations", generations)
    with Marked(tmp_path, *command, **environment) as run:
        committed(path, 5, run)
        cluster_.process.stdin.write("\n")
        cluster_.process.stdin.flush()
        assert cluster_.process.stdout.readline() == "gone\n"
        with Reader(path) as file:
            assert file.last()[0] < generations
        assert run.end()[0] == 0
    driver.run(tmp_path / "straight.run", config(f"generations={generations}"), threads=1)
    assert digest(path) == digest(tmp_path / "straight.run")


@pytest.mark.slow
def test_a_run_moved_between_threads_a_local_cluster_and_three_nodes_gives_the_same_digest(straight, tmp_path, nodes):
    _, address, environment = nodes
    path = tmp_path / "moved.run"
    places = [("--threads", 2), ("--ray", "local", "--threads", 2), ("--ray", address), ("--threads", 1)]
    for generation, place in zip((3, 6, 9, 12), places, strict=True):
        more = environment if address in place else {}
        with Marked(tmp_path, "run", "toy.toml", "--out", path, "--generations", generation, *place, **more) as run:
            assert run.end()[0] == 0
    assert digest(path) == straight


@pytest.mark.slow
def test_walkers_give_the_same_digest_on_threads_and_on_ray(tmp_path, capsys):
    places = {"one": ("--threads", 1), "two": ("--threads", 2), "ray": ("--ray", "local", "--threads", 2)}
    seconds = {}
    for name, place in places.items():
        with Marked(tmp_path, "run", "smoke", "--out", f"{name}.run", *place) as run:
            code, errors = run.end(900)
            assert code == 0, errors
        with Reader(tmp_path / f"{name}.run") as file:
            seconds[name] = round(sum(row["seconds"] for row in file.generations()[1:]), 1)
    with capsys.disabled():
        print(f"\nsmoke: seconds of its generations after the first, by place: {seconds}")
    assert len({digest(tmp_path / f"{name}.run") for name in places}) == 1
