"""Short runs whose digests are known: each algorithm, and each kind of learner whose bits depend on no CPU.

    python -m tests.support.short_runs NAME...           prints their digests as JSON
    python -m tests.support.short_runs --pin [NAME...]   writes them, or all, into tests/core/digests.json

A digest that changes means that a search does something else than before; pin it anew only with a line in HISTORY.md.
"""

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from unittest.mock import patch

from openended import envs
from openended.file import digest as chains
from openended.file.reader import Reader
from openended.run import driver, recipe
from tests.support import toy, winds

PINNED = Path(__file__).parents[1] / "core" / "digests.json"

TOY = tomllib.loads(toy.SETTINGS) | {"generations": 8}
POET = {name: table for name, table in TOY.items() if name != "archive"}
DIRECT: dict[str, Any] = {
    "question": "?", "domain": "point-v1", "algorithm": "direct", "learner": TOY["learner"], "generations": 8
}  # fmt: skip
ATTACK: dict[str, Any] = {
    "question": "?",
    "domain": "shrinkable-v1",
    "algorithm": "attack",
    "generations": 6,
    "archive": TOY["archive"],
    "learner": TOY["learner"],
    "criterion": {"solved": 150, "low": -100},
    "attack": {"agent": "toy.run", "niche": 0},
    "tests": {"count": 12, "first": 24, "total": 60, "witnesses": 2, "training": 1},
}
"""An attack on an elite of the toy run, whose path the run's own folder completes."""
RUNS: dict[str, dict[str, Any]] = {
    "map-elites": TOY,
    "map-elites-cvt": TOY | {"archive": {"kind": "cvt", "cells": [60], "samples": 2000}},
    "latent": TOY
    | {
        "generations": 14,
        "reproduction": TOY["reproduction"] | {"children": 8},
        "generator": {"kind": "latent", "dimensions": 2, "fewest": 5, "every": 4},
    },
    "poet": POET | {"algorithm": "poet"},
    "enhanced-poet": POET | {"algorithm": "enhanced-poet"},
    "direct": DIRECT | {"task": '{"x":1.0,"y":0.5,"wind":0.1}'},
    "attack": ATTACK,
    "specification": tomllib.loads(winds.SETTINGS) | {"generations": 14},
}
"""The settings of each run by name, in the toy domain."""

SMOKE = tomllib.loads(recipe.locate("smoke").read_text())
PPO = {
    "kind": "ppo", "environments": 16, "steps": 64, "minibatch": 256, "epochs": 2, "updates": 1, "entropy": 0.003,
    "deviation": 0.6, "deviation_highest": 0.6,
}  # fmt: skip
"""Small, and independent of defaults that may be tuned."""
WALKERS: dict[str, dict[str, Any]] = {
    "smoke": SMOKE | {"generations": 4},
    "smoke-ppo": SMOKE | {"generations": 2, "learner": PPO},
    "accel": {
        "question": "?",
        "domain": "walker-v1",
        "algorithm": "curriculum",
        "generations": 6,
        "episodes": {"cap": 100},
        "learner": PPO,
        "source": {"kind": "easy"},
        "replay": {"probability": 0.9, "capacity": 8, "batch": 4, "edits": 2, "robust": True},
    },
    "maze-accel": {
        "question": "?",
        "domain": "maze-v1",
        "algorithm": "curriculum",
        "generations": 6,
        "episodes": {"cap": 60},
        "policy": {"kind": "gru", "hidden": [16, 16]},
        "criterion": {"solved": 0.05},
        "learner": PPO | {"sequence": 32},
        "potential": {"kind": "max_mc"},
        "source": {"kind": "easy"},
        "replay": {"probability": 0.9, "capacity": 8, "batch": 4, "edits": 2, "robust": True},
    },
    "generalist": {
        "question": "?",
        "domain": "walker-v1",
        "algorithm": "generalist",
        "generations": 6,
        "episodes": {"cap": 60},
        "criterion": {"low": -150},
        "learner": PPO,
        "replay": {"batch": 4, "variants": 1},
        "invention": {"count": 4},
        "specialists": {"count": 2, "low": -150, "visits": 0, "patience": 3},
        "transfer": {"every": 1, "close": 1000},
    },
    "supervised": {
        "question": "?",
        "domain": "digits-v1",
        "algorithm": "curriculum",
        "generations": 6,
        "archive": {"cells": [9, 5, 15]},
        "policy": {"kind": "mlp", "hidden": [16]},
        "criterion": {"solved": 1.0},
        "learner": {"kind": "supervised", "examples": 128, "minibatches": 2, "learning_rate": 0.01},
        "potential": {"kind": "variance"},
        "source": {"kind": "easy"},
        "replay": {"probability": 0.9, "capacity": 8, "batch": 4, "edits": 2, "robust": True},
    },
    "self-improvement": {
        "question": "?",
        "domain": "digits-v1",
        "algorithm": "self-improvement",
        "task": '{"base":2,"below":2,"digits":4,"first":"low","program":["add","x","y"],"seen":"shown","told":false}',
        "generations": 7,
        "archive": {"cells": [9, 5, 15]},
        "episodes": {"cap": 200, "repeats": 1},
        "policy": {"kind": "mlp", "hidden": [16]},
        "criterion": {"solved": 0.5},
        "learner": {"kind": "supervised", "examples": 96, "minibatches": 2, "learning_rate": 0.01},
        "rounds": {"taught": 2, "first": 2, "generations": 2, "questions": 64},
        "labels": {"kind": "majority", "learners": 3, "agree": 2},
    },
    "web": tomllib.loads(recipe.locate("web").read_text()) | {"generations": 8},
    "web-scorer": {
        "question": "?",
        "domain": "web-v1",
        "algorithm": "generalist",
        "generations": 4,
        "archive": {"cells": [12, 6, 10]},
        "episodes": {"cap": 60},
        "criterion": {"low": -100},
        "learner": PPO,
        "replay": {"batch": 4},
        "invention": {"count": 4},
    },
    "distil": {
        "question": "?",
        "domain": "point-v1",
        "algorithm": "distil",
        "generations": 6,
        "start": {"run": "map-elites"},
        "archive": {"cells": [6]},
        "criterion": {"solved": 150},
        "learner": {"kind": "imitation", "episodes": 4, "rows": 16, "minibatch": 64, "learning_rate": 0.01},
        "teaching": {"niches": 2, "neighbours": 1},
    },
}
"""The same for runs with walkers, web sites and networks that are fitted, whose kernels take a minute to compile."""

SLOW = ("web-scorer",)
"""Those whose kernels no other test of the default suite compiles."""


def digest(settings: dict[str, Any], threads: int = 1) -> str:
    """A digest of all that a run did, whatever its settings are called; the run is made in a folder of its own, after
    the short run that it starts from.
    """
    others = {"shrinkable-v1": "tests.support.shrinkable:SHRINKABLE", "winds-v1": "tests.support.winds:WINDS"}
    with tempfile.TemporaryDirectory() as folder, patch.dict(envs.DOMAINS, others):
        path = Path(folder) / "short.run"
        if start := settings.get("start"):
            settings = settings | {"start": {"run": str(source(start["run"], Path(folder)))}}
        register(recorded="start" in settings)
        if "attack" in settings:
            attacked, toy = Path(folder) / settings["attack"]["agent"], TOY | {"domain": settings["domain"]}
            driver.run(attacked, recipe.check(toy | {"generations": 20}, "toy", "toy.toml"), threads=threads)
            settings = settings | {"attack": settings["attack"] | {"agent": str(attacked)}}
        driver.run(path, recipe.check(settings, "short", "short.toml"), threads=threads)
        return done(path)


def register(recorded: bool) -> None:
    """The toy domain; `recorded`: with episodes that can be learnt from step by step, else the same."""
    envs.DOMAINS["point-v1"] = f"tests.support.{'recorded_point:RECORDED' if recorded else 'point:POINT'}"


def source(name: str, folder: Path) -> Path:
    """The run file of a short run, for others to begin from."""
    register(recorded=False)
    path = folder / f"{name}.run"
    driver.run(path, recipe.check(RUNS[name], name, "short.toml"), threads=1)
    return path


def done(path: Path) -> str:
    """A digest of all that the run in a file did, whatever its settings are called."""
    with Reader(path) as run:
        chain = chains.genesis("short")
        for id, did in run.database.execute("SELECT id, did FROM generation ORDER BY id"):
            chain = chains.chain(chain, id, did)
    return chain.hex()


def main(arguments: list[str]) -> None:
    known = RUNS | WALKERS
    names = [name for name in arguments if name != "--pin"] or list(known)
    digests = {name: digest(known[name]) for name in names}
    print(json.dumps(digests, indent=2))
    if "--pin" in arguments:
        kept = json.loads(PINNED.read_text())
        PINNED.write_text(json.dumps({name: (kept | digests)[name] for name in known}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
