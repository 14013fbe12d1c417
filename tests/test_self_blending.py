"""A self-blended picture is the same face, changed within it and not far from it."""

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
