import re

import pytest

from openended import envs
from openended.cli.plot import command
from openended.envs.api import Axis
from openended.file.errors import Usage
from openended.file.snapshot import snapshot
from openended.run import driver, recipe
from openended.view.lineage import stays
from openended.view.plot import OPTIONS, chosen, lineage, number, plot
from openended.view.plots.progress import OVER
from openended.view.plots.quantities import NAMES
from tests.support.toy import SETTINGS

START = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
AXES = (Axis("gap", 0, 1, "m"), Axis("gap width", 0, 1, "m"), Axis("Height", 0, 1, "m"))


POET = (
    "reproduction.threshold=-1000",
    "criterion.low=-1000",
    "criterion.high=1000",
    "algorithm=poet",
    "generations=30",
)


@pytest.fixture(scope="module")
def toys(tmp_path_factory):
    """Runs of the toy recipe with transfers and children of children: MAP-Elites of pairs, and POET, which retires."""
    folder = tmp_path_factory.mktemp("toy")
    (folder / "toy.toml").write_text(SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(envs.DOMAINS, "point-v1", "tests.support.point:POINT")
        for name, overrides in {"toy": (), "poet": POET}.items():
            driver.run(folder / f"{name}.run", recipe.load(str(folder / "toy.toml"), overrides), threads=1)
        yield folder


KINDS = [kind for kind in OPTIONS if kind != "atlas"]
"""What any run can be drawn as; an atlas is that of an attack (`plots/test_atlas.py`)."""


@pytest.fixture
def toy(toys):
    return toys / "toy.run"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_of_a_real_run_with_the_same_bytes_again(toy, tmp_path, kind):
    first, second = (plot([toy], tmp_path / f"{name}.svg", kind).read_bytes() for name in "ab")
    assert first == second
    assert first.startswith(START["svg"])


@pytest.mark.parametrize("ending", START)
def test_a_lineage_is_drawn_with_the_same_bytes_again(toy, tmp_path, ending):
    first, second = (lineage(toy, None, tmp_path / f"{name}.{ending}") for name in "ab")
    assert first[:-1] == second[:-1]
    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()
    assert (tmp_path / f"a.{ending}").read_bytes().startswith(START[ending])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_of_a_run_without_a_generation_and_of_one_with_one(unstarted, made, tmp_path, kind):
    for path in (unstarted, made({(0, 0): 280.0})):
        assert plot([path], tmp_path / "x.png", kind).stat().st_size > 1000


@pytest.mark.parametrize("name", ["toy.run", "poet.run"])
def test_the_last_stay_of_every_agent_is_where_its_elite_says_that_it_came_from(toys, name):
    view = snapshot(toys / name)
    origins = {find.id: find.origin for find in view.finds}
    found = [(origins[pair.elite], stays(view, pair)) for pair in view.state.pairs.values()]
    assert len(found) > 2
    assert any(stay.transfer for _, way in found for stay in way)
    for origin, way in found:
        assert way[-1].source == origin
        assert way[0].source == -1
        assert not any(stay.guessed for stay in way)
        assert [stay.source for stay in way[1:]] == [stay.task for stay in way[:-1]]
        assert [stay.since for stay in way] == sorted(stay.since for stay in way)


def test_the_lineage_of_an_elite_is_that_of_the_niche_named(toy):
    view = snapshot(toy)
    for niche in view.elites:
        assert lineage(toy, niche)[0].startswith(f"niche {niche}, task {view.elites[niche].task}: ")


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ((None, None), (0, 1)),
        (("height", None), (2, 0)),
        ((None, "gap"), (1, 0)),
        (("gap w", "0"), (1, 0)),
        ((None, "Height"), (0, 2)),
    ],
)
def test_descriptors_are_named_by_name_beginning_or_number(given, found):
    assert chosen(AXES, *given) == found


@pytest.mark.parametrize("name", ["depth", "3", "", "ga "])
def test_a_descriptor_that_is_none_is_refused_naming_all(name):
    with pytest.raises(Usage, match=r"choose one of: gap, gap width, Height\.$"):
        number(AXES, name)


REFUSED = {
    "an unknown kind": (
        "x.png",
        {"kind": "pie"},
        "'pie'; choose one of: heatmap, progress, potentials, lineage, transfers",
    ),
    "an option of another kind": ("x.png", {"kind": "progress", "x": "wind"}, "--x does not go .*: heatmap"),
    "an unknown quantity": ("x.png", {"of": "beauty"}, "choose one of: fitness, age"),
    "an unknown descriptor": ("x.png", {"x": "depth"}, "goal distance, wind"),
    "one descriptor twice": ("x.png", {"x": "wind", "y": "wind"}, "two different ones"),
    "an unknown way": ("x.png", {"kind": "progress", "over": "days"}, "generations, steps"),
    "an unknown ending": ("x.jpeg", {}, ".png, .svg, .pdf"),
    "no folder": ("no/x.png", {}, "no folder"),
}


@pytest.mark.parametrize(("name", "options", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn_is_refused_in_one_sentence_and_nothing_written(toy, tmp_path, name, options, words):
    with pytest.raises(Usage, match=words) as error:
        plot([toy], tmp_path / name, **options)
    assert "\n" not in str(error.value)
    assert re.search(r"\.$", str(error.value))
    assert not any(path.suffix in {".png", ".jpeg"} for path in tmp_path.iterdir())


def test_the_help_lists_what_there_is():
    metavars = {option.name: option.metavar for option in command.params}
    assert metavars["kind"] == "|".join(OPTIONS)
    assert metavars["of"] == "|".join(NAMES)
    assert metavars["over"] == "|".join(OVER)
    assert {name for names in OPTIONS.values() for name in names} <= set(metavars)


def test_one_run_or_several_where_the_kind_takes_them(toy, tmp_path):
    assert plot([toy, toy], tmp_path / "x.png", "progress").is_file()
    for kind in ("heatmap", "lineage", "transfers"):
        with pytest.raises(Usage, match="takes one run file, 2 were given"):
            plot([toy, toy], tmp_path / "y.png", kind)
    with pytest.raises(Usage, match="name a run file"):
        plot([], tmp_path / "y.png")


def test_the_lineage_of_nothing_is_refused(toy, unstarted, tmp_path):
    with pytest.raises(Usage, match="no elites yet"):
        lineage(unstarted)
    with pytest.raises(Usage, match="niche 35 is empty"):
        lineage(toy, 35)
    with pytest.raises(Usage, match="no folder"):
        lineage(toy, None, tmp_path / "no" / "x.png")
