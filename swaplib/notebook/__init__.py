"""Interactive notebook widgets: sliders for a code, with pictures that follow at once."""

from swaplib.notebook.explorer import (
    Explorer,  # noqa: F401
    decoder,  # noqa: F401
)
from swaplib.notebook.live import Live  # noqa: F401
