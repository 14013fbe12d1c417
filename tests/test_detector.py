"""The detector's parts measure what they say, and no label decides."""

import cv2
import keras
import numpy as np
import pytest

from swaplib import SwaplibError, networks
from swaplib.crops import Crops, dataset, pairs
from swaplib.files import provenance
from swaplib.movie.composing import SWAPS, compose
from swaplib.networks import detector
from swaplib.scoring import spotting, traces


@pytest.fixture(scope="module")
def real():
    return dataset.load("test_a", 128)[:20]


def pasted(real, change):
    """Faces whose inside is changed: what a swap with a hard edge leaves behind."""
    masks = real.masks()[..., None]
    made = np.stack([change(image) for image in real.images])
    return Crops(real.images * (1 - masks) + made * masks, {}, real.hulls)


def test_meso4_is_as_large_as_the_paper_says():
    for size in (128, 256):
        model = detector.build_meso4(size)
        assert sum(np.prod(w.shape) for w in model.trainable_weights) == 27977
    for size in (100, 16):
        with pytest.raises(SwaplibError, match="multiple of 16"):
            detector.build_meso4(size)


def test_a_detector_is_saved_whole(tmp_path, real):
    model = detector.build_meso4(128)
    networks.save(model, tmp_path / "meso.npz")
    again = networks.load(tmp_path / "meso.npz")
    before, after = (m.predict_on_batch(real.images) for m in (model, again))
    assert np.allclose(before, after, atol=2e-3)
    with pytest.raises(SwaplibError, match="choose one of many, one"):
        networks.shipped("detector_nobody")


def test_what_the_whole_picture_has_in_common_cancels_out_in_the_small_network():
    """Noise is as strong everywhere, whatever the camera; weaker in the face it tells."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((6, 96, 96, 3), np.float32)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    hulls = np.float32([np.stack([0.5 + 0.3 * np.cos(angle), 0.5 + 0.3 * np.sin(angle)], axis=1)] * 6)
    face = Crops(noise, {}, hulls).masks()[..., None]
    keras.utils.set_random_seed(0)
    model = detector.build_highpass()
    scores = {
        name: detector.logits(model, Crops(np.float32(0.5 + 0.03 * made), {}, hulls))
        for name, made in {"weak": 0.5 * noise, "strong": noise, "both": noise * (1 - 0.9 * face)}.items()
    }
    apart = np.abs(scores["weak"] - scores["strong"]).max()
    assert np.abs(scores["both"] - scores["strong"]).min() > 5 * apart
    # who says that the face is elsewhere gets another answer
    moved = detector.logits(model, Crops(np.float32(0.5 + 0.03 * noise), {}, hulls * 0.5))
    assert moved.shape == (6,) and np.abs(moved - scores["strong"]).min() > apart
    flat = np.full((1, 96, 96, 3), 0.4, np.float32)
    assert np.isfinite(detector.logits(model, Crops(flat, {}, hulls[:1] * 0))).all()  # no face at all


def test_the_small_network_is_small_and_saved_whole(tmp_path, real):
    model = detector.build_highpass()
    assert model.count_params() < 300_000
    networks.save(model, tmp_path / "small.npz")
    again = networks.load(tmp_path / "small.npz")
    few = real[:3]
    assert np.allclose(detector.logits(model, few), detector.logits(again, few), atol=5e-3)


def test_gradient_and_occlusion_find_where_a_detector_looks(real):
    """A model that scores the brightness of a window alone."""
    picture = keras.Input((128, 128, 3))
    window = keras.layers.Cropping2D(((30, 78), (70, 38)))(picture)
    mean = keras.layers.GlobalAveragePooling2D()(window)
    model = keras.Model(picture, keras.layers.Dense(1, kernel_initializer="ones")(mean))
    found = detector.gradient(model, real[:2])
    assert found.shape == (2, 128, 128) and found[:, 30:50, 70:90].min() > 0
    found[:, 30:50, 70:90] = 0
    assert not found.any()
    hidden = traces.occlusion(detector.scorer(model, real.hulls[0]), real.images[0])
    y, x = np.unravel_index(np.abs(hidden).argmax(), hidden.shape)
    assert 20 <= y < 60 and 60 <= x < 100
    network = detector.build_highpass()
    where = detector.gradient(network, real[:1])
    assert np.isfinite(where).all() and where.any()
    score = detector.scorer(network, real.hulls[1])
    assert np.allclose(score(real.images[1:2]), detector.logits(network, real[1:2]), atol=1e-4)


def test_the_spectrum_knows_what_is_fine():
    y, x = np.mgrid[:128, :128]
    for ring, period in ((1, 20), (7, 4.2), (14, 2.15)):
        wave = 0.5 + 0.4 * np.sin(2 * np.pi * x / period)
        found = traces.spectrum(np.repeat(wave[None, ..., None], 3, axis=-1))
        assert abs(found[0].argmax() - ring) <= 1
        far = found[0, 1:][abs(np.arange(1, traces.RINGS) - ring) > 2]
        assert found.max() - far.max() > 4  # though the crop ends in the middle of a wave


def test_blur_takes_from_the_fine_end(real):
    soft = np.stack([cv2.GaussianBlur(image, (0, 0), 1.5) for image in real.images])
    change = (traces.spectrum(real.images) - traces.spectrum(soft)).mean(axis=0)
    assert change[0] < 0.1 and change[10] > 1 and (np.diff(change[:8]) > 0).all()


def test_the_rim_sees_a_paste(real):
    before = traces.rim(real.images, real.masks())
    dark = traces.rim(pasted(real, lambda x: x * 0.6).images, real.masks())
    assert (dark[:, 0] - before[:, 0]).mean() > 5  # levels of lightness
    assert (dark[:, 3] > before[:, 3]).mean() > 0.9  # steeper at the edge
    soft = traces.rim(pasted(real, lambda x: cv2.GaussianBlur(x, (0, 0), 2)).images, real.masks())
    assert (soft[:, 4] < before[:, 4] - 0.1).all()  # less grain within
    red = traces.rim(pasted(real, lambda x: x * np.float32([1, 0.7, 0.7])).images, real.masks())
    assert (red[:, 1] - before[:, 1]).mean() > 5


def test_the_rims_jump_is_that_of_both_sides_and_not_of_the_edge():
    y, x = np.mgrid[:128, :128] - 64
    away = np.hypot(x, y)
    mask, same = (away < 40).astype(np.float32), np.full((128, 128, 3), 0.6, np.float32)
    line, step = (
        np.where(((away > 37) & (away < end))[..., None], np.float32(0.1), same) for end in (43, 99)
    )
    for image, jump in ((same, 0), (line, 0), (step, 54.0)):  # L of 0.6 and of 0.1: 63.2 and 9.0
        assert traces.rim(image[None], mask[None])[0, 0] == pytest.approx(jump, abs=0.5)


def test_features_stand_beside_each_other(real):
    found = traces.features(real)
    assert found.shape == (20, traces.RINGS + 5) and np.isfinite(found).all()
    assert np.allclose(found[:, : traces.RINGS], traces.spectrum(real.images))


def test_occlusion_finds_what_the_score_looks_at(real):
    def score(images):
        return images[:, 30:50, 70:90].mean(axis=(1, 2, 3))

    image = np.ones((128, 128, 3), np.float32)
    found = traces.occlusion(score, image)
    y, x = np.unravel_index(found.argmax(), found.shape)
    assert 30 <= y < 50 and 70 <= x < 90
    assert found.max() > 0 and np.abs(found[80:, :40]).max() < 1e-6


@pytest.mark.parametrize("size, patch, step", [(102, 24, 8), (16, 24, 8), (31, 5, 9)])
def test_occlusion_covers_every_pixel(size, patch, step):
    """A score that counts all pixels alike: hiding any of them lowers it."""
    found = traces.occlusion(lambda x: x.mean(axis=(1, 2, 3)), np.ones((size, size, 3)), patch, step)
    assert found == pytest.approx(0.5 * min(patch, size) ** 2 / size**2)


def sharp_boxes():
    """Twenty real pictures, and swaps of them by the sharp decoder, put back as a box: `Pairs`, both."""
    people = pairs.load("test")
    people = people.some((people.factors["frame"] % 4 == 1) & (people.factors["clip"] == 0))
    return people, (compose(people), compose(people, SWAPS["sharp, box"]))


@pytest.mark.slow
def test_sharp_swaps_are_found_without_any_mark():
    people, images = sharp_boxes()
    score = spotting.by_network(networks.shipped("highpass_both"))
    assert spotting.auc(*(score(people, some) for some in images)) > 0.9


@pytest.mark.slow
def test_marks_on_all_pictures_leave_the_order():
    """In training, real pictures bear the mark as often as fakes."""
    people, images = sharp_boxes()
    score = spotting.by_network(networks.shipped("highpass_both"))
    marked = [np.stack([provenance.mark(image) for image in some]) for some in images]
    assert spotting.auc(*(score(people, some) for some in marked)) > 0.65
