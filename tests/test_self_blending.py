"""A self-blended picture shows the same face, changed slightly and only inside it."""

import numpy as np
import pytest

from swaplib.crops import dataset
from swaplib.training import self_blending


@pytest.fixture(scope="module")
def real():
    return dataset.load("test_b", 64)[:24]


def test_only_what_is_blended_differs_from_the_target(real, monkeypatch):
    """With an untouched target, what lies outside the blend is the picture itself."""
    monkeypatch.setattr(self_blending, "recoloured", lambda rng, image: image[..., ::-1])
    monkeypatch.setattr(self_blending, "resampled", lambda rng, image: image)
    for k, (image, mask) in enumerate(zip(real.images, real.masks(), strict=True)):
        made, blend = self_blending.self_blended(np.random.default_rng(k), image, mask)
        outside = blend == 0
        assert outside.mean() > 0.05 and blend.max() <= 1
        target = image if np.allclose(made[outside], image[outside]) else image[..., ::-1]
        assert np.allclose(made[outside], target[outside], atol=1e-6)


def test_the_blend_lies_on_the_face(real):
    rng, inside, size = np.random.default_rng(0), [], []
    for image, mask in zip(real.images, real.masks(), strict=True):
        _, blend = self_blending.self_blended(rng, image, mask)
        inside.append(blend[mask > 0.5].sum() / max(blend.sum(), 1e-6))
        size.append((blend > 0.1 * blend.max()).mean() / mask.mean())
    assert np.mean(inside) > 0.8 and 0.4 < np.mean(size) < 1.5 and np.std(size) > 0.05


def test_it_is_still_the_same_picture_and_not_the_very_same(real):
    rng = np.random.default_rng(1)
    change = [
        np.abs(self_blending.self_blended(rng, image, mask)[0] - image).mean()
        for image, mask in zip(real.images, real.masks(), strict=True)
    ]
    assert 0.003 < np.median(change) < 0.1 and min(change) > 1e-4


@pytest.fixture
def disc():
    """A soft disc in the middle: float32 (64, 64)."""
    y, x = np.mgrid[:64, :64] - 31.5
    return np.clip(20 - np.hypot(x, y), 0, 1).astype(np.float32)


def test_half_of_the_fakes_are_blended_in_part(disc, monkeypatch):
    """A quarter, a half, three quarters: a sixth of them each; the other half wholly."""
    monkeypatch.setattr(self_blending, "deformed", lambda rng, mask: mask)
    monkeypatch.setattr(self_blending, "displaced", lambda rng, image, blend: (image, blend))
    image = np.full((64, 64, 3), 0.5, np.float32)
    shares = [
        float(self_blending.self_blended(np.random.default_rng(k), image, disc)[1].max()) for k in range(300)
    ]
    found, counts = np.unique(np.round(shares, 6), return_counts=True)
    assert list(found) == [0.25, 0.5, 0.75, 1]
    assert counts / 300 == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2], abs=0.07)


def test_a_pixel_has_its_share_of_the_changed_copy(disc, monkeypatch):
    """Which of the two is changed is drawn: either the face or what is around it."""
    monkeypatch.setattr(self_blending, "resampled", lambda rng, image: image)
    monkeypatch.setattr(self_blending, "recoloured", lambda rng, image: image + 0.25)
    image, around = np.full((64, 64, 3), 0.5, np.float32), []
    for k in range(40):
        made, blend = self_blending.self_blended(np.random.default_rng(k), image, disc)
        around.append(float(made[0, 0, 0]))
        inner, outer = (0.75, 0.5) if around[-1] == 0.5 else (0.5, 0.75)
        assert made[..., 0] == pytest.approx(inner * blend + outer * (1 - blend), abs=1e-5)
    assert sorted(set(around)) == [0.5, 0.75] and 0.2 < np.mean(np.equal(around, 0.5)) < 0.8


def test_the_blend_moves_with_the_picture(disc):
    moved = set()
    for k in range(20):
        picture, blend = self_blending.displaced(np.random.default_rng(k), np.dstack([disc] * 3), disc)
        assert picture[..., 0] == pytest.approx(blend, abs=1e-6)
        y, x = (np.indices(blend.shape) * blend).sum(axis=(1, 2)) / blend.sum() - 31.5
        moved.add((round(float(x), 1), round(float(y), 1)))
        assert abs(x) < 0.035 * 64 and abs(y) < 0.035 * 64 and 0.9**2 < blend.sum() / disc.sum() < 1.1**2
    assert len(moved) > 15 and max(abs(x) for x, _ in moved) > 1 < max(abs(y) for _, y in moved)


def test_another_light_keeps_the_mean_but_for_gain_and_shift():
    rng = np.random.default_rng(0)
    image = np.random.default_rng(1).uniform(0.3, 0.6, (32, 32, 3)).astype(np.float32)
    made = np.stack([self_blending.recoloured(rng, image) for _ in range(200)])
    assert made.dtype == np.float32 and made.min() >= 0 and made.max() <= 1
    ratio = made.mean(axis=(1, 2)) / image.mean(axis=(0, 1))
    assert np.log(ratio).mean() == pytest.approx(0, abs=0.04)
    spread = np.log(ratio).std(axis=0)
    assert (0.1 < spread).all() and (spread < 0.2).all()  # 0.12 of all, 0.05 of each colour, and a shift
    slope = made.std(axis=(1, 2)) / image.std(axis=(0, 1))  # gain and contrast, without the shift
    assert np.log(slope[:, 0] / slope[:, 1]).std() == pytest.approx(0.05 * np.sqrt(2), rel=0.2)
    contrast = made.std(axis=(1, 2)).mean(axis=1) / image.std(axis=(0, 1)).mean() / ratio.mean(axis=1)
    assert 0.07 < np.log(contrast).std() < 0.2


def test_a_copy_is_blurred_or_sharpened():
    noise = np.random.default_rng(1).uniform(0.3, 0.6, (64, 64, 3)).astype(np.float32)
    rough = [
        float(self_blending.resampled(np.random.default_rng(k), noise).std() / noise.std()) for k in range(40)
    ]
    assert min(rough) < 0.5 and max(rough) > 1.1 and 0.25 < np.mean(np.greater(rough, 1.1)) < 0.75
