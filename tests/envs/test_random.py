import numpy as np
import pytest

from openended.envs.random import between, bits, generator, mix, uniform

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix_in_python(value):
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


def test_mix_gives_the_published_sequence_of_splitmix64():
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431]
    assert [int(mix(np.uint64(1234567 + (k + 1) * GOLDEN & MASK))) for k in range(4)] == published


@pytest.mark.parametrize("key", [0, 1, 999_999, 2**63 - 1])
@pytest.mark.parametrize("index", [0, 1, 12345])
def test_bits_and_uniform_agree_with_whole_number_arithmetic(key, index):
    expected = mix_in_python(mix_in_python((key + GOLDEN) & MASK) + index * GOLDEN & MASK)
    assert int(bits(key, index)) == expected
    assert uniform(key, index) == (expected >> 11) * 2.0**-53
    assert between(key, index, 5, 10) == 5 + int((expected >> 11) * 2.0**-53 * 5)


def test_keys_above_two_to_the_63_are_taken_as_they_are():
    key = 2**64 - 3
    assert int(bits(np.uint64(key), 0)) == mix_in_python(mix_in_python((key + GOLDEN) & MASK))


def test_uniform_fills_the_unit_interval_evenly():
    draws = np.array([uniform(key, index) for key in range(100) for index in range(100)])
    counts = np.histogram(draws, 20, (0, 1))[0]
    assert counts.sum() == 10_000
    assert ((counts - 500) ** 2 / 500).sum() < 43.8, "chi-square with 19 degrees of freedom, p = 0.001"


def test_between_draws_every_value_and_no_other():
    assert {between(3, index, 5, 10) for index in range(200)} == {5, 6, 7, 8, 9}


def test_neighbouring_keys_give_unrelated_streams():
    streams = np.array([[uniform(key, index) for index in range(400)] for key in range(8)])
    correlation = np.corrcoef(streams) - np.eye(8)
    assert np.abs(correlation).max() < 0.2
    shifted = np.corrcoef(streams[0, 1:], streams[1, :-1])[0, 1]
    assert abs(shifted) < 0.2


def test_generator_depends_on_its_key_alone():
    assert generator(2**64 - 1).random() == generator(2**64 - 1).random() != generator(0).random()
