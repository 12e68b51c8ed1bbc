import math
import time

from openended.file import machine


def test_the_end_of_the_job_is_known_inside_of_slurm_only():
    assert machine.remaining({}) == math.inf
    assert machine.remaining({"SLURM_JOB_END_TIME": "soon"}) == math.inf
    end = int(time.time()) + 60
    left = machine.remaining({"SLURM_JOB_END_TIME": str(end)})
    assert end - time.time() <= left <= 60


def test_a_process_is_its_own_living_owner_and_one_of_an_earlier_boot_is_dead():
    from dataclasses import replace

    me = machine.me()
    assert machine.alive(me, 0.0, 0.0)
    assert not machine.alive(replace(me, started="1"), 0.0, 0.0)
    assert not machine.alive(replace(me, boot="another"), time.time(), 60.0)
    assert machine.alive(replace(me, host="node17"), time.time(), 60.0)
    assert not machine.alive(replace(me, host="node17"), time.time() - 61, 60.0)
