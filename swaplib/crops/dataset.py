"""The shipped faces: two synthetic people, a paired test set, many others, and a movie.

Every set is a folder of contact sheets (ten by ten crops, viewable as they are), `factors.csv` with one row
per crop (the face's action, the light, the person) and `hulls.npz` with the convex hulls of the landmarks.
`data/DATA_CARD.md` describes how they were made.
"""

import csv
import hashlib
from pathlib import Path

import cv2
import numpy as np

from swaplib import DATA, SwaplibError
from swaplib.crops import Crops
from swaplib.face.mask import HULL
from swaplib.files.arrays import read_arrays

SCENES = ("movie", "light")
SETS = ("person_a", "person_b", "test_a", "test_b", "many")
CROP = 160  # pixels, as shipped
SEAL = "SHA256SUMS"  # in the folder of each set
SEALED = (".csv", ".npz", ".webp", ".jpg")  # files of these kinds
SHEET = 10  # crops a row and a column
SHEETS = "sheet_[0-9][0-9].*"
MANY_TRAIN = 1300  # of the 1,500 crops of "many": the first are for training, the rest for testing


def load(name: str, size: int | None = None) -> Crops:
    """Load a shipped set: "person_a", "person_b" (800 crops each, not paired), "test_a", "test_b"
    (120, the same factors rendered as A and as B) or "many" (1,500 people, a crop each).

    size: pixels, 1 to 160, by default 160. Raises SwaplibError for another name or size, or a damaged set.

    >>> a = load("person_a", size=64)
    >>> a.images.shape, a.factors["yaw"].shape
    ((800, 64, 64, 3), (800,))
    """
    if name not in SETS:
        raise SwaplibError(f"there is no set {name!r}: choose one of {', '.join(SETS)}")
    size = CROP if size is None else size
    if not 1 <= size <= CROP:
        raise SwaplibError(f"size {size} is not offered: the crops of {name} are shipped at {CROP} pixels")
    return read(DATA / name, size)


def read(folder: Path, size: int) -> Crops:
    """Read a packed set: `Crops`. folder: a Path with factors, hulls and sheets of crops; size: pixels.

    Raises SwaplibError if the folder has no set or a damaged one: files that don't match their checksums
    (`seal`) or one another.
    """
    if not (folder / "factors.csv").exists():
        raise SwaplibError(f"{folder} is missing or empty: install the package again")
    check_seal(folder)
    factors = read_factors(folder / "factors.csv")
    n = len(next(iter(factors.values())))
    sheets = {path.stem for path in folder.glob(SHEETS)}
    if sheets != {f"sheet_{k:02d}" for k in range(-(-n // SHEET**2))}:
        raise SwaplibError(f"{folder} has {len(sheets)} sheets for {n} rows: install the package again")
    hulls = read_arrays(folder / "hulls.npz", "set of hulls").get("hulls", np.empty(0))
    if hulls.shape != (n, HULL, 2) or not np.isfinite(hulls).all():
        raise SwaplibError(f"{folder} has hulls {hulls.shape} for {n} rows: install the package again")
    images = np.empty((n, size, size, 3), np.float32)
    for first in range(0, n, SHEET**2):
        _cut(folder, first // SHEET**2, images[first : first + SHEET**2])
    return Crops(images, factors, hulls.astype(np.float32))


def seal(folder: Path) -> None:
    """Write the SHA-256 of each file of a set beside the files, to detect damaged or foreign ones."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SEALED)
    sums = {path.name: _sha256(path) for path in files}
    (folder / SEAL).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def check_seal(folder: Path) -> None:
    """Raise SwaplibError if a file differs from the sealed one; a set without a seal passes."""
    if (folder / SEAL).exists():
        for line in (folder / SEAL).read_text(errors="replace").splitlines():
            digest, _, name = line.partition("  ")
            if not name or not (folder / name).is_file() or _sha256(folder / name) != digest:
                raise SwaplibError(f"{folder / name} is missing or has changed: install the package again")


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _cut(folder, number, out):
    """Fill `out` (k, size, size, 3) with the first k crops of a sheet."""
    path = next(folder.glob(f"sheet_{number:02d}.*"))
    sheet = cv2.imread(str(path), cv2.IMREAD_COLOR)
    lines = -(-len(out) // SHEET)
    if sheet is None or sheet.shape[1] % SHEET or len(sheet) * SHEET != sheet.shape[1] * lines:
        raise SwaplibError(f"{path} can't be read as {len(out)} crops: install the package again")
    size, shipped = out.shape[1], sheet.shape[1] // SHEET
    for k in range(len(out)):
        row, column = divmod(k, SHEET)
        crop = sheet[row * shipped : (row + 1) * shipped, column * shipped : (column + 1) * shipped, ::-1]
        if size != shipped:
            crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
        np.multiply(crop, np.float32(1 / 255), out=out[k])


def read_factors(path: str | Path) -> dict[str, np.ndarray]:
    """Read the columns of a factors file: {name: float64 (n,), or str (n,) for names}.

    Raises SwaplibError if the file has no rows, or a row differs from the header in length.
    """
    try:
        with open(path, newline="", encoding="utf-8") as file:
            head, *rows = csv.reader(file, strict=True)
    except (OSError, ValueError, csv.Error) as error:
        raise SwaplibError(f"{path} can't be read ({error}): install the package again") from error
    if not rows or len(set(head)) < len(head) or any(len(row) != len(head) for row in rows):
        raise SwaplibError(f"{path} is empty, or its rows differ in length: install the package again")
    columns = {}
    for name, values in zip(head, zip(*rows, strict=True), strict=True):
        try:
            columns[name] = np.array(values, dtype=np.float64)
        except ValueError:
            columns[name] = np.array(values)
    return columns


def movie(which: str, scene: str = "movie") -> Path:
    """Return the path of a shipped movie: "b" is the source, "a" the same performance by A (ground truth).

    scene: "movie", or "light", in which a lamp is carried around the head.
    """
    if which not in ("a", "b"):
        raise SwaplibError(f"there is no movie {which!r}: choose a or b")
    return _scene(scene) / f"{scene}_{which}.mp4"


def movie_factors(scene: str = "movie") -> dict[str, np.ndarray]:
    """Return the factors in each frame, the same for both movies of a scene: {name: array (frames,)}."""
    return read_factors(_scene(scene) / "factors.csv")


def _scene(scene):
    """Return the folder of a scene."""
    if scene not in SCENES:
        raise SwaplibError(f"there is no scene {scene!r}: choose one of {', '.join(SCENES)}")
    return DATA / scene
