import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import colormaps
from PIL import Image

from openended import envs
from openended.core.types import State, Task
from openended.envs.api import Axis
from openended.file.errors import Usage
from openended.file.snapshot import Snapshot, elites, snapshot
from openended.view.plot import plot
from openended.view.plots.heatmap import figure
from openended.view.plots.quantities import NAMES, OTHERS, UNKNOWN, amounts, painted, scaled, sources
from openended.view.plots.thumbnail import thumbnail
from openended.view.plots.tiles import boundaries, foremost, tiling
from tests.support.grown import FITNESS as FITNESS_OF
from tests.support.grown import grown
from tests.view.conftest import CELLS, pair, settings, shown

FITNESS = {(0, 0): 280.0, (1, 0): 120.0, (5, 3): 235.0}


def pixels(drawing):
    drawing.canvas.draw()
    return np.asarray(drawing.canvas.buffer_rgba())[:, :, :3]


def at(drawing, panel, x, y):
    """The colour drawn at a place given in the units of the panel's axes."""
    picture = pixels(drawing)
    column, row = panel.transData.transform((x, y))
    return picture[round(picture.shape[0] - row), round(column)].astype(int)


def expected(value, drawing):
    bar = next(panel for panel in drawing.axes if panel.get_ylabel().startswith("fitness"))
    low, high = bar.get_ylim()
    return np.rint(255 * np.array(colormaps["viridis"]((value - low) / (high - low))[:3])).astype(int)


@pytest.mark.parametrize(("cell", "value"), FITNESS.items())
def test_an_elite_has_the_colour_that_the_colour_bar_gives_its_fitness(made, cell, value):
    drawing = figure(snapshot(made(FITNESS)))
    drawn = at(drawing, drawing.axes[0], cell[0] + 0.2, 0.1 * cell[1] + 0.02)
    assert np.abs(drawn - expected(value, drawing)).max() <= 3


def test_an_empty_niche_has_a_colour_that_no_fitness_has(made):
    drawing = figure(snapshot(made(FITNESS)))
    picture, panel = pixels(drawing), drawing.axes[0]
    (left, bottom), (right, top) = panel.transData.transform([(3.05, 0.105), (3.95, 0.195)])
    height = picture.shape[0]
    cell = picture[round(height - top) : round(height - bottom), round(left) : round(right)].reshape(-1, 3).astype(int)
    scale = np.rint(255 * colormaps["viridis"](np.linspace(0, 1, 256))[:, :3])
    assert np.abs(cell[:, None] - scale[None]).sum(axis=2).min() > 60
    assert len(np.unique(cell, axis=0)) > 1, "the hatch is missing"


def test_solved_niches_are_marked_and_no_others(made):
    drawing = figure(snapshot(made(FITNESS)))
    dots = next(line for line in drawing.axes[0].lines if line.get_marker() == "o")
    assert sorted(map(tuple, np.round(dots.get_xydata(), 3).tolist())) == [(0.5, 0.05), (5.5, 0.35)]


def test_the_colour_bar_spans_all_values_and_the_solved_threshold():
    scale = scaled({0: -37.0, 1: 312.5}, "fitness", 230.0)
    assert scale.low <= -37
    assert scale.high >= 312.5
    assert scaled({}, "fitness", 230.0).low < 230 < scaled({}, "fitness", 230.0).high


def test_the_axes_are_named_with_their_units_and_ticked_at_cell_boundaries(made):
    panel = figure(snapshot(made(FITNESS))).axes[0]
    assert panel.get_xlabel() == "goal distance (m)"
    assert panel.get_ylabel() == "wind (m)"
    assert panel.get_xticks().tolist() == list(range(9))
    assert boundaries(Axis("wind", 0.0, 0.6, "m"), 6) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_the_title_tells_generation_elites_coverage_and_qd_score(made):
    title = figure(snapshot(made(FITNESS))).get_suptitle()
    assert title == "made (seed 7), generation 0: 3 elites, coverage 6.25 %, QD score 935"


def test_swapped_axes_swap_the_picture(made):
    drawing = figure(snapshot(made(FITNESS)), 1, 0)
    assert drawing.axes[0].get_xlabel() == "wind (m)"
    assert np.abs(at(drawing, drawing.axes[0], 0.02, 0.2) - expected(280.0, drawing)).max() <= 3


def test_of_the_elites_behind_a_tile_the_fittest_is_seen():
    view = wide(0, "grid", (2, 2, 3))
    niche = {place: int(np.ravel_multi_index(place, (2, 2, 3))) for place in ((0, 1, 0), (0, 1, 2), (1, 0, 1))}
    behind = [pair(1, niche[0, 1, 0], 10.0), pair(2, niche[0, 1, 2], 20.0), pair(3, niche[1, 0, 1], float("nan"))]
    seen = foremost(tiling(view, 0, 1), behind)
    assert {tile: held.task for tile, held in seen.items()} == {2: 2, 1: 3}
    seen = foremost(tiling(view, 0, 2), behind)
    assert {tile: held.task for tile, held in seen.items()} == {0: 1, 4: 2, 3: 3}


def wide(count: int, kind: str, cells: tuple[int, ...], centroids=None) -> Snapshot:
    """A made-up archive of three axes."""
    axes = tuple(Axis(name, 0.0, 1.0, "m") for name in ("height", "gap", "roughness"))
    random = np.random.default_rng(3)
    tasks, pairs = {}, {}
    for id in range(count):
        place = random.random(3)
        niche = id if kind == "cvt" else int(np.ravel_multi_index((place * cells).astype(int), cells))
        tasks[id] = Task(id, None, -1, 0, tuple(place), niche, "admitted", 0.0, "mutation")
        pairs[id] = pair(id, niche, 100.0 + 10 * id)
    domain = SimpleNamespace(id="wide-v1", axes=axes)
    state = State(3, tasks, pairs, arrays={} if centroids is None else {"centroids": centroids})
    return shown("wide", settings(cells, kind), domain, state)


def test_three_axes_make_one_panel_per_cell_of_the_third():
    drawing = figure(wide(20, "grid", (4, 4, 5)))
    titles = [panel.get_title() for panel in drawing.axes if panel.get_title()]
    layers = ["0 to 0.2 m", "0.2 to 0.4 m", "0.4 to 0.6 m", "0.6 to 0.8 m", "0.8 to 1 m"]
    assert titles == layers
    assert drawing.axes[0].get_title(loc="left") == "the fittest over roughness"


def test_a_cvt_archive_of_two_axes_is_drawn_by_its_cells(made):
    view = snapshot(made(FITNESS))
    centroids = np.array([(0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)])
    view = replace(
        view,
        config=settings((4,), "cvt"),
        state=replace(view.state, arrays={"centroids": centroids}),
        tasks={0: replace(view.tasks[0], niche=2)},
        elites={2: pair(0, 2, 150.0)},
    )
    drawing = figure(view)
    assert np.abs(at(drawing, drawing.axes[0], 4.1, 0.02) - expected(150.0, drawing)).max() <= 3
    assert np.abs(at(drawing, drawing.axes[0], 3.9, 0.02) - expected(150.0, drawing)).max() > 60


def test_a_cvt_archive_of_three_axes_is_drawn_by_its_elites():
    drawing = figure(wide(6, "cvt", (10,), np.random.default_rng(0).random((10, 3))))
    assert len(drawing.axes[0].collections[0].get_offsets()) == 6


@pytest.mark.parametrize(
    ("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89PNG")]
)
def test_the_ending_chooses_the_format(made, tmp_path, ending, start):
    place = plot([made(FITNESS)], tmp_path / f"map.{ending}")
    assert place.read_bytes().startswith(start)


def test_a_run_without_generations_gives_a_picture_that_says_so(unstarted, tmp_path):
    drawing = figure(snapshot(unstarted))
    assert "no elites yet" in [text.get_text() for text in drawing.axes[0].texts]
    with Image.open(plot([unstarted], tmp_path / "map.png")) as picture:
        assert picture.width > 500


@pytest.mark.parametrize(
    ("name", "words"), [("map.jpeg", ".jpeg.*.png, .svg, .pdf"), ("map", "nothing"), ("no/map.png", "no")]
)
def test_a_picture_that_cannot_be_made_is_refused_in_one_sentence(made, tmp_path, name, words):
    path = made(FITNESS)
    with pytest.raises(Usage, match=words) as error:
        plot([path], tmp_path / name)
    assert "\n" not in str(error.value)
    assert re.search(r"\.$", str(error.value))


@pytest.mark.parametrize("axes", [(0, 0), (0, 2), (-1, 0)])
def test_axes_that_the_domain_does_not_have_are_refused(made, axes):
    with pytest.raises(Usage, match=r"0 \(goal distance\), 1 \(wind\)"):
        figure(snapshot(made(FITNESS)), *axes)


@pytest.mark.parametrize(
    ("of", "label", "value"),
    [
        ("age", "age (generations since admission)", 5),
        ("visits", "visits (generations of training)", 30),
        ("progress", "learning progress (gain in fitness per ES step)", 1.5),
    ],
)
def test_other_quantities_have_their_values_and_units(of, label, value):
    view = grown()
    assert amounts(view, of)[view.state.pairs[3].niche] == value
    bar = figure(view, of=of).axes[-1]
    assert bar.get_ylabel() == label
    assert bar.get_ylim()[0] <= value <= bar.get_ylim()[1]


def test_every_quantity_has_a_heatmap_and_no_other():
    for of in NAMES:
        assert figure(grown(), of=of).axes
    with pytest.raises(Usage, match=r"'beauty'; choose one of: fitness, age, visits, progress, retention, holder\.$"):
        figure(grown(), of="beauty")


def test_the_holders_are_listed_by_how_many_niches_their_agents_hold_and_named_on_the_tiles():
    view = grown()
    assert [(source.task, source.niches) for source in sources(view)] == [(2, 2), (-1, 1), (0, 1), (1, 1), (5, 1)]
    drawing = figure(view, of="holder")
    (listed,) = drawing.legends
    words = [text.get_text() for text in listed.get_texts()]
    assert words == ["task 2: 2", "the start, at random: 1", "task 0: 1", "task 1: 1", "task 5: 1"]
    names = {text.get_text() for text in drawing.axes[0].texts}
    assert names == {"0", "1 ← 2", "2 ← 0", "3 ← 5", "4 ← 1", "5 ← 2"}


@pytest.mark.parametrize(("columns", "named"), [(12, {"", "2", "0", "5", "1"}), (20, set())])
def test_small_tiles_name_only_whose_agent_it_is_and_tiny_ones_nothing(columns, named):
    view = replace(grown(), config=settings((columns, CELLS[1])))
    niches = {task: task * CELLS[1] for task in view.state.pairs} | {5: (columns - 1) * CELLS[1]}
    pairs = {task: replace(held, niche=niches[task]) for task, held in view.state.pairs.items()}
    tasks = {task: replace(view.state.tasks[task], niche=niche) for task, niche in niches.items()}
    view = replace(view, state=replace(view.state, tasks=tasks, pairs=pairs), elites=elites(pairs))
    assert {text.get_text() for text in figure(view, of="holder").axes[0].texts} == named


def test_niches_of_one_holder_have_one_colour_and_those_of_another_another():
    view = grown()
    faces, _ = painted(view, "holder")
    by_task = {pair.task: faces[niche] for niche, pair in view.elites.items()}
    assert by_task[1] == by_task[5]
    assert len({by_task[task] for task in (0, 1, 2, 3, 4)}) == 5


def test_beyond_seven_sources_the_others_share_a_grey():
    view = grown()
    pairs = {task: pair(task, task, 1.0) for task in range(9)}
    pairs = {task: replace(each, origin=20 + task) for task, each in pairs.items()}
    faces, named = painted(replace(view, elites=elites(pairs)), "holder")
    assert len(named) == 7
    assert faces[7] == faces[8] == OTHERS


def crossed(drawing):
    return [line.get_xydata().tolist() for line in drawing.axes[0].lines if line.get_marker() == "x"]


def test_niches_for_which_tasks_were_made_in_vain_are_crossed(made):
    drawing = figure(grown())
    assert crossed(drawing) == [[pytest.approx([6.5, 0.35])]]
    entries = [text.get_text() for text in drawing.axes[0].get_legend().get_texts()]
    assert entries == ["empty", "tried, none admitted", "not finite", "solved (≥ 230)"]
    untried = figure(snapshot(made(FITNESS)))
    assert crossed(untried) == [[]]
    assert [text.get_text() for text in untried.axes[0].get_legend().get_texts()] == ["empty", "solved (≥ 230)"]


def test_an_elite_without_a_finite_fitness_is_grey_and_does_not_count_for_the_scale():
    view = grown()
    faces, scale = painted(view, "fitness")
    assert faces[view.state.pairs[4].niche] == UNKNOWN
    assert scale == painted(grown(fitness={**FITNESS_OF, 4: 200.0}), "fitness")[1]


def test_thumbnails_lie_on_the_tiles_of_their_elites():
    view = grown()
    drawing = figure(view, thumbnails=True)
    images = drawing.axes[0].images
    assert len(images) == len(view.elites)
    for image, held in zip(images, view.elites.values(), strict=True):
        left, right, bottom, top = image.get_extent()
        x, y = view.descriptor(held)
        assert (left, right) == (pytest.approx(int(x), abs=0.1), pytest.approx(int(x) + 1, abs=0.1))
        assert 0 < bottom < top < 0.1 if y < 0.1 else bottom > 0.5
    assert drawing.axes[0].get_xlim() == (0, 8)


def test_a_course_is_folded_like_a_text():
    domain = envs.domain("walker-v1")
    state = State(0, {0: Task(0, domain.tasks.first(), -1, 0, (0.0, 0.0, 0.0), 0, "admitted", 0.0, "first")})
    view = shown("walker", settings((4,)), domain, state)
    page = thumbnail(view, 0, 120, 60)
    assert page.shape == (60, 120, 3)
    assert [row for row in range(60) if (page[row] == 255).all()] == [18, 19, 38, 39, 58, 59]
    assert thumbnail(view, 0, 600, 60).shape == (60, 600, 3)


def test_four_axes_make_a_small_panel_for_every_other_pair():
    view = wide(20, "grid", (4, 4, 5))
    axes = (*view.domain.axes, Axis("width", 0.0, 1.0, "1"))
    tasks = {id: replace(task, descriptor=(*task.descriptor, 0.5)) for id, task in view.state.tasks.items()}
    pairs = {id: pair(id, id, 100.0 + id) for id in view.state.pairs}
    view = replace(
        view,
        config=settings((4, 4, 5, 2)),
        domain=SimpleNamespace(id="wide-v2", axes=axes),
        state=replace(view.state, tasks=tasks, pairs=pairs),
        elites=elites(pairs),
    )
    drawing = figure(view)
    labels = [(panel.get_xlabel(), panel.get_ylabel()) for panel in drawing.axes if panel.get_ylabel()]
    assert ("height (m)", "gap (m)") in labels
    assert {("height (m)", "roughness (m)"), ("gap (m)", "width"), ("roughness (m)", "width")} < set(labels)
    assert drawing.axes[0].get_title(loc="left") == "the fittest over the other axes"


def test_voronoi_cells_lie_where_their_centroids_are_nearest_in_units_of_the_ranges():
    view = grown()
    centroids = np.random.default_rng(1).random((7, 2))
    view = replace(view, config=settings((7,), "cvt"), state=replace(view.state, arrays={"centroids": centroids}))
    laid = tiling(view, 0, 1)
    for tile, corners in enumerate(laid.corners):
        middle = corners.mean(axis=0) / (8.0, 0.6)
        assert np.argmin(np.hypot(*(centroids - middle).T)) == tile
