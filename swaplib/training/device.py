"""Trains where the pictures lie: they go to the device once, and each step brings only their numbers.

A batch of 16 crops of either person at 64 px is 3 MB of floats, which the host would copy at every step. On a
GPU that takes longer than the step itself. Here the crops lie on the device as bytes, their weights in half
precision, and the graph takes what it needs and changes it at random. On a CPU it is the same path.
"""

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops

from swaplib.training.augmentation import Augment

Tensor = Any  # of Keras's backend
STEPS_AT_ONCE = {"cpu": 5, "gpu": 25}  # of an execution; a callback such as `Deadline` acts between two


class Rows(keras.layers.Layer):
    """An array on the device: numbers of rows (n,) -> those rows as float32 (n, ...), times `scale`.

    faces = Rows(np.rint(255 * crops.images).astype(np.uint8), 1 / 255)
    faces(np.array([3, 7]))                      # two pictures, (2, size, size, 3) in [0, 1]
    """

    def __init__(self, array: np.ndarray, scale: float = 1.0) -> None:
        super().__init__(trainable=False, dtype="float32")
        self.scale = np.float32(scale)
        self.rows = self.add_weight(array.shape, "zeros", str(array.dtype), trainable=False, autocast=False)
        self.rows.assign(array)

    def call(self, numbers: Tensor) -> Tensor:
        return ops.cast(ops.take(self.rows, numbers, axis=0), "float32") * self.scale


class OnDevice(keras.Model):
    """A network of two people as `fit` trains it: numbers of crops in; the crops are on the device.

    network: a compiled model of two inputs and two outputs, such as a swap; its own weights are trained, by
    its own optimizer. people: of each person, images, uint8 (n, size, size, 3), and the weight of each
    pixel, float16 (n, size, size). augment: how crops are changed at random. `batches.fit` does this for you:

        training = OnDevice(model, pairs.people)
        training.compile("adam", loss=model.loss, steps_per_execution=25)
        training.fit(pairs, epochs=40, shuffle=False)
        fake = swapper(model).predict(b.images)      # `model` itself has learnt
    """

    def __init__(
        self,
        network: keras.Model,
        people: Sequence[tuple[np.ndarray, np.ndarray]],
        augment: Augment | None = None,
    ) -> None:
        super().__init__(dtype="float32")
        self.network, self.augment = network, augment
        self.output_names = network.output_names  # each person's loss is called after them
        self.images = [Rows(images, 1 / 255) for images, _ in people]
        self.weights_of = [Rows(weights) for _, weights in people]

    def pictures(self, numbers: Tensor, *changes: Tensor) -> tuple[list, list, list]:
        """(pictures in, pictures wanted, weight of each pixel), each a list of A's and B's.

        numbers: of crops, int32 (n, 2). changes: what `Augment.draw` drew for A and for B, (n, 2, ...).
        """
        wanted = [rows(numbers[:, k]) for k, rows in enumerate(self.images)]
        weights = [rows(numbers[:, k]) for k, rows in enumerate(self.weights_of)]
        if self.augment is None:
            return wanted, wanted, weights
        made = [
            self.augment(wanted[k], weights[k], *(change[:, k] for change in changes))
            for k in range(len(wanted))
        ]
        given, wanted, weights = (list(some) for some in zip(*made, strict=True))
        return given, wanted, weights

    def call(self, drawn: tuple, training: bool | None = None) -> tuple:
        given, wanted, weights = self.pictures(*drawn)
        return self.network(given, training=training), wanted, weights

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        made, wanted, weights = y_pred
        return super().compute_loss(x, wanted, made, weights, training)


def kind() -> str:
    """What the backend of Keras computes on: "gpu" where it sees one, else "cpu"."""
    return "gpu" if _gpu() else "cpu"


def _gpu():
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        return bool(tensorflow.config.list_physical_devices("GPU"))
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.is_available()
    import jax

    return jax.default_backend() == "gpu"


@contextmanager
def precision(half: bool | None = None) -> Iterator[None]:
    """Within the block, networks are built to compute in half precision ("mixed_float16").

    half: by default where there is a GPU; on a CPU it is slower. Weights, codes, losses and the pictures that
    come out stay float32, and `compile` scales the loss so that small gradients aren't lost.

        with precision():
            model = build_swap(128)
    """
    half = kind() == "gpu" if half is None else half
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16" if half else "float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def quick_to_end() -> None:
    """Keep TensorFlow from tuning the way in which Keras brings it batches; called on import.

    `tf.data` tunes itself in a thread, which sleeps for as long as it has lived before it looks again, and
    whoever deletes an iterator waits for it to wake: a second after a second of training, half a minute
    after half a minute. Ctrl-C waits as well. There is nothing to tune here, where batches come from memory.
    """
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow

    begin = tensorflow.data.Dataset.__iter__
    if hasattr(begin, "__wrapped__"):
        return

    @functools.wraps(begin)
    def untuned(dataset):
        options = tensorflow.data.Options()
        options.autotune.enabled = False
        return begin(dataset.with_options(options) if tensorflow.executing_eagerly() else dataset)

    tensorflow.data.Dataset.__iter__ = untuned


quick_to_end()
