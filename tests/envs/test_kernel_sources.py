"""The key of the compiled kernels covers every file that a kernel takes functions or constants from."""

import ast
import functools

import pytest

from openended.envs import cache

MAKERS = {"kernel", "inlined", "maker", "njit", "closure", "intrinsic", "overload"}
"""Decorators that compile a function."""


def names(node):
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


@functools.cache
def parsed(path):
    """The definitions of a module, by name, and its imports from `envs`: name -> (file, name there)."""
    definitions, imports = {}, {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            definitions[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            definitions |= {name: node for target in targets for name in names(target)}
        elif isinstance(node, ast.ImportFrom) and node.level:
            package = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            for alias in node.names:
                places = (package / f"{alias.name}.py", package.with_suffix(".py"), package / "__init__.py")
                imports[alias.asname or alias.name] = next(filter(lambda place: place.is_file(), places)), alias.name
    return definitions, imports


def needed(path, name, seen):
    """Other files that a name of a module is made from."""
    definitions, imports = parsed(path)
    if (path, name) in seen:
        return
    seen.add((path, name))
    if name in imports:
        file, there = imports[name]
        yield file
        definitions, imports = parsed(file)
        for other in [there] if there in definitions | imports else definitions:  # a module may be imported as a whole
            yield from needed(file, other, seen)
    elif name in definitions:
        for other in names(definitions[name]):
            yield from needed(path, other, seen)


def missing():
    """The files that kernels need and the key does not cover, and the number of kernels."""
    seen, files, kernels = set(), set(), 0
    for path in cache.SOURCES.rglob("*.py"):
        for name, node in parsed(path)[0].items():
            made = [each for inner in ast.walk(node) for each in getattr(inner, "decorator_list", [])]
            if any(names(decorator) & MAKERS for decorator in made):
                kernels += 1
                files |= set(needed(path, name, seen))
    return {
        path.relative_to(cache.SOURCES).as_posix() for path in files - set(cache.kernel_sources(cache.SOURCES))
    }, kernels


def test_nothing_that_a_kernel_needs_is_missing():
    files, kernels = missing()
    assert not files, "add them to cache.KERNELS"
    assert kernels > 150


@pytest.mark.parametrize(("name", "file"), [("random.py", "random.py"), ("walker/courses", "walker/courses/course.py")])
def test_a_missing_entry_is_found(monkeypatch, name, file):
    monkeypatch.setattr(cache, "KERNELS", [each for each in cache.KERNELS if each != name])
    assert file in missing()[0]
