"""The shipped faces: two synthetic people, a paired test set, many others, and a movie.

Every set is a folder of contact sheets (ten by ten crops, to be looked at as they are),
`factors.csv` with a row a crop (what the face does, the light, who it is) and `hulls.npz` with the
convex hull of the face's landmarks. `data/DATA_CARD.md` says how they were made.
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
MANY_TRAIN = 1300  # of the 1,500 of "many": the first are to train on, the rest to test


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
    """A set as it is packed: `Crops`. folder: a Path with factors, hulls and sheets of crops; size: pixels.

    Raises SwaplibError for a folder without a set, or with a damaged one: files that aren't those of its
    checksums (`seal`), or that don't fit each other.
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
    """Write the SHA-256 of each file of a set beside them, so that a damaged or foreign one is noticed."""
    files = sorted(path for path in folder.iterdir() if path.suffix in SEALED)
    sums = {path.name: _sha256(path) for path in files}
    (folder / SEAL).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def check_seal(folder: Path) -> None:
    """Raise SwaplibError for a file that isn't the one that was sealed; a set without a seal passes."""
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
    """Columns of a factors file: {name: float64 (n,), or str (n,) where it holds names}.

    Raises SwaplibError for a file without rows, or with a row of another length than its head.
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
    """Path of a shipped movie: "b" is the source, "a" the same performance by A, the truth.

    scene: "movie", or "light", in which a lamp is carried round the head.
    """
    if which not in ("a", "b"):
        raise SwaplibError(f"there is no movie {which!r}: choose a or b")
    return _scene(scene) / f"{scene}_{which}.mp4"


def movie_factors(scene: str = "movie") -> dict[str, np.ndarray]:
    """What the face does in each frame of both movies of a scene: a column a name, (frames,) each."""
    return read_factors(_scene(scene) / "factors.csv")


def _scene(scene):
    """The folder of a scene."""
    if scene not in SCENES:
        raise SwaplibError(f"there is no scene {scene!r}: choose one of {', '.join(SCENES)}")
    return DATA / scene
