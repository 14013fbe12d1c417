"""Train the shipped weights: the swap of A and B at 64 and at 128 pixels.

    python data_scripts/train_weights.py                 about 50 minutes on two cores
    python data_scripts/train_weights.py --only 64

Goes on where it stopped. Writes swaplib/data/weights/swap_64.npz and swap_128.npz; the figures are
measured by benchmarks/run.py.
"""

import argparse
from pathlib import Path

from swaplib.quiet import muted

with muted():
    import keras

    from swaplib import faces, swap
    from swaplib.label import save_picture

STEPS = {64: 7000, 128: 6000}  # counted, not timed, so that another machine makes the same


def train(size, folder):
    """Train the swap at `size` px; returns the model. Preview pictures go into `folder`."""
    keras.utils.set_random_seed(0)
    model = swap.build_swap(size)
    rate = keras.optimizers.schedules.CosineDecay(swap.LEARNING_RATE, STEPS[size])
    model.compile(keras.optimizers.Adam(rate), loss=[swap.picture_loss] * 2)
    people = [faces.load(f"person_{k}", size) for k in "ab"]
    pairs = swap.Pairs(*people, steps=100)
    model.fit(pairs, shuffle=False, epochs=STEPS[size] // 100, verbose=2, callbacks=[
        swap.Resume(folder / f"state_{size}", pairs),
        swap.Preview(*(f.images[:8] for f in people), every=60,
                     show=lambda picture: save_picture(folder / f"preview_{size}.jpg", picture)),
    ])
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=int, nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--folder", type=Path, default=Path("build/weights"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    (faces.DATA / "weights").mkdir(exist_ok=True)
    for size in options.only:
        swap.save(train(size, options.folder), faces.DATA / "weights" / f"swap_{size}.npz")


if __name__ == "__main__":
    main()
