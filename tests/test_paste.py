"""Ways to paste a face: the promise of each, and the mask that reaches up to the hairline."""

import cv2
import numpy as np
import pytest

from swaplib import SwaplibError, movie
from swaplib.face import align, mask
from swaplib.movie import paste

SIZE = 96
WHERE = np.float64([[1, 0, -20], [0, 1, -10]])  # the crop lies 20 px right and 10 px down in the frame
Y, X = np.mgrid[:SIZE, :SIZE]
DISC = np.float32(np.hypot(X - 47.5, Y - 47.5) < 26)


def a_frame(seed=0):
    rng = np.random.default_rng(seed)
    return np.uint8(90 + 60 * rng.random((120, 140, 3)))


def crop_of(frame):
    return np.float32(align.crop(frame, WHERE, SIZE)) / 255


@pytest.mark.parametrize("blend", paste.BLENDS)
def test_a_face_like_the_frames_changes_nothing_and_nothing_beyond_the_crop_changes(blend):
    frame = a_frame()
    same = paste.paste(frame, crop_of(frame), WHERE, DISC, blend)
    assert np.abs(same.astype(int) - frame).max() <= 1
    other = paste.paste(frame, crop_of(a_frame(1)), WHERE, DISC, blend)
    beyond = align.uncrop(np.ones((SIZE, SIZE), np.float32), WHERE, frame.shape)[1] == 0
    np.testing.assert_array_equal(other[beyond], frame[beyond])
    assert np.abs(other.astype(int) - frame).max() > 20
    np.testing.assert_array_equal(other, paste.paste(frame, crop_of(a_frame(1)), WHERE, DISC, blend))


def test_bands_spread_a_step_in_shading_and_keep_fine_detail_in_its_place():
    frame = np.full((SIZE, SIZE, 3), 0.4, np.float32)
    checks = np.float32((X + Y) % 2)[..., None] * 0.1
    face = frame + 0.2 + checks
    everywhere = np.ones((SIZE, SIZE), np.float32)
    steps = {
        name: np.abs(np.diff(paste.BLENDS[name](frame, frame + 0.2, DISC, everywhere)[47, :, 0])).max()
        for name in ("soft", "bands")
    }
    assert steps["bands"] < 0.4 * steps["soft"]
    fine = paste.blend_bands(frame, face, DISC, everywhere)[..., 0]
    fine = np.abs(fine[:, 1:] - fine[:, :-1])
    assert fine[40:56, 40:56].mean() == pytest.approx(0.1, rel=0.1) and fine[:, :16].mean() < 0.005
    soft = cv2.GaussianBlur(DISC, (0, 0), 6)  # where the mask is 0.3, the finest detail is mixed by 0.3
    fine = paste.blend_bands(frame, face, soft, everywhere)[..., 0]
    fine = np.maximum(np.abs(np.diff(fine))[:, 1:], np.abs(np.diff(fine))[:, :-1])
    some = np.abs(soft[:, 1:-1] - 0.3) < 0.05
    assert fine[some].mean() == pytest.approx(0.03, rel=0.25)


def test_bands_do_not_end_in_a_square_where_the_crop_does():
    frame = np.full((SIZE, SIZE, 3), 0.2, np.float32)
    covered = np.zeros((SIZE, SIZE), np.float32)
    covered[14:82, 14:82] = 1
    made = paste.blend_bands(frame, frame + 0.6, DISC, covered)[..., 0]
    assert np.abs(made[:14] - 0.2).max() < 1e-6
    assert np.abs(np.diff(made[:15, 47])).max() < 0.012


def test_gradients_take_the_frames_colours_and_the_faces_detail():
    rng = np.random.default_rng(0)
    frame = np.float32(0.4 + 0.1 * rng.random((SIZE, SIZE, 3)))
    bump = 0.1 * np.exp(-((X - 47.5) ** 2 + (Y - 47.5) ** 2) / 50)[..., None]
    face = np.float32(frame * 1.0 + [0.2, 0.1, -0.1] + bump)
    made = paste.blend_gradients(frame, face, DISC, np.ones_like(DISC))
    np.testing.assert_allclose(made, frame + bump * DISC[..., None], atol=0.005)
    np.testing.assert_array_equal(made[DISC == 0], frame[DISC == 0])


@pytest.mark.parametrize("height, width", [(96, 96), (61, 90), (30, 7)])
def test_the_membrane_is_harmonic(height, width):
    """A function that solves Laplace's equation is given back from its values around a hole."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    known = np.float32(np.dstack([x, x**2 - y**2]))
    inside = np.zeros((height, width), bool)
    inside[height // 5 : -height // 5, width // 5 : -width // 5] = True
    inside[: height // 2, : width // 3] = False  # no rectangle
    values = np.where(inside[..., None], 7, known).astype(np.float32)
    made = paste.membrane(values, inside)
    np.testing.assert_allclose(made, known, atol=0.015)
    np.testing.assert_array_equal(made[~inside], known[~inside])


def test_a_membrane_without_a_rim_or_without_an_inside():
    values = np.ones((8, 8, 3), np.float32)
    assert not paste.membrane(values, np.ones((8, 8), bool)).any()
    np.testing.assert_array_equal(paste.membrane(values, np.zeros((8, 8), bool)), values)


def test_fitted_colours_have_the_sources_mean_and_spread_within_the_mask():
    import cv2

    rng = np.random.default_rng(0)
    face = np.float32(0.3 + 0.1 * rng.random((SIZE, SIZE, 3)))
    source = np.float32([0.7, 0.5, 0.4] + 0.15 * rng.random((SIZE, SIZE, 3)))
    source[DISC == 0], face[DISC == 0] = 0, 1  # what lies outside must not count
    made = paste.fit_colour(face, None, source, DISC)
    wanted, got = (cv2.cvtColor(x, cv2.COLOR_RGB2LAB)[DISC == 1] for x in (source, made))
    np.testing.assert_allclose(got.mean(axis=0), wanted.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(got.std(axis=0), wanted.std(axis=0), rtol=0.05)
    flat = np.full_like(face, 0.5)  # what a decoder may draw in its first steps
    assert np.isfinite(paste.fit_colour(flat, None, source, DISC)).all()


def test_without_a_reconstruction_nothing_is_known_of_the_light():
    face, source = crop_of(a_frame()), crop_of(a_frame(1))
    for name in ("none", "light"):
        assert paste.COLOURS[name](face, None, source, DISC) is face


def test_a_way_that_is_not_offered_is_named_with_those_that_are(tmp_path):
    for ways in ({"blend": "magic"}, {"colour": "magic"}):
        table = paste.BLENDS if "blend" in ways else paste.COLOURS
        message = f"{next(iter(ways))} 'magic' is not offered: choose one of {', '.join(table)}"
        with pytest.raises(SwaplibError, match=message):
            movie.swap_frames([], np.empty((0, 478, 2)), None, SIZE, **ways)
        with pytest.raises(SwaplibError, match=message):
            movie.swap_movie("missing.mp4", tmp_path / "a.mp4", None, SIZE, **ways)


# --- up to the hairline -------------------------------------------------------------------


@pytest.fixture(scope="module")
def head(astronaut_points):
    """(landmarks in a crop of 128 px, height of the hull's top, a picture that is all skin)."""
    points = align.transform(astronaut_points, align.crop_matrix(astronaut_points, 128))
    points[:, 1] += 6  # room for a forehead
    rng = np.random.default_rng(0)
    light = np.linspace(0.7, 1, 128)[None, :, None]  # from the right
    skin = np.float32([0.8, 0.6, 0.5] * light + rng.normal(0, 0.01, (128, 128, 3)))
    return points, points[10, 1], skin


def top(made, column=64):
    """The first row of a mask's column."""
    return np.argmax(made[:, column] > 0.5)


def with_hair(skin, above, colour=(0.2, 0.15, 0.1)):
    out = skin.copy()
    out[: int(above)] = colour
    return out


def test_the_mask_goes_up_to_the_hair_and_not_into_it(head):
    points, hull_top, skin = head
    for above in (hull_top - 8, hull_top - 13):
        made = mask.face_mask(points, 128, pictures=[with_hair(skin, above)])
        assert above <= top(made, round(points[10, 0])) <= above + 5
        assert made[: int(above) - 2].max() < 0.2
    blond = with_hair(skin, hull_top - 8, (0.75, 0.6, 0.3))
    assert top(mask.face_mask(points, 128, pictures=[blond])) >= hull_top - 8


def test_the_lower_of_both_hairlines_counts(head):
    points, hull_top, skin = head
    high, low = (with_hair(skin, hull_top - above) for above in (14, 6))
    alone = mask.face_mask(points, 128, pictures=[low])
    for pictures in ((high, low), (low, high)):
        np.testing.assert_allclose(mask.face_mask(points, 128, pictures=pictures), alone, atol=1e-5)


def test_a_bald_head_gets_a_forehead_and_no_more(head):
    points, hull_top, skin = head
    plain, bald = (mask.face_mask(points, 128, pictures=pictures) for pictures in ((), [skin]))
    height = points[2, 1] - points[9, 1]  # brows to nose, as far as from the hairline to the brows
    assert 0.6 * height < points[9, 1] - top(bald) < 1.3 * height
    assert (bald >= plain - 1e-3).all()


def test_a_forehead_lit_from_one_side_is_skin_on_both(head):
    """From the temple in the dark to the one in the light it changes by more than from skin to hair."""
    points, hull_top, skin = head
    light = 0.4 + 0.6 / (1 + np.exp((64 - np.arange(128)) / 8))
    lit = np.float32(light[None, :, None] * [0.8, 0.6, 0.5] * np.ones((128, 1, 1)))
    plain, made = (mask.face_mask(points, 128, pictures=[picture]) for picture in (skin, lit))
    assert np.abs(plain - made).mean() < 0.005


def test_a_card_before_the_forehead_stays_before_it(head):
    points, hull_top, skin = head
    covered = skin.copy()
    covered[: int(hull_top) - 3, 64:] = (0.9, 0.9, 0.95)
    made = mask.face_mask(points, 128, pictures=[covered])
    assert made[: int(hull_top) - 5, 68:].max() < 0.3
    assert top(made, 55) < hull_top - 8


def test_one_stray_lock_makes_no_notch(head):
    points, hull_top, skin = head
    stray = skin.copy()
    stray[: int(hull_top), 63:65] = 0
    whole, made = (mask.face_mask(points, 128, pictures=[x]) for x in (skin, stray))
    assert np.abs(whole - made).max() < 0.6 and top(made) < hull_top - 6


def test_the_mask_of_a_smaller_crop_is_the_same_mask(head):
    points, hull_top, skin = head
    hair = with_hair(skin, int(hull_top) // 2 * 2 - 10)
    large = mask.face_mask(points, 128, pictures=[hair])
    small = mask.face_mask((points + 0.5) / 2 - 0.5, 64, pictures=[hair[::2, ::2]])
    assert np.abs(large.reshape(64, 2, 64, 2).mean(axis=(1, 3)) - small).mean() < 0.015


def test_the_mask_without_pictures_is_the_hull_with_a_soft_rim(head):
    points, _, _ = head
    made, whole = mask.face_mask(points, 128), mask.hull_mask(points, 128)
    assert (made > 0.5).sum() == pytest.approx(whole.sum(), rel=0.03)
    far = cv2.distanceTransform(np.uint8(whole == 0), cv2.DIST_L2, 5) > 3 * 0.015 * 128
    assert made[far].max() < 0.01


# --- exact values -------------------------------------------------------------------------

AS_IT_IS = np.float64([[1, 0, 0], [0, 1, 0]])


def test_what_is_pasted_is_rounded_and_not_cut_off():
    frame, whole = np.zeros((16, 16, 3), np.uint8), np.ones((16, 16), np.float32)
    for value, wanted in ((0.5, 128), (100.7 / 255, 101), (100.3 / 255, 100)):
        made = paste.paste(frame, np.full((16, 16, 3), value, np.float32), AS_IT_IS, whole)
        np.testing.assert_array_equal(made[4:12, 4:12], wanted)


def test_gradients_begin_well_inside_the_mask():
    """Where the mask is 0.7 the frame stays; where it is 0.9 the face begins."""
    frame, face = np.full((16, 16, 3), 0.4, np.float32), np.full((16, 16, 3), 0.4, np.float32)
    face[8, 4], face[8, 11] = 0.9, 0.9
    mask = np.full((16, 16), 0.7, np.float32)
    mask[:, 8:] = 0.9
    made = paste.blend_gradients(frame, face, mask, np.ones_like(mask))
    assert made[8, 4, 0] == np.float32(0.4) and made[8, 11, 0] > 0.6


def test_the_spread_of_colours_is_at_most_doubled_or_halved():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(SIZE, SIZE, 1))
    flat, lively = (np.float32(np.clip(0.5 + s * noise, 0, 1) * np.ones(3)) for s in (0.01, 0.1))

    def spread(face):
        return cv2.cvtColor(np.float32(face), cv2.COLOR_RGB2LAB)[DISC == 1][:, 0].std()

    assert spread(paste.fit_colour(flat, None, lively, DISC)) == pytest.approx(2 * spread(flat), rel=0.05)
    assert spread(paste.fit_colour(lively, None, flat, DISC)) == pytest.approx(spread(lively) / 2, rel=0.05)


def test_beyond_the_crop_the_mask_counts_for_nothing():
    """A mask that is 1 up to the crop's rim would be repeated beyond it."""
    frame = a_frame()
    made = paste.paste(frame, np.ones((SIZE, SIZE, 3), np.float32), WHERE, np.ones((SIZE, SIZE), np.float32))
    assert (made[10 : 10 + SIZE, 20 : 20 + SIZE] == 255).all()
    turned = align.invert(cv2.getRotationMatrix2D((60, 60), 45, 0.5))
    made = paste.paste(frame, np.ones((SIZE, SIZE, 3), np.float32), turned, np.ones((SIZE, SIZE), np.float32))
    beyond = align.uncrop(np.ones((SIZE, SIZE), np.float32), turned, frame.shape)[1] == 0
    np.testing.assert_array_equal(made[beyond], frame[beyond])


def test_the_mask_is_0_at_the_rim_of_the_crop():
    corners = np.float32([[-50, -50], [150, -50], [150, 150], [-50, 150]])
    made = mask.face_mask(corners, 100)
    assert made[0].max() < 0.03 and made[:, -1].max() < 0.03
    assert made[:4].max() < 0.5 < made[5:-5, 5:-5].min()


def test_what_is_in_front_stays():
    frame, cover = a_frame(), np.zeros((SIZE, SIZE), np.float32)
    cover[40:60] = 1
    for blend in paste.BLENDS:
        made = paste.paste(frame, crop_of(a_frame(1)), WHERE, DISC, blend, cover)
        np.testing.assert_array_equal(made[52:68, 40:100], frame[52:68, 40:100])
        assert np.abs(made.astype(int) - frame)[30:48].max() > 20


@pytest.mark.parametrize("value", [np.nan, np.inf, 200.0])
def test_a_network_that_makes_no_pictures_paints_nothing(value):
    frame, face = a_frame(), crop_of(a_frame(1))
    face[5, 5] = value
    for wrong in (face, np.uint8(255 * crop_of(frame))):
        with pytest.raises(SwaplibError, match="the decoded face"):
            paste.paste(frame, wrong, WHERE, DISC)


def test_a_grey_or_sepia_frame_gets_a_face_in_its_tone():
    face, colours = crop_of(a_frame(1)) * [1, 0.7, 0.6], crop_of(a_frame())
    assert paste.in_the_tone(face, colours) is face
    light = colours @ paste.LIGHTNESS
    for tone in ([1, 1, 1], [1.1, 0.97, 0.75]):
        source = np.float32(np.rint(255 * light[..., None] * tone) / 255)
        made = paste.in_the_tone(face, source)
        apart = made / (made @ paste.LIGHTNESS)[..., None]
        np.testing.assert_allclose(
            apart, np.broadcast_to(tone / (tone @ paste.LIGHTNESS), apart.shape), atol=0.02
        )
        np.testing.assert_allclose(made @ paste.LIGHTNESS, face @ paste.LIGHTNESS, atol=0.01)
