"""Threads that share work inside kernels: counters that are read and changed in one step.

`add` is a full memory barrier: a thread that reads the sum by `read` or `add` sees everything written before the `add`.
A waiting thread yields its core, so threads do not spin when there are more threads than cores.
"""

from llvmlite import ir
from numba import types
from numba.core.typing.templates import signature
from numba.extending import intrinsic

from ..simd.compiled import inlined

TAKEN, DONE, READY = 0, 8, 16
"""Counters of threads that share an update, each in a cache line of its own: chunks taken, chunks done, steps made."""

_WORD = ir.IntType(64)

give_way = types.ExternalFunction("sched_yield", types.int32())
"""Let another thread have the core (POSIX)."""


def _pointer(context, builder, sig, args):
    return builder.gep(context.make_array(sig.args[0])(context, builder, args[0]).data, [args[1]])


@intrinsic
def add(typing, counters, index, amount):
    """Add to counters[index] and return what it was; counters: int64[n]."""

    def emit(context, builder, sig, args):
        return builder.atomic_rmw("add", _pointer(context, builder, sig, args), args[2], "acq_rel")

    return signature(types.int64, counters, types.intp, types.int64), emit


@intrinsic
def read(typing, counters, index):
    """counters[index], and with it all that was written before it was put there."""

    def emit(context, builder, sig, args):
        return builder.load_atomic(_pointer(context, builder, sig, args), "acquire", 8)

    return signature(types.int64, counters, types.intp), emit


@intrinsic
def publish(typing, counters, index, value):
    """Put a value into counters[index], for others to see with all that was written before."""

    def emit(context, builder, sig, args):
        builder.store_atomic(args[2], _pointer(context, builder, sig, args), "release", 8)
        return context.get_dummy_value()

    return signature(types.none, counters, types.intp, types.int64), emit


@inlined
def next_chunk(counters, chunks, batches, stop):
    """Take the next chunk of an update of so many minibatches, `chunks` each, and wait until its minibatch is ready.

    Returns its number, counted through all minibatches; -1: there is none, or `stop[0]` is set.
    """
    work = add(counters, TAKEN, 1)
    batch = work // chunks
    if batch >= batches:
        return -1
    while read(counters, READY) < batch and stop[0] == 0:
        give_way()
    return -1 if stop[0] else work


@inlined
def finished(counters, chunks, batch):
    """Count a chunk as done; whether it was the last of its minibatch, so that the step is to be made."""
    return add(counters, DONE, 1) + 1 == (batch + 1) * chunks
