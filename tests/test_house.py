"""The rules of the house: which way imports point, how long files are, what is named where."""

import ast
import re
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest

import openended
from openended import cli, envs

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for part in ("envs", "openended") for path in (ROOT / part).rglob("*.py"))
ORDER = (
    "openended.envs",
    "openended.core",
    "openended.file",
    "openended.run",
    "openended.view",
    "openended.studio",
    "openended.cli",
)
"""Each may import what stands before it, except that `view` reads run files and does not run."""


def module(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return f"openended.{name}" if parts[0] == "envs" else name


def imports(path):
    """Full names of what a file imports, wherever it does; relative ones resolved."""
    package = module(path).split(".") if path.name == "__init__.py" else module(path).split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            start = ".".join(part for part in (base, node.module) if part)
            yield from (f"{start}.{alias.name}" for alias in node.names)


def layer(name):
    return next((place for place, part in enumerate(ORDER) if name == part or name.startswith(f"{part}.")), None)


def wrong(importer, imported):
    """Whether an import points the wrong way."""
    here, there = layer(importer), layer(imported)
    if here is None or there is None:
        return here == 0 and imported.split(".")[0] == "openended"
    return there > here or (ORDER[here], ORDER[there]) == ("openended.view", "openended.run")


def circles(arrows):
    """Sets of nodes that reach each other, where there is more than one (Tarjan 1972); `arrows` is a dict of sets."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in arrows.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            members = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(members) > 1 or node in arrows.get(node, ()):
                found.append(sorted(members))

    for node in arrows:
        if node not in index:
            visit(node)
    return found


def arrows_between_files():
    """Which of our modules each of them imports, the packages' own `__init__` left out."""
    modules = {module(path): path for path in SOURCES}
    arrows = {}
    for name, path in modules.items():
        wanted = {imported if imported in modules else imported.rpartition(".")[0] for imported in imports(path)}
        arrows[name] = {other for other in wanted if other in modules and modules[other].name != "__init__.py"}
    return arrows


def room(name):
    """The folder of a module."""
    return name.rpartition(".")[0]


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_imports_point_one_way(path):
    assert [name for name in imports(path) if wrong(module(path), name)] == []


def test_the_import_rule_knows_right_from_wrong():
    assert wrong("openended.envs.walker.domain", "openended.core.types.Task")
    assert wrong("openended.envs.walker.domain", "openended.gymnasium")
    assert wrong("openended.core.learners.es", "openended.file.reader.Reader")
    assert wrong("openended.file.verify", "openended.run.recipe.Config")
    assert wrong("openended.run.driver", "openended.view.live")
    assert wrong("openended.view.live", "openended.run.recipe.Config")
    assert wrong("openended.view.report.page", "openended.studio.app")
    assert not wrong("openended.view.live", "openended.file.reader.Reader")
    assert not wrong("openended.cli.run", "openended.view.live")
    assert not wrong("openended.studio.app", "openended.run.threads")
    assert not wrong("openended.core.learners.es", "openended.envs.api.Domain")
    assert not wrong("openended.core.learners.es", "numpy")
    assert "openended.core.work.Job" in set(imports(ROOT / "openended/core/learners/es.py"))
    assert "openended.envs.cache" in set(imports(ROOT / "envs/__init__.py"))


def test_no_imports_go_in_circles():
    arrows = arrows_between_files()
    assert circles(arrows) == []
    rooms = {}
    for name, others in arrows.items():
        rooms.setdefault(room(name), set()).update({room(other) for other in others} - {room(name)})
    own = {name: others for name, others in rooms.items() if name.startswith("openended.envs.walker.")}
    assert circles(own) == []
    assert len(own) == 5


def test_a_circle_is_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    assert arrows_between_files()["openended.run.driver"] >= {"openended.file.writer", "openended.run.recipe"}


def test_the_core_knows_no_files_clocks_processes_or_prints():
    banned = {
        "time",
        "datetime",
        "pathlib",
        "sqlite3",
        "subprocess",
        "multiprocessing",
        "signal",
        "socket",
        "random",
        "secrets",
    }
    for path in (ROOT / "openended/core").rglob("*.py"):
        assert not {name.split(".")[0] for name in imports(path)} & banned, path
        calls = {node.func.id for node in ast.walk(ast.parse(path.read_text())) if is_call_by_name(node)}
        assert not calls & {"print", "open", "input"}, path


def is_call_by_name(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name)


SCRIPTS = sorted((ROOT / "openended").rglob("*.js"))


@pytest.mark.parametrize("path", [*SOURCES, *SCRIPTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_300_lines(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_text_never_becomes_markup_or_code_on_a_page(path):
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", path.read_text()
    )


@pytest.mark.parametrize("path", SOURCES, ids=module)
def test_nothing_that_is_read_is_executed(path):
    assert not {name.split(".")[0] for name in imports(path)} & {
        "pickle",
        "marshal",
        "shelve",
        "dill",
        "cloudpickle",
        "yaml",
    }
    tree = ast.parse(path.read_text())
    assert not {node.func.id for node in ast.walk(tree) if is_call_by_name(node)} & {
        "eval",
        "exec",
        "compile",
        "__import__",
    }
    keywords = {(word.arg, ast.unparse(word.value)) for word in ast.walk(tree) if isinstance(word, ast.keyword)}
    assert not keywords & {("shell", "True"), ("allow_pickle", "True"), ("fastmath", "True")}


def test_the_package_and_its_simulators_come_from_this_folder():
    assert Path(envs.__file__).resolve().parents[1] == Path(openended.__file__).resolve().parents[1]


def test_every_package_is_listed_for_the_wheel():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split())
    found = {module(path.parent / "__init__.py") for path in SOURCES}
    assert listed == found | {"openended.recipes"}


def test_every_dependency_is_pinned():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    pinned = {line.partition("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().split()}
    wanted = setup["options"]["install_requires"] + setup["options.extras_require"]["test"]
    wanted += setup["options.extras_require"]["web"]
    assert {re.match(r"[\w-]+", line)[0].lower() for line in wanted.split()} <= pinned


def test_every_verb_recipe_and_exit_code_is_in_the_readme():
    readme = (ROOT / "README.md").read_text()
    for verb in cli.COMMANDS:
        assert f"`openended {verb}" in readme
    for recipe in (ROOT / "runs").glob("*.toml"):
        assert f"| `{recipe.stem}` |" in readme
        assert tomllib.loads(recipe.read_text())["question"]
    for code in (0, 1, 2, 3, 4, 5, 75):
        assert re.search(rf"\b{code} [a-z]", readme)


def test_the_two_commands_of_the_readme_are_two_blocks_and_the_checks_run_the_second():
    readme = (ROOT / "README.md").read_text()
    first, second, *_ = re.findall(r"^```sh\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    assert re.search(r"openended run quickstart && .*openended plot .* && .*openended replay ", first)
    assert re.search(r"-m pytest( -\S+ \S+| --\S+ \S+)*$", second.rstrip())
    assert all(line.count("\n") == 1 for line in (first, second))
    script = (ROOT / ".ci" / "run").read_text()
    assert "inside && block == 2" in script
    places = [script.index(step) for step in ('"$setup"', "ruff check", "ruff format --check", "bin/mypy", '"$tests"')]
    assert places == sorted(places), "linters run before the tests"


def test_no_file_names_a_place_of_some_machine():
    texts = [
        *SOURCES,
        *ROOT.glob("*.*"),
        *(ROOT / "runs").glob("*.*"),
        *(ROOT / "docs").glob("*.*"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    pattern = re.compile(r"/(?:home|root|Users|work)/\w")
    for path in texts:
        if path.is_file() and path.name != ".git" and path != Path(__file__):
            assert not pattern.search(path.read_text(errors="ignore")), path
