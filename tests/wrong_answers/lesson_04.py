"""Wrong answers to the exercises of lesson 04: (checker, arguments, part of the hint)."""

from functools import cache

import numpy as np

from swaplib import latent, metrics, swap


@cache
def model():
    return swap.shipped(64)


def other_way(pictures):
    code = model().get_layer("encoder_b").predict(pictures, verbose=0)
    return model().get_layer("decoder_a").predict(code, verbose=0)


def itself(pictures):
    code = model().get_layer("encoder_a").predict(pictures, verbose=0)
    return model().get_layer("decoder_a").predict(code, verbose=0)


BEGIN = np.zeros(128, np.float32)
SMILE = latent.Directions(["smile"], np.eye(1, 128, dtype=np.float32), np.zeros(1), np.ones(1), "")


def always_smiling(amount):
    code = (BEGIN + SMILE.vectors[0])[None]
    return [model().get_layer(f"decoder_{k}").predict(code, verbose=0)[0] for k in "ab"]


WRONG = [
    (
        "ssim_in_face",
        (lambda made, truth, mask: float(metrics.ssim_map(made, truth).mean()),),
        "whole picture",
    ),
    (
        "ssim_in_face",
        (lambda made, truth, mask: float((metrics.ssim_map(made, truth) * mask).mean()),),
        "pixels inside the face",
    ),
    ("ssim_in_face", (lambda made, truth, mask: 0.9,), "divided by the sum of the mask"),
    ("swap_to_b", (other_way, model()), "turn both round"),
    ("swap_to_b", (itself, model()), "decoder must be B's"),
    ("swap_to_b", (lambda pictures: pictures, model()), "First `encoder_a`"),
    ("smiling", (always_smiling, model(), BEGIN, SMILE), "multiply the direction"),
    ("smiling", (lambda amount: np.zeros((64, 64, 3)), model(), BEGIN, SMILE), "two pictures"),
    ("experiments", ({"shared": ("encoder",)}, {"code_size": 2}, (800, 20)), "empty tuple"),
    ("experiments", ({"shared": ()}, {"code_size": 64}, (800, 20)), "between 1 and 4"),
    ("experiments", ({"shared": ()}, {"code_size": 2}, (800, 400)), "eight times"),
]
