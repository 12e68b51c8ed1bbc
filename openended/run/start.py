"""Beginning from other runs: their files are read once, before anything is written, and their digests noted."""

from dataclasses import replace
from pathlib import Path

from openended.core.algorithms import SHARING
from openended.core.start import Predecessor, Start, joined
from openended.core.types import Pair
from openended.file.errors import Damaged, Usage
from openended.file.reader import Reader
from openended.file.settings import Config, external
from openended.file.verify import verify


def begun(config: Config, path: Path) -> tuple[Config, Predecessor | None]:
    """The config with the digest of the run that it starts from, and what that run had come to.

    Once the run file `path` has a generation, it holds copies of all that it needs, and the other run is not read.

    Raises:
        Usage: the other run does not exist, is of another domain, policy or digest, or has no agents.
        Damaged: it, or the run file, cannot be read or is not sound.

    """
    start = config.params.start
    if start is None:
        return config, None
    if path.exists():
        with Reader(path) as run:
            kept, generation = run.config.get("start"), run.last()[0]
        if isinstance(kept, dict):
            noted = {name: str(kept.get(name, "")) for name in ("digest", "tasks_digest")}
            start = replace(start, **{name: value for name, value in noted.items() if not getattr(start, name)})
        if generation >= 0:
            return started(config, start), None
    digest, source = read(config, Path(start.run), "start.run", start.digest)
    start = replace(start, digest=digest)
    if start.tasks:
        digest, further = read(config, Path(start.tasks), "start.tasks", start.tasks_digest)
        solved = config.params.criterion.solved

        def wanted(pair: Pair) -> bool:
            fault = pair.fitness < solved <= pair.best_fitness
            return pair.retired < 0 and (fault or further.algorithm != "attack")

        start, source = (
            replace(start, tasks_digest=digest),
            replace(source, state=joined(source.state, further.state, wanted)),
        )
    return started(config, start), source


def started(config: Config, start: Start) -> Config:
    """The config with this start."""
    return replace(config, params=replace(config.params, start=start))


def read(config: Config, path: Path, name: str, wanted: str) -> tuple[str, Predecessor]:
    """Digest and contents of another run, which the setting `name` names. Raises Failure."""
    if not path.exists():
        raise Usage(f"{name} is {path}, which does not exist; name the run file to begin from.")
    if problems := verify(path):
        raise Damaged(f"{name} is {path}, which is damaged: {problems[0]}")
    with Reader(path) as run:
        theirs, algorithm, kind = run.config, str(run.config["algorithm"]), run.config["learner"]["kind"]
        for key, ours in (("domain", config.head.domain), ("environment", config.head.environment)):
            if theirs.get(key) != ours:
                raise Usage(
                    f"{name} is {path}, whose {key} is {theirs.get(key)!r}, where this recipe has {ours!r}; name a "
                    "run of the same domain."
                )
        if external(theirs):
            raise Usage(f"{name} is {path}, which holds no agents: its learner is external; name another run.")
        policy = config.params.policy.of(run.domain)
        if run.policy != policy:
            raise Usage(
                f"{name} is {path}, whose agents are {described(run.policy)}, where those of this recipe are "
                f"{described(policy)}; give [policy] as it is there."
            )
        if wanted not in ("", run.digest):
            raise Usage(
                f"{name} is {path}, whose digest is {run.digest}, where {wanted} is wanted; name the file as it was "
                "then, such as a backup."
            )
        state = run.state()
        learner = state.learners.get(0) if algorithm in SHARING else None
        return run.digest, Predecessor(state, learner, kind, algorithm)


def described(policy: object) -> str:
    """A policy in words, such as `mlp 24-40-40-4`."""
    sizes = getattr(policy, "sizes", None)
    kind = str(getattr(policy, "kind", "?"))
    return f"{kind} {'-'.join(map(str, sizes))}" if sizes else str(policy)
