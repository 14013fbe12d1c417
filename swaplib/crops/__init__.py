"""Sets of aligned crops: the shipped people, your own photos and movies, public databases."""

from dataclasses import dataclass

import numpy as np

from swaplib.face.mask import masks


@dataclass(frozen=True)
class Crops:
    """A set of crops. n crops of size x size pixels.

    images: float32 (n, size, size, 3), RGB in [0, 1]; of a database, `picture.BytesAsFloats` that give it.
    factors: a column a name, (n,) each: float64, or str where it is a name (such as "look").
    hulls: float32 (n, 40, 2), the face's convex hull as (x, y) in fractions of the crop; the last
    corner is repeated to fill the forty.
    """

    images: np.ndarray
    factors: dict
    hulls: np.ndarray

    def __len__(self):
        return len(self.images)

    def __getitem__(self, which):
        """Some of them: `which` is a slice, numbers (k,) or a mask, bool (n,)."""
        return Crops(
            self.images[which],
            {name: column[which] for name, column in self.factors.items()},
            self.hulls[which],
        )

    def split(self, every=10):
        """(most of them, every tenth): to learn from and to test on, at least one of each.

        Of a single face both parts are that face.
        """
        test = np.arange(len(self)) % every == every - 1
        if not test.any():
            test[-1:] = True
        return self[~test if len(self) > 1 else test], self[test]

    def masks(self):
        """1 inside the face, 0 outside: float32 (n, size, size)."""
        return masks(self.hulls, self.images.shape[1])
