"""Random numbers that are functions of a key, never of a hidden state.

Kernels draw from a counter-based stream: number `index` of stream `key` is a hash of the two, so that draws can be made
in any order and by any thread. The hash is SplitMix64's finaliser (Steele, Lea and Flood, Fast splittable pseudorandom
number generators, OOPSLA 2014; constants of Stafford's variant 13), applied to the key and to each counter value.
Python code draws from NumPy's counter-based Philox generator instead.
"""

import numpy as np

from .simd.compiled import inlined

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_TWO_TO_MINUS_53 = 2.0**-53


@inlined
def mix(value):
    """A bijective hash of 64 bits; integers in, uint64 out."""
    bits = np.uint64(value)
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


@inlined
def bits(key, index):
    """64 random bits (uint64), number `index` of the stream `key`."""
    return mix(mix(np.uint64(key) + _GOLDEN) + np.uint64(index) * _GOLDEN)


@inlined
def uniform(key, index):
    """A float64 uniform in [0, 1), number `index` of the stream `key`."""
    return np.float64(bits(key, index) >> np.uint64(11)) * _TWO_TO_MINUS_53


@inlined
def between(key, index, low, high):
    """An int64 uniform in low .. high - 1, number `index` of the stream `key`; for ranges far below 2^53."""
    return np.int64(low) + np.int64(uniform(key, index) * np.float64(high - low))


def generator(key: int) -> np.random.Generator:
    """NumPy's generator for the stream `key` (an integer in 0 .. 2^128 - 1)."""
    return np.random.Generator(np.random.Philox(key=key))
