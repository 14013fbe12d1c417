"""The score table of a swap: against the truth where there is one, with baselines beside it."""

import numpy as np

from swaplib import metrics, movie
from swaplib.face import track
from swaplib.face.mask import hull_mask
from swaplib.swap import swapper

# The columns that are printed; `scores.json` has all.
COLUMNS = (
    "ssim_face",
    "ssim_whole",
    "error_face",
    "is_a",
    "yaw_error",
    "pitch_error",
    "roll_error",
    "jaw_open_r",
    "blink_r",
    "smile_r",
)


def score_pairs(made, truth, who, performed=None):
    """Every figure of made pictures against true ones: a dict.

    made: float32 (n, size, size, 3). truth: `faces.Faces`. who: an `identity.IdentityClassifier`;
    "is_a" is the share of pictures that it takes for A. performed: `metrics.pose_expression` of the
    truth, if it is at hand.
    """
    masks = truth.masks()
    performed = metrics.pose_expression(truth.images) if performed is None else performed
    return {
        **metrics.against_truth(made, truth.images, masks),
        "is_a": float((who(made, masks) > 0.5).mean()),
        **metrics.pose_expression_kept(metrics.pose_expression(made), performed),
    }


def score_test(models, train_a, test_a, test_b, who):
    """The table of the paired test set: {row: {figure: number}}.

    models: {row: swap model}, each swaps B's test pictures to A. The baselines are B left as it is,
    the mean picture of A, and A's training picture nearest to B's in pixels.
    """
    made = {name: swapper(model).predict(test_b.images, verbose=0) for name, model in models.items()}
    made |= {
        "B as it is": test_b.images,
        "mean picture of A": metrics.mean_picture(train_a.images, len(test_b)),
        "nearest picture of A": metrics.nearest_pictures(train_a.images, test_b.images),
    }
    performed = metrics.pose_expression(test_a.images)
    return {name: score_pairs(images, test_a, who, performed) for name, images in made.items()}


def both_tracks(source, truth):
    """The `track.Track` of either movie, in the frames where both have a face."""
    seen, found = (track.smooth(track.tidy(track.locate(p, progress=False))) for p in (source, truth))
    for one, other in ((seen, found), (found, seen)):
        one.points[~other.found] = np.nan
    return seen, found


def score_movie(swapped, source, truth, who, size=128):
    """The table of a swapped movie against the true one: {row: {figure: number}}.

    A and B have heads of different shapes, so each movie is cropped along its own face (the swap
    along the one it replaced), in the frames where both have one. "flicker" is how much a pixel of
    the face changes from frame to frame, "flicker_off" how far that is from the true change. The row
    "truth" says what a perfect swap would have.
    """
    seen, found = both_tracks(source, truth)
    images, landmarks, numbers = movie.aligned_crops(truth, found, size)
    masks = np.stack([hull_mask(points, size) for points in landmarks])
    performed = metrics.pose_expression(images)
    table = {}
    for name, path in {"swap": swapped, "B as it is": source, "truth": truth}.items():
        made = images if path == truth else movie.aligned_crops(path, seen, size)[0]
        change = metrics.flicker(made, images, masks, numbers)
        table[name] = {
            **metrics.against_truth(made, images, masks),
            "is_a": float((who(made, masks) > 0.5).mean()),
            **metrics.pose_expression_kept(metrics.pose_expression(made), performed),
            "flicker": change["made"],
            "flicker_off": change["difference"],
        }
    return table


def score_own(model, a, b, who):
    """The table where there is no truth: {row: {figure: number}}.

    a, b: `faces.Faces` that the training didn't see. "A again" and "B again" are reconstructions,
    compared with themselves. The swap of B is compared with B in pose and expression only: nobody
    knows how A would have looked.
    """
    again_a, again_b = model.predict([_fit(a, b), _fit(b, a)], verbose=0)
    swapped = swapper(model).predict(b.images, verbose=0)
    kept = metrics.pose_expression_kept(metrics.pose_expression(swapped), metrics.pose_expression(b.images))
    return {
        "swap": {"is_a": float((who(swapped, b.masks()) > 0.5).mean()), **kept},
        "A again": score_pairs(again_a[: len(a)], a, who),
        "B again": score_pairs(again_b[: len(b)], b, who),
    }


def _fit(faces, other):
    """The pictures of `faces`, repeated to be as many as the longer of both."""
    return np.resize(faces.images, (max(len(faces), len(other)), *faces.images.shape[1:]))
