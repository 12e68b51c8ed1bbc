"""Domains that kill or break the workers of a cluster, but not the process that drives it."""

import os
import sys

from tests.support.point import Point


def on_a_worker():
    ray = sys.modules.get("ray")
    return ray is not None and ray._private.worker.global_worker.mode == ray.WORKER_MODE


class Deadly(Point):
    id = "deadly-v1"

    def rollouts(self, queue):
        if on_a_worker():
            os._exit(9)
        super().rollouts(queue)


class Broken(Point):
    id = "broken-v1"

    def rollouts(self, queue):
        if on_a_worker():
            raise ZeroDivisionError("a bug of the domain")
        super().rollouts(queue)
