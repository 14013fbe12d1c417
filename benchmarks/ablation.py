"""Ablation study: train the swap repeatedly, each time with one thing changed.

    python benchmarks/ablation.py --steps 900        docs/results.md and more, an hour on two cores
    python benchmarks/ablation.py --steps 3000 --only "as it is" "no focus on eyes and mouth"
                                                     the rows on the focus, five minutes

Every training has the same number of steps and the same seed. Prints a table of the paired test set, inside
the face, and writes benchmarks/ablation.json, which keeps earlier measurements and records the version of
each row. `make figures` then updates the table.
"""

import argparse
import json
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from swaplib import __version__, muted
from swaplib.networks.identity import IdentityClassifier
from swaplib.notebook import show
from swaplib.scoring import likeness, pose
from swaplib.training import augmentation, batches, losses

with muted():
    import keras

    from swaplib.crops import dataset
    from swaplib.networks import swap
    from swaplib.scoring import tables

OUT = Path(__file__).parent / "ablation.json"
SIZE = 64


def absolute_error(truth, made):
    return keras.ops.mean(keras.ops.abs(truth - made), axis=-1)


def weighing(edges, detail):
    """Return the loss of swaps with other weights."""
    return partial(losses.sharp_loss, edge_weight=edges, detail_weight=detail)


AUGMENTS = {
    "flip": augmentation.Augment(flip=True),
    "turn, zoom, shift": augmentation.Augment(turn=4, zoom=0.04, shift=0.02),
    "light": augmentation.Augment(light=0.1),
    "warp": augmentation.Augment(warp=0.01),
    "flip, light and a small turn": augmentation.GENTLE,
}


@dataclass
class Change:
    """build: options of `build_swap`. draw: options of `Pairs`. crops: of each person, None is all."""

    build: dict = field(default_factory=dict)
    draw: dict = field(default_factory=dict)
    crops: int | None = None


CHANGES = {
    "as it is": Change(),
    "shared: the encoder only": Change({"shared": ("encoder",)}),
    "no critic": Change({"critic": 0}),
    "critic weighs 0.003": Change({"critic": 0.003}),
    "critic weighs 0.03": Change({"critic": 0.03}),
    "neither scales nor critic": Change({"own_scale": False, "critic": 0}),
    "encoder, no scales, no critic": Change({"shared": ("encoder",), "own_scale": False, "critic": 0}),
    "two autoencoders": Change({"shared": (), "critic": 0}),
    "loss: neither edges nor detail": Change({"loss": losses.picture_loss}),
    "loss: no detail": Change({"loss": weighing(3, 0)}),
    "loss: no edges": Change({"loss": weighing(0, 3)}),
    "loss: edges and detail weigh 1": Change({"loss": weighing(1, 1)}),
    "loss: edges and detail weigh 10": Change({"loss": weighing(10, 10)}),
    "noise of 0.4 on the code": Change({"noise": 0.4}),
    "code of 32": Change({"code_size": 32}),
    "code of 512": Change({"code_size": 512}),
    "width 24": Change({"width": 24}),
    "loss: absolute error only": Change({"loss": absolute_error}),
    "no focus on eyes and mouth": Change(draw={"times": 0.0}),
    "all of the crop counts": Change(draw={"outside": 1.0}),
    **{way: Change(draw={"augment": augment}) for way, augment in AUGMENTS.items()},
    "100 crops": Change(crops=100),
    **{
        f"100 crops, {way}": Change(draw={"augment": augment}, crops=100) for way, augment in AUGMENTS.items()
    },
}
COLUMNS = (
    "ssim_face",
    "again",
    "gap",
    "fine_detail",
    tables.BASELINE,
    "gap_closed",
    "is_a",
    "yaw_error",
    "jaw_open_r",
    "blink_r",
    "smile_r",
    "brow_inner_r",
)


def measured(change, steps, train, tests, performed, who):
    """Run one training and return its scores: a dict. "again": SSIM of A reconstructed, "B as it is": of B"""
    keras.utils.set_random_seed(0)
    model = swap.build_swap(SIZE, **change.build)
    few = [f[: change.crops] for f in train]
    batches.fit(model, batches.Pairs(*few, steps=steps, **change.draw), 1, swap.LEARNING_RATE)
    test_a, test_b = tests
    swapped = swap.swapper(model).predict(test_b.images, verbose=0)
    scores = tables.score_pairs(
        swapped, test_a, who, performed, again=swap.reconstructed(model, test_a.images)
    )
    as_it_is = float(likeness.ssim(test_b.images, test_a.images, test_a.masks()).mean())
    return {
        **scores,
        "again": scores["ssim_face"] + scores["gap"],
        tables.BASELINE: as_it_is,
        "gap_closed": likeness.gap_closed(scores["ssim_face"], as_it_is),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=CHANGES, default=list(CHANGES))
    parser.add_argument("--steps", type=int, default=1600)
    options = parser.parse_args()
    train = [dataset.load(f"person_{k}", SIZE) for k in "ab"]
    tests = [dataset.load(f"test_{k}", SIZE) for k in "ab"]
    performed = pose.readings(dataset.load("test_a").images)
    who = IdentityClassifier(*train, *tests)
    for name in options.only:
        rows = json.loads(OUT.read_text()) if OUT.exists() else {}
        row = measured(CHANGES[name], options.steps, train, tests, performed, who)
        rows[f"{name}, {options.steps} steps"] = {"measured": __version__, **row}
        OUT.write_text(json.dumps(rows, indent=1) + "\n")
        print(show.table({name: row}, COLUMNS), flush=True)
    print("\n" + show.table(json.loads(OUT.read_text()), COLUMNS))


if __name__ == "__main__":
    main()
