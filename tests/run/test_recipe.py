import dataclasses
import json
import re
import tomllib

import pytest

from openended import envs
from openended.core import learners
from openended.file.errors import Usage
from openended.file.settings import differences
from openended.run import recipe
from tests.support import toy

BAD = {
    "seed = -1": "seed is -1, but should be at least 0",
    "seed = 1.5": "seed is 1.5, but should be a whole number",
    "seed = true": "seed is true, but should be a whole number",
    "sede = 1": "sede is not known (did you mean 'seed'?); allowed here: active, algorithm, archive,",
    "[learnr]": "learnr is not known (did you mean 'learner'?)",
    "[learner]\npopluation = 2": "learner.popluation is not known (did you mean 'population'?); allowed here: beta1,",
    "[learner]\npopulation = 33": "learner.population is 33, but should be a multiple of 2",
    "[learner]\nsigma = 'a'": 'learner.sigma is "a", but should be a number',
    "[learner]\nsigma = inf": "learner.sigma is inf, but should be a finite number",
    f"seed = {'9' * 5000}": "is not TOML",
    f"seed = 0x{'f' * 5000}": "seed is too long to show, but should be at most 9223372036854775807",
    "[learner]\nsigma = 1979-05-27": "learner.sigma is 1979-05-27, but should be a number",
    "learner = 3": "learner is 3, but should be ",
    "[learner]\nkind = 'snse'": "learner.kind is \"snse\" (did you mean 'snes'?), but should be 'es' or 'snes' or ",
    "[learner]\nkind = [1]": "learner.kind is [1], but should be 'es' or ",
    "[learner]\nkind = 'cem'\nbeta1 = 0.9": "learner.beta1 is not known; allowed here: kind, parents, population, ",
    "[learner]\nkind = 'cem'\nparents = 0.001": "learner.parents 0.001 of 512 members are fewer than two: give more",
    "[learner]\nkind = 'xnes'\npopulation = 1000000": "the policy may have 8 parameters, this one has 22; choose ",
    "[archive]\nkind = 'gird'": "archive.kind is \"gird\" (did you mean 'grid'?), but should be 'grid' or 'cvt'",
    "[archive]\ncells = []": "archive.cells is [], but should be a list of at least 1",
    "[archive]\ncells = 4": "archive.cells is 4, but should be a list",
    "[archive]\ncells = [4, 0]": "archive.cells.1 is 0, but should be at least 1",
    "[archive]\ncells = [4, 4, 4]": "cells",
    "[criterion]\nlow = 400": "criterion: low is 400.0 and high is 300.0",
    "algorithm = 'poetry'": "algorithm is 'poetry' (did you mean 'poet'?); choose one of: attack, curriculum, direct, ",
    "algorithm = 'direct'": "task is missing",
    "algorithm = 'direct'\ntask = '{}'": "task is not one of point-v1: errand",
    'algorithm = \'direct\'\ncurriculum = true\ntask = \'{"x":1.0,"y":0.0,"wind":0.0}\'': "knows no path",
    "domain = 'walker-v0'": "domain is 'walker-v0' (did you mean 'walker-v1'?); choose one of: digits",
    "generations = ": "is not TOML",
    "[environment]\nid = 'CartPole-v1'": "'point-v1' has no settings; leave the table [environment] out",
    "domain = 'gymnasium'": "'gymnasium' needs the table [environment]",
    "domain = 'gymnasium'\nenvironment = 3": "environment is 3, but should be",
    "domain = 'gymnasium'\n[environment]\nid = 'Moon-v1'\nranges = {g = [0, 1]}": "environment.id is 'Moon-v1'",
    "domain = 'gymnasium'\n[environment]\nid = 'CartPole-v1'\nattributes = {gravity = [9, 9]}": "low must be below",
    "domain = 'gymnasium'\n[environment]\nid = 'CartPole-v1'\nattributes = {gravity = [1979-05-27, 9]}": "holds a date",
}


@pytest.mark.parametrize(("text", "message"), BAD.items(), ids=[text[:40] for text in BAD])
def test_a_bad_recipe_is_refused_with_its_place_and_what_is_allowed(point, tmp_path, text, message):
    path = tmp_path / "bad.toml"
    head = "" if "domain" in text else "domain = 'point-v1'\n"
    path.write_text(f"question = '?'\n{head}{text}\n")
    with pytest.raises(Usage) as error:
        recipe.load(str(path))
    assert str(path) in str(error.value)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", learners.LEARNERS)
def test_the_kind_of_learner_chooses_its_settings_and_is_kept(monkeypatch, kind):
    monkeypatch.setitem(envs.DOMAINS, "line-v1", "tests.envs.test_queue:PUSHES")
    tree = {"question": "?", "domain": "digits-v1" if kind == "supervised" else "line-v1"}
    taught = {"algorithm": "distil", "start": {"run": "other.run"}} if kind == "imitation" else {}
    made = recipe.check(tree | taught | {"learner": {"kind": kind}}, "n", "n.toml")
    assert type(made.params.learner).__module__ == learners.LEARNERS[kind]
    assert made.params.learner.kind == kind
    assert recipe.check(made.settings(), "n", "the run file").params == made.params
    assert recipe.check(tree, "n", "n.toml").params.learner.kind == "es"


PPO = '[learner]\nkind = "ppo"\n'
GRU = '[policy]\nkind = "gru"\nhidden = [8, 8]\n'
UNFIT = {
    PPO + GRU: "policy.kind is 'gru', but walker-v1 records episodes of policies without memory only: choose ",
    '[learner]\nkind = "supervised"\n': 'learner.kind is "supervised", but walker-v1 has no right answers (`labels`): ',
    'domain = "digits-v1"\n' + PPO: 'learner.kind is "ppo", but digits-v1 cannot record episodes (`experience`): ',
    PPO + "minibatch = 192": "a minibatch of 192 does not divide the ",
    PPO + "minibatch = 100": "learner.minibatch is 100, but should be a multiple of 64",
    'domain = "point-v1"\n' + PPO: 'learner.kind is "ppo", but point-v1 cannot record episodes (`experience`): choose ',
    'domain = "maze-v1"\nalgorithm = "curriculum"\n[potential]\nkind = "update"\n' + GRU: (
        "potential.kind 'update' is not measured for a policy of the kind gru: choose another, or policy.kind = "
    ),
    'domain = "maze-v1"\n' + GRU + PPO + "steps = 100": (
        "sequences of 64 steps were asked for in records of 100; a policy with memory takes a multiple of 8 that "
    ),
    'algorithm = "curriculum"\n[learner]\nkind = "es"': "potential.kind 'positive_value_loss' needs a critic: choose ",
}


@pytest.mark.parametrize("text", UNFIT)
def test_what_ppo_cannot_do_is_refused_in_one_sentence_and_with_exit_code_2(point, tmp_path, text):
    domain = "" if "domain" in text else 'domain = "walker-v1"\n'
    (tmp_path / "bad.toml").write_text('question = "?"\n' + domain + text)
    with pytest.raises(Usage, match=re.escape(UNFIT[text])) as error:
        recipe.load(str(tmp_path / "bad.toml"))
    assert error.value.code == 2
    assert "\n" not in str(error.value)


def test_what_is_missing_is_named_all_at_once(point):
    with pytest.raises(Usage, match="question is missing; domain is missing"):
        recipe.check({}, "n", "n.toml")


def test_every_shipped_recipe_is_valid_and_has_its_line_in_the_list():
    listed = (recipe.folder() / "README.md").read_text()
    assert {"smoke", "quickstart", "walker"} <= set(recipe.recipes())
    for name in recipe.recipes():
        assert recipe.load(name).head.question.endswith("?")
        assert f"- `{name}.toml`: " in listed


CHOICES = ("learner", "potential", "generator")
"""Tables whose kind decides which others are valid."""


def test_every_value_of_a_shipped_recipe_that_is_not_the_default_says_why():
    for name, path in recipe.recipes().items():
        lines = path.read_text().splitlines()
        settings = lines[next((i for i, line in enumerate(lines) if line.startswith("[")), len(lines)) :]
        for line in settings:
            assert "=" not in line or "  # " in line, f"{name}: {line}"
        tree = tomllib.loads(path.read_text())
        required = ("question", "domain", "algorithm", "task", "environment", "attack", "start")
        needed = {key: tree[key] for key in required if key in tree}
        needed |= {table: {} for table in ("specification",) if table in tree}  # without it nothing is limited
        kinds = {table: {"kind": tree[table]["kind"]} for table in CHOICES if "kind" in tree.get(table, {})}
        chosen = tree["domain"] == "digits-v1" and "learner" in kinds
        learnable = {"domain": "maze-v1"} if chosen else {}  # by any kind, which no digits are
        plain, other = (
            json.loads(json.dumps(dataclasses.asdict(recipe.check(given, "plain", "plain").params)))
            for given in (needed | kinds, needed | learnable)
        )
        for table, values in tree.items():
            if isinstance(values, dict) and table not in required:
                for key, value in values.items():
                    default = other if key == "kind" else plain
                    assert default[table][key] != value, f"{name}: {table}.{key} is the default"


def test_what_could_not_be_said_once_goes_without_saying_unless_it_is_said():
    assert recipe.load("walker_dr").settings()["source"] == {"kind": "random", "count": 256}
    assert recipe.load("web_stages").settings()["source"].keys() == {"kind", "count", "kinds", "every"}


def test_settings_survive_json_and_give_the_same_config(config):
    one = config()
    again = recipe.check(json.loads(json.dumps(one.settings())), one.name, "kept")
    assert again == one


def test_an_override_replaces_one_value_and_of_a_table_of_another_kind_the_kind_alone_is_named(config):
    changed = config("learner.sigma=0.2", "archive.kind=cvt", "archive.cells=[7]", "seed=5")
    assert (changed.params.learner.sigma, changed.params.archive.kind, changed.head.seed) == (0.2, "cvt", 5)
    assert list(differences(config().settings(), changed.settings())) == [
        'archive.kind is "grid" there and "cvt" here',
        "learner.sigma is 0.1 there and 0.2 here",
        "seed is 1 there and 5 here",
    ]


@pytest.mark.parametrize("override", ["seed", "=3", "es.=3", ".a=3", "seed.x=1"])
def test_an_override_that_is_none_is_refused(config, override):
    with pytest.raises(Usage, match=r"--set"):
        config("seed=1", override)


def test_budget_and_prose_make_no_difference(config):
    assert not list(differences(config().settings(), config("generations=99", "question=Why?").settings()))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("quikstart", r"no recipe 'quikstart' \(did you mean 'quickstart'\?\); choose one of: "),
        ("../../etc/passwd", "no recipe file"),
        ("nowhere.toml", "no recipe file nowhere.toml"),
    ],
)
def test_an_unknown_recipe_is_refused_with_what_there_is(name, message):
    with pytest.raises(Usage, match=message):
        recipe.load(name)


def test_a_recipe_that_is_too_long_or_no_text_is_refused(tmp_path):
    path = tmp_path / "r.toml"
    for content, message in (
        (b"#" * (recipe.SIZE + 1), "at most"),
        (b"\xff\xfe", "not TOML"),
        (b"a=" + b"[" * 9999, "not TOML"),
    ):
        path.write_bytes(content)
        with pytest.raises(Usage, match=message):
            recipe.load(str(path))


def test_the_toy_recipe_is_what_the_other_tests_think(config):
    assert config().head.generations == tomllib.loads(toy.SETTINGS)["generations"] == 12


@pytest.mark.parametrize("name", ["maze_plr", "quickstart", "attack", "direct_es", "distil"])
def test_votes_are_refused_where_they_would_steer_nothing(name):
    with pytest.raises(Usage, match=r"people.preference is 0.5, but votes steer searches of pairs only"):
        recipe.load(name, ["people.preference=0.5"])
    for steered in ("poet", "enhanced_poet", "archive_laptop"):
        recipe.load(steered, ["people.preference=0.5"])
