"""The score tables: pairs with baselines and ceiling; each movie along its own face."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from swaplib import networks
from swaplib.crops import dataset
from swaplib.files import _unmarked, video
from swaplib.networks import swap
from swaplib.scoring import likeness, tables

COUNT, LOST, AWAY = 15, range(6, 10), 40  # frames, those in which the source has no face, px


def aside(frame, pixels):
    """The frame with what it shows moved to its right."""
    return cv2.warpAffine(
        frame, np.float32([[1, 0, pixels], [0, 1, 0]]), frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE
    )


@pytest.fixture(scope="module")
def movies(tmp_path_factory):
    """A's movie, its first second; "source": the same, further right, with a gap; "swap": that, darker."""
    folder = tmp_path_factory.mktemp("movies")
    shots = [frame for _, frame in zip(range(COUNT), video.read_frames(dataset.movie("a")), strict=False)]
    moved = [aside(frame, AWAY) for frame in shots]
    for k in LOST:
        moved[k] = np.full_like(moved[k], 90)
    dark = [np.uint8(0.7 * frame) for frame in moved]
    paths = []
    for name, frames in (("swap", dark), ("source", moved), ("truth", shots)):
        paths.append(folder / f"{name}.mp4")
        _unmarked.write_movie(paths[-1], frames, 25)
    return paths


@pytest.mark.slow
def test_each_movie_is_cropped_along_its_own_face_where_both_have_one(movies):
    seen = []

    def bright(images, masks):
        """Stands in for the classifier: takes what isn't dark for A."""
        seen.append(len(images))
        return ((images * masks[..., None]).sum(axis=(1, 2, 3)) / masks.sum(axis=(1, 2)) > 1.25).astype(float)

    table = tables.score_movie(*movies, bright, size=64)
    swap, ceiling, as_it_is, truth = (table[n] for n in ("swap", "ceiling", "B as it is", "A, the truth"))
    assert seen == [COUNT - len(LOST)] * 4
    assert truth["ssim_face"] == pytest.approx(1) and truth["flicker_off"] == 0
    assert 0 < truth["yaw_error"] < 1  # read once as it is, once mirrored: the ceiling
    # moved aside, it is the same face; along the other movie's track it would be beside itself
    assert as_it_is["ssim_face"] > 0.96 and as_it_is["error_face"] < 0.01
    assert swap["error_face"] > 0.05 and swap["yaw_error"] < 1.5
    assert (swap["is_a"], as_it_is["is_a"], truth["is_a"]) == (0, 1, 1)
    assert 0 < as_it_is["flicker_off"] < 2 * truth["flicker"]
    # the true face put back into what it was cut from: all that is lost is the file's compression
    assert ceiling["ssim_face"] > 0.96 and ceiling["error_face"] < 0.01 and ceiling["seam"] < 1.2
    assert truth["seam"] == truth["seam_worst"] == 1 and as_it_is["grain"] == 1


def anybody(images, masks):
    """Stands in for the classifier: takes everyone for A."""
    return np.ones(len(images))


@pytest.fixture(scope="module")
def test_table():
    """The table of eight pairs and the shipped swap."""
    train_a, a, b = (dataset.load(name, 64)[:8] for name in ("person_a", "test_a", "test_b"))
    return tables.score_test({"swap": networks.shipped("swap_64")}, train_a, a, b, anybody), a, b


@pytest.mark.slow
def test_a_swap_stands_beside_its_reconstruction_its_baselines_and_the_ceiling(test_table):
    table, a, b = test_table
    row, as_it_is, truth = (table[name] for name in ("swap", tables.BASELINE, "A, the truth"))
    model, masks = networks.shipped("swap_64"), a.masks()
    code = model.get_layer("encoder_a")(a.images, training=False)
    again = np.asarray(model.get_layer("decoder_a")(code, training=False))
    swapped = swap.swapper(model).predict(b.images, verbose=0)
    gap = likeness.ssim(again, a.images, masks).mean() - likeness.ssim(swapped, a.images, masks).mean()
    assert row["gap"] == pytest.approx(gap, abs=1e-4)
    assert row["fine_detail"] == pytest.approx(
        np.median(likeness.sharpness(swapped, a.images, masks)), abs=1e-3
    )
    assert row["gap_closed"] == pytest.approx(
        (row["ssim_face"] - as_it_is["ssim_face"]) / (1 - as_it_is["ssim_face"])
    )
    assert "gap" not in as_it_is and as_it_is["gap_closed"] == 0 and truth["gap_closed"] == pytest.approx(1)
    assert truth["fine_detail"] == pytest.approx(1)
    # the ceiling is no comparison of a reading with itself
    assert 0 < truth["yaw_error"] < 3 and 0.9 < truth["jaw_open_r"] < 1


def test_landmarks_of_a_crop_are_in_its_pixels(monkeypatch):
    """The middle of an enlarged picture is the middle of the small one: 31.5 of 64 pixels, not 31.9."""

    class Finder:
        def __enter__(self):
            return lambda image: [SimpleNamespace(points=np.full((478, 2), (len(image) - 1) / 2))]

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(tables, "Landmarker", Finder)
    assert tables._landmarks(np.zeros((1, 64, 64, 3), np.float32)) == pytest.approx(31.5)


@pytest.mark.slow
def test_what_no_row_has_is_not_printed(test_table):
    head = tables.printed(test_table[0]).splitlines()[0].split()
    assert {"ssim_face", "gap_closed", "gap", "fine_detail", "brow_inner_r"} <= set(head)
    assert "flicker" not in head


def test_a_table_has_the_columns_of_its_rows():
    assert tables.printed({"swap": {"is_a": 1.0, "pitch_r": 2.0}}).split() == ["is_a", "swap", "1.000"]


@pytest.mark.slow
def test_the_true_face_is_put_where_the_sources_is(movies, tmp_path):
    _, source, truth = movies
    light = tmp_path / "truth.mp4"  # the truth, brighter: nothing else tells whose face it is
    _unmarked.write_movie(light, (np.uint8(255 - 0.8 * (255 - f)) for f in video.read_frames(truth)), 25)
    tables.paste_truth(source, light, tmp_path / "out.mp4", 64, colour="none")
    before, made = (np.stack(list(video.read_frames(p))).astype(int) for p in (source, tmp_path / "out.mp4"))
    assert len(made) == COUNT
    change = np.abs(made - before).mean(axis=3)[:, : before.shape[1] - 40]  # above the mark
    assert max(change[k].max() for k in LOST) < 25  # no face, nothing pasted
    x = np.arange(before.shape[2])
    at = (change[0] > 12).sum(axis=0) @ x / max((change[0] > 12).sum(), 1)
    assert at == pytest.approx(before.shape[2] / 2 + AWAY, abs=25)


@pytest.mark.slow
def test_the_pastes_of_a_test_set_stand_beside_the_perfect_decoders():
    a, b = (dataset.load(f"test_{who}", 64)[:6] for who in "ab")
    table = tables.score_pastes({"B, reconstructed": (b.images, b.images)}, a, b)
    assert len(table) == 2 * 9
    nothing, ceiling = table["B, reconstructed, soft, light"], table["ceiling, soft, light"]
    assert nothing["seam"] == pytest.approx(1, abs=0.02)
    assert nothing["ssim_face"] < 0.82 < 0.9 < ceiling["ssim_face"]
    assert table["ceiling, gradients, none"]["seam"] < 1.03 < 1.05 < ceiling["seam"]
    darker = tables.score_pastes({"dark": (0.7 * a.images, b.images)}, a, b)
    as_drawn, fitted = (darker[f"dark, soft, {colour}"]["ssim_face"] for colour in ("none", "frame"))
    assert as_drawn < fitted - 0.02  # near in skin: the frame's colours are hers
