"""What a training step costs the host, and samples a second: pictures brought each time, or on the device.

    python benchmarks/steps.py                      64 px, 16 of each person: a network of width 1, then 16
    python benchmarks/steps.py --size 128 --batch 32 --augment
    python benchmarks/steps.py --half               the network in half precision ("mixed_float16")

"alone" is one step after another within a single execution, on a batch that is there already: no host at all.
The extra time of the others is the host's share: drawing, copying, calling. It doesn't depend on the
network, so one of width 1 shows it best. Both are printed as seconds of the clock and of the processor; the
first want a machine that has nothing else to do, the second bear some company (`taskset -c 0` helps).

Last comes what a T4 would need. It is arithmetic, nobody has measured it: the operations of the network's
convolutions and of the loss, at a quarter of the card's 8.1 TFLOPS in float32, as narrow layers use no more.
"""

import argparse
import time

import cv2
import numpy as np

from swaplib import muted

with muted():
    import keras
    import tensorflow as tf
    from keras import ops

    from swaplib.crops import dataset
    from swaplib.networks import swap
    from swaplib.training import augmentation, batches, device

WAYS = ("host", "device", "alone")
EPOCHS = 4
INVERSE, MIRROR = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REFLECT_101


T4, USED = 8100, 0.25  # GFLOPS in float32, and the share of them that is assumed
BLURS = 9  # of a picture in the loss, each two products of matrices


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
        if self.augment:
            some = [self._changed(*one, *(c[:, k] for c in changes)) for k, one in enumerate(some)]
        return tuple(zip(*((image, image, weight) for image, weight in some), strict=True))

    def _changed(self, images, weights, places, gains, _):
        """Crops changed one by one, by OpenCV."""
        both = [
            cv2.warpAffine(np.dstack([image, weight]), place, weight.shape, flags=INVERSE, borderMode=MIRROR)
            for image, weight, place in zip(images, weights, places, strict=True)
        ]
        wanted = [np.clip(x[..., :3] * gain, 0, 1) for x, gain in zip(both, gains, strict=True)]
        return np.stack(wanted), np.stack([x[..., 3] for x in both])


class Times(keras.callbacks.Callback):
    """When each epoch ended: by the clock, and in seconds of the processor."""

    def __init__(self):
        super().__init__()
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append((time.perf_counter(), time.process_time()))


def grey_error(truth, made):
    """A loss that computes next to nothing."""
    return ops.mean(ops.abs(truth - made), axis=-1)


def measured(way, people, width, batch, steps, augment, half, loss):
    """ms a step of one way of training, (clock, processor): the least of the epochs after the first, which
    builds the graph."""
    keras.utils.set_random_seed(0)
    with device.precision(half):
        model = swap.build_swap(people[0].images.shape[1], width=width, loss=loss)
    kind = FromHost if way == "host" else batches.Pairs
    times, pairs = Times(), kind(*people, batch=batch, steps=steps, augment=augment)
    if way == "alone":
        trainer, again = pairs.trainer(model), tf.data.Dataset.from_tensors(pairs[0]).repeat()
        trainer.compile(model.optimizer, model.loss, steps_per_execution=steps)
        trainer.fit(again, steps_per_epoch=steps, epochs=EPOCHS, shuffle=False, verbose=0, callbacks=[times])
    else:
        batches.fit(model, pairs, EPOCHS, swap.LEARNING_RATE, callbacks=[times])
    return 1000 * np.diff(times.ends, axis=0).min(axis=0) / steps


def gflop(size, width, crops):
    """Of a step: multiplications and additions, once on the way forward and twice on the way back."""

    def count(part):
        total = 0
        for layer in part.layers:
            if isinstance(layer, keras.Model):
                total += count(layer)
            elif hasattr(layer, "kernel"):
                ends = layer.input if isinstance(layer, keras.layers.Conv2DTranspose) else layer.output
                total += np.prod(ends.shape[1:-1]) * np.prod(layer.kernel.shape)
        return total

    model = swap.build_swap(size, width=width)
    network = count(model.get_layer("encoder_a")) + count(model.get_layer("decoder_a"))
    return 6e-9 * crops * (network + BLURS * 2 * size**3)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=64, choices=swap.SIZES)
    parser.add_argument("--batch", type=int, default=16, help="crops of each person in a step")
    parser.add_argument("--steps", type=int, default=100, help="of an epoch")
    parser.add_argument("--widths", type=int, nargs="+", default=[1, 16])
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
                for way in WAYS
            }
            for way, (clock, processor) in ms.items():
                share = processor - ms["alone"][1]
                print(
                    f"width {width}, {way:6}: {clock:7.2f} ms a step, "
                    f"{2000 * chosen.batch / clock:6.0f} crops a second; "
                    f"of the processor {processor:7.2f} ms, of them the host's {share:5.2f}",
                    flush=True,
                )
    work = gflop(chosen.size, 16, 2 * chosen.batch)
    ms = 1000 * work / (T4 * USED)
    print(
        f"estimated, width 16 on a T4: {work:.1f} GFLOP a step, {ms:.0f} ms; in five minutes {3e5 / ms:.0f} "
        f"steps, {3e5 / ms * chosen.batch / 1000:.0f},000 crops of each person"
    )


if __name__ == "__main__":
    main()
