"""Sets of aligned crops: the shipped people, your own photos and movies, public databases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from swaplib.crops.stretches import training_and_test
from swaplib.face.mask import masks


@dataclass(frozen=True)
class Crops:
    """A set of n crops of size x size pixels.

    images: float32 (n, size, size, 3), RGB in [0, 1]; for a database, a `picture.BytesAsFloats` that
    yields them. factors: one array (n,) per name: float64, or str for names (such as "look").
    hulls: float32 (n, 40, 2), the face's convex hull as (x, y) in fractions of the crop; the last
    corner is repeated to fill up the forty.
    inside: None, or uint8 (n, size, size): 0 where a crop reaches beyond its picture and was reflected.
    """

    images: np.ndarray
    factors: dict[str, np.ndarray]
    hulls: np.ndarray
    inside: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, which: slice | np.ndarray | Sequence[int]) -> "Crops":
        """Select crops by `which`: a slice, indices (k,) or a mask, bool (n,)."""
        return Crops(
            self.images[which],
            {name: column[which] for name, column in self.factors.items()},
            self.hulls[which],
            None if self.inside is None else self.inside[which],
        )

    def split(self, every: int = 10) -> tuple["Crops", "Crops"]:
        """Split into (training, test), the test set being about one crop in `every`; neither is empty.

        The user's own material is split so that no test picture has a near duplicate in training; some
        frames of a movie are then in neither set. See `stretches`. A single crop is in both.
        """
        if len(self) == 1:
            return self, self
        if "second" in self.factors:
            columns = self.factors["second"], self.factors["source"]
            train, test = training_and_test(self.images, *columns, every)
        else:
            test = np.arange(len(self)) % every == every - 1
            if not test.any():
                test[-1:] = True
            train = ~test
        return self[train], self[test]

    def masks(self) -> np.ndarray:
        """Return 1 inside the face and 0 outside: float32 (n, size, size)."""
        return masks(self.hulls, self.images.shape[1])
