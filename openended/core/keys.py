"""Keys: every random stream of a run has a name, and the name alone fixes what it draws.

No generator is ever stored or shared, so nothing that a draw depends on can be lost by a crash or changed by the number
of threads. Streams of different names are independent (Salmon et al. 2011, Parallel Random Numbers: As Easy as 1, 2, 3:
Philox).
"""

import json
from hashlib import blake2b

import numpy as np


def key(seed: int, generation: int, purpose: str, *ids: int) -> int:
    """The key, 0 .. 2^64 - 1, of one random stream.

    The name is written as JSON, which no two names share, and hashed by BLAKE2b to 64 bits.
    """
    name = json.dumps([int(seed), int(generation), purpose, *map(int, ids)])
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def generator(key: int) -> np.random.Generator:
    """A generator at the beginning of the stream `key`."""
    return np.random.Generator(np.random.Philox(key=key))
