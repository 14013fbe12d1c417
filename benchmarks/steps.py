"""What a training step costs the host, and samples a second: pictures brought each time, or on the device.

    python benchmarks/steps.py                      64 px, 16 of each person: a network of width 1, then 16
    python benchmarks/steps.py --size 128 --batch 32 --augment
    python benchmarks/steps.py --half               the network in half precision ("mixed_float16")

A network of width 1 computes next to nothing, so what its step takes is mostly the host's: drawing, copying,
calling. "alone" is one step after another within a single execution, on one batch that is there already: no
host at all. The difference is the host's share. Speeds want a machine that has nothing else to do.
"""

import argparse
import time

import numpy as np

from swaplib import muted

with muted():
    import keras
    from keras import ops

    from swaplib.crops import dataset
    from swaplib.networks import swap
    from swaplib.training import augmentation, batches, device

WAYS = ("host", "device", "alone")


class FromHost(batches.Pairs):
    """Pictures in every batch, as floats: what `Pairs` did before version 0.3."""

    def __init__(self, *people, **options):
        super().__init__(*people, **options)
        weights = [weight.astype(np.float32) for _, weight in self.people]
        self.floats = list(zip((f.images for f in people), weights, strict=True))

    def trainer(self, model):
        return model

    def draw(self, rng):
        ((numbers, *changes),) = super().draw(rng)
        some = [(images[n], weights[n]) for (images, weights), n in zip(self.floats, numbers.T, strict=True)]
        if not self.augment:
            return tuple(zip(*((image, image, weight) for image, weight in some), strict=True))
        made = [self.augment(*one, *(c[:, k] for c in changes)) for k, one in enumerate(some)]
        return tuple(tuple(np.asarray(x) for x in part) for part in zip(*made, strict=True))


class Again(batches.Pairs):
    """The same batch at every step, so that drawing costs nothing."""

    def __getitem__(self, step):
        self.first = getattr(self, "first", None) or super().__getitem__(0)
        return self.first


class Times(keras.callbacks.Callback):
    """When each execution ended, and at which step."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_train_batch_end(self, batch, logs=None):
        self.ends.append((time.perf_counter(), self.params["steps"] * self.epoch + batch + 1))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch


def grey_error(truth, made):
    """A loss that computes next to nothing."""
    return ops.mean(ops.abs(truth - made), axis=-1)


def measured(way, people, width, batch, steps, augment, half, loss):
    """ms a step of one way of training, without the executions that build the graph."""
    keras.utils.set_random_seed(0)
    with device.precision(half):
        model = swap.build_swap(people[0].images.shape[1], width=width, loss=loss)
    kind = {"host": FromHost, "device": batches.Pairs, "alone": Again}[way]
    times, epochs = Times(), 3 if way == "alone" else 2
    pairs = kind(*people, batch=batch, steps=steps, augment=augment)
    at_once = steps if way == "alone" else None
    batches.fit(model, pairs, epochs, swap.LEARNING_RATE, steps_at_once=at_once, callbacks=[times])
    first = 0 if way == "alone" else len(times.ends) // 4
    (begin, before), (end, after) = times.ends[first], times.ends[-1]
    return 1000 * (end - begin) / (after - before)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=64, choices=swap.SIZES)
    parser.add_argument("--batch", type=int, default=16, help="crops of each person in a step")
    parser.add_argument("--steps", type=int, default=100, help="of an epoch")
    parser.add_argument("--widths", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--augment", action="store_true", help="change crops at random")
    parser.add_argument("--half", action="store_true", help="compute in half precision")
    chosen = parser.parse_args()
    people = [dataset.load(f"person_{k}", chosen.size) for k in "ab"]
    augment = augmentation.GENTLE if chosen.augment else None
    print(f"{chosen.size} px, {chosen.batch} of each person, {keras.backend.backend()}, {device.kind()}")
    for width in chosen.widths:
        loss = grey_error if width == 1 else swap.sharp_loss
        for _ in range(chosen.repeat):
            ms = {
                way: measured(way, people, width, chosen.batch, chosen.steps, augment, chosen.half, loss)
                for way in chosen.ways
            }
            print(
                f"width {width}: "
                + ", ".join(
                    f"{way} {x:.2f} ms a step ({2000 * chosen.batch / x:.0f} crops/s)"
                    for way, x in ms.items()
                ),
                flush=True,
            )


if __name__ == "__main__":
    main()
