"""What people say about tasks: which is more interesting, whether one can be solved, and the proof that it can."""

from collections.abc import Callable, Mapping
from math import fsum, isfinite
from typing import Any

from openended.envs.acting import act, read_actions

from .generation import Generation
from .offers import Offer, Standing, stand
from .work import Cost

Opinion = tuple[str, int, Mapping[str, float | int | bool | None]]
"""An outcome, the task that it is about (-1: none that has an id), and what was found (`core.offers.Taken`)."""


def vote(generation: Generation[Any], payload: Mapping[str, Any]) -> Opinion:
    """A vote counts if it is about two tasks that have pairs."""
    left, right = payload["left"], payload["right"]
    known = left != right and all(known_task(generation, id) for id in (left, right))
    return "counted" if known else "unknown", -1, {}


def about(
    generation: Generation[Any],
    offer: Offer,
    payload: Mapping[str, Any],
    decode: Callable[[Generation[Any], Offer], Any],
) -> Opinion:
    """A check or a witness of a task that has a pair or was offered; `decode` gives the genome of an offered task."""
    named = payload["task"]
    offered = None if isinstance(named, int) else standing(generation, named)
    if offered is None and not (isinstance(named, int) and known_task(generation, named)):
        return "unknown", -1, {}
    id = named if offered is None else offered.task
    if offer.kind == "check":
        return "counted", id, {}
    try:
        genome = generation.task(named).genome if offered is None else decode(generation, offered.offer)
        outcome, found = witnessed(generation, genome, payload["actions"], offer.number)
    except Exception as error:  # whatever a domain of somebody else's raises for what a stranger sent
        return f"invalid: {error!s:.200}", id, {}
    return outcome, id, found


def standing(generation: Generation[Any], name: str) -> Standing | None:
    """Where an offered task stands by now; None if it was never taken, or is no task."""
    found = stand(generation.before.offered, generation.taken).get(name) or generation.before.offered.get(name)
    return None if found is None or found.outcome.startswith("invalid") else found


def known_task(generation: Generation[Any], id: int) -> bool:
    """Whether a task has a pair."""
    return id in generation.before.pairs or id in {pair.task for pair in generation.altered()}


def witnessed(
    generation: Generation[Any], genome: Any, actions: Any, number: int
) -> tuple[str, dict[str, float | int | bool | None]]:
    """Whether recorded actions solve a task: they are done once more, in the episode that the offer's number names.

    Raises ValueError for what are no actions of the domain.
    """
    means, simulator = generation.means, generation.means.domain.simulator
    if simulator.begin is None:
        return "unverified", {}
    given = read_actions(simulator.actions, actions)
    trace = act(simulator, genome, given, means.params.episodes.cap, generation.key("witness", number))
    total = fsum(trace.rewards.tolist())
    generation.spend(Cost(1, len(trace.rewards), int(not isfinite(total))))
    outcome = "verified" if total >= means.params.criterion.solved else "refuted"
    return outcome, {"return": total, "steps": len(trace.rewards)}
