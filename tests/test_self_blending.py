"""A self-blended picture shows the same face, changed slightly and only inside it."""

import cv2
import numpy as np
import pytest

from swaplib.crops import dataset
from swaplib.training import camera, self_blending


@pytest.fixture(scope="module")
def real():
    return dataset.load("test_b", 64)[:24]


@pytest.fixture
def plain(monkeypatch):
    """A blend without a camera: nothing but the changed copy in the picture itself."""
    monkeypatch.setattr(self_blending.camera, "drawn", lambda rng, wide: camera.Camera(0, 0, 0))


def blended(rng, image, mask, traces):
    """(the picture, the fake), before the codec."""
    return self_blending._filmed_and_blended(rng, image, mask, traces, False)


def test_what_is_not_blended_stays_the_picture_and_what_is_lies_on_the_face(real, plain):
    """Beyond the face, widened by what the mask is deformed, nothing changes."""
    changed = []
    for k, (image, mask) in enumerate(zip(real.images, real.masks(), strict=True)):
        target, made = blended(np.random.default_rng(k), image, mask, ["recoloured"])
        assert np.allclose(target, image, atol=1e-6)
        change = np.abs(made - target).max(axis=-1)
        far = cv2.dilate(mask, np.ones((21, 21))) == 0
        assert change.max() > 0.005 and change[far].mean() < 0.1 * change[mask > 0.5].mean()
        changed.append((change > 0.1 * change.max()).mean() / mask.mean())
    assert 0.4 < np.mean(changed) < 1.6 and np.std(changed) > 0.05


def test_it_is_still_the_same_picture_and_not_the_very_same(real, plain):
    rng = np.random.default_rng(1)
    some = zip(real.images, real.masks(), strict=True)
    made = [blended(rng, image, mask, ["recoloured", "moved", "resampled"]) for image, mask in some]
    change = [np.abs(fake - target).mean() for target, fake in made]
    assert 0.003 < np.median(change) < 0.1 and min(change) > 1e-4


def test_most_fakes_are_blended_wholly_and_a_quarter_by_half(plain, monkeypatch):
    y, x = np.mgrid[:64, :64] - 31.5
    disc = np.clip(20 - np.hypot(x, y), 0, 1).astype(np.float32)
    monkeypatch.setattr(self_blending, "deformed", lambda rng, mask: mask)
    monkeypatch.setattr(self_blending, "recoloured", lambda rng, image: image + np.float32(0.25))
    image, shares = np.full((64, 64, 3), 0.5, np.float32), []
    for k in range(100):
        target, made = blended(np.random.default_rng(k), image, disc, ["recoloured"])
        shares.append(float((made - target).max()) / 0.25)
        assert made[..., 0] == pytest.approx(target[..., 0] + shares[-1] * 0.25 * disc, abs=1e-5)
    found, counts = np.unique(np.round(shares, 4), return_counts=True)
    assert list(found) == [0.5, 1] and counts[0] / 100 == pytest.approx(0.25, abs=0.09)


def test_another_light_changes_lightness_and_contrast_and_hardly_the_hue():
    """Much more hue would make faces green and pink, which no swap is."""
    image = np.random.default_rng(1).uniform(0.3, 0.6, (32, 32, 3)).astype(np.float32)
    made = [self_blending.recoloured(np.random.default_rng(k), image) for k in range(300)]
    assert {x.dtype for x in made} == {np.dtype(np.float32)} and np.min(made) >= 0 and np.max(made) <= 1
    lab = np.stack([cv2.cvtColor(x, cv2.COLOR_RGB2LAB) for x in (image, *made)])
    shift = lab[1:].mean(axis=(1, 2)) - lab[0].mean(axis=(0, 1))
    assert shift.mean(axis=0) == pytest.approx(0, abs=1)
    assert shift.std(axis=0) == pytest.approx([4.8, 1.44, 1.44], rel=0.1)  # 5 and 1.5, clipped at twice that
    assert np.abs(shift).max(axis=0) == pytest.approx([10, 3, 3], rel=0.1)
    contrast = np.log(lab[1:, ..., 0].std(axis=(1, 2)) / lab[0, ..., 0].std())
    assert contrast.std() == pytest.approx(0.1, rel=0.15)
    white = np.ones((8, 8, 3), np.float32)
    assert max(self_blending.recoloured(np.random.default_rng(k), white).max() for k in range(9)) == 1


def test_a_copy_is_blurred_or_sharpened():
    noise = np.random.default_rng(1).uniform(0.3, 0.6, (64, 64, 3)).astype(np.float32)
    rough = [
        float(self_blending.resampled(np.random.default_rng(k), noise).std() / noise.std()) for k in range(40)
    ]
    assert min(rough) < 0.5 and max(rough) > 1.1 and 0.25 < np.mean(np.greater(rough, 1.1)) < 0.75
