"""What the material of two people covers, and whether it is the same."""

import numpy as np

from swaplib.crops import Crops
from swaplib.files.picture import as_bytes

ENOUGH = 200  # crops of a person, below which a swap suffers


def compare(a: Crops, b: Crops) -> tuple[list[str], np.ndarray]:
    """What both people's crops cover: (sentences, a picture, uint8 (h, w, 3))."""
    sentences = [
        f"{name} has only {len(faces)} picture{'s' * (len(faces) != 1)}: a good swap needs {ENOUGH} or more."
        for name, faces in (("A", a), ("B", b))
        if len(faces) < ENOUGH
    ]
    return sentences, np.vstack([np.hstack(as_bytes(faces.images[[0, -1]])) for faces in (a, b)])
