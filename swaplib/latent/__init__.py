"""What the numbers in the middle mean: directions, probes, and sliders that stand for values.

Codes are float32 (n, code_size), as an encoder's `predict` gives them. Nothing here is trained for
long: every figure is a linear fit by scikit-learn.
"""

from swaplib.latent.directions import (  # noqa: F401
    Directions,
    between,
    entanglement,
    named,
    nearest,
    principal,
    raw,
)
from swaplib.latent.probes import columns, probe, probe_interval, probe_on, r2  # noqa: F401
from swaplib.latent.values import OFFERED, Values, bend, calibrated, shipped  # noqa: F401
