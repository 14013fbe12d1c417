"""Swap the face in a movie: follow it, decode it as the other person, put it back, write the movie."""

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
    """What `swapping` has, once it is asked for: it needs TensorFlow, and the ways to paste don't."""
    if name not in FROM_SWAPPING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from swaplib.movie import swapping

    return getattr(swapping, name)
