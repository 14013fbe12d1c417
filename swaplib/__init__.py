"""Two Decoders: one encoder, two decoders, and what the numbers in the middle mean."""

__version__ = "0.1.0"


class SwaplibError(Exception):
    """Bad input. The message says what was wrong with which file, and what to do."""


def first_few(names, most=3):
    """The first names of a list and how many more there are, in words.

    >>> first_few(["ann", "bo", "cy", "di"])
    'ann, bo, cy and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
