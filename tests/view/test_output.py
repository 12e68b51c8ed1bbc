import pytest

from openended.file.errors import Resources
from openended.view.output import target, write


def test_the_ending_is_read_without_regard_to_case(tmp_path):
    assert target(tmp_path / "A.PnG", ("png",)) == (tmp_path / "A.PnG", "png")


def test_a_picture_replaces_an_older_one(tmp_path):
    place = tmp_path / "a.png"
    write(place, b"older and longer")
    assert write(place, b"new").read_bytes() == b"new"


def test_a_place_that_cannot_be_written_is_a_matter_of_resources(tmp_path):
    place = tmp_path / "a.png"
    place.mkdir()
    with pytest.raises(Resources, match=r"a\.png cannot be written"):
        write(place, b"new")
