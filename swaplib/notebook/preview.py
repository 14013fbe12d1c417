"""The picture that a training shows of itself."""

from swaplib.networks.swap import swapper
from swaplib.notebook.show import contact_sheet


def swap_preview(model, a, b):
    """What `callbacks.Preview` shows of a swap: a function that makes the contact sheet of the moment.

    a, b: a few crops of each, float32 (n, size, size, 3). The columns: A, A again, B, B again, B as A.
    """
    to_a = swapper(model)

    def sheet():
        again_a, again_b = model.predict_on_batch([a, b])
        return contact_sheet(
            {"A": a, "A again": again_a, "B": b, "B again": again_b, "B as A": to_a.predict_on_batch(b)}
        )

    return sheet
