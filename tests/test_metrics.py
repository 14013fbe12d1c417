"""The scores: known values, and the errors that a score must detect."""

import random

import cv2
import numpy as np
import pytest
from skimage.metrics import structural_similarity

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.networks.identity import IdentityClassifier
from swaplib.notebook import show
from swaplib.scoring import blending, likeness, pose, steadiness


@pytest.fixture(scope="module")
def pairs():
    return dataset.load("test_a", 64), dataset.load("test_b", 64)


def test_alike_is_one_and_zero(pairs):
    a, _ = pairs
    scores = likeness.against_truth(a.images[:5], a.images[:5], a.masks()[:5])
    assert scores["ssim_face"] == pytest.approx(1) and scores["error_face"] == 0


def test_ssim_is_scikit_images(pairs):
    a, b = (f.images[:3] for f in pairs)
    wanted = [
        structural_similarity(
            x, y, channel_axis=-1, data_range=1.0, gaussian_weights=True, use_sample_covariance=False
        )
        for x, y in zip(a, b, strict=True)
    ]
    inner = np.zeros(a.shape[:3])
    inner[:, 5:-5, 5:-5] = 1  # skimage's own mean leaves the border out
    assert likeness.ssim(a, b, inner) == pytest.approx(wanted, abs=1e-4)


def test_inside_the_face_nothing_else_counts(pairs):
    a, _ = pairs
    images, masks = a.images[:5], a.masks()[:5]
    other_wall = np.where(masks[..., None] > 0, images, 1 - images)
    other_face = np.where(masks[..., None] > 0, 1 - images, images)
    assert likeness.absolute_error(other_wall, images, masks).max() < 1e-6
    assert likeness.absolute_error(other_wall, images).min() > 0.1
    assert (likeness.ssim(other_wall, images, masks) > likeness.ssim(other_wall, images)).all()
    assert (likeness.ssim(other_face, images, masks) < likeness.ssim(other_face, images)).all()
    scores = likeness.against_truth(other_wall, images, masks)
    assert scores["error_face"] < 1e-6 < 0.1 < scores["error_whole"]
    assert scores["ssim_face"] > scores["ssim_whole"]


def test_a_blurred_face_is_less_sharp_and_a_noisy_one_more(pairs):
    a, _ = pairs
    images, masks = a.images[:10], a.masks()[:10]
    assert likeness.sharpness(images, images, masks) == pytest.approx(1)
    soft, softer = (np.stack([cv2.GaussianBlur(x, (0, 0), s) for x in images]) for s in (0.7, 3))
    sharpness = [likeness.sharpness(x, images, masks) for x in (soft, softer)]
    assert (sharpness[0] < 0.4).all() and (sharpness[1] < 0.001).all()
    noisy = images + np.random.default_rng(0).normal(0, 0.05, images.shape)
    assert (likeness.sharpness(noisy, images, masks) > 1.5).all()


def test_only_what_is_fine_and_inside_the_face_is_fine_detail():
    """Waves of amplitude 0.1 have a mean square of 0.005, and the fast ones are what counts."""
    x = np.arange(64)
    masks = np.zeros((1, 64, 64), np.float32)
    masks[:, 12:52, 12:52] = 1

    def wave(cycles):  # a pixel
        return np.repeat((0.5 + 0.1 * np.sin(2 * np.pi * cycles * x))[None, None, :, None], 64, axis=1)

    fast, slow = (np.repeat(wave(cycles), 3, axis=-1) for cycles in (0.35, 0.15))
    assert likeness.fine_detail(fast, masks) == pytest.approx(0.005, rel=0.02)
    assert likeness.fine_detail(slow, masks)[0] < 1e-5
    assert likeness.fine_detail(fast.swapaxes(1, 2), masks) == pytest.approx(0.005, rel=0.02)
    outside = np.where(masks[..., None] > 0, slow, fast)
    assert likeness.fine_detail(outside, masks)[0] < 1e-5


@pytest.mark.parametrize("figure", [likeness.ssim, likeness.absolute_error, likeness.sharpness])
def test_an_empty_mask_is_refused(pairs, figure):
    a, b = (faces.images[:3] for faces in pairs)
    masks = pairs[0].masks()[:3]
    masks[1] = 0
    with pytest.raises(SwaplibError, match="no face to compare in picture 1: "):
        figure(a, b, masks)


def test_the_way_leads_from_the_baseline_to_the_truth():
    assert [likeness.gap_closed(score, 0.6) for score in (0.6, 0.8, 1)] == pytest.approx([0, 0.5, 1])
    assert likeness.gap_closed(0.4, 0.6) == pytest.approx(-0.5)


def test_nearest_finds_the_picture_itself(pairs):
    a, _ = pairs
    changed = np.clip(a.images[[7, 3]] + 0.02, 0, 1)
    assert np.array_equal(likeness.nearest_pictures(a.images, changed), a.images[[7, 3]])


@pytest.mark.slow
def test_the_identity_classifier_is_the_same_each_time_and_leaves_the_readers_random_numbers_alone(
    pairs, eager
):
    import tensorflow

    def draws():
        return random.random(), np.random.random(), float(tensorflow.random.uniform(()))

    def start():
        random.seed(1)
        np.random.seed(1)
        tensorflow.random.set_seed(1)

    start()
    wanted = draws(), draws()
    start()
    found = [draws()]
    few = [f[:8] for f in pairs]
    one = IdentityClassifier(*few, *few, epochs=1)
    found.append(draws())
    assert tuple(found) == wanted
    other = IdentityClassifier(*few, *few, epochs=1)
    images, masks = few[0].images, few[0].masks()
    assert one(images, masks) == pytest.approx(other(images, masks), abs=1e-6)
    differs = IdentityClassifier(*few, *few, epochs=1, seed=1)
    assert np.abs(one(images, masks) - differs(images, masks)).max() > 1e-4


@pytest.mark.slow
def test_the_identity_classifier_knows_both_and_is_not_fooled_by_the_wall(pairs):
    a, b = (dataset.load(f"person_{k}", 48)[:400] for k in "ab")
    who = IdentityClassifier(a, b, *pairs)
    assert who.accuracy > 0.98
    masks = pairs[0].masks()
    swapped_walls = np.where(masks[..., None] > 0, pairs[0].images, pairs[1].images)
    assert (who(swapped_walls, masks) > 0.5).mean() > 0.98


@pytest.mark.slow
def test_pose_and_expression_of_the_same_picture_are_kept(pose_expression_of_a):
    kept = pose.pose_expression_kept(pose_expression_of_a, pose_expression_of_a)
    assert kept["found"] == 1 and kept["yaw_error"] == 0
    assert kept["jaw_open_r"] == pytest.approx(1)


def test_a_mirrored_pose_and_a_shuffled_expression_are_not_kept(pose_expression_of_a):
    mirrored = dict(pose_expression_of_a, yaw=-pose_expression_of_a["yaw"])
    assert pose.pose_expression_kept(mirrored, pose_expression_of_a)["yaw_error"] > 10
    shuffled = {k: np.roll(v, 1) for k, v in pose_expression_of_a.items()}
    assert pose.pose_expression_kept(shuffled, pose_expression_of_a)["jaw_open_r"] < 0.3


@pytest.fixture(scope="module")
def turned():
    """Some of A's test pictures with the head turned, tilted and making a face."""
    return dataset.load("test_a", 128).images[:12]


def test_a_mirrored_reading_is_the_plain_one_put_right(turned):
    plain, mirrored = pose.pose_expression(turned), pose.mirrored_pose_expression(turned)
    for name in pose.POSE:
        assert np.nanmedian(np.abs(plain[name])) > 2 * np.nanmedian(np.abs(plain[name] - mirrored[name])), (
            name
        )
    for name in ("jaw_open", "blink"):
        assert np.corrcoef(plain[name], mirrored[name])[0, 1] > 0.8, name
    # of a picture and its mirrored self, the readings are each other's mirrored selves
    both, other = pose.readings(turned), pose.readings(turned[:, :, ::-1])
    for name, sign in (("yaw", -1), ("roll", -1), ("pitch", 1), ("smile", 1), ("blink", 1)):
        assert both[name] == pytest.approx(sign * other[name], abs=1e-6), name


def test_a_face_found_once_is_read_once():
    one, other = np.array([1.0, np.nan, 3, np.nan]), np.array([3.0, 5, np.nan, np.nan])
    mean = pose.mean_reading({"yaw": one}, {"yaw": other})["yaw"]
    assert mean == pytest.approx([2, 5, 3, np.nan], nan_ok=True)


def test_one_wild_angle_does_not_move_the_error_of_the_pose(pose_expression_of_a):
    wild = {name: values.copy() for name, values in pose_expression_of_a.items()}
    wild["yaw"][0] += 100
    wild["smile"][0] += 1
    kept = pose.pose_expression_kept(wild, pose_expression_of_a)
    assert kept["yaw_error"] == 0
    assert kept["smile_error"] == pytest.approx(1 / len(wild["smile"]))


def test_a_face_that_is_not_found_is_counted(pose_expression_of_a):
    lost = {k: np.where(np.arange(len(v)) % 2, np.nan, v) for k, v in pose_expression_of_a.items()}
    kept = pose.pose_expression_kept(lost, pose_expression_of_a)
    assert kept["found"] == pytest.approx(0.5, abs=0.01) and kept["yaw_error"] == 0


def test_only_where_there_is_a_true_face_can_one_be_found():
    truth = {
        "yaw": np.array([1.0, 2, np.nan, np.nan, np.nan]),
        "smile": np.array([0.5, 0.1, np.nan, np.nan, np.nan]),
    }
    made = {
        "yaw": np.array([3.0, np.nan, 4, np.nan, np.nan]),
        "smile": np.array([0.25, np.nan, 1, np.nan, np.nan]),
    }
    kept = pose.pose_expression_kept(made, truth)
    assert kept == {"found": 0.5, "yaw_error": 2, "smile_error": 0.25, "smile_r": None}


def test_flicker_sees_noise_and_skips_gaps():
    rng = np.random.default_rng(0)
    truth = np.repeat(rng.random((1, 16, 16, 3)), 6, axis=0)
    masks, numbers = np.ones((6, 16, 16)), np.array([0, 1, 2, 10, 11, 12])
    shaky = truth + rng.normal(0, 0.1, truth.shape)
    change = steadiness.flicker(shaky, truth, masks, numbers)
    # the mean absolute difference of two normal numbers of spread 0.1
    assert change["made"] == pytest.approx(0.2 / np.sqrt(np.pi), rel=0.1)
    assert change["truth"] == 0 and change["difference"] == pytest.approx(change["made"])
    jump = truth + (numbers >= 10)[:, None, None, None]
    assert steadiness.flicker(jump, truth, masks, numbers)["made"] == pytest.approx(0)


@pytest.fixture(scope="module")
def pasted():
    """(a true picture, a mask with a hard edge, the same face in other colours): one of each, (1, ...)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:128, :128]
    skin = np.dstack([0.6 + x / 800, 0.5 + y / 900, np.full(x.shape, 0.4)]) + rng.normal(
        0, 0.02, (128, 128, 3)
    )
    skin[:30] = 0.1  # hair: an edge that is true
    mask = np.float32(np.hypot(x - 64, y - 64) < 35)
    other = np.clip(skin + [0.06, 0.02, 0.0], 0, 1)
    return tuple(np.float32(part)[None] for part in (skin, mask, other))


def blended(frame, face, mask):
    return frame * (1 - mask[..., None]) + face * mask[..., None]


def test_a_true_picture_has_no_seam_wherever_it_has_edges(pasted):
    true, mask, _ = pasted
    assert blending.seam(true, [true], mask) == {"colour": 1, "grain": 1}
    edge = np.roll(true, 12, axis=1)  # hair across more of the rim, in the one true picture or the other
    for real in ([edge, true], [true, edge]):
        assert all(value == 1 for made in real for value in blending.seam(made, real, mask).values())


def test_a_hard_edge_is_a_seam_and_a_soft_one_less(pasted):
    true, mask, other = pasted
    soft = cv2.GaussianBlur(mask[0], (0, 0), 4)[None]
    hard, softer = (blending.seam(blended(true, other, m), [true], mask)["colour"][0] for m in (mask, soft))
    assert hard > 2 and 1 < softer < 0.7 * hard
    slight = blended(true, true + 0.001, mask)  # below what anybody sees
    assert blending.seam(slight, [true], mask)["colour"][0] < 1.1
    flat = np.full_like(true, 0.5)  # not even of a true picture that has no edges at all
    assert blending.seam(flat + 0.005 * mask[..., None], [flat], mask)["colour"][0] == 1


def test_a_face_without_grain_is_a_seam_of_grain_alone(pasted):
    true, mask, _ = pasted
    blurred = np.stack([cv2.GaussianBlur(true[0], (0, 0), 3)])
    blurred[:, :30] = true[:, :30]
    seam = blending.seam(blended(true, blurred, mask), [true], mask)
    assert seam["grain"][0] > 2 and seam["colour"][0] < 1.3


def test_a_seam_hides_where_the_true_picture_has_an_edge(pasted):
    """A step along a true edge is none; the same step through plain skin is one."""
    true, mask, _ = pasted
    edged, plain = np.full_like(true, 0.5), np.full_like(true, 0.5)
    edged[mask > 0] = 0.8
    step = plain + 0.1 * mask[..., None]
    assert blending.seam(edged + 0.05 * mask[..., None], [edged], mask)["colour"][0] < 1.3
    assert blending.seam(step, [plain], mask)["colour"][0] > 3


@pytest.mark.parametrize("size, wide", [(64, 1), (128, 2), (256, 4)])
def test_the_rings_of_a_rim_grow_with_the_crop(size, wide):
    mask = np.zeros((size, size), np.float32)
    mask[:, : size // 2] = 1
    sectors, inner, outer = blending._rings(mask)
    inside, outside = np.flatnonzero(inner[size // 2]), np.flatnonzero(outer[size // 2])
    assert len(inside) == len(outside) == wide
    assert inside[-1] - size // 2 == -(outside[0] - size // 2) - 1  # as far from the rim on either side
    assert set(np.unique(sectors)) == set(range(blending.SECTORS))


def test_the_worst_tenth_is_the_highest():
    median, worst = blending.median_and_worst(np.arange(20.0))
    assert (median, worst) == (9.5, 18.5)
    assert blending.median_and_worst([3.0]) == (3, 3)


def test_the_table_lines_up():
    text = show.table({"swap": {"ssim": 0.9, "yaw": 1.25}, "B as it is": {"ssim": 0.4}})
    lines = text.splitlines()
    assert lines[0].split() == ["ssim", "yaw"] and lines[1].split() == ["swap", "0.900", "1.250"]
    assert lines[2].split()[-1] == "0.400" and lines[1].index("0.900") == lines[2].index("0.400")
