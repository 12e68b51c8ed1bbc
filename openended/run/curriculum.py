"""A curriculum for other people's learners: it chooses the tasks, they play them and tell what they saw.

>>> with openended.Curriculum("walker_accel", seed=1, file="my.run") as curriculum:
...     while not curriculum.done:
...         tasks = curriculum.sample()
...         returns = [play(task.json, learn=task.train) for task in tasks]
...         curriculum.update(tasks, returns)

The run file is one like any other: a generation is committed as soon as all of its tasks have been told of. What comes
next is a function of the file, so a process that is killed samples the same tasks again when the curriculum is made
again, and the same seed and the same updates give the same digest.
"""

import os
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from openended.core.algorithms import algorithm
from openended.core.means import Means
from openended.core.offers import Offer
from openended.core.specification import on_trial
from openended.core.types import State
from openended.file.connection import guarded
from openended.file.errors import Usage
from openended.file.writer import Writer
from openended.run import driver, recipe, targets
from openended.run.driver import ignore
from openended.run.outside import Answers, Asked, Told
from openended.run.sources import offered
from openended.run.telling import Assignment, Telling

ALGORITHM = "curriculum"
"""Other algorithms try agents themselves and keep them, so they cannot go without one."""


class Curriculum:
    """A run whose learner is elsewhere. To be closed after use; as a context manager it closes itself.

    A recipe's tables `[learner]` and `[policy]` do not count. Recipes of other algorithms than `curriculum` are
    refused. Where a recipe tries the agent (`source.kind = "ranges"`), the trials are handed out as tasks, too.

    Args:
        recipe: a name that `openended recipes` lists, or the path of a TOML file.
        file: the run file; made if it does not exist. One that exists must be of the same recipe, settings and seed.
        seed: of all random streams, instead of the recipe's.
        generations: how many of them, instead of the recipe's.
        overrides: other settings, as `--set` takes them: `replay.batch=8`.
        steal: take the run file over even if another process seems to run it.
        inputs: a run file, or what `openended export --as inputs` wrote, whose offers are taken instead of those in the
            inbox of this run.
        say: takes sentences that the user should read, such as that package versions have changed.

    Raises:
        Failure: `Usage` for a recipe that does not fit; `Damaged`, `Owned`, `Resources` for the run file.

    """

    def __init__(
        self,
        recipe_name: str,
        *,
        file: str | os.PathLike[str],
        seed: int | None = None,
        generations: int | None = None,
        overrides: Sequence[str] = (),
        steal: bool = False,
        inputs: str | os.PathLike[str] | None = None,
        say: Callable[[str], None] = ignore,
    ):
        elsewhere = {"kind": "external"}
        config = recipe.load(recipe_name, overrides, seed=seed, generations=generations, learner=elsewhere)
        if config.head.algorithm != ALGORITHM:
            raise Usage(
                f"{config.name} is of the algorithm {config.head.algorithm!r}, which keeps and tries agents itself; "
                f"openended.Curriculum takes recipes of the algorithm {ALGORITHM!r}."
            )
        if on_trial(config.params.specification):
            raise Usage(
                f'{config.name} has specification.grow = "stall", and trials train the agent; openended.Curriculum '
                'takes "at", "never" or "all".'
            )
        self.path = Path(file)
        self._config, self._algorithm, self._answers = config, algorithm(ALGORITHM), Answers()
        driver.prepare(self.path, config, say)
        self._file = Writer(self.path, steal, say)
        self._closed = weakref.finalize(self, close, self._file, os.getpid())
        self._state: State | None = None
        self._earlier: list[list[Told]] = []
        self._telling = Telling(())
        try:
            with guarded(self.path):
                if config.settings() != self._file.config:
                    self._file.extend(config.settings())
                driver.report_drift(self._file, config, say)
                given = None if inputs is None else Path(inputs)
                self._source = offered(self.path, self._file, config.params.people, given, say)
                self._offers: tuple[Offer, ...] | None = None
                wanted = targets.interest(config) if self._file.generation < 0 else ()
                self._means: Means[Any] = Means(
                    config.params, self._file.domain, config.head.seed, self._answers, interest=wanted
                )
                if self._file.generation >= 0:
                    self._state = driver.resumed(self._file, self._means)
            self._clock = time.perf_counter()
            self._advance()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def generation(self) -> int:
        """The last generation committed."""
        return self._file.generation

    @property
    def done(self) -> bool:
        """Whether all generations are done."""
        return self.generation >= self._config.head.generations

    def sample(self, count: int | None = None) -> list[Assignment]:
        """Tasks of this generation that have not been told of, in their order.

        At most `count` of them (None: all), those that this process has not handed out yet; when all have been handed
        out, they start again from the first. There is always at least one.

        Raises Usage after the last generation, and for a count below 1.
        """
        self._open()
        if count is not None and count < 1:
            raise Usage(f"sample({count}) asks for no tasks; ask for at least 1, or leave the count out for all.")
        self._advance()
        if self.done:
            raise Usage(
                f"{self.path} has done its {self._config.head.generations} generations; construct the curriculum with "
                "generations=N for more."
            )
        return self._telling.sample(count)

    def update(
        self,
        tasks: Sequence[Assignment],
        returns: Sequence[float | Sequence[float]],
        *,
        scores: Mapping[str, Sequence[float]] | None = None,
        steps: Sequence[int] | None = None,
    ) -> bool:
        """Tell what the learner saw of tasks; when all of this generation have been told of, it is committed.

        What was told of a generation that is not complete lives in this process only. An update that raises has told
        nothing.

        Args:
            tasks: some of those that `sample` gave, each once a generation, in any order.
            returns: of each its return, or those of several episodes on it, finite numbers.
            scores: what a critic says of each, by name, in the units of the returns. `positive_value_loss`: the mean
                over the steps of max(0, advantage); `value`: the mean value of the first observation; `update` and
                `disagreement`: see `core.learners.visits`. A potential of such a name needs the score, `max_mc` needs
                `value`; trials need none. Any others are only noted in the run file.
            steps: environment steps of each, for the counters and to weigh variants of a task.

        Returns:
            Whether this completed the generation.

        Raises:
            Usage: a task that is not one of this generation, or that was told of before; lengths that differ; a return
                or a score that is not a finite number; a score that is needed or not known; a closed curriculum.
            Failure: the generation cannot be committed; nothing told is lost, and `sample` tries again.

        """
        self._open()
        self._telling.tell(tasks, returns, scores or {}, steps, self._config.params.potential.kind)
        before = self.generation
        self._advance()
        return self.generation > before

    def close(self) -> None:
        """Give the run file up. What was told of a generation that is not complete is lost."""
        self._closed()

    def _open(self) -> None:
        if not self._closed.alive:
            raise Usage(f"the curriculum of {self.path} is closed; make it again to continue the run.")

    def _advance(self) -> None:
        """Commit what can be computed from what has been told, up to the next question."""
        while self._telling.complete and not self.done:
            told = [*self._earlier, self._telling.told] if self._telling.tasks else []
            self._answers.begin(told)
            try:
                if self._state is None:
                    state, changes = self._algorithm.init(self._means)
                else:
                    if self._offers is None:  # the same ones, however often the generation is computed
                        self._offers = self._source.take(self.generation + 1)
                    state, changes = self._algorithm.step(self._means, self._state, self._offers)
            except Asked as asked:
                self._earlier, self._telling = told, self._handed_out(asked, sum(map(len, told)))
                return
            now = time.perf_counter()
            with guarded(self.path):
                self._file.commit(changes, now - self._clock)
            self._source.settle(changes.offers)
            self._offers = None
            self._clock, self._state, self._earlier, self._telling = now, state, [], Telling(())

    def _handed_out(self, asked: Asked, first: int) -> Telling:
        encode = self._means.domain.tasks.encode
        return Telling(
            [
                Assignment(self.generation + 1, place, genome, encode(genome), asked.use)
                for place, genome in enumerate(asked.genomes, first)
            ]
        )


def close(file: Writer, process: int) -> None:
    """Close a run file in the process that opened it; a child that was forked leaves it alone."""
    if os.getpid() == process:
        file.close()
