"""The shipped faces: two synthetic people, a paired test set, many others, clips, and a movie.

Every set is a folder of contact sheets (ten by ten crops, to be looked at as they are),
`factors.csv` with a row a crop (what the face does, the light, who it is) and `hulls.npz` with the
convex hull of the face's landmarks. `data/DATA_CARD.md` says how they were made.
"""

import csv

import cv2
import numpy as np

from swaplib import DATA, SwaplibError
from swaplib.crops import Crops

SCENES = ("movie", "light")
SETS = ("person_a", "person_b", "test_a", "test_b", "many", "clips")
CROP = 160  # pixels, as shipped; those of the clips have 128
SHEET = 10  # crops a row and a column
MANY_TRAIN = 1300  # of the 1,500 of "many": the first are to train on, the rest to test


def load(name, size=None):
    """Load a shipped set: "person_a", "person_b" (800 crops each, not paired), "test_a", "test_b"
    (120, the same factors rendered as A and as B), "many" (1,500 people, a crop each) or "clips" (of
    twelve people, real and swapped: see lesson 6).

    size: pixels, 1 to 160, by default 160; of the clips 128. Raises SwaplibError for another name or
    size, or a damaged set.

    >>> a = load("person_a", size=64)
    >>> a.images.shape, a.factors["yaw"].shape
    ((800, 64, 64, 3), (800,))
    """
    if name not in SETS:
        raise SwaplibError(f"there is no set {name!r}: choose one of {', '.join(SETS)}")
    shipped = 128 if name == "clips" else CROP
    size = shipped if size is None else size
    if not 1 <= size <= shipped:
        raise SwaplibError(f"size {size} is not offered: the crops of {name} are shipped at {shipped} pixels")
    return read(DATA / name, size)


def read(folder, size):
    """A set as it is packed: `Crops`. folder: a Path with factors, hulls and sheets of crops; size: pixels.

    Raises SwaplibError for a folder without a set, or with a damaged one.
    """
    if not (folder / "factors.csv").exists():
        raise SwaplibError(f"{folder} is missing or empty: install the package again")
    factors = read_factors(folder / "factors.csv")
    n = len(next(iter(factors.values())))
    images = np.empty((n, size, size, 3), np.float32)
    for first in range(0, n, SHEET**2):
        _cut(folder, first // SHEET**2, images[first : first + SHEET**2])
    with np.load(folder / "hulls.npz", allow_pickle=False) as file:
        return Crops(images, factors, file["hulls"].astype(np.float32))


def _cut(folder, number, out):
    """Fill `out` (k, size, size, 3) with the first k crops of a sheet."""
    path = next(folder.glob(f"sheet_{number:02d}.*"), folder / f"sheet_{number:02d}.webp")
    sheet = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if sheet is None or sheet.shape[1] % SHEET or len(sheet) * SHEET**2 < sheet.shape[1] * len(out):
        raise SwaplibError(f"{path} cannot be read: install the package again")
    size, shipped = out.shape[1], sheet.shape[1] // SHEET
    for k in range(len(out)):
        row, column = divmod(k, SHEET)
        crop = sheet[row * shipped : (row + 1) * shipped, column * shipped : (column + 1) * shipped, ::-1]
        if size != shipped:
            crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
        np.multiply(crop, np.float32(1 / 255), out=out[k])


def read_factors(path):
    """Columns of a factors file: {name: float64 (n,), or str (n,) where it holds names}."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        try:
            columns[name] = np.array(values, dtype=np.float64)
        except ValueError:
            columns[name] = np.array(values)
    return columns


def movie(which, scene="movie"):
    """Path of a shipped movie: "b" is the source, "a" the same performance by A, the truth.

    scene: "movie", or "light", in which a lamp is carried round the head.
    """
    if which not in ("a", "b"):
        raise SwaplibError(f"there is no movie {which!r}: choose a or b")
    return _scene(scene) / f"{scene}_{which}.mp4"


def movie_factors(scene="movie"):
    """What the face does in each frame of both movies of a scene: a column a name, (frames,) each."""
    return read_factors(_scene(scene) / "factors.csv")


def _scene(scene):
    """The folder of a scene."""
    if scene not in SCENES:
        raise SwaplibError(f"there is no scene {scene!r}: choose one of {', '.join(SCENES)}")
    return DATA / scene
