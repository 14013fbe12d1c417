"""Similarity of a swap to the ground truth: pixels, structure, fine detail, and baselines.

Pictures are float32 (n, size, size, 3) in [0, 1], masks float32 (n, size, size), 1 inside the face.
"Inside the face" means the convex hull of the true picture's landmarks: the area that is pasted, and the
one whose score counts.
"""

import cv2
import numpy as np

from swaplib import SwaplibError, first_few


def ssim_map(made: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the structural similarity at each pixel, float64 (n, size, size): 1 is identical.

    Computed by scikit-image and averaged over the colours. Z. Wang et al., "Image quality assessment:
    from error visibility to structural similarity", IEEE TIP 13(4), 2004: Gaussian windows, standard
    deviation 1.5 px.
    """
    from skimage.metrics import structural_similarity

    return np.stack(
        [
            structural_similarity(
                np.asarray(x),
                y,
                channel_axis=-1,
                data_range=1.0,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
                full=True,
            )[1].mean(axis=-1)
            for x, y in zip(made, truth, strict=True)
        ]
    )


def ssim(made: np.ndarray, truth: np.ndarray, masks: np.ndarray | None = None) -> np.ndarray:
    """Return the structural similarity of each picture, float64 (n,): 1 is identical.

    With masks, the mean of `ssim_map` over the face; windows at its edge extend outside.
    Raises SwaplibError for an empty mask.
    """
    return _mean_inside(ssim_map(made, truth), masks)


def absolute_error(made: np.ndarray, truth: np.ndarray, masks: np.ndarray | None = None) -> np.ndarray:
    """Return the mean absolute difference of each picture, float64 (n,): 0 is identical, 1 black for white.

    With masks, inside the face. Raises SwaplibError for an empty mask.
    """
    return _mean_inside(np.abs(np.asarray(made, np.float64) - truth).mean(axis=-1), masks)


def _mean_inside(figures, masks):
    """Return the mean of values (n, h, w) over each picture, weighted by its mask, if any: (n,)."""
    if masks is None:
        return figures.mean(axis=(1, 2))
    return (figures * masks).sum(axis=(1, 2)) / _weights(masks)


def _weights(masks):
    """Return the sum of each mask, (n,). Raises SwaplibError if one is 0, leaving nothing to compare."""
    sums = np.asarray(masks, np.float64).sum(axis=(1, 2))
    if empty := [str(k) for k in np.flatnonzero(sums <= 0)]:
        raise SwaplibError(
            f"no face to compare in picture {first_few(empty)}: its mask is empty or too small. Leave it out"
        )
    return sums


def fine_detail(images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return the mean power of the fine detail inside the face of each picture, float64 (n,).

    The power spectrum of the grey face under a soft window, above half the Nyquist frequency: lashes, pores
    and the edge of the iris. R. Durall et al., "Watch your up-convolution", CVPR 2020, show that decoders
    omit such detail, which SSIM hardly notices. Raises SwaplibError for a face less than nine pixels wide,
    because the soft window leaves nothing of it.
    """
    grey = np.asarray(images, np.float64).mean(axis=-1)
    windows = np.stack([_window(mask) for mask in masks])
    inside = _weights(windows)[:, None, None]
    middle = (grey * windows).sum(axis=(1, 2), keepdims=True) / inside
    power = np.abs(np.fft.fft2((grey - middle) * windows)) ** 2
    down, across = (np.fft.fftfreq(n) for n in grey.shape[1:])
    fine = np.hypot(down[:, None], across) > 0.25  # cycles per pixel; the Nyquist frequency is 0.5
    return power[:, fine].sum(axis=1) / fine.size / (windows**2).sum(axis=(1, 2))


def _window(mask):
    """Soften the edge of the mask (h, w) enough that it isn't fine detail itself."""
    sigma = 2.0  # px
    inner = cv2.erode(np.float32(mask), np.ones((3, 3), np.uint8), iterations=int(2 * sigma))
    return cv2.GaussianBlur(inner, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)


def sharpness(made: np.ndarray, truth: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Return each picture's fine detail as a share of the truth's, float64 (n,): below 1 is softer."""
    return fine_detail(made, masks) / fine_detail(truth, masks)


def gap_closed(score: float, baseline: float) -> float:
    """Return the share of the gap between a baseline's score and the truth's, 1, that a score has closed.

    People who look alike start with a high SSIM, so the same SSIM is less of an achievement for them.
    """
    return (score - baseline) / (1 - baseline)


def against_truth(made: np.ndarray, truth: np.ndarray, masks: np.ndarray) -> dict[str, float]:
    """Return the mean SSIM and absolute error, over the whole picture and inside the face: a dict."""
    return {
        "ssim_face": float(ssim(made, truth, masks).mean()),
        "ssim_whole": float(ssim(made, truth).mean()),
        "error_face": float(absolute_error(made, truth, masks).mean()),
        "error_whole": float(absolute_error(made, truth).mean()),
    }


def mean_picture(train: np.ndarray, count: int) -> np.ndarray:
    """Repeat the mean of the training pictures `count` times: a baseline without any information."""
    return np.repeat(train.mean(axis=0, keepdims=True), count, axis=0)


def nearest_pictures(train: np.ndarray, sources: np.ndarray) -> np.ndarray:
    """Return for each source the training picture nearest to it in pixels: a baseline without a code."""
    from sklearn.neighbors import NearestNeighbors

    flat = NearestNeighbors(n_neighbors=1).fit(train.reshape(len(train), -1))
    return train[flat.kneighbors(sources.reshape(len(sources), -1))[1][:, 0]]
