"""Descriptions of the lessons' pictures.

They are kept out of the notebooks, because some tell what a prediction asks for.
"""

import json

from swaplib import DATA


def alt_texts(lesson: str) -> dict[str, str]:
    """Return a lesson's descriptions by name. lesson: its number in two digits, such as "04"."""
    return json.loads((DATA / "alt_texts.json").read_text(encoding="utf-8"))[lesson]
