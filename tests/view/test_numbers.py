import pytest

from openended.view.numbers import count, duration, number


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.4, "59s"), (59.6, "1m00s"), (250, "4m10s"), (11_100, "3h05m"), (187_200, "2d04h"), (-3, "0s")],
)
def test_durations_are_read_at_a_glance(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (951, "951"),
        (999.6, "1.00k"),
        (12_345, "12.3k"),
        (203_400, "203k"),
        (999_600, "1.00M"),
        (4.56e9, "4.56G"),
    ],
)
def test_large_numbers_keep_three_digits(value, text):
    assert count(value) == text


def test_a_number_that_is_not_known_is_a_dash():
    assert number(None) == "-"
    assert number(1803.42) == "1,803.4"
