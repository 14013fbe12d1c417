"""What a job says about itself: the contact sheet, the scores, and whether they can be believed."""

import numpy as np

from swaplib.crops import Crops
from swaplib.job.options import Job
from swaplib.networks import swap
from swaplib.networks.identity import IdentityClassifier
from swaplib.notebook import show
from swaplib.scoring import tables

ROWS = 8  # of the contact sheet
FEWEST = 5  # test pictures of a person, below which nobody knows what the identity classifier is worth
BELIEVED = 0.8  # its accuracy, below which it says nothing: 0.5 is chance


def sheet(model, a: Crops, b: Crops, paired: bool) -> np.ndarray:
    """The contact sheet of a few test pictures, with the truth where it is known: uint8 (h, w, 3)."""
    a, b = a.images[:ROWS], b.images[:ROWS]
    columns = {
        "source": b,
        "again": swap.reconstructed(model, b, "b"),
        "swap": swap.swapper(model).predict(b, verbose=0),
    }
    columns["truth" if paired else "A, for comparison"] = a
    return show.contact_sheet(columns, zoom=128 / b.shape[1])


def identity(train: tuple[Crops, Crops], test: tuple[Crops, Crops]):
    """(a classifier that tells A from B or None, its accuracy or None, why it isn't used, in words, or None)."""
    if min(len(f) for f in test) < FEWEST:
        counts = " and ".join(f"{len(f)} of {who}" for f, who in zip(test, "AB", strict=True))
        return None, None, (
            f"Whether the swap is classified as A is not scored: with {counts} the test pictures are too few."
        )
    who = IdentityClassifier(*train, *test)
    if who.accuracy < BELIEVED:
        return None, who.accuracy, (
            f"Whether the swap is classified as A is not scored: the identity classifier was right on only "
            f"{who.accuracy:.1%} of the test pictures (chance is 50 %)."
        )
    return who, who.accuracy, None


def score_pictures(job: Job, model, train, test, who) -> dict:
    """The table of the test pictures: against the truth where it is known."""
    if job.shipped:
        return tables.score_test({"swap": model}, train[0], *test, who)
    return tables.score_own(model, *test, who)


def written(scores: dict) -> str:
    """The score tables as text."""
    lines = []
    for name, title in (("test", "Test pictures"), ("movie", "Movie")):
        if name in scores:
            lines += ["", title, tables.printed(scores[name])]
    if scores.get("identity_problem"):
        lines.append("\n" + scores["identity_problem"])
    elif "identity_accuracy" in scores:
        lines.append(f"\nThe identity classifier was right on {scores['identity_accuracy']:.1%} of unseen pictures.")
    return "\n".join(lines)
