"""A batch script for Slurm that runs a recipe, however often it is stopped: with threads on one node, else with Ray.

What the script relies on (sbatch(1), srun(1), scontrol(1)): `--requeue` brings a preempted job back; a job at the end
of its time is not brought back, so the script asks for that itself when the run says that it can be resumed (exit code
75) and has got on; `--signal=B:` reaches the batch shell only, which hands the signal on, as bash does not do by
itself; `--open-mode=append` keeps the log of the earlier starts.
"""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openended.file.errors import Usage

WARNING = 120
"""Seconds before the end of the job's time at which Slurm sends the request to stop."""

TIME = re.compile(r"\d+(:\d{2}){0,2}|\d+-\d{2}(:\d{2}){0,2}")
"""Minutes, minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes, days-hours:minutes:seconds."""
PLAIN = re.compile(r"[A-Za-z0-9_.,:@+-]{1,256}")
"""What a directive's value may look like: nothing that a shell or sbatch would read as something else."""


@dataclass(frozen=True)
class Job:
    """What is asked of Slurm.

    Attributes:
        name: of the job; what is not a letter, digit, `_` or `-` becomes `-`.
        nodes: how many; from two on they form a Ray cluster.
        time: the limit as Slurm writes it, for example `24:00:00`.
        cpus: per node; 0: all that the node has (the node is then ours alone).
        options: other directives by name, such as partition, account, mem.

    """

    name: str
    nodes: int
    time: str
    cpus: int = 0
    options: tuple[tuple[str, str], ...] = ()

    def directives(self) -> list[str]:
        """The `#SBATCH` lines. Raises Usage if a value could be read as something else."""
        if not TIME.fullmatch(self.time):
            raise Usage(f"--time {self.time}: write it as Slurm does, for example 24:00:00 or 2-00:00:00.")
        for name, value in self.options:
            if not PLAIN.fullmatch(value):
                raise Usage(f"--{name} {value}: only letters, digits and _ . , : @ + - may stand here.")
        alone = self.nodes > 1 or not self.cpus
        return [
            f"--job-name={re.sub(r'[^A-Za-z0-9_-]', '-', self.name)[:64]}",
            f"--nodes={self.nodes}",
            "--ntasks-per-node=1",
            *([f"--cpus-per-task={self.cpus}"] if self.cpus else []),
            *(["--exclusive"] if alone else []),
            f"--time={self.time}",
            *(f"--{name}={value}" for name, value in self.options),
            "--requeue",
            "--open-mode=append",
            f"--signal=B:USR1@{WARNING}",
            "--output=%x-%j.log",
        ]


def script(job: Job, program: Sequence[str], python: str, run: Path, arguments: Sequence[str]) -> str:
    """The text of the batch script.

    Args:
        job: what is asked of Slurm.
        program: the command line up to the verb, for example `/usr/bin/python3 -m openended`.
        python: the interpreter that has Ray.
        run: the run file.
        arguments: the verb `run` with everything that it is given but where episodes run.

    """
    workers = RAY if job.nodes > 1 else THREADS
    text = HEAD + workers + TAIL
    values = {
        "DIRECTIVES": "\n".join(f"#SBATCH {line}" for line in job.directives()),
        "PROGRAM": shlex.join(program),
        "PYTHON": shlex.quote(python),
        "RUN": shlex.quote(str(run)),
        "ARGUMENTS": shlex.join(arguments),
    }
    return re.sub("|".join(f"@{name}@" for name in values), lambda found: values[found[0].strip("@")], text)


HEAD = """#!/bin/bash
# Printed by `openended slurm`. Submit it with `sbatch`; if Slurm restarts it, the run continues.
@DIRECTIVES@
set -u

openended=(@PROGRAM@)
run=@RUN@
arguments=(@ARGUMENTS@)
cpus=${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-$(nproc)}}

# The previous process of this job is dead, even if the run file still names it as owner.
if [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ]; then
    arguments+=(--steal)
fi

generation() {
    "${openended[@]}" status "$run" --json 2>/dev/null | sed -n 's/.*"generation": *\\(-\\{0,1\\}[0-9]*\\).*/\\1/p'
}

child='' cluster='' cancelled=''
trap 'if [ -n "$child" ]; then kill -USR1 "$child"; fi' USR1
trap 'cancelled=1; if [ -n "$child" ]; then kill -TERM "$child"; fi' TERM
"""

THREADS = """
arguments+=(--threads "$cpus")
"""

RAY = """
python=@PYTHON@
head=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
port=$((20000 + SLURM_JOB_ID % 20000))
RAY_AUTH_TOKEN=$("$python" -c 'import secrets; print(secrets.token_hex(32))')
export RAY_AUTH_TOKEN RAY_AUTH_MODE=token RAY_USAGE_STATS_ENABLED=0 RAY_raylet_start_wait_time_s=120
unset RAY_ADDRESS
# shellcheck disable=SC2016  # expanded on the nodes
node='
    python=$1 head=$2 port=$3 cpus=$4
    if [ "$SLURM_PROCID" -eq 0 ]; then
        place=(--head --port="$port" --include-dashboard=false --temp-dir="$(env -u TMPDIR mktemp -d -t oe-XXXXXX)")
    else
        place=(--address="$head:$port")
    fi
    exec "$python" -m ray.scripts.scripts start "${place[@]}" --num-cpus="$cpus" --disable-usage-stats --block
'
srun --nodes="$SLURM_JOB_NUM_NODES" --ntasks="$SLURM_JOB_NUM_NODES" --ntasks-per-node=1 --cpus-per-task="$cpus" \\
    bash -c "$node" node "$python" "$head" "$port" "$cpus" >/dev/null &
cluster=$!
for _ in $(seq 120); do
    if (exec 3<>"/dev/tcp/$head/$port") 2>/dev/null; then break; fi
    sleep 1
done
arguments+=(--ray "$head:$port")
"""

TAIL = """
before=$(generation)
"${openended[@]}" "${arguments[@]}" &
child=$!
wait "$child"
while kill -0 "$child" 2>/dev/null; do wait "$child"; done  # a signal ends the waiting, not the child
wait "$child"
code=$?
if [ -n "$cluster" ]; then
    kill "$cluster" 2>/dev/null
    wait "$cluster"
fi

# At the end of its time the job asks to be continued, unless it was cancelled or got nowhere.
if [ "$code" -eq 75 ] && [ -z "$cancelled" ] && [ "$(generation)" != "$before" ]; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$code"
"""
