"""How like the truth is a swap? Pixels and structure, fine detail, and the baselines.

Pictures are float32 (n, size, size, 3) in [0, 1], masks float32 (n, size, size), 1 inside the face.
"Inside the face" is what lies in the convex hull of the true picture's landmarks: the part that is
pasted, and the figure that counts.
"""

import cv2
import numpy as np


def ssim_map(made, truth):
    """Structural similarity at each pixel, float64 (n, size, size): 1 is alike.

    As scikit-image computes it, the mean over the colours. Z. Wang et al., "Image quality assessment:
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


def ssim(made, truth, masks=None):
    """Structural similarity of each picture, float64 (n,): 1 is alike.

    With masks, the mean over the face of `ssim_map`; the windows of pixels at its rim look outside.
    """
    each = ssim_map(made, truth)
    if masks is None:
        return each.mean(axis=(1, 2))
    return (each * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def absolute_error(made, truth, masks=None):
    """Mean absolute difference of each picture, float64 (n,): 0 is alike, 1 black for white."""
    error = np.abs(np.asarray(made, np.float64) - truth).mean(axis=-1)
    if masks is None:
        return error.mean(axis=(1, 2))
    return (error * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def fine_detail(images, masks):
    """Mean power of the fine detail inside the face of each picture, float64 (n,).

    The grey face under a soft window, as a spectrum: what is faster than half the Nyquist frequency,
    such as lashes, pores and the rim of the iris. R. Durall et al., "Watch your up-convolution", CVPR
    2020, show that decoders leave it out; SSIM hardly sees that.
    """
    grey = np.asarray(images, np.float64).mean(axis=-1)
    windows = np.stack([_window(mask) for mask in masks])
    inside = windows.sum(axis=(1, 2), keepdims=True)
    middle = (grey * windows).sum(axis=(1, 2), keepdims=True) / inside
    power = np.abs(np.fft.fft2((grey - middle) * windows)) ** 2
    down, across = (np.fft.fftfreq(n) for n in grey.shape[1:])
    fine = np.hypot(down[:, None], across) > 0.25  # cycles a pixel; the Nyquist frequency is 0.5
    return power[:, fine].sum(axis=1) / fine.size / (windows**2).sum(axis=(1, 2))


def _window(mask):
    """The mask (h, w) with an edge so soft that the edge is no fine detail itself."""
    sigma = 2.0  # px
    inner = cv2.erode(np.float32(mask), np.ones((3, 3), np.uint8), iterations=int(2 * sigma))
    return cv2.GaussianBlur(inner, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)


def sharpness(made, truth, masks):
    """Fine detail of each picture as a share of its truth's, float64 (n,): 1 is as sharp, less is softer."""
    return fine_detail(made, masks) / fine_detail(truth, masks)


def gap_closed(score, baseline):
    """How far a score has come from a baseline's to the truth's, which is 1: 0 at the one, 1 at the other.

    Near people are alike to begin with, so that the same SSIM is less of an achievement.
    """
    return (score - baseline) / (1 - baseline)


def against_truth(made, truth, masks):
    """The means of SSIM and absolute error, whole and inside the face: a dict."""
    return {
        "ssim_face": float(ssim(made, truth, masks).mean()),
        "ssim_whole": float(ssim(made, truth).mean()),
        "error_face": float(absolute_error(made, truth, masks).mean()),
        "error_whole": float(absolute_error(made, truth).mean()),
    }


def mean_picture(train, count):
    """The mean of the training pictures, `count` times: a baseline that knows nothing."""
    return np.repeat(train.mean(axis=0, keepdims=True), count, axis=0)


def nearest_pictures(train, sources):
    """For each source the training picture nearest to it in pixels: a baseline without a code."""
    from sklearn.neighbors import NearestNeighbors

    flat = NearestNeighbors(n_neighbors=1).fit(train.reshape(len(train), -1))
    return train[flat.kneighbors(sources.reshape(len(sources), -1))[1][:, 0]]
