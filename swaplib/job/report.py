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


def identity(train: tuple[Crops, Crops], test: tuple[Crops, Crops]) -> tuple[object | None, dict]:
    """A classifier that tells A from B, or None where it can't be believed; and what is known of it.

    The latter has "identity_accuracy", if it was tested, and "identity_problem": why it isn't used.
    """
    unknown = "Whether the swap is classified as A is not scored: "
    if min(len(f) for f in test) < FEWEST:
        counts = " and ".join(f"{len(f)} of {who}" for f, who in zip(test, "AB", strict=True))
        return None, {"identity_problem": f"{unknown}the test pictures, {counts}, are too few."}
    who = IdentityClassifier(*train, *test)
    facts = {"identity_accuracy": who.accuracy}
    if who.accuracy >= BELIEVED:
        return who, facts
    problem = f"the identity classifier was right on only {who.accuracy:.1%} of them, with chance at 50 %."
    return None, {**facts, "identity_problem": unknown + problem}


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
    if "identity_problem" in scores:
        lines.append("\n" + scores["identity_problem"])
    elif "identity_accuracy" in scores:
        lines.append(
            f"\nThe identity classifier was right on {scores['identity_accuracy']:.1%} of unseen pictures."
        )
    return "\n".join(lines)
