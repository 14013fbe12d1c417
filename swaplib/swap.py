"""The face swap: one encoder, two decoders.

Both people's faces go through the same encoder, each comes out of a decoder of their own. So the
code has to say what both have in common (pose, expression, light), and what only one of them has
stays in that one's decoder. B's face through A's decoder is A doing what B does. The idea was
published in 2017 by the Reddit user "deepfakes"; this one is small enough for two CPU cores.
"""

import json
import time
from pathlib import Path

import cv2
import keras
import numpy as np
from keras import ops

from swaplib import SwaplibError, weights
from swaplib.align import ANCHORS
from swaplib.autoencoder import build_decoder, build_encoder, build_stem, picture_loss
from swaplib.faces import DATA
from swaplib.label import replacing
from swaplib.show import contact_sheet

SIZES = (64, 96, 128)  # pixels
OUTSIDE = 0.1  # weight of a pixel outside the face: it is hardly pasted, but a rim of it is
FOCUS = 4.0  # how much more an eye or the mouth counts: small, but they say what the face does
CRITIC = 0.01  # weight of the critic of the codes in the loss
LEARNING_RATE = 2e-3
BATCH = 16  # crops of each person in a step
STEPS = 25  # steps an epoch


def build_swap(size=64, code_size=128, width=16, shared=("encoder", "stem"), own_scale=True,
               critic=CRITIC):
    """One encoder, two decoders: a model of two inputs and two outputs, compiled.

    Inputs and outputs: pictures of A and of B, (n, size, size, 3) in [0, 1]. Its layers
    "encoder_a", "encoder_b" (picture -> code) and "decoder_a", "decoder_b" (code -> picture) are
    models of their own.

    B's code must mean the same to A's decoder. Three things see to that, and `benchmarks/ablation.py`
    shows what each brings:

    shared: what both have in common. "encoder": the layers from picture to code. "stem": the first
    doublings of the decoders, whose last layers are always their own. () is the wrong way, to
    compare with: two autoencoders.
    own_scale: before and after the shared encoder each person's numbers are brought to mean 0 and
    variance 1, by that person's own statistics and nothing learnt. Else a dark and a fair face get
    different codes. W.-G. Chang et al., "Domain-specific batch normalization", CVPR 2019.
    critic: weight of the `Critic` of the codes in the loss; 0 for none.

    Raises SwaplibError for a size not in `SIZES`.

    >>> model = build_swap(64)
    >>> model.fit(Pairs(a, b), epochs=40)
    >>> fake = swapper(model).predict(b.images)      # A, doing what B does
    """
    sizes = check_size(size), code_size, width
    encoder, stem, pictures, codes, decoders = None, None, [], [], []
    for who in "ab":
        encoder = encoder if encoder and "encoder" in shared else build_encoder(*sizes)
        stem = stem if stem and "stem" in shared else build_stem(*sizes)
        pictures.append(keras.Input((size, size, 3), name=who))
        codes.append(_own_encoder(encoder, own_scale, f"encoder_{who}")(pictures[-1]))
        decoders.append(build_decoder(*sizes, name=f"decoder_{who}", stem=stem))
    codes = Critic(critic)(codes) if critic else codes
    made = [decode(code) for decode, code in zip(decoders, codes, strict=True)]
    model = keras.Model(pictures, made)
    model.compile(keras.optimizers.Adam(LEARNING_RATE), loss=[picture_loss, picture_loss])
    return model


class Critic(keras.layers.Layer):
    """Tells from a code whose face it is, while the encoder learns to make that impossible.

    Takes and returns [codes of A (n, k), codes of B (n, k)], unchanged. It is a small network whose
    cross-entropy is added to the model's loss, `weight` times; on the way back to the encoder the
    gradient's sign is turned round, so that the encoder hides what the critic looks for. What is
    left in the code is what both faces have in common. Y. Ganin et al., "Domain-adversarial
    training of neural networks", JMLR 17, 2016.
    """

    def __init__(self, weight, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight
        self.judge = keras.Sequential([
            keras.layers.Dense(64, activation="leaky_relu"),
            keras.layers.Dense(64, activation="leaky_relu"),
            keras.layers.Dense(1),
        ])

    def build(self, shapes):
        self.judge.build(shapes[0])

    def call(self, codes):
        # 2 z - x, where z is x without a gradient: the value is x, the gradient is -1
        a, b = (self.judge(2 * ops.stop_gradient(x) - x) for x in codes)
        wrong = ops.mean(ops.softplus(-a)) + ops.mean(ops.softplus(b))
        self.add_loss(self.weight * wrong)
        return list(codes)


def _own_encoder(encoder, own_scale, name):
    """An encoder between one person's own scales: picture -> code."""
    picture = keras.Input(encoder.input_shape[1:], name="picture")
    if not own_scale:
        return keras.Model(picture, encoder(picture), name=name)
    scale_picture, scale_code = (
        keras.layers.BatchNormalization(center=False, scale=False, momentum=0.98) for _ in range(2))
    return keras.Model(picture, scale_code(encoder(scale_picture(picture))), name=name)


def build_separate(size=64, code_size=128, width=16):
    """The wrong way, to compare with: two autoencoders that share nothing."""
    return build_swap(size, code_size, width, shared=(), critic=0)


def check_size(size):
    """Returns size; raises SwaplibError when it is none of `SIZES`."""
    if size not in SIZES:
        raise SwaplibError(f"size {size} is not offered: choose one of {', '.join(map(str, SIZES))}")
    return size


def swapper(model, to="a", again=False):
    """The model that swaps: pictures of the other person -> how `to` would look doing the same.

    again: the model gives two pictures, the swap and the reconstruction, as `movie` wants them.
    """
    other = "b" if to == "a" else "a"
    picture = keras.Input(model.input_shape[0][1:], name="picture")
    code = model.get_layer(f"encoder_{other}")(picture)
    made = [model.get_layer(f"decoder_{who}")(code) for who in (to, other)]
    return keras.Model(picture, made if again else made[0], name=f"to_{to}")


def focus(size, times=FOCUS):
    """How much each pixel of a crop counts: float32 (size, size), 1 to 1 + times at eyes and mouth.

    Eyes and mouth are a twentieth of the face, and without this a closed eye is not worth learning.
    """
    y, x = (np.mgrid[:size, :size] + 0.5) / size
    left, right, mouth = ANCHORS

    def spot(middle, wide, high):
        return np.exp(-0.5 * (((x - middle[0]) / wide) ** 2 + ((y - middle[1]) / high) ** 2))

    spots = spot(left, 0.09, 0.06), spot(right, 0.09, 0.06), spot(mouth, 0.12, 0.07)
    return (1 + times * np.max(spots, axis=0)).astype(np.float32)


class Pairs(keras.utils.PyDataset):
    """Batches for `fit`: crops of A and of B, drawn apart.

    a, b: `faces.Faces` of the same size; their pairing doesn't matter, nor their number. Gives
    ((a, b) in, (a, b) wanted, (a, b) weight of each pixel). augment: None leaves crops as they
    are, which is best for hundreds of varied ones; else an `Augment`. outside: weight of a pixel
    outside the face; times: see `focus`. The same seed gives the same batches, also when a
    training is taken up again in the middle.
    """

    def __init__(self, a, b, batch=BATCH, steps=STEPS, augment=None, outside=OUTSIDE, times=FOCUS,
                 seed=0):
        super().__init__()
        for name, faces in (("A", a), ("B", b)):
            if not len(faces):
                raise SwaplibError(f"there are no faces of {name}")
        if a.images.shape[1:] != b.images.shape[1:]:
            raise SwaplibError(f"A's crops are {a.images.shape[1]} px, B's {b.images.shape[1]} px")
        counts = focus(a.images.shape[1], times)
        self.people = [(f.images, (outside + (1 - outside) * f.masks()) * counts) for f in (a, b)]
        self.batch, self.steps, self.seed, self.epoch = batch, steps, seed, 0
        self.augment = augment

    def __len__(self):
        return self.steps

    def on_epoch_end(self):
        self.epoch += 1

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, self.epoch, step])
        batches = [self._draw(rng, images, weights) for images, weights in self.people]
        return tuple(zip(*batches, strict=True))

    def _draw(self, rng, images, weights):
        chosen = rng.choice(len(images), self.batch, replace=len(images) < self.batch)
        if self.augment is None:
            return images[chosen], images[chosen], weights[chosen]
        made = [self.augment(rng, images[k], weights[k]) for k in chosen]
        return tuple(np.stack(part) for part in zip(*made, strict=True))


class Augment:
    """Changes a crop at random: (image, weight) -> (picture in, picture wanted, weight).

    flip: mirror every other one. turn: degrees, zoom and shift: shares of the crop's side, the
    standard deviations of a similarity. light: standard deviation of the logarithm of brightness
    and, half as much, of each colour. warp: share of the crop's side by which a coarse random
    field bends the picture that goes in, and not the wanted one, so that the encoder can't lean on
    the outline (as the first face swap of 2017 did). All are 0 unless given.

    >>> pairs = Pairs(a, b, augment=Augment(flip=True, light=0.1))
    """

    def __init__(self, flip=False, turn=0.0, zoom=0.0, shift=0.0, light=0.0, warp=0.0):
        self.flip, self.turn, self.zoom, self.shift = flip, turn, zoom, shift
        self.light, self.warp = light, warp

    def __call__(self, rng, image, weight):
        size = len(image)
        middle = (size - 1) / 2
        matrix = cv2.getRotationMatrix2D((middle, middle), self.turn * rng.normal(),
                                         np.exp(self.zoom * rng.normal()))
        matrix[:, 2] += self.shift * size * rng.normal(size=2)
        if self.flip and rng.random() < 0.5:
            matrix = matrix @ np.array([[-1, 0, size - 1], [0, 1, 0], [0, 0, 1.0]])
        both = cv2.warpAffine(np.dstack([image, weight]), matrix, (size, size),
                              borderMode=cv2.BORDER_REFLECT_101)
        gain = np.exp(self.light * (rng.normal() + 0.5 * rng.normal(size=3))).astype(np.float32)
        wanted, weight = np.clip(both[..., :3] * gain, 0, 1), both[..., 3]
        return self._bend(rng, wanted), wanted, weight

    def _bend(self, rng, image):
        if not self.warp:
            return image
        size = len(image)
        coarse = rng.normal(0, self.warp * size, (5, 5, 2)).astype(np.float32)
        field = cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC)
        y, x = np.mgrid[:size, :size].astype(np.float32)
        return cv2.remap(image, x + field[..., 0], y + field[..., 1], cv2.INTER_LINEAR,
                         borderMode=cv2.BORDER_REFLECT_101)


# For a hundred crops or so, which it helps (`benchmarks/ablation.py`); hundreds are better without.
GENTLE = Augment(flip=True, light=0.05, turn=2, zoom=0.02, shift=0.01)


class Deadline(keras.callbacks.Callback):
    """Ends a training after so many seconds; until then the learning rate falls along a cosine.

    memory: a file that keeps the seconds spent, so that a training taken up again gets the rest.
    The clock starts with the first step's end: building the graph is not training.
    """

    def __init__(self, seconds, memory=None):
        super().__init__()
        self.seconds, self.memory, self.spent = seconds, memory and Path(memory), 0.0

    def on_train_begin(self, logs=None):
        self.peak = float(self.model.optimizer.learning_rate)
        if self.memory and self.memory.exists():
            saved = json.loads(self.memory.read_text())
            self.spent, self.peak = saved["seconds"], saved["learning_rate"]
        self._last = None

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        self.spent += now - self._last if self._last else 0.0
        self._last = now
        share = min(self.spent / self.seconds, 1.0)
        self.model.optimizer.learning_rate = self.peak * (0.5 + 0.5 * np.cos(np.pi * share))
        self.model.stop_training |= self.spent >= self.seconds

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["seconds"] = self.spent
        if self.memory:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.memory) as part:
                part.write_text(json.dumps({"seconds": self.spent, "learning_rate": self.peak}))


class Resume(keras.callbacks.BackupAndRestore):
    """Keeps the state of a training in a folder after every epoch, and goes on from there.

    An unfinished `fit` that is called again ends with the weights that it would have ended with, if
    it has `shuffle=False`: Keras's shuffling of the steps, which are random anyway, knows nothing of
    the break. Keras's own callback, which also tells the batches at which epoch they are.
    """

    def __init__(self, folder, pairs):
        super().__init__(str(folder), double_checkpoint=True)
        self.pairs = pairs

    def on_epoch_begin(self, epoch, logs=None):
        self.pairs.epoch = epoch


class Preview(keras.callbacks.Callback):
    """Shows how the swap comes along, at most every so many seconds.

    a, b: a few crops of each, float32 (n, size, size, 3). show: called with a contact sheet,
    uint8 (h, w, 3), for instance to display it or to write a file.
    """

    def __init__(self, a, b, show, every=5.0):
        super().__init__()
        self.a, self.b, self.show, self.every = a, b, show, every

    def on_train_begin(self, logs=None):
        self._to_a, self._shown = swapper(self.model), 0.0

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() - self._shown >= self.every:
            self.show(self.sheet())
            self._shown = time.monotonic()

    def on_train_end(self, logs=None):
        self.show(self.sheet())

    def sheet(self):
        """The contact sheet now: A, A again, B, B again, B as A."""
        again_a, again_b = self.model.predict_on_batch([self.a, self.b])
        return contact_sheet({"A": self.a, "A again": again_a, "B": self.b, "B again": again_b,
                              "B as A": self._to_a.predict_on_batch(self.b)})


def save(model, path):
    """Write a swap's weights and sizes to a file (.npz); see `weights.save`."""
    encoder = model.get_layer("encoder_a").get_layer("encoder")
    weights.save(model, path,
                 [encoder.input_shape[1], encoder.output_shape[1], encoder.layers[1].filters])


def load(path):
    """The swap that `save` wrote. Raises SwaplibError for a file that isn't one; see `weights.load`."""
    return weights.load(path, build_swap)


def shipped(size=64):
    """The swap of the shipped A and B, trained beforehand: 64 or 128 pixels.

    `data_scripts/train_weights.py` made it. Raises SwaplibError for another size.
    """
    path = DATA / "weights" / f"swap_{size}.npz"
    if size not in (64, 128):
        raise SwaplibError(f"there are no shipped weights for size {size}: choose 64 or 128")
    return load(path)
