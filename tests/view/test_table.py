"""Evaluations read back, grouped, and shown beside published rows."""

import json
from pathlib import Path

import numpy as np
import pytest

from openended.core.measures.statistics import interquartile_mean
from openended.file.errors import Usage
from openended.view import published
from openended.view.evaluations import arms
from openended.view.table import markdown, plot, report

BESIDE = Path(__file__).parents[2] / "benchmarks" / "published.toml"


def course(name, solved, mean, worst=()):
    return {"course": name, "episodes": 100, "solved_rate": solved, "mean_return": mean, "worst": list(worst)}


def tail(share, solved, mean):
    return {"share": share, "tasks": 10, "solved_rate": solved, "mean_return": mean}


@pytest.fixture
def write(tmp_path):
    """Writes an evaluation of a learner: courses by environment steps."""

    def written(recipe, seed, by_steps, suite="suite", cpu=3600.0, **changes):
        place = tmp_path / f"{recipe}-{seed}-{suite}.json"
        entries = [{"learner": 0, "env_steps": steps, "courses": courses} for steps, courses in by_steps.items()]
        content = {"recipe": recipe, "config": {"seed": seed, "rate": 1}, "cpu_seconds": cpu, "agents": entries}
        place.write_text(json.dumps(content | changes))
        return place

    return written


@pytest.fixture
def three(write):
    """Three seeds of one recipe, one of another."""
    rates = {1: 0.0, 2: 0.5, 3: 1.0}
    paths = [
        write("good", seed, {1e6: [course("A", 0.0, -90.0), course("B", 0.0, None)],
                             2e6 + seed: [course("A", rate, 300 * rate), course("B", 0.1, 10.0)]})
        for seed, rate in rates.items()
    ]  # fmt: skip
    return [*paths, write("other", 1, {3e6: [course("A", 0.25, 1.0)]}, cpu=None)]


def test_runs_of_one_recipe_are_an_arm_and_its_numbers_are_those_of_the_statistics(three):
    good, other = arms(three)
    assert (good.name, len(good.runs), other.name, len(other.runs)) == ("good", 3, "other", 1)
    assert good.courses("solved")["A"].value == pytest.approx(interquartile_mean(np.array([[0.0], [0.5], [1.0]])))
    assert good.courses("solved")["A"].low == 0.0
    assert good.courses("mean")["A"].value == pytest.approx(150)
    assert vars(other.courses("solved")["A"]) == {"value": 0.25, "low": 0.25, "high": 0.25}
    assert good.overall.value == pytest.approx(interquartile_mean(np.array([[0.0, 0.1], [0.5, 0.1], [1.0, 0.1]])))


def test_the_table_has_a_row_for_each_arm_and_says_what_it_cost(three):
    lines = [[each.strip() for each in line.split("|")[1:-1]] for line in markdown(arms(three)).splitlines()]
    solved = [cells for cells in lines if cells][:4]
    assert solved[0] == ["", "runs", "steps", "core-hours", "A", "B", "all"]
    assert solved[2][:5] == ["good", "3", "2.00M", "1.00", "0.50 [0.00, 1.00]"]
    assert solved[3] == ["other", "1", "3.00M", "-", "0.25 [0.25, 0.25]", "-", "0.25 [0.25, 0.25]"]


def test_arms_can_be_compared_at_fewer_steps(three):
    (early,) = arms(three[:3], 1.5e6)
    assert early.courses("solved")["A"].value == 0
    assert "| 1.00M" in markdown([early])
    assert "core-hours |\n" not in markdown([early]).replace(" A |", "")
    assert report([early])["arms"][0]["core_hours"] is None  # what the whole run cost is not what this agent cost
    assert report([early])["arms"][0]["courses"]["B"]["mean"] == {"value": None, "low": None, "high": None}
    with pytest.raises(Usage, match="has no agent up to 10 steps; its first is of 1,000,000"):
        arms(three, 10)


def test_evaluations_of_one_run_on_several_suites_are_joined(write):
    first = write("one", 1, {1.0: [course("A", 0.5, 1.0)], 2.0: [course("A", 0.75, 2.0)]}, "suite")
    worst = [tail(0.01, 0.0, -100.0), tail(0.1, 0.1, -50.0)]
    second = write("one", 1, {2.0: [course("random", 0.3, 20.0, worst)]}, "random")
    (arm,) = arms([second, first])
    assert arm.agents[0].solved == {"A": 0.75, "random": 0.3}
    assert list(arm.courses("solved")) == ["A"]
    assert [(share, mean.value, rate.value) for share, (mean, rate) in arm.tails("random").items()] == [
        (0.1, -50.0, 0.1),
        (0.01, -100.0, 0.0),
    ]
    assert "-50 [-50, -50] (0.10)" in markdown([arm])
    longer = {"seed": 1, "rate": 1, "generations": 9}
    (arm,) = arms([first, write("one", 1, {3.0: [course("A", 1.0, 9.0)]}, "later", cpu=7200.0, config=longer)])
    assert (len(arm.runs), arm.agents[0].steps, arm.runs[0].core_hours) == (1, 3, 2.0)
    with pytest.raises(Usage, match=r"are of one agent on A; leave one of them out"):
        arms([first, write("one", 1, {2.0: [course("A", 0.3, 20.0)]}, "again")])


def test_what_is_no_evaluation_or_does_not_fit_is_refused_in_one_sentence(write, tmp_path, three):
    with pytest.raises(Usage, match="nothing to show"):
        arms([])
    with pytest.raises(Usage, match="cannot be read"):
        arms([tmp_path / "missing.json"])
    for number, content in enumerate(["", "[]", "{}", "{" * 9000, '{"agents": [1]}', '{"agents": []}']):
        place = tmp_path / f"bad{number}.json"
        place.write_text(content)
        with pytest.raises(Usage, match="holds no evaluation"):
            arms([place])
    elites = [{"niche": niche, "env_steps": 1, "courses": [course("A", 0.0, 0.0)]} for niche in (1, 2)]
    with pytest.raises(Usage, match="is of several elites; evaluate one"):
        arms([write("all", 1, {}, agents=elites)])
    with pytest.raises(Usage, match="the runs of good were evaluated on different courses"):
        arms([*three, write("good", 9, {3e6: [course("A", 0.25, 1.0)]})])
    with pytest.raises(Usage, match="one is of sampled actions; evaluate both with --sampled or none"):
        arms([*three, write("drawn", 1, {3e6: [course("A", 0.25, 1.0)]}, sampled=True)])


def test_the_table_says_that_actions_were_sampled(write, three):
    drawn = arms([write("drawn", 1, {3e6: [course("A", 0.25, 1.0)]}, sampled=True)])
    assert "Actions were sampled" in markdown(drawn)
    assert "Actions were sampled" not in markdown(arms(three))


def test_recipes_of_one_name_with_other_settings_are_two_arms(write):
    paths = [
        write("one", seed, {1.0: [course("A", 0.5, 1.0)]}, config={"seed": seed, "rate": rate})
        for seed, rate in ((1, 0.1), (2, 0.2), (3, 0.1))
    ]
    assert [(arm.name, len(arm.runs)) for arm in arms(paths)] == [("one, rate 0.1", 2), ("one, rate 0.2", 1)]


def test_runs_that_began_before_a_key_existed_are_of_the_same_arm(write):
    sources = {1: {"kind": "easy"}, 2: {"kind": "easy", "kinds": [], "every": 100}, 3: {"kind": "easy", "every": 30}}
    paths = [
        write("one", seed, {1.0: [course("A", 0.5, 1.0)]}, config={"seed": seed, "source": source})
        for seed, source in sources.items()
    ]
    assert [len(arm.runs) for arm in arms(paths)] == [2, 1]


def test_published_rows_stand_beside_with_their_sources(three, write):
    rows = published.read(BESIDE)
    assert rows[0].name == "ACCEL, published"
    suite = write("ours", 1, {1.0: [course(name, 0.5, 1.0) for name in ("Basic", "Hardcore")]})
    text = markdown(arms([suite]), rows)
    assert "0.63 ± 0.04" in text
    assert "318 ± 1" in text
    assert "1.38G" in text
    assert text.count("TRACED, published") == 1  # a note, no row
    assert "Labyrinth" not in text
    assert "0.79" not in text
    mazes = markdown(arms([write("mazes", 1, {1.0: [course("Labyrinth", 0.5, 0.4321)]})]), rows)
    assert "0.74 ± 0.16" in mazes
    assert "TRACED" not in mazes
    assert "0.43 [0.43, 0.43]" in mazes, "returns about 1 have decimals"
    json.dumps(report(arms([suite]), rows), allow_nan=False)


@pytest.mark.parametrize(
    "content",
    ["row = 1", "[[row]]", '[[row]]\nname = 3\nsource = ""', '[[row]]\nname=""\nsource=""\nsolved={A="x"}', "x"],
)
def test_published_rows_that_are_wrong_are_refused(tmp_path, content):
    place = tmp_path / "rows.toml"
    place.write_text(content)
    with pytest.raises(Usage, match="holds no published rows"):
        published.read(place)
    with pytest.raises(Usage, match="cannot be read"):
        published.read(tmp_path / "missing.toml")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_solved_rates_are_drawn_over_steps_and_the_same_evaluations_give_the_same_bytes(three, tmp_path, ending):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert plot(arms(three), published.read(BESIDE), one) == one
    plot(arms(three), published.read(BESIDE), other)
    assert one.read_bytes() == other.read_bytes()
    assert len(one.read_bytes()) > 5000
