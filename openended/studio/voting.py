"""Routes of Vote: which two tasks to ask about, and how well the model would have guessed.

The model here is the one that a run may be steered by (`core.preference`), fitted to the votes that the run has counted
and to those that this page has sent since.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from openended.core.keys import key
from openended.core.novelty import scaled
from openended.core.preference import EQUAL, LEFT, RIGHT, Preference, columns, fit
from openended.core.questions import question
from openended.core.types import Pair
from openended.file.snapshot import described

from .answers import Handler, answer
from .session import Studio

ANSWERS = {"left": LEFT, "right": RIGHT, "equal": EQUAL}
AGAIN = 10
"""Of so many questions one is asked again, with its sides swapped: does a person agree with himself?"""
TOLD = 5
"""Votes of which it is told how many would have been guessed."""


@dataclass(frozen=True)
class Known:
    """What a question is made from: pairs, what a model knows of their tasks, the model, pairs not to ask about."""

    pairs: list[Pair]
    tasks: NDArray[np.float64]
    model: Preference
    passed: frozenset[frozenset[int]]


class Voting:
    """Handlers of Vote for a studio."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.asked = 0

    async def question(self, request: Request) -> Response:
        """Two tasks; without two that can be shown, none."""
        known = self.known()
        places = self.again(known) or question(known.model, known.tasks, self.key(), known.passed)
        self.asked += 1
        studio, view = self.studio, self.studio.looker.moment().view
        votes = studio.votes[-TOLD:]
        told = {"votes": len(studio.votes), "guessed": sum(vote.guessed for vote in votes), "of": len(votes)}
        if places is None:
            return answer(told | {"left": None, "right": None})
        left, right = (known.pairs[place] for place in places)
        chances = known.model.chances(known.tasks[[places[0]]], known.tasks[[places[1]]])[0]
        studio.guesses[left.task, right.task] = int(np.argmax(chances))
        sides = {
            name: {
                "task": pair.task,
                "niche": pair.niche,
                "where": described(studio.looker.domain.axes, view.tasks[pair.task].descriptor),
            }
            for name, pair in (("left", left), ("right", right))
        }
        return answer(told | sides)

    def key(self) -> int:
        """What fixes the next question."""
        looker = self.studio.looker
        return key(int(looker.config["seed"]), looker.moment().view.generation, "question", self.asked)

    def again(self, known: Known) -> tuple[int, int] | None:
        """Now and then an earlier question, its sides swapped."""
        votes = self.studio.votes
        if self.asked % AGAIN != AGAIN - 1 or not votes:
            return None
        before = votes[-min(len(votes), AGAIN // 2)]
        places = {pair.task: place for place, pair in enumerate(known.pairs)}
        if before.left in places and before.right in places:
            return places[before.right], places[before.left]
        return None

    def known(self) -> Known:
        """What is known by now."""
        looker = self.studio.looker
        view, offers = looker.moment().view, looker.moment().offers
        held = sorted((view.agents if looker.plays else list(view.elites.values())), key=lambda pair: pair.task)
        tasks = columns(scaled([view.tasks[pair.task].descriptor for pair in held], view.domain.axes))
        places = {pair.task: place for place, pair in enumerate(held)}
        counted = [each.payload or {} for each in offers if each.kind == "vote" and each.outcome == "counted"]
        votes = [(each["left"], each["right"], each["choice"]) for each in counted]
        taken = {each.name for each in offers}
        votes += [(vote.left, vote.right, vote.choice) for vote in self.studio.votes if vote.name not in taken]
        votes = [vote for vote in votes if vote[0] in places and vote[1] in places]
        told = [vote for vote in votes if vote[2] in ANSWERS]
        pairs = np.array([(places[left], places[right]) for left, right, _ in told], np.int64).reshape(-1, 2)
        model = fit(tasks, pairs, np.array([ANSWERS[choice] for _, _, choice in told], np.int64))
        passed = frozenset(frozenset((places[left], places[right])) for left, right, _ in votes)
        return Known(held, tasks, model, passed)

    def get(self) -> list[tuple[str, Handler]]:
        return [] if self.studio.read_only else [("/api/question", self.question)]

    def post(self) -> list[tuple[str, Handler]]:
        return []
