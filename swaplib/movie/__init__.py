"""Swap the face in a movie: follow it, decode it as the other person, put it back, write the movie."""

from swaplib.movie.swapping import (  # noqa: F401
    BATCH,
    Report,
    aligned_crops,
    draw_again,
    put_back,
    swap_frames,
    swap_movie,
)
