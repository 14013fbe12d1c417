"""Losses of autoencoders and swaps: how far a prediction is from the target picture.

Each takes truth, made: (n, h, w, 3) in [0, 1], and returns the loss at each pixel, (n, h, w), 0 where
they are equal. A weight per pixel, such as 1 inside the face and less outside, is therefore passed to `fit`
as `sample_weight` (n, h, w).
"""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any  # the type of Keras's backend
SIGMA = 1.5  # px, of the Gaussian windows; fine detail is what they blur away


@keras.saving.register_keras_serializable("swaplib")
def sharp_loss(truth: Tensor, made: Tensor, edge_weight: float = 3.0, detail_weight: float = 3.0) -> Tensor:
    """Return `picture_loss` plus weighted losses of edges and fine detail: (n, h, w).

    With colours and structure alone the output is soft, because a blurred edge costs little more than a sharp
    one. The finer the sampling of a picture, the fainter its finest detail and the more weight it needs.
    """
    return picture_loss(truth, made) + edge_weight * edges(truth, made) + detail_weight * detail(truth, made)


@keras.saving.register_keras_serializable("swaplib")
def picture_loss(truth: Tensor, made: Tensor) -> Tensor:
    """Return the absolute error plus half of 1 - SSIM, at each pixel: (n, h, w).

    The absolute error gets the colours right, SSIM the structure. H. Zhao et al., "Loss functions for
    image restoration with neural networks", IEEE TCI 3(1), 2017.
    """
    return ops.mean(ops.abs(truth - made), axis=-1) + 0.5 * (1 - grey_ssim(truth, made))


@keras.saving.register_keras_serializable("swaplib")
def edges(truth: Tensor, made: Tensor) -> Tensor:
    """Return the absolute error of the horizontal and vertical gradients at each pixel: (n, h, w).

    The last column and the last row have no next pixel. M. Mathieu, C. Couprie and Y. LeCun, "Deep
    multi-scale video prediction beyond mean square error", ICLR 2016.
    """
    wrong = truth - made  # the difference of two gradients is the gradient of the difference
    across = ops.mean(ops.abs(wrong[:, :, 1:] - wrong[:, :, :-1]), axis=-1)
    down = ops.mean(ops.abs(wrong[:, 1:] - wrong[:, :-1]), axis=-1)
    return ops.pad(across, [[0, 0], [0, 0], [0, 1]]) + ops.pad(down, [[0, 0], [0, 1], [0, 0]])


@keras.saving.register_keras_serializable("swaplib")
def detail(truth: Tensor, made: Tensor) -> Tensor:
    """Return the error in the amount of fine detail around each pixel: (n, h, w).

    Fine detail is the part of the grey picture that a Gaussian blur removes; its amount is the root mean
    square within a Gaussian window. Its position within the window doesn't matter, so a pore in the wrong
    place costs less than a missing pore.
    """
    return ops.abs(_amplitude(truth) - _amplitude(made))


def grey_ssim(x: Tensor, y: Tensor) -> Tensor:
    """Return the structural similarity of the greys of x and y (n, h, w, 3) in [0, 1], per pixel: (n, h, w).

    1 where they are equal. Z. Wang et al., "Image quality assessment: from error visibility to
    structural similarity", IEEE TIP 13(4), 2004: Gaussian windows, standard deviation 1.5 px.
    """
    # Centred on 0, and without negative variances: a GPU may multiply in TF32, with ten bits, and the
    # rounding error in the difference of two squares would make the training jump.
    x, y = ops.mean(x, axis=-1) - 0.5, ops.mean(y, axis=-1) - 0.5
    mx, my, mxx, myy, mxy = (_blur(z) for z in (x, y, x * x, y * y, x * y))
    variances = ops.maximum(mxx - mx * mx, 0) + ops.maximum(myy - my * my, 0)
    covariance = mxy - mx * my
    mx, my = mx + 0.5, my + 0.5
    c1, c2 = 0.01**2, 0.03**2
    return (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (variances + c2))


def _amplitude(x):
    """Return the root mean square of the fine detail around each pixel of x (n, h, w, 3): (n, h, w)."""
    grey = ops.mean(x, axis=-1)
    fine = grey - _blur(grey)
    return ops.sqrt(_blur(fine * fine) + 1e-6)  # the square root has no gradient at 0


def _blur(x):
    """Return Gaussian means around each pixel of x (n, h, w), as two matrix products.

    On a CPU this is several times faster than a separate convolution of each channel.
    """
    down, across = (_gaussian(n) for n in x.shape[1:])
    return ops.matmul(ops.matmul(down, x), across.T)


def _gaussian(n, sigma=SIGMA):
    """Return a matrix (n, n) whose row k holds a Gaussian window around k; each row sums to 1."""
    k = np.arange(n)
    window = np.exp(-0.5 * ((k[:, None] - k) / sigma) ** 2).astype(np.float32)
    return window / window.sum(axis=1, keepdims=True)
