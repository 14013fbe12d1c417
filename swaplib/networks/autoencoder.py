"""An encoder, a decoder and the autoencoder they form, in plain Keras.

The encoder halves the picture until 4 to 7 pixels are left, doubling the channels each time, and ends in
`code_size` numbers: the code. The decoder mirrors it. The design follows Hinton and Salakhutdinov,
"Reducing the dimensionality of data with neural networks", Science 313, 2006, with convolutional layers.
"""

import keras
from keras import layers

from swaplib.networks import weights
from swaplib.training.losses import grey_ssim, picture_loss  # noqa: F401  the lessons import them from here

MOST_CHANNELS = 8  # in the deepest layer, in units of `width`
STEM = 2  # doublings at the start of a decoder, from 4 to 16 pixels: its stem

# Pictures and weights are float32, channels last, whatever the user's keras.json says.
keras.config.set_floatx("float32")
keras.config.set_image_data_format("channels_last")

if keras.backend.backend() == "tensorflow":
    # TensorFlow 2.20 fails to fuse the gradient of leaky_relu, and prints a red warning in every training.
    import tensorflow

    tensorflow.config.optimizer.set_experimental_options({"remapping": False})

CODE_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


def channels(size: int, width: int) -> list[int]:
    """Return the channels after each halving, from the picture inwards: 64 px, width 16 -> [16, 32, 64, 128].

    Raises ValueError if the size can't be halved evenly down to 4 to 7 pixels.
    """
    halvings = max(size // 4, 1).bit_length() - 1
    if size < 16 or size % 2**halvings:
        raise ValueError(f"size {size} can't be halved evenly: use 32, 64, 96, 128 ...")
    return [width * min(2**k, MOST_CHANNELS) for k in range(halvings)]


def build_encoder(size: int = 64, code_size: int = 64, width: int = 16, name: str = "encoder") -> keras.Model:
    """Picture (n, size, size, 3) in [0, 1] -> code (n, code_size), any real numbers."""
    picture = keras.Input((size, size, 3), name="picture")
    x = picture
    for filters in channels(size, width):
        x = layers.Conv2D(filters, 5, strides=2, padding="same", activation="leaky_relu")(x)
    code = layers.Dense(code_size, name="code")(layers.Flatten()(x))
    return keras.Model(picture, code, name=name)


def build_decoder(
    size: int = 64,
    code_size: int = 64,
    width: int = 16,
    name: str = "decoder",
    stem: keras.Model | None = None,
) -> keras.Model:
    """Build a decoder: code (n, code_size) -> picture (n, size, size, 3) in [0, 1].

    stem: the `build_stem` of another decoder, to share its first layers; a separate one by default.
    """
    code = keras.Input((code_size,), name="code")
    x = (stem or build_stem(size, code_size, width))(code)
    for f in reversed(channels(size, width)[:-STEM]):
        x = layers.Conv2DTranspose(f, 4, strides=2, padding="same", activation="leaky_relu")(x)
    picture = layers.Conv2D(3, 3, padding="same", activation="sigmoid", name="picture")(x)
    return keras.Model(code, picture, name=name)


def build_stem(size: int = 64, code_size: int = 64, width: int = 16, name: str = "stem") -> keras.Model:
    """Build the first layers of a decoder: code (n, code_size) -> features (n, 16, 16, channels).

    The features are 16 x 16 for 64 and 128 px, and 24 x 24 for 96 px.
    """
    code = keras.Input((code_size,), name="code")
    filters = channels(size, width)
    small = size // 2 ** len(filters)
    x = layers.Dense(small * small * filters[-1], activation="leaky_relu")(code)
    x = layers.Reshape((small, small, filters[-1]))(x)
    for f in reversed(filters[-STEM:]):
        x = layers.Conv2DTranspose(f, 4, strides=2, padding="same", activation="leaky_relu")(x)
    return keras.Model(code, x, name=name)


def build_autoencoder(size: int = 64, code_size: int = 64, width: int = 16) -> keras.Model:
    """Build an autoencoder: picture -> code -> picture. Its two layers are "encoder" and "decoder".

    >>> model = build_autoencoder(size=64, code_size=32)
    >>> model.get_layer("encoder").output_shape, model.get_layer("decoder").output_shape
    ((None, 32), (None, 64, 64, 3))
    """
    picture = keras.Input((size, size, 3), name="picture")
    code = build_encoder(size, code_size, width)(picture)
    model = keras.Model(picture, build_decoder(size, code_size, width)(code), name="autoencoder")
    return weights.built_by(build_autoencoder, model, size=size, code_size=code_size, width=width)


def build_sharp(width: int = 24, code: int = 24) -> keras.Model:
    """Build a fully convolutional autoencoder: picture (n, h, w, 3) in [0, 1] -> reconstruction.

    h and w are multiples of 4. There is no code for the whole face: each block of 4 x 4 pixels has `code`
    numbers, half as many as it has values. Fine detail therefore survives, and what remains is the trace
    that such a decoder leaves.
    """
    picture = x = keras.Input((None, None, 3), name="picture")
    for k in (1, 2):
        x = layers.Conv2D(k * width, 4, strides=2, padding="same", activation="leaky_relu")(x)
    x = layers.Conv2D(code, 1, name="code")(x)
    for k in (2, 1):
        x = layers.Conv2DTranspose(k * width, 4, strides=2, padding="same", activation="leaky_relu")(x)
    model = keras.Model(picture, layers.Conv2D(3, 3, padding="same", name="drawn")(x), name="sharp")
    return weights.built_by(build_sharp, model, width=width, code=code)
