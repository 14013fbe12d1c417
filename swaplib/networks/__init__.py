"""The networks: builders, saving and loading, and the shipped weights."""

from pathlib import Path

import keras

from swaplib import DATA, SwaplibError
from swaplib.networks import weights
from swaplib.networks.autoencoder import CODE_SIZES, build_autoencoder, build_sharp
from swaplib.networks.cover import build_cover
from swaplib.networks.detector import build_highpass, build_meso4
from swaplib.networks.embedding import build_embedder
from swaplib.networks.judge import build_judge
from swaplib.networks.swap import build_swap
from swaplib.networks.weights import save  # noqa: F401

BUILDERS = {
    build.__name__: build
    for build in (
        build_autoencoder,
        build_sharp,
        build_swap,
        build_meso4,
        build_highpass,
        build_judge,
        build_cover,
        build_embedder,
    )
}
BUILDERS["build"] = build_judge  # its name in files of version 0.2.0
SHIPPED = (
    *("many", "one", *(f"code_{k}" for k in CODE_SIZES)),
    *("swap_64", "swap_128", "judge", "cover", "embedder", "sharp"),
    *("highpass_swaps", "highpass_blends", "highpass_both"),
)


def load(path: str | Path) -> keras.Model:
    """Load a model that `save` wrote, whichever of swaplib's functions built it.

    Only numbers and strings are read; nothing in the file is executed. Raises SwaplibError if the file is
    missing, damaged, modified, or from another version.
    """
    name, options, arrays = weights.read(path)
    if name not in BUILDERS:
        raise SwaplibError(f"{path} holds a model from another version, built by `{name}`: train it again")
    try:
        model = BUILDERS[name](**options)
        weights.fill(model, arrays)
    except Exception as error:  # invalid options can make builders and TensorFlow raise anything
        raise SwaplibError(
            f"{path} doesn't match `{name}`: it is from another version. Train it again"
        ) from error
    return model


def shipped(name: str) -> keras.Model:
    """Load one of the shipped networks, trained by `data_scripts/train_weights.py`.

    "swap_64", "swap_128": the swap of the shipped A and B. "many": an autoencoder of the 1,300 faces, "one":
    of person A, both 64 px with a code of 64; "code_1", "code_2", "code_4" ... "code_128": of person B, 48
    px, with codes of that size. "judge": reads what a face does. "cover": marks what is in front of a face.
    "embedder": tells whose face it is. "sharp": draws any face anew, in fine detail. "highpass_swaps",
    "highpass_blends", "highpass_both": detectors trained on pictures in pairs, swaps, self-blends or both,
    which take the face's place too (`detector.logits`). Raises SwaplibError for another name.

    >>> shipped("swap_64").get_layer("decoder_a").output_shape
    (None, 64, 64, 3)
    """
    if name not in SHIPPED:
        raise SwaplibError(f"there is no network {name!r}: choose one of {', '.join(SHIPPED)}")
    path = DATA / "weights" / f"{name}.npz"
    if not path.exists():
        raise SwaplibError(f"{path} is missing: train it with `data_scripts/train_weights.py --only {name}`")
    return load(path)
