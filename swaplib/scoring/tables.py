"""The score table of a swap: against the ground truth if there is one, with baselines."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

import keras
import numpy as np

from swaplib import movie
from swaplib.crops import Crops
from swaplib.face import align
from swaplib.face.landmarks import Landmarker
from swaplib.face.mask import face_mask, hull_mask
from swaplib.files import _unmarked
from swaplib.files.picture import as_bytes, as_floats, resized
from swaplib.files.video import Reader, read_frames, write_movie
from swaplib.movie import track
from swaplib.movie.paste import BLEND, BLENDS, COLOUR, COLOURS
from swaplib.networks.swap import reconstructed, swapper
from swaplib.notebook import show
from swaplib.scoring import blending, likeness, pose, steadiness

# The columns shown by `printed`; `scores.json` has all.
COLUMNS = (
    "ssim_face",
    "gap_closed",
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
OF_A_MOVIE = ("flicker", "flicker_off", "seam", "seam_worst", "grain", "grain_worst")
Who = Callable[[np.ndarray, np.ndarray], np.ndarray]  # pictures, masks -> probability of A
BASELINE = "B as it is"  # the row at which the gap to the truth starts
AS_IT_IS = np.array([[1.0, 0, 0], [0, 1, 0]])  # the matrix of a frame that is already a crop


def printed(rows: dict[str, dict]) -> str:
    """Format a table as text, with the `COLUMNS` and `OF_A_MOVIE` that occur in its rows."""
    there = set().union(*rows.values())
    return show.table(rows, [name for name in (*COLUMNS, *OF_A_MOVIE) if name in there])


def with_gap_closed(rows: dict[str, dict]) -> dict[str, dict]:
    """Add "gap_closed" to each row: the share of the gap between B's SSIM and the truth's that is closed."""
    start = rows[BASELINE]["ssim_face"]
    return {
        name: {**row, "gap_closed": float(likeness.gap_closed(row["ssim_face"], start))}
        for name, row in rows.items()
    }


def classified(who: Who | None, images: np.ndarray, masks: np.ndarray) -> dict[str, float]:
    """Return {"is_a": the share of pictures classified as A}; {} without a usable classifier."""
    return {} if who is None else {"is_a": float((who(images, masks) > 0.5).mean())}


def score_pairs(
    made: np.ndarray,
    truth: Crops,
    who: Who | None,
    performed: dict[str, np.ndarray] | None = None,
    again: np.ndarray | None = None,
) -> dict:
    """Compute every score of made pictures against true ones: a dict.

    made: float32 (n, size, size, 3). truth: `Crops`. who: an `identity.IdentityClassifier` or similar, or
    None to omit "is_a", the share of pictures it classifies as A. performed: `pose.readings` of the truth,
    if available. "fine_detail" is the median of `likeness.sharpness`. again: the truth as reconstructed by
    the same model; it adds "gap", how much lower the swap's SSIM is.
    """
    masks = truth.masks()
    performed = pose.readings(truth.images) if performed is None else performed
    scores = likeness.against_truth(made, truth.images, masks)
    if again is not None:
        scores["gap"] = float(likeness.ssim(again, truth.images, masks).mean()) - scores["ssim_face"]
    return {
        **scores,
        "fine_detail": float(np.median(likeness.sharpness(made, truth.images, masks))),
        **classified(who, made, masks),
        **pose.pose_expression_kept(pose.readings(made), performed),
    }


def score_test(
    models: dict[str, keras.Model], train_a: Crops, test_a: Crops, test_b: Crops, who: Who | None
) -> dict[str, dict]:
    """Score the paired test set: {row: {figure: number}}.

    models: {row: swap model}, each swaps B's test pictures to A. The baselines are B left as it is,
    the mean picture of A, and A's training picture nearest to B's in pixels. The row "A, the truth"
    is the ceiling: the true picture, with pose and expression read once as it is and once mirrored.
    """
    plain, mirrored = pose.pose_expression(test_a.images), pose.mirrored_pose_expression(test_a.images)
    performed = pose.mean_reading(plain, mirrored)
    table = {}
    for name, model in models.items():
        swapped = swapper(model).predict(test_b.images, verbose=0)
        table[name] = score_pairs(swapped, test_a, who, performed, again=reconstructed(model, test_a.images))
    baselines = {
        BASELINE: test_b.images,
        "mean picture of A": likeness.mean_picture(train_a.images, len(test_b)),
        "nearest picture of A": likeness.nearest_pictures(train_a.images, test_b.images),
        "A, the truth": test_a.images,
    }
    table |= {name: score_pairs(images, test_a, who, performed) for name, images in baselines.items()}
    table["A, the truth"] |= pose.pose_expression_kept(mirrored, plain)
    return with_gap_closed(table)


def both_tracks(source: str | Path, truth: str | Path) -> tuple[track.Track, track.Track]:
    """Return the `track.Track` of each movie, limited to the frames where both have a face."""
    of_source, of_truth = (track.smooth(track.tidy(track.locate(p, progress=False))) for p in (source, truth))
    for one, other in ((of_source, of_truth), (of_truth, of_source)):
        one.points[~other.found] = np.nan
    return of_source, of_truth


def paste_truth(
    source: str | Path,
    truth: str | Path,
    target: str | Path,
    size: int = 128,
    blend: str = BLEND,
    colour: str = COLOUR,
    tracks: tuple[track.Track, track.Track] | None = None,
) -> None:
    """Write `pasted_truth` as a movie, with all marks. tracks: from `both_tracks`, if available."""
    tracks = tracks or both_tracks(source, truth)
    write_movie(target, pasted_truth(source, truth, tracks, size, blend, colour), Reader(source).fps)


def pasted_truth(
    source: str | Path,
    truth: str | Path,
    tracks: tuple[track.Track, track.Track],
    size: int = 128,
    blend: str = BLEND,
    colour: str = COLOUR,
) -> Iterator[np.ndarray]:
    """Paste the true face from the movie `truth` into `source`, frame by frame, as a perfect decoder would.

    It uses the same code as a swap, so its deficits are the cost of pasting. tracks: from
    `both_tracks`. size: px of the crop. blend, colour: as in `movie.put_back`.
    """
    movies = read_frames(source), read_frames(truth)
    for frame, true, at, there in zip(*movies, *(one.points for one in tracks), strict=False):
        if not np.isnan(at).any():
            face = align.crop(true, align.crop_matrix(there, size), size)
            matrix = align.crop_matrix(at, size)
            # a perfect decoder also reconstructs B perfectly
            again = as_floats(align.crop(frame, matrix, size))
            frame = movie.put_back(frame, as_floats(face), again, matrix, at, blend, colour)
        yield frame


def seam_figures(
    made: np.ndarray, real: Sequence[np.ndarray], masks: np.ndarray | Sequence[np.ndarray]
) -> dict[str, float]:
    """Summarise `blending.seam` for a table: the median, and the mean of the worst tenth."""
    seams = blending.seam(made, real, masks)
    out = {}
    for name, kind in (("seam", "colour"), ("grain", "grain")):
        out[name], out[f"{name}_worst"] = blending.median_and_worst(seams[kind])
    return out


def score_movie(
    swapped: str | Path | Iterable[np.ndarray],
    source: str | Path,
    truth: str | Path,
    who: Who | None,
    size: int = 128,
    blend: str = BLEND,
    colour: str = COLOUR,
) -> dict[str, dict]:
    """Score a swapped movie against the true one: {row: {figure: number}}.

    swapped: its frames before they are marked, see `movie.swap_movie`, which are compressed here like a file,
    so that only the marks are excluded; or a path, which includes them.
    A and B have differently shaped heads, so each movie is cropped along its own face (the swap
    along the one it replaced), in the frames where both have one. "flicker" is the change of a pixel of
    the face from frame to frame, "flicker_off" its distance from the true change. "seam" and "grain" are the
    colour and grain of `blending.seam`, summarised by `seam_figures`. The row "ceiling" is `pasted_truth`
    with the same `blend` and `colour`, and "A, the truth" is the score of a perfect swap.
    """
    of_source, of_truth = both_tracks(source, truth)
    images, landmarks, numbers = movie.aligned_crops(truth, of_truth, size)
    before, places, _ = movie.aligned_crops(source, of_source, size)
    masks = np.stack([hull_mask(points, size) for points in landmarks])
    pasted = np.stack(
        [face_mask(p, size, pictures=both) for p, *both in zip(places, before, images, strict=True)]
    )
    upright, mirrored = pose.pose_expression(images), pose.mirrored_pose_expression(images)
    performed = pose.mean_reading(upright, mirrored)
    perfect = pasted_truth(source, truth, (of_source, of_truth), size, blend, colour)
    with tempfile.TemporaryDirectory() as folder:
        paths = {"swap": Path(folder) / "swap.mp4", "ceiling": Path(folder) / "ceiling.mp4"}
        _unmarked.write_movie(paths["ceiling"], perfect, Reader(source).fps)
        if isinstance(swapped, (str, Path)):
            paths["swap"] = swapped
        else:
            _unmarked.write_movie(paths["swap"], swapped, Reader(source).fps)
        made = {name: movie.aligned_crops(path, of_source, size)[0] for name, path in paths.items()}
    made |= {"B as it is": before, "A, the truth": images}
    table = {}
    for name, crops in made.items():
        change = steadiness.flicker(crops, images, masks, numbers)
        table[name] = {
            **likeness.against_truth(crops, images, masks),
            **classified(who, crops, masks),
            **pose.pose_expression_kept(pose.readings(crops), performed),
            "flicker": change["made"],
            "flicker_off": change["difference"],
            **seam_figures(crops, [images, before], pasted),
        }
    table["A, the truth"] |= pose.pose_expression_kept(mirrored, upright)
    return with_gap_closed(table)


def score_pastes(
    drawn: dict[str, tuple[np.ndarray, np.ndarray]], test_a: Crops, test_b: Crops
) -> dict[str, dict]:
    """Score each way of pasting on the paired test set: {"row, blend, colour": {figure: number}}.

    drawn: {row: (faces, reconstructions)}, decoded from B's test pictures, each float32
    (n, size, size, 3). The row "ceiling" is the true A, pasted into B's picture. The scores are
    "ssim_face" and those of `seam_figures`. Pictures in which no face is found don't count.
    """
    points = _landmarks(test_b.images)
    have = np.flatnonzero(~np.isnan(points).any(axis=(1, 2)))
    truth, before = test_a[have], test_b.images[have]
    drawn = {name: [np.asarray(x)[have] for x in pair] for name, pair in drawn.items()}
    drawn["ceiling"] = truth.images, before
    table = {}
    for name, pair in drawn.items():
        places = list(zip(as_bytes(before), *pair, points[have], strict=True))
        masks = [
            face_mask(at, len(face), pictures=(b, face))
            for b, face, at in zip(before, pair[0], points[have], strict=True)
        ]
        for blend, colour in product(BLENDS, COLOURS):
            made = as_floats(
                np.stack(
                    [
                        movie.put_back(frame, face, again, AS_IT_IS, at, blend, colour)
                        for frame, face, again, at in places
                    ]
                )
            )
            table[f"{name}, {blend}, {colour}"] = {
                "ssim_face": float(likeness.ssim(made, truth.images, truth.masks()).mean()),
                **seam_figures(made, [truth.images, before], masks),
            }
    return table


def _landmarks(images):
    """Find landmarks (n, 478, 2) of crops (n, size, size, 3), px; NaN where no face is found."""
    size, large = images.shape[1], 256
    out = np.full((len(images), 478, 2), np.nan, np.float32)
    with Landmarker() as find:
        for k, image in enumerate(as_bytes(images)):
            if some := find(resized(image, large)):
                out[k] = (some[0].points + 0.5) * size / large - 0.5
    return out


def score_own(model: keras.Model, a: Crops, b: Crops, who: Who | None) -> dict[str, dict]:
    """Score a swap without ground truth: {row: {figure: number}}.

    a, b: `Crops` not used in training. "A, reconstructed" and "B, reconstructed" are reconstructions,
    compared with their own inputs. The swap of B is compared with B in pose and expression only, because
    nobody knows how A would have looked.
    """
    again_a, again_b = model.predict([_fit(a, b), _fit(b, a)], verbose=0)
    swapped = swapper(model).predict(b.images, verbose=0)
    kept = pose.pose_expression_kept(pose.readings(swapped), pose.readings(b.images))
    return {
        "swap": {**classified(who, swapped, b.masks()), **kept},
        "A, reconstructed": score_pairs(again_a[: len(a)], a, who),
        "B, reconstructed": score_pairs(again_b[: len(b)], b, who),
    }


def _fit(faces, other):
    """Return the pictures of `faces`, repeated to the length of the longer of both."""
    return np.resize(faces.images, (max(len(faces), len(other)), *faces.images.shape[1:]))
