"""The report of a job: the contact sheet, the scores, and whether to trust them."""

import keras
import numpy as np

from swaplib.crops import Crops
from swaplib.job.options import Job
from swaplib.networks import swap
from swaplib.networks.identity import IdentityClassifier
from swaplib.notebook import show
from swaplib.scoring import tables

Pair = tuple[Crops, Crops]  # A's and B's
ROWS = 8  # rows of the contact sheet
FEWEST = 5  # test pictures per person below which the identity classifier can't be tested
BELIEVED = 0.8  # accuracy below which it is not used: 0.5 is chance


def sheet(model: keras.Model, a: Crops, b: Crops, paired: bool) -> np.ndarray:
    """Draw a contact sheet of a few test pictures, with the truth if it is known: uint8 (h, w, 3)."""
    source = b.images[:ROWS]
    columns = {
        "source": source,
        "again": swap.reconstructed(model, source, "b"),
        "swap": swap.swapper(model).predict(source, verbose=0),
    }
    columns["truth" if paired else "A, for comparison"] = a.images[:ROWS]
    return show.contact_sheet(columns, zoom=128 / source.shape[1])


def identity(train: Pair, test: Pair) -> tuple[IdentityClassifier | None, dict]:
    """Train a classifier that tells A from B, or None if it is unreliable; also returns facts about it.

    The facts are "identity_accuracy", if it was tested, and "identity_problem": why it isn't used.
    """
    unknown = "Whether the swap is classified as A is not scored: "
    if min(len(f) for f in test) < FEWEST:
        counts = " and ".join(f"{len(f)} of {who}" for f, who in zip(test, "AB", strict=True))
        return None, {"identity_problem": f"{unknown}the test pictures, {counts}, are too few."}
    who = IdentityClassifier(*train, *test)
    facts = {"identity_accuracy": who.accuracy}
    if who.accuracy >= BELIEVED:
        return who, facts
    problem = f"the identity classifier was right on only {who.accuracy:.1%} of them, with chance at 50%."
    return None, {**facts, "identity_problem": unknown + problem}


def score_pictures(job: Job, model: keras.Model, train: Pair, test: Pair, who: tables.Who | None) -> dict:
    """Return the table of the test pictures: against the truth if it is known."""
    if job.shipped:
        return tables.score_test({"swap": model}, train[0], test[0], test[1], who)
    return tables.score_own(model, test[0], test[1], who)


def written(scores: dict) -> str:
    """Format the score tables as text."""
    lines = []
    for name, title in (("test", "Test pictures"), ("movie", "Movie")):
        if name in scores:
            lines += ["", title, tables.printed(scores[name])]
    if "identity_problem" in scores:
        lines.append("\n" + scores["identity_problem"])
    elif "identity_accuracy" in scores:
        lines.append(
            f"\nThe identity classifier was right on {scores['identity_accuracy']:.1%} of unseen pictures."
        )
    return "\n".join(lines)
