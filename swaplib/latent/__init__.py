"""The latent space: directions, probes, and sliders labelled by value.

Codes are float32 (n, code_size), as returned by an encoder's `predict`. Nothing here takes long to train:
every figure is a linear fit by scikit-learn.
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
