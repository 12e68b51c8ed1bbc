import pytest

from openended.envs.gymnasium.settings import parsed
from openended.envs.numbers import Range

TABLE = {"id": "CartPole-v1", "attributes": {"gravity": [5.0, 15.0], "force_mag": {"low": 5, "high": 15, "first": 10}}}


def test_ranges_are_lists_or_tables_and_the_first_two_are_descriptors():
    settings = parsed(TABLE | {"ranges": {"wind": [0, 20], "parts": {"low": 1, "high": 6, "whole": True}}})
    assert list(settings.parameters) == ["wind", "parts", "gravity", "force_mag"]
    assert settings.parameters["force_mag"] == Range(5, 15, first=10)
    assert settings.parameters["parts"].whole
    assert settings.axes == ("wind", "parts")
    assert parsed(TABLE | {"axes": ["force_mag"]}).axes == ("force_mag",)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"id": ""}, r"environment\.id is missing"),
        ({"id": 3}, r"environment\.id is missing"),
        ({"attributes": {}}, "environment has no ranges"),
        ({"attributes": [1]}, r"environment\.attributes is \[1\]; it must be a table"),
        (
            {"attributes": {"gravity": [3.0, 3.0]}},
            "gravity: a range is 3.0 .. 3.0; low must be below high",
        ),
        ({"attributes": {"gravity": [1.0]}}, r"attributes\.gravity is \[1.0\]; write \[low, high\] or a table"),
        ({"attributes": {"gravity": [1.0, "x"]}}, "write"),
        ({"attributes": {"gravity": [True, 2]}}, "write"),
        ({"attributes": {"gravity": {"low": 1.0}}}, "write"),
        ({"attributes": {"gravity": {"low": 1.0, "high": 2.0, "middle": 1.5}}}, "write"),
        ({"attributes": {"gravity": {"low": 1.0, "high": 2.0, "whole": 1}}}, "write"),
        ({"ranges": {"gravity": [1.0, 2.0]}}, "gravity stands in two tables"),
        ({"arguments": {"gravity": 1.0}}, "gravity stands in two tables"),
        ({"arguments": 3}, r"environment\.arguments is 3"),
        ({"axes": []}, r"environment\.axes is \[\]"),
        ({"axes": ["gravity", "gravity"]}, "different parameters"),
        ({"axes": ["moon"]}, "names 'moon'; choose from: gravity, force_mag"),
        ({"axes": [["gravity"]]}, r"names \['gravity'\]"),
        ({"lowest_return": "low"}, r"environment\.lowest_return is 'low'"),
        ({"gravity": [1.0, 2.0]}, r"environment\.gravity is not known; allowed here: id, ranges"),
    ],
)
def test_a_table_that_is_wrong_is_refused_in_one_sentence_that_names_the_key(changed, words):
    with pytest.raises(ValueError, match=words):
        parsed(TABLE | changed)
