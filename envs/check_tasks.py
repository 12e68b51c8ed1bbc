"""Checks a domain's tasks."""

import json
from itertools import pairwise

import numpy as np

from .api import Domain, Genome
from .contract import ContractViolation, require
from .shrinking import Shrinking
from .specifications import Specification
from .vectors import Vectors

WAY = 1000
"""Most steps of `toward` from the first task to another one."""


def check_tasks(domain: Domain, count: int) -> list[Genome]:
    """The chain of tasks, the first task first."""
    task = domain.tasks.first()
    _check_task(domain, task, "the first task")
    chain = [task]
    for key in range(count):
        place = f"mutation {key} of a chain"
        before = domain.tasks.encode(task)
        child, again = domain.tasks.mutate(task, key), domain.tasks.mutate(task, key)
        require(
            domain.tasks.encode(child) == domain.tasks.encode(again),
            f"{place}: mutate is not a function of task and key",
        )
        require(domain.tasks.encode(task) == before, f"{place}: mutate changed its argument")
        _check_task(domain, child, place)
        chain.append(child)
        task = child
    different = {domain.tasks.encode(task) for task in chain}
    require(count < 2 or len(different) > count // 2, f"{count} mutations in a row gave only {len(different)} tasks")
    _check_optional(domain, chain)
    return chain


def _check_task(domain: Domain, task: Genome, place: str) -> None:
    text = domain.tasks.encode(task)
    try:
        json.loads(text)
    except ValueError as error:
        raise ContractViolation(f"{place}: encode gives no JSON ({error})") from None
    decoded = domain.tasks.decode(text)
    require(decoded == task, f"{place}: decode(encode(task)) is another task, {text}")
    require(domain.tasks.encode(decoded) == text, f"{place}: encode(decode(text)) is another text, {text}")
    for wrong in ("", "[]", "null", text + " ", text[:-1]):
        try:
            domain.tasks.decode(wrong)
        except ValueError:
            continue
        raise ContractViolation(f"{place}: decode takes {wrong!r} without a ValueError")
    descriptor, again = domain.tasks.describe(task), domain.tasks.describe(task)
    shape = (len(domain.axes),)
    sound = descriptor.dtype == np.float64 and descriptor.shape == shape
    require(sound, f"{place}: describe gives {descriptor.dtype}{descriptor.shape}; it must be float64{shape}")
    require(np.isfinite(descriptor).all(), f"{place}: describe gives {descriptor}; every value must be finite")
    require(descriptor.tobytes() == again.tobytes(), f"{place}: describe is not a function of the task")


def _check_optional(domain: Domain, chain: list[Genome]) -> None:
    """What not every domain has."""
    encode = domain.tasks.encode
    if random := domain.tasks.random:
        drawn = [random(key) for key in range(20)]
        for key, genome in enumerate(drawn):
            _check_task(domain, genome, f"random task {key}")
            require(encode(genome) == encode(random(key)), f"random task {key}: random is not a function of its key")
        require(len(set(map(encode, drawn))) > 1, "random gives the same task for all keys")
    if features := domain.tasks.features:
        shape = features(chain[0]).shape
        for genome in chain:
            found = features(genome)
            sound = found.dtype == np.float64 and found.ndim == 1 and found.shape == shape and np.isfinite(found).all()
            require(sound, f"features of {encode(genome)} are {found}; they must be as many finite float64 everywhere")
            require(found.tobytes() == features(genome).tobytes(), "features is not a function of the genome")
    if solvable := domain.tasks.solvable:
        require(solvable(chain[0]) is True, "solvable says that the first task cannot be solved")
    if reseed := domain.tasks.reseed:
        for key, genome in enumerate(chain):
            sibling = reseed(genome, key)
            _check_task(domain, sibling, f"reseeded task {key}")
            require(encode(sibling) == encode(reseed(genome, key)), "reseed is not a function of genome and key")
    if shrinking := domain.tasks.shrinking:
        for genome in chain:
            _check_shrinking(domain, shrinking, genome)
    _check_specifications(domain, domain.tasks.specifications, chain)
    if vectors := domain.tasks.vectors:
        for key, genome in enumerate(chain):
            _check_vectors(domain, vectors, genome, key)
    if toward := domain.tasks.toward:
        genome, target = chain[0], chain[-1]
        for number in range(WAY):
            if encode(genome) == encode(target):
                break
            genome = toward(genome, target)
            _check_task(domain, genome, f"step {number} toward the last task of a chain")
        require(encode(genome) == encode(target), f"toward does not arrive within {WAY} steps")


def _check_specifications(domain: Domain, versions: tuple[Specification, ...], chain: list[Genome]) -> None:
    """Every version has a name of its own, allows what those before it do, and draws only what it allows."""
    names, encode = [version.name for version in versions], domain.tasks.encode
    require(all(names) and len(set(names)) == len(names), f"specifications {names} must have distinct names")
    drawn: list[Genome] = [*chain]
    for version in versions:
        require(version.allows(chain[0]), f"the specification {version.name!r} does not allow the first task")
        for key, genome in enumerate(drawn if version.mutate else ()):
            assert version.mutate is not None
            if version.allows(genome):
                child = version.mutate(genome, key)
                place = f"a child of {encode(genome)} within the specification {version.name!r}"
                _check_task(domain, child, place)
                require(encode(child) == encode(version.mutate(genome, key)), f"{place} is not a function of its key")
                require(version.allows(child), f"{place} is not allowed there, {encode(child)}")
        for what, draw in (("random", version.random), ("easy", version.easy)):
            for key in range(5 if draw else 0):
                assert draw is not None
                genome = draw(key)
                place = f"{what} task {key} of the specification {version.name!r}"
                _check_task(domain, genome, place)
                require(encode(genome) == encode(draw(key)), f"{place}: it is not a function of its key")
                require(version.allows(genome), f"{place} is not allowed there, {encode(genome)}")
                drawn.append(genome)
    for before, version in pairwise(versions):
        for genome in drawn:
            kept = version.allows(genome) or not before.allows(genome)
            require(kept, f"{version.name!r} does not allow {encode(genome)}, which {before.name!r} before it does")


def _check_shrinking(domain: Domain, shrinking: Shrinking, genome: Genome) -> None:
    """A part that is dropped is gone, and what is smaller keeps its parts and is no task twice."""
    encode, names = domain.tasks.encode, list(shrinking.names(genome))
    text = encode(genome)
    require(not shrinking.names(shrinking.without(genome, names)), f"{text} without all its parts still has some")
    for name in names:
        rest = shrinking.without(genome, [name])
        _check_task(domain, rest, f"{text} without {name}")
        left = [other for other in names if other != name]
        require(list(shrinking.names(rest)) == left, f"{text} without {name} has other parts than {left}")
        smaller = shrinking.smaller(genome, name)
        for each in smaller:
            _check_task(domain, each, f"{text} with {name} smaller")
        texts = {encode(each) for each in smaller}
        require(text not in texts and len(texts) == len(smaller), f"{text} with {name} smaller is a task twice")


def _check_vectors(domain: Domain, vectors: Vectors, genome: Genome, key: int) -> None:
    """A vector becomes a genome that has the same vector."""
    text, vector = domain.tasks.encode(genome), vectors.of(genome)
    if vector is None:
        return
    sound = vector.dtype == np.float64 and vector.shape == (vectors.size,) and bool(np.isfinite(vector).all())
    require(sound, f"the vector of {text} is {vector}; it must be {vectors.size} finite float64")
    made, again = vectors.genome(vector, key), vectors.genome(vector, key)
    _check_task(domain, made, f"the task of the vector of {text}")
    require(
        domain.tasks.encode(made) == domain.tasks.encode(again), "vectors.genome is not a function of its arguments"
    )
    back = vectors.of(made)
    require(back is not None and back.tobytes() == vector.tobytes(), f"{text} and the task of its vector differ in it")
