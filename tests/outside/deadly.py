"""Domains that kill or break the workers of a cluster, but not the process that drives it."""

import os
import sys

from tests.support.altered import altered
from tests.support.point import POINT


def on_a_worker():
    ray = sys.modules.get("ray")
    return ray is not None and ray._private.worker.global_worker.mode == ray.WORKER_MODE


def kill(queue):
    if on_a_worker():
        os._exit(9)
    POINT.simulator.rollouts(queue)


def fail(queue):
    if on_a_worker():
        raise ZeroDivisionError("a bug of the domain")
    POINT.simulator.rollouts(queue)


DEADLY = altered(POINT, id="deadly-v1", simulator={"rollouts": kill})
BROKEN = altered(POINT, id="broken-v1", simulator={"rollouts": fail})
