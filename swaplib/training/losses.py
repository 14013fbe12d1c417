"""The losses of autoencoders and swaps: what a picture that was made has to have in common with the true one.

Each takes truth, made: (n, h, w, 3) in [0, 1], and gives the loss of each pixel, (n, h, w), 0 where
they are alike. So a pixel's weight, such as 1 inside the face and less outside, goes into `fit` as
`sample_weight` (n, h, w).
"""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any  # of Keras's backend
SIGMA = 1.5  # px, of the Gaussian windows; what they blur away is the fine detail


@keras.saving.register_keras_serializable("swaplib")
def sharp_loss(truth: Tensor, made: Tensor, edge_weight: float = 3.0, detail_weight: float = 3.0) -> Tensor:
    """`picture_loss`, and the edges and the fine detail: (n, h, w).

    Colours and structure alone come out soft, since a blurred edge costs little more than a sharp one.
    The finer a picture is sampled, the fainter is its finest detail, and the more weight it needs.
    """
    return picture_loss(truth, made) + edge_weight * edges(truth, made) + detail_weight * detail(truth, made)


@keras.saving.register_keras_serializable("swaplib")
def picture_loss(truth: Tensor, made: Tensor) -> Tensor:
    """Absolute error plus half of 1 - SSIM, at each pixel: (n, h, w).

    The absolute error gets the colours right, SSIM the structure. H. Zhao et al., "Loss functions for
    image restoration with neural networks", IEEE TCI 3(1), 2017.
    """
    return ops.mean(ops.abs(truth - made), axis=-1) + 0.5 * (1 - grey_ssim(truth, made))


@keras.saving.register_keras_serializable("swaplib")
def edges(truth: Tensor, made: Tensor) -> Tensor:
    """Absolute error of the two gradients, across and down, from each pixel to the next: (n, h, w).

    The last column has no next one, nor has the last row. M. Mathieu, C. Couprie and Y. LeCun, "Deep
    multi-scale video prediction beyond mean square error", ICLR 2016.
    """
    wrong = truth - made  # the difference of two gradients is the gradient of the difference
    across = ops.mean(ops.abs(wrong[:, :, 1:] - wrong[:, :, :-1]), axis=-1)
    down = ops.mean(ops.abs(wrong[:, 1:] - wrong[:, :-1]), axis=-1)
    return ops.pad(across, [[0, 0], [0, 0], [0, 1]]) + ops.pad(down, [[0, 0], [0, 1], [0, 0]])


@keras.saving.register_keras_serializable("swaplib")
def detail(truth: Tensor, made: Tensor) -> Tensor:
    """How much more or less fine detail there is around each pixel than should be: (n, h, w).

    The fine detail of the grey picture is what a Gaussian blur takes away, and how much there is,
    the root of its mean square within a Gaussian window. Where it lies within the window does not
    matter: a pore in the wrong place costs less than no pore.
    """
    return ops.abs(_amplitude(truth) - _amplitude(made))


def grey_ssim(x: Tensor, y: Tensor) -> Tensor:
    """Structural similarity of the grey of x and y (n, h, w, 3) in [0, 1], at each pixel: (n, h, w).

    1 where they are alike. Z. Wang et al., "Image quality assessment: from error visibility to
    structural similarity", IEEE TIP 13(4), 2004: Gaussian windows, standard deviation 1.5 px.
    """
    # Around 0, and no variance below 0: a GPU may multiply in TF32, with ten bits, and what is left of the
    # difference of two squares would make a training jump.
    x, y = ops.mean(x, axis=-1) - 0.5, ops.mean(y, axis=-1) - 0.5
    mx, my, mxx, myy, mxy = (_blur(z) for z in (x, y, x * x, y * y, x * y))
    variances = ops.maximum(mxx - mx * mx, 0) + ops.maximum(myy - my * my, 0)
    covariance = mxy - mx * my
    mx, my = mx + 0.5, my + 0.5
    c1, c2 = 0.01**2, 0.03**2
    return (2 * mx * my + c1) * (2 * covariance + c2) / ((mx * mx + my * my + c1) * (variances + c2))


def _amplitude(x):
    """Root mean square of the fine detail around each pixel of x (n, h, w, 3): (n, h, w)."""
    grey = ops.mean(x, axis=-1)
    fine = grey - _blur(grey)
    return ops.sqrt(_blur(fine * fine) + 1e-6)  # the root of 0 has no gradient


def _blur(x):
    """Gaussian means around each pixel of x (n, h, w), as two products with a matrix.

    On a CPU that is several times faster than a convolution of each channel by itself.
    """
    down, across = (_gaussian(n) for n in x.shape[1:])
    return ops.matmul(ops.matmul(down, x), across.T)


def _gaussian(n, sigma=SIGMA):
    """Matrix (n, n) whose row k holds a Gaussian window around k; each row sums to 1."""
    k = np.arange(n)
    window = np.exp(-0.5 * ((k[:, None] - k) / sigma) ** 2).astype(np.float32)
    return window / window.sum(axis=1, keepdims=True)
