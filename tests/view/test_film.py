import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from openended.file.errors import Resources, Usage
from openended.file.snapshot import chosen, snapshot
from openended.view.episode import episode
from openended.view.film import Film, gif, label, mp4
from tests.view.test_episode import FITNESS


@pytest.fixture
def film(made):
    """The episode of niche 47."""
    view = snapshot(made(FITNESS))
    return Film(view.domain, [episode(view, chosen(view, 47, best=False))], 300, 200)


@pytest.fixture
def pictures(tmp_path):
    """What FFmpeg itself reads from an MP4 of so many pixels: uint8[n, height, width, 3]."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()

    def read(data, width, height):
        (tmp_path / "film.mp4").write_bytes(data)
        raw = [ffmpeg, "-i", tmp_path / "film.mp4", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        done = subprocess.run(raw, capture_output=True, check=True)
        return np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 3)

    return read


def opened(data, tmp_path):
    (tmp_path / "film.gif").write_bytes(data)
    return Image.open(tmp_path / "film.gif")


def test_a_gif_shows_the_episode_at_the_pace_of_life_then_holds_and_loops(film, tmp_path):
    with opened(gif(film), tmp_path) as shown:
        assert shown.info["loop"] == 0
        assert shown.size == (300, 226)
        steps, pause = film.steps(50 / 3, 20)
        durations = []
        for number in range(shown.n_frames):
            shown.seek(number)
            durations.append(shown.info["duration"])
        assert pause == pytest.approx(2 / 25), "the toy has 25 steps a second"
        assert durations == [80] * (len(steps) - 1) + [1000]


def test_a_gif_shows_the_frames_in_few_colours(film, tmp_path):
    with opened(gif(film), tmp_path) as shown:
        for number, step in enumerate(film.steps(50 / 3, 20)[0]):
            shown.seek(number)
            drawn = np.asarray(film.frame(step)).astype(int)
            assert np.abs(np.asarray(shown.convert("RGB")) - drawn).max() <= 40


def test_every_film_begins_with_the_first_step_and_ends_with_the_last(film):
    last = film.episodes[0].steps
    for rate, longest in ((25, 20), (50 / 3, 20), (25, 0.1), (3, 20)):
        steps, _ = film.steps(rate, longest)
        assert (steps[0], steps[-1]) == (0, last)
        assert steps == sorted(set(steps))


def test_a_film_of_a_long_episode_ends_within_its_limit(film):
    steps, pause = film.steps(25, 0.2)
    assert (len(steps) - 1) * pause <= 0.2 + 1e-9


def test_what_stands_still_has_one_colour_in_every_frame(film, tmp_path):
    with opened(gif(film), tmp_path) as shown:
        frames = []
        for number in range(shown.n_frames):
            shown.seek(number)
            frames.append(np.asarray(shown.convert("RGB"))[:, 10])
        assert all((frame == frames[0]).all() for frame in frames)


def test_episodes_side_by_side_run_at_the_same_time_and_the_shorter_one_waits(film):
    first = film.episodes[0]
    short = replace(first, trace=replace(first.trace, rewards=first.trace.rewards[:2]))
    both = Film(film.domain, [first, short], 300, 200)
    assert both.steps(25, 20)[0][-1] == first.steps
    last = np.asarray(both.frame(first.steps))
    assert last.shape == (2 * 226, 300, 3)
    assert (last[:200] == film.domain.pictures.draw(first.task, first.trace, first.steps, 300, 200)).all()
    assert (last[226:426] == film.domain.pictures.draw(short.task, short.trace, 2, 300, 200)).all()


def test_a_film_in_columns_is_a_sheet(film):
    assert Film(film.domain, film.episodes * 3, 300, 200, columns=2).frame(0).size == (612, 2 * 226)


def test_an_mp4_shows_the_frames_and_holds_the_last(film, pictures):
    steps, _ = film.steps(25, 60)
    shown = pictures(mp4(film), 300, 226)
    assert shown.shape == (len(steps) + 25, 226, 300, 3)
    for number in (0, len(steps) - 1):
        drawn = np.asarray(film.frame(steps[number])).astype(int)
        assert np.abs(shown[number].astype(int) - drawn).mean() < 3
    assert np.abs(shown[-1].astype(int) - shown[len(steps) - 1]).mean() < 1


def test_the_same_episode_gives_the_same_bytes(film):
    pytest.importorskip("imageio_ffmpeg")
    assert mp4(film) == mp4(film)
    assert gif(film) == gif(film)


def test_without_its_package_an_mp4_is_refused_in_one_sentence(film, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(Usage, match=r"pip install 'openended\[film\]', or choose gif\.$"):
        mp4(film)


def test_a_caption_is_one_line_whatever_it_says():
    assert label("a\nb\x00 \t\u00e9", 200).size == (200, 26)


def test_a_caption_that_is_too_long_keeps_its_end():
    def ink(text):
        return np.asarray(label(text, 160)).astype(int).sum(axis=2) < 500

    assert (ink("x" * 200 + " | return 5.0")[:, 100:150] == ink("x" * 300 + " | return 5.0")[:, 100:150]).all()
    assert not ink("x" * 200 + " | return 5.0")[:, 152:].any()


def test_an_mp4_that_ffmpeg_cannot_make_is_a_matter_of_resources(film, monkeypatch, tmp_path):
    ffmpeg = pytest.importorskip("imageio_ffmpeg")

    def full(*arguments, **options):
        yield
        raise OSError("no space left")

    monkeypatch.setattr(ffmpeg, "write_frames", full)
    with pytest.raises(Resources, match="no space left"):
        mp4(film)
