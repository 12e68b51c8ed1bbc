"""The agent that an attack is against and a witness, side by side on a minimal counter-example."""

from openended.core.types import Agent
from openended.core.witnesses import LAYOUT, TARGET, policy_of
from openended.envs.policy import Policy
from openended.file.atlas import Fault, atlas, telling
from openended.file.errors import Usage
from openended.file.snapshot import MENTIONED, Snapshot
from openended.view.episode import Episode, played


def versus(view: Snapshot, niche: int | None) -> list[Episode]:
    """The episodes of the agent and of the witness on the minimal task of a niche; None: of the most telling fault.

    Raises Usage for a run that is no attack, or a niche without a fault.
    """
    found = atlas(view)
    if not found.faults:
        raise Usage("the attack has found no fault yet; let it run for some generations first.")
    if niche is not None and niche not in found.faults:
        known = ", ".join(map(str, list(found.faults)[:MENTIONED]))
        raise Usage(f"niche {niche} shows no fault; among those that do are: {known}.")
    fault = telling(found, 1)[0] if niche is None else found.faults[niche]
    arrays = view.state.arrays
    target = policy_of(arrays[LAYOUT], view.policy, view.domain)
    witness = view.best_agent(fault.minimal.pair)
    return [
        episode(view, fault, "agent", target, arrays[TARGET]),
        episode(view, fault, "witness", view.policy, witness),
    ]


def episode(view: Snapshot, fault: Fault, who: str, policy: Policy, agent: Agent) -> Episode:
    """An agent on the minimal task, run again."""
    least, test = fault.minimal, fault.test.pair
    what = f" ({', '.join(least.parts)})" if least.parts else ""
    where = f"minimal task of niche {test.niche}{what}"
    return played(view, policy, agent, view.state.tasks[least.pair.task].genome, f"{who} on the {where}")
