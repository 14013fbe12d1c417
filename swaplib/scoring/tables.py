"""The score table of a swap: against the truth where there is one, with baselines beside it."""

import numpy as np

from swaplib import metrics, movie
from swaplib.face import track
from swaplib.face.mask import hull_mask
from swaplib.swap import reconstructed, swapper

# The columns that `printed` shows; `scores.json` has all.
COLUMNS = (
    "ssim_face",
    "way",
    "gap",
    "fine_detail",
    "error_face",
    "is_a",
    "yaw_error",
    "pitch_error",
    "jaw_open_r",
    "blink_r",
    "smile_r",
    "pucker_r",
    "brow_inner_r",
)
OF_A_MOVIE = ("flicker", "flicker_off")
BASELINE = "B as it is"  # the row from which the way to the truth is counted


def printed(rows):
    """A table as text, with those of `COLUMNS` and `OF_A_MOVIE` that one of its rows has."""
    there = set().union(*rows.values())
    return metrics.table(rows, [name for name in (*COLUMNS, *OF_A_MOVIE) if name in there])


def with_way(rows):
    """The rows, each with "way": how far its SSIM has come from B's to the truth's, see `metrics.way`."""
    start = rows[BASELINE]["ssim_face"]
    return {name: {**row, "way": float(metrics.way(row["ssim_face"], start))} for name, row in rows.items()}


def score_pairs(made, truth, who, performed=None, again=None):
    """Every figure of made pictures against true ones: a dict.

    made: float32 (n, size, size, 3). truth: `faces.Faces`. who: an `identity.IdentityClassifier`;
    "is_a" is the share of pictures that it takes for A. performed: `metrics.readings` of the truth,
    if they are at hand. "fine_detail" is the median of `metrics.sharpness`. again: the truth as the
    same model reconstructs it; with it there is a "gap", how much lower the swap's SSIM is.
    """
    masks = truth.masks()
    performed = metrics.readings(truth.images) if performed is None else performed
    scores = metrics.against_truth(made, truth.images, masks)
    if again is not None:
        scores["gap"] = float(metrics.ssim(again, truth.images, masks).mean()) - scores["ssim_face"]
    return {
        **scores,
        "fine_detail": float(np.median(metrics.sharpness(made, truth.images, masks))),
        "is_a": float((who(made, masks) > 0.5).mean()),
        **metrics.pose_expression_kept(metrics.readings(made), performed),
    }


def score_test(models, train_a, test_a, test_b, who):
    """The table of the paired test set: {row: {figure: number}}.

    models: {row: swap model}, each swaps B's test pictures to A. The baselines are B left as it is,
    the mean picture of A, and A's training picture nearest to B's in pixels. The row "A, the truth"
    is the ceiling: the true picture, its pose and expression read once as it is and once mirrored.
    """
    plain, mirrored = metrics.pose_expression(test_a.images), metrics.mirrored_pose_expression(test_a.images)
    performed = metrics.mean_reading(plain, mirrored)
    table = {}
    for name, model in models.items():
        swapped = swapper(model).predict(test_b.images, verbose=0)
        table[name] = score_pairs(swapped, test_a, who, performed, again=reconstructed(model, test_a.images))
    baselines = {
        BASELINE: test_b.images,
        "mean picture of A": metrics.mean_picture(train_a.images, len(test_b)),
        "nearest picture of A": metrics.nearest_pictures(train_a.images, test_b.images),
        "A, the truth": test_a.images,
    }
    table |= {name: score_pairs(images, test_a, who, performed) for name, images in baselines.items()}
    table["A, the truth"] |= metrics.pose_expression_kept(mirrored, plain)
    return with_way(table)


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
    kept = metrics.pose_expression_kept(metrics.readings(swapped), metrics.readings(b.images))
    return {
        "swap": {"is_a": float((who(swapped, b.masks()) > 0.5).mean()), **kept},
        "A again": score_pairs(again_a[: len(a)], a, who),
        "B again": score_pairs(again_b[: len(b)], b, who),
    }


def _fit(faces, other):
    """The pictures of `faces`, repeated to be as many as the longer of both."""
    return np.resize(faces.images, (max(len(faces), len(other)), *faces.images.shape[1:]))
