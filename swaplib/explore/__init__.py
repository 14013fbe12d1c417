"""Sliders and a picture that follows them at once; the faces of a code, and the code itself."""

from swaplib.explore.explorer import Explorer, decoder  # noqa: F401
from swaplib.explore.live import Live  # noqa: F401
