"""What a page needs of a swap: both decoders, sliders, and paired pictures to start from."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from swaplib import SwaplibError, latent
from swaplib.browser import packing
from swaplib.crops import Crops, dataset
from swaplib.latent import Values

NUMBERS = (7, 0, 3, 21, 33)  # test pictures to start from, as in lesson 4
SHOWN = 128  # px of the renderer's pictures
LEAST = 0.2  # share of a factor's range that a new slider must be able to show


@dataclass(frozen=True)
class Coded:
    """A swap with the codes of the shipped pictures: those to train on, and the pairs to test with.

    model: a swap. train, tests: {who: Crops} of "a" and "b"; codes, test_codes: {who: (n, code_size)}.
    """

    model: Any
    train: dict[str, Crops]
    tests: dict[str, Crops]
    codes: dict[str, np.ndarray]
    test_codes: dict[str, np.ndarray]

    @property
    def decoders(self) -> dict[str, Any]:
        """Both decoders, {who: keras.Model}."""
        return {who: self.model.get_layer(f"decoder_{who}") for who in "ab"}

    @property
    def all_codes(self) -> np.ndarray:
        """The training codes of both."""
        return np.concatenate(list(self.codes.values()))

    @property
    def factors(self) -> dict[str, np.ndarray]:
        """What the faces of `all_codes` do."""
        return {n: np.concatenate([self.train[w].factors[n] for w in "ab"]) for n in self.train["a"].factors}


def coded(model: Any, every: int = 1) -> Coded:
    """A swap of the shipped people, such as `networks.shipped("swap_128")` or lesson 4's, with their codes.

    every: 4 takes every fourth training picture. Raises SwaplibError for another kind of network.
    """
    if not all(any(layer.name == f"decoder_{who}" for layer in model.layers) for who in "ab"):
        raise SwaplibError(f"the model {model.name!r} is no swap: a page needs one encoder and two decoders")
    size = model.input_shape[0][1]
    sets = {
        name: {who: dataset.load(f"{name}_{who}", size)[::step] for who in "ab"}
        for name, step in (("person", every), ("test", 1))
    }
    codes = {
        name: {
            who: model.get_layer(f"encoder_{who}").predict(faces.images, verbose=0)
            for who, faces in some.items()
        }
        for name, some in sets.items()
    }
    return Coded(model, sets["person"], sets["test"], codes["person"], codes["test"])


def values_of(swap: Coded) -> Values:
    """New sliders of a swap, calibrated by the judge, which takes two minutes.

    After a short training they go less far, and `left_out` says which are missing. Raises SwaplibError for a
    swap in which no slider changes anything.
    """
    from swaplib.networks import judge, shipped

    seen = judge.decoded(list(swap.decoders.values()), shipped("judge"))
    bent = latent.bend(swap.all_codes, swap.factors)
    values = latent.calibrated(bent, swap.all_codes, swap.factors, seen, least=LEAST)
    if not values.names:
        raise SwaplibError("no slider changes what this swap draws: train it for longer, then write its page")
    return values


def swap_pack(swap: Coded, values: Values) -> tuple[dict, dict]:
    """(meta, arrays) of a pack from which `js/panel.mjs` makes sliders under both faces."""
    from sklearn.linear_model import RidgeCV

    net, arrays = packing.network(swap.decoders, swap.all_codes[:: len(swap.all_codes) // 200 or 1])
    words, more = packing.values(values)
    starts = [(who, k) for k in NUMBERS for who in "ba"]
    codes = np.stack([swap.test_codes[who][k] for who, k in starts])
    stands = [{n: round(float(swap.tests[who].factors[n][k]), 4) for n in values.known} for who, k in starts]
    factors = np.stack([swap.factors[name] for name in values.names], axis=1)
    reading = RidgeCV(np.logspace(-2, 4, 13)).fit(swap.all_codes, factors)
    shown = [dataset.load(f"test_{who}", SHOWN).images[list(NUMBERS)] for who in "ab"]
    meta = {
        "net": net,
        "values": words,
        "starts": [
            {"who": who, "place": NUMBERS.index(k), "name": f"{who.upper()}, picture {k}", "stands": s}
            for (who, k), s in zip(starts, stands, strict=True)
        ],
        "reading": {"base": reading.intercept_.tolist()},
    }
    arrays |= more | {
        "starts": codes.astype(np.float32),
        "reading": reading.coef_.T.astype(np.float32),
        "truth": packing.sheet(shown),
    }
    return meta, arrays
