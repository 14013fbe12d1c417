"""Swap the face in a movie: track it, decode it as the other person, paste it back, write the movie."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swaplib.movie.swapping import (  # noqa: F401
        BATCH,
        Report,
        aligned_crops,
        draw_again,
        put_back,
        swap_frames,
        swap_movie,
    )

FROM_SWAPPING = ("BATCH", "Report", "aligned_crops", "draw_again", "put_back", "swap_frames", "swap_movie")


def __getattr__(name):
    """Import `swapping` on first use: it needs TensorFlow, while pasting doesn't."""
    if name not in FROM_SWAPPING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from swaplib.movie import swapping

    return getattr(swapping, name)
