"""The geometry of crops: round trips, no reflection, and sub-pixel accuracy."""

import numpy as np
import pytest
from skimage.data import astronaut

from swaplib import SwaplibError
from swaplib.face import align
from swaplib.face.mask import hull_mask


def similar(angle, scale, shift):
    c, s = scale * np.cos(np.radians(angle)), scale * np.sin(np.radians(angle))
    return np.array([[c, -s, shift[0]], [s, c, shift[1]]])


@pytest.mark.parametrize("angle", [0, 30, -120, 180])
def test_similarity_finds_the_transform_that_was_made(angle):
    matrix = similar(angle, 0.37, (12, -5))
    points = np.random.default_rng(0).normal(size=(7, 2)) * 40
    assert np.allclose(align.similarity(points, align.transform(points, matrix)), matrix)


def test_similarity_never_reflects():
    points = np.array([[0, 0], [1, 0], [0, 2.0]])
    matrix = align.similarity(points, points * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) > 0


def test_points_in_one_place_are_refused():
    with pytest.raises(ValueError, match="all coincide"):
        align.similarity(np.ones((3, 2)), align.ANCHORS)


def test_there_and_back():
    matrix = similar(25, 0.6, (-30, 8))
    points = np.random.default_rng(1).uniform(0, 300, (20, 2))
    there = align.transform(points, matrix)
    assert np.allclose(align.transform(there, align.invert(matrix)), points)


def test_the_anchors_land_where_they_should(astronaut_points):
    for size in (64, 128):
        matrix = align.crop_matrix(astronaut_points, size)
        landed = (align.transform(align.anchors(astronaut_points), matrix) + 0.5) / size
        assert np.abs(landed - align.ANCHORS).max() < 0.02


def test_a_turned_and_shifted_picture_gives_the_same_crop(astronaut_points):
    import cv2

    picture = cv2.GaussianBlur(astronaut(), (0, 0), 1)
    move = similar(20, 1.0, (60, -40))
    turned = cv2.warpAffine(picture, move, (700, 700), flags=cv2.INTER_CUBIC)
    one = align.crop(picture, align.crop_matrix(astronaut_points, 96), 96)
    other = align.crop(turned, align.crop_matrix(align.transform(astronaut_points, move), 96), 96)
    assert np.abs(one.astype(int) - other).mean() < 1.5


def test_uncrop_puts_the_crop_back_in_its_place(astronaut_points):
    import cv2

    picture = cv2.GaussianBlur(astronaut(), (0, 0), 1.5)
    matrix = align.crop_matrix(astronaut_points, 128)
    back, covered = align.uncrop(align.crop(picture, matrix, 128), matrix, picture.shape)
    inside = covered > 0.999
    assert 0.02 < inside.mean() < 0.3
    assert np.abs(back[inside].astype(int) - picture[inside]).mean() < 1.5


def test_a_crop_is_the_same_at_every_size(astronaut_points):
    """Half a pixel of shift between sizes would show as a gradient here."""
    import cv2

    large = align.crop(astronaut(), align.crop_matrix(astronaut_points, 128), 128)
    small = align.crop(astronaut(), align.crop_matrix(astronaut_points, 64), 64)
    shrunk = cv2.resize(large, (64, 64), interpolation=cv2.INTER_AREA)
    assert np.abs(shrunk.astype(int) - small).mean() < 3
    shifted = np.roll(shrunk, 1, axis=1)
    assert np.abs(shifted.astype(int) - small).mean() > 2 * np.abs(shrunk.astype(int) - small).mean()


def test_a_small_crop_of_a_large_face_has_no_noise(astronaut_points):
    """Lines finer than its pixels become grey in it, not other lines."""
    lines = np.zeros((512, 512, 3), np.uint8)
    lines[:, ::2] = 255
    assert align.crop(lines, align.crop_matrix(astronaut_points, 32), 32).astype(float).std() < 10


def test_hull_mask_has_the_area_of_the_hull():
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = 32 + 20 * np.stack([np.cos(angle), np.sin(angle)], 1)
    mask = hull_mask(circle, 64)
    assert abs(mask.sum() / (np.pi * 20**2) - 1) < 0.06
    assert mask[32, 32] == 1 and mask[0, 0] == 0
    soft = hull_mask(circle, 64, feather=2)
    assert abs(soft.sum() / mask.sum() - 1) < 0.01 and ((soft > 0.1) & (soft < 0.9)).any()


def test_inside_counts_the_points_in_the_frame():
    points = np.array([[-1, 5], [0, 0], [9, 9], [5, 12.0]])
    assert align.inside(points, (10, 10)) == 0.5
    assert align.inside(points, (20, 10)) == 0.75  # a tall frame has the last one too


def test_a_crop_is_the_same_whether_all_or_a_part_of_the_picture_is_touched():
    """Exact values, also where the crop reaches beyond the picture and mirrors it."""
    import cv2

    picture = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    for scale, shift in (
        (1.0, (-100, -80)),
        (0.4, (-40, -30)),
        (0.7, (20, 15)),
        (1.5, (-390, -250)),
        (0.2, (5, 9)),
        (1.0, (45, 30)),  # more than half of it beyond
        (1.0, (-260, -160)),
    ):
        matrix = similar(11, scale, shift)
        blurred = (
            picture if scale > 0.6 else cv2.GaussianBlur(picture, (0, 0), 0.4 * np.sqrt(1 / scale**2 - 1))
        )
        whole = cv2.warpAffine(
            blurred, matrix, (64, 64), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        made = align.crop(picture, matrix, 64).astype(int)
        assert np.abs(made - whole).max() <= 1 and (made != whole).mean() < 0.01


def test_the_border_of_a_crop_is_mirrored_and_its_coverage_says_so():
    picture = np.arange(1, 17, dtype=np.uint8).reshape(4, 4)
    aside = np.float64([[1, 0, 2], [0, 1, 0]])  # two columns to the left of the picture
    np.testing.assert_array_equal(align.crop(picture, aside, 4)[0], [3, 2, 1, 2])
    np.testing.assert_array_equal(align.coverage(aside, 4, (4, 4)), [[0, 0, 1, 1]] * 4)
    np.testing.assert_array_equal(
        align.coverage(np.float64([[1, 0, -3], [0, 1, -2]]), 4, (4, 4))[:, 0], [1, 1, 0, 0]
    )


def test_the_border_of_what_is_put_back_is_its_rim():
    crop, aside = np.full((4, 4, 3), 200, np.uint8), np.float64([[1, 0, -2], [0, 1, -2]])
    back, covered = align.uncrop(crop, aside, (8, 8))
    np.testing.assert_array_equal(back, np.full((8, 8, 3), 200))
    np.testing.assert_array_equal(covered[3], [0, 0, 1, 1, 1, 1, 0, 0])


def test_a_face_that_is_nowhere_is_refused_at_once(astronaut_points):
    for points in (astronaut_points + 1e9, astronaut_points * np.nan, astronaut_points - 2000):
        with pytest.raises((SwaplibError, ValueError, np.linalg.LinAlgError)):
            align.crop(astronaut(), align.crop_matrix(points, 64), 64)
