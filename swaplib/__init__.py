"""Two Decoders: one encoder, two decoders, and what the numbers in the middle mean."""

__version__ = "0.1.0"


class SwaplibError(Exception):
    """Bad input. The message says what was wrong with which file, and what to do."""
