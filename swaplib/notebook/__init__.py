"""Sliders and a picture that follows them at once; the faces of a code, and the code itself."""

from swaplib.notebook.explorer import (
    Explorer,  # noqa: F401
    decoder,  # noqa: F401
)
from swaplib.notebook.live import Live  # noqa: F401
