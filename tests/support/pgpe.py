"""POET's update computed by EvoTorch: the oracle of our own."""

import numpy as np

from openended.core.learners.evotorch import evotorch


def climb(job, settings, population, ranks):
    """The step of a job of `core.learners.es` by EvoTorch's `pgpe_tell` and its Adam: agent, m and v, float32[p].

    Its gradient is 1 / pairs * sum of (utility+ - utility-) / 2 * sigma * noise. With utilities of 2 / sigma^2 times
    the ranks that is POET's, whose scale matters beside the weight decay.
    """
    torch, _, functional = evotorch()
    old = job.learner.memory

    def tensor(array):
        return torch.tensor(np.array(array), dtype=torch.float32)

    def with_decay(tell):
        return lambda state, *, follow_grad: tell(state, follow_grad=follow_grad - settings.weight_decay * state.center)

    optimizer = (functional.adam, functional.adam_ask, with_decay(functional.adam_tell))
    constants = {"beta1": settings.beta1, "beta2": settings.beta2, "epsilon": settings.epsilon}
    if job.plain:
        optimizer, constants = (functional.sgd, functional.sgd_ask, with_decay(functional.sgd_tell)), {}
    pgpe = functional.pgpe(
        center_init=tensor(job.learner.agent),
        center_learning_rate=float(old["learning_rate"]),
        stdev_init=float(old["sigma"]),
        stdev_learning_rate=0.0,
        objective_sense="max",
        ranking_method="raw",
        optimizer=optimizer,
        optimizer_config=constants,
    )
    if not job.plain:
        moments = pgpe.optimizer_state._replace(m=tensor(old["m"]), v=tensor(old["v"]), t=tensor(old["t"]))
        pgpe = pgpe._replace(optimizer_state=moments)
    utilities = tensor(ranks * (2.0 / float(old["sigma"]) ** 2))
    new = functional.pgpe_tell(pgpe, torch.from_numpy(population), utilities).optimizer_state
    return new.center.numpy(), *((old["m"], old["v"]) if job.plain else (new.m.numpy(), new.v.numpy()))
