"""The preview shown during training."""

from collections.abc import Callable

import keras
import numpy as np

from swaplib.networks.swap import swapper
from swaplib.notebook.show import contact_sheet


def swap_preview(model: keras.Model, a: np.ndarray, b: np.ndarray) -> Callable[[], np.ndarray]:
    """Create the function for `callbacks.Preview` that draws a contact sheet of a swap.

    a, b: a few crops of each, float32 (n, size, size, 3). The columns are A, A reconstructed, B, B
    reconstructed, and B as A.
    """
    to_a = swapper(model)

    def sheet():
        again_a, again_b = model.predict_on_batch([a, b])
        return contact_sheet(
            {
                "A": a,
                "A, reconstructed": again_a,
                "B": b,
                "B, reconstructed": again_b,
                "B as A": to_a.predict_on_batch(b),
            }
        )

    return sheet
