"""The judge: a small network that predicts a face's factors from a picture, to check sliders.

It was trained on true pictures, whose factors the renderer knows, and never on decoded ones. It is
independent of MediaPipe. MediaPipe can therefore measure sliders that this judge calibrated.
"""

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import keras
import numpy as np

from swaplib.crops import Crops
from swaplib.files.picture import resized
from swaplib.networks import weights
from swaplib.networks.autoencoder import build_encoder
from swaplib.training import batches
from swaplib.training.augmentation import Augment

SIZE = 64  # px
FACTORS = (
    *("yaw", "pitch", "roll", "gaze_yaw", "gaze_pitch"),  # degrees
    *("smile", "mouth_open", "pucker", "retraction", "frown", "blink", "squint", "wide"),  # 0 to 1
    *("brow_inner", "brow_outer", "brow_down"),
)
MIRRORED = ("yaw", "roll", "gaze_yaw")  # change sign when mirrored
BLUR = 1.2  # px at 64 px: maximum, so that a decoder's softness doesn't count as an expression


def build_judge(width: int = 24) -> keras.Model:
    """Build a judge: picture (n, 64, 64, 3) in [0, 1] -> factors (n, 16), ordered and in units as `FACTORS`.

    It is the encoder of the autoencoders, followed by a dense layer.
    """
    picture = keras.Input((SIZE, SIZE, 3), name="picture")
    x = build_encoder(SIZE, 128, width)(keras.layers.Rescaling(4.0, offset=-2.0)(picture))
    x = keras.layers.Dropout(0.2)(keras.layers.LeakyReLU()(x))
    model = keras.Model(picture, keras.layers.Dense(len(FACTORS), name="factors")(x), name="judge")
    model.compile("adam", "mse")
    return weights.built_by(build_judge, model, width=width)


class JudgeBatches(batches.SeededBatches):
    """Batches of augmented true pictures and their factors in standard deviations.

    faces: a list of `Crops` of 64 px. Half are mirrored; light, position and sharpness vary.
    """

    def __init__(
        self, faces: Sequence[Crops], steps: int = batches.STEPS, batch: int = 32, seed: int = 0
    ) -> None:
        super().__init__(steps, seed)
        self.batch = batch
        self.images = np.concatenate([f.images for f in faces])
        self.values = true_factors(faces)
        self.middle, self.scale = self.values.mean(axis=0), self.values.std(axis=0) + 1e-6
        self.augment = Augment(zoom=0.02, shift=0.01, light=0.15)
        self.sign = np.where(np.isin(FACTORS, MIRRORED), -1.0, 1.0)

    def draw(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        chosen = rng.choice(len(self.images), self.batch)
        images, values = np.empty((self.batch, SIZE, SIZE, 3), np.float32), self.values[chosen]
        for k, image in enumerate(self.images[chosen]):
            image = self.augment.on_host(rng, image, image[..., 0])[0]
            if blur := BLUR * max(rng.uniform(-0.5, 1), 0):
                image = cv2.GaussianBlur(image, (0, 0), blur)
            images[k] = image
            if rng.random() < 0.5:
                images[k], values[k] = images[k, :, ::-1], values[k] * self.sign
        return images, ((values - self.middle) / self.scale).astype(np.float32)


def true_factors(faces: Sequence[Crops]) -> np.ndarray:
    """Return the true factors of a list of `Crops`: float64 (n, 16)."""
    return np.concatenate([np.stack([f.factors[name] for name in FACTORS], axis=1) for f in faces])


def train(
    faces: Sequence[Crops], epochs: int = 60, steps: int = 100, seed: int = 0, **options: Any
) -> keras.Model:
    """Train a judge on true pictures: `build_judge`; options are passed to `fit`.

    faces: a list of `Crops` of 64 px, all with the factors. Every tenth picture is held out. An uncertain
    network predicts values near the mean and so underestimates every change; each output is therefore
    rescaled until its predictions have the right slope on the held-out pictures.
    """
    fitted, held_out = zip(*(f.split() for f in faces), strict=True)
    drawn = JudgeBatches(fitted, steps, seed=seed)
    with batches.seeded(seed):
        model = build_judge()
    batches.fit(model, drawn, epochs, 1e-3, **options)
    read = model.predict(np.concatenate([f.images for f in held_out]), verbose=0)
    truth = (true_factors(held_out) - drawn.middle) / drawn.scale
    apart = truth - truth.mean(axis=0)
    rise = (apart * read).mean(axis=0) / np.maximum((apart**2).mean(axis=0), 1e-6)
    stretch = 1 / np.where(apart.any(axis=0), np.clip(rise, 0.4, None), 1)
    # Keep the mean of the predictions, then convert standard deviations to the factors' units.
    kernel, bias = model.get_layer("factors").get_weights()
    bias = read.mean(axis=0) + (bias - read.mean(axis=0)) * stretch
    gain = stretch * drawn.scale
    model.get_layer("factors").set_weights([kernel * gain, bias * drawn.scale + drawn.middle])
    return model


def errors(model: keras.Model, faces: Sequence[Crops]) -> dict[str, tuple[float, float]]:
    """Return {factor: (mean absolute error, that of always predicting the median)} on a list of `Crops`."""
    read, truth = reader(model)(np.concatenate([f.images for f in faces])), true_factors(faces)
    return {
        name: (
            float(np.abs(read[name] - truth[:, k]).mean()),
            float(np.abs(np.median(truth[:, k]) - truth[:, k]).mean()),
        )
        for k, name in enumerate(FACTORS)
    }


def reader(model: keras.Model) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Wrap a judge as a function: images (n, size, size, 3) of any size -> {factor: (n,)}."""

    def read(images):
        images = np.stack([resized(np.asarray(image, np.float32), SIZE) for image in images])
        return dict(zip(FACTORS, model.predict(images, batch_size=64, verbose=0).T, strict=True))

    return read


def decoded(
    decoders: Sequence[keras.Model], model: keras.Model
) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Return a function that judges codes: (n, code_size) -> {factor: (n,)}, averaged over the decoders.

    Pass it as `judge` to `latent.calibrated`. model: the judge, such as `networks.shipped("judge")`.
    """
    read = reader(model)

    def reading(codes):
        each = [read(decoder.predict(codes, batch_size=64, verbose=0)) for decoder in decoders]
        return {name: np.mean([one[name] for one in each], axis=0) for name in FACTORS}

    return reading
