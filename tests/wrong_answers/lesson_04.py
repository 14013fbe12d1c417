"""Answers to the exercises of lesson 04: wrong ones with a piece of their hint, and right ones."""

from functools import cache

import numpy as np
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from swaplib import latent, networks
from swaplib.crops import dataset
from swaplib.networks import swap
from swaplib.scoring import likeness


@cache
def model():
    return networks.shipped("swap_64")


def joined(encoder, decoder):
    """A function that takes pictures through an encoder and a decoder."""

    def function(pictures):
        code = model().get_layer(f"encoder_{encoder}").predict_on_batch(pictures)
        return model().get_layer(f"decoder_{decoder}").predict_on_batch(code)

    return function


def to_bytes(pictures):
    return np.uint8(255 * joined("a", "b")(pictures))


def in_place(pictures):
    pictures *= 1.0
    return joined("a", "b")(pictures)


BEGIN = np.zeros(128, np.float32)
SMILE = latent.Directions(["smile"], np.eye(1, 128, dtype=np.float32), np.zeros(1), np.ones(1), "")
ARROW = SMILE.vectors[0]


def drawn(code, who="ab"):
    return [model().get_layer(f"decoder_{k}").predict_on_batch(code[None])[0] for k in who]


def changes_begin(amount):
    code = BEGIN
    code += amount * ARROW
    return drawn(code)


def on_a_copy(amount):
    code = BEGIN.copy()
    code += amount * ARROW
    return tuple(drawn(code))


def without_return(amount):
    drawn(BEGIN + amount * ARROW)


def ssim(made, truth, mask):
    return likeness.ssim_map(made, truth)


def for_each(made, truth, mask):
    each = ssim(made, truth, mask)
    return [(e * m).sum() / m.sum() for e, m in zip(each, mask, strict=True)]


def in_loops(made, truth, mask):
    each, above, below = ssim(made, truth, mask), 0.0, 0.0
    for e, m in zip(each, mask, strict=True):
        above, below = above + (e * m).sum(), below + m.sum()
    return np.array([above / below])


def masks_in_place(made, truth, mask):
    each = ssim(made, truth, mask)
    each *= mask
    return each.sum() / mask.sum()


def inside(made, truth, mask):
    return np.average(ssim(made, truth, mask), weights=mask)


def plan(shared=None, code=None, pictures=(20, 800)):
    return (
        {"shared": ()} if shared is None else shared,
        {"code_size": 2} if code is None else code,
        pictures,
    )


def positive_only(made, truth, mask):
    products = likeness.ssim_map(made, truth) * mask
    return products[products > 0].mean()


def smiling_at(amount):
    return drawn(BEGIN + amount * ARROW)


WRONG = [
    ("ssim_in_face", (positive_only,), "0 or negative"),
    ("ssim_in_face", (lambda made, truth, mask: ssim(made, truth, mask).mean(),), "whole picture"),
    ("ssim_in_face", (lambda made, truth, mask: (ssim(made, truth, mask) * mask).mean(),), "inside the face"),
    ("ssim_in_face", (lambda made, truth, mask: 0.9,), "by the sum of the mask"),
    ("ssim_in_face", (lambda made, truth, mask: inside(made, truth, 1 - mask),), "outside the face"),
    (
        "ssim_in_face",
        (lambda made, truth, mask: (ssim(made, truth, mask) * mask).sum(),),
        "by the sum of the mask",
    ),
    ("ssim_in_face", (lambda made, truth, mask: inside(truth, truth, mask),), "the sum of the map"),
    ("ssim_in_face", (lambda made, truth, mask: "0.9",), "Give a number"),
    ("ssim_in_face", (lambda made, truth, mask: np.abs(made - truth).mean(),), "the sum of the map"),
    ("swap_to_b", (joined("b", "a"), model()), "change both"),
    ("swap_to_b", (joined("a", "a"), model()), "decoder must be B's"),
    ("swap_to_b", (joined("b", "b"), model()), "encoder must be A's"),
    ("swap_to_b", (lambda pictures: pictures, model()), "Use `encoder_a`"),
    ("swap_to_b", (to_bytes, model()), "from 0 to 1"),
    ("swap_to_b", (lambda x: 255 * joined("a", "b")(x), model()), "from 0 to 1"),
    ("swap_to_b", (lambda x: joined("a", "b")(x[:1]), model()), "The shape is"),
    ("swap_to_b", (lambda x: model().get_layer("encoder_a").predict(x, verbose=0), model()), "returns codes"),
    ("swap_to_b", (lambda x: dataset.load("test_b", 64).images[: len(x)], model()), "Use `encoder_a`"),
    ("swap_to_b", (lambda x: joined("a", "b")(x)[..., ::-1], model()), "Use `encoder_a`"),
    (
        "swap_to_b",
        (lambda x: joined("a", "b")(dataset.load("test_a", 64).images[:4]), model()),
        "The shape is",
    ),
    ("smiling", (lambda amount: drawn(BEGIN + ARROW), model(), BEGIN, SMILE), "multiply the direction"),
    ("smiling", (lambda amount: np.zeros((64, 64, 3)), model(), BEGIN, SMILE), "The shape is"),
    ("smiling", (changes_begin, model(), BEGIN, SMILE), "Don't change `begin`"),
    ("smiling", (without_return, model(), BEGIN, SMILE), "is there a `return`?"),
    ("smiling", (lambda k: drawn(BEGIN + k * ARROW, "aa"), model(), BEGIN, SMILE), "the same person"),
    ("smiling", (lambda k: drawn(BEGIN + k * ARROW, "ba"), model(), BEGIN, SMILE), "A first, then B"),
    ("smiling", (lambda k: drawn(BEGIN - k * ARROW), model(), BEGIN, SMILE), "don't subtract"),
    ("smiling", (lambda k: drawn(BEGIN), model(), BEGIN, SMILE), "That is `begin` itself"),
    ("smiling", (lambda k: drawn(BEGIN + k), model(), BEGIN, SMILE), "Add `amount` times"),
    ("smiling", (lambda k: drawn(k * ARROW), model(), BEGIN + 0.5, SMILE), "Start from the code"),
    ("smiling", (lambda k: drawn(BEGIN + 0.8 * ARROW), model(), BEGIN, SMILE), "Add `amount` times"),
    ("experiments", plan(shared={"shared": ("encoder",)}), "empty tuple"),
    ("experiments", plan(shared={}), "one thing only"),
    ("experiments", plan(shared=()), "`no_shared_encoder` must be a dictionary"),
    ("experiments", ((), 2, None), "must be a dictionary"),
    ("experiments", ({"shared": ()}, None, (20, 800)), "`tiny_code` must be a dictionary"),
    ("experiments", ({"shared": ()}, 2, (20, 800)), "`tiny_code` must be a dictionary"),
    ("experiments", plan(shared={"shared": None}), "empty tuple"),
    ("experiments", plan(shared={"shared": (), "code_size": 2}), "one thing only"),
    ("experiments", plan(code={"code_size": 64}), "1, 2, 3 or 4"),
    ("experiments", plan(code={"code_size": 2.5}), "1, 2, 3 or 4"),
    ("experiments", plan(code={"code_size": 0}), "1, 2, 3 or 4"),
    ("experiments", plan(code={"code_size": "2"}), "1, 2, 3 or 4"),
    ("experiments", plan(code={"size": 2}), "one thing only"),
    ("experiments", plan(code={"shared": (), "code_size": 2, "critic": None}), "one thing only"),
    ("experiments", plan(pictures=(800, 400)), "eight times"),
    ("experiments", plan(pictures=(-5, 800)), "between 1 and 800"),
    ("experiments", plan(pictures=(0, 800)), "between 1 and 800"),
    ("experiments", plan(pictures=(20, 8000)), "between 1 and 800"),
    ("experiments", plan(pictures=(2.5, 800)), "between 1 and 800"),
    ("experiments", plan(pictures=20), "must be two numbers"),
    ("experiments", plan(pictures=None), "must be two numbers"),
    ("experiments", plan(pictures={"a": 20, "b": 800}), "must be two numbers"),
    ("my_probe", (LogisticRegression(max_iter=500),), "flat"),
    ("my_probe", (SVC(kernel="linear"),), "flat"),
    ("my_probe", (GaussianNB(),), "flat"),
    ("my_probe", (DummyClassifier(),), "flat"),
    ("my_probe", (DecisionTreeClassifier(max_depth=2, random_state=0),), "isn't curved enough"),
    ("my_probe", (SVC,), "with parentheses"),
    ("my_probe", (LinearRegression(),), "scikit-learn classifier"),
    ("my_probe", (lambda codes: 0,), "scikit-learn classifier"),
    ("my_probe", (0.99,), "scikit-learn classifier"),
    ("my_probe", ("SVC",), "scikit-learn classifier"),
]

RIGHT = [
    ("smiling", (lambda amount: iter(smiling_at(amount)), model(), BEGIN, SMILE)),
    ("smiling", (lambda amount: map(np.asarray, smiling_at(amount)), model(), BEGIN, SMILE)),
    ("smiling", (lambda a: dict(zip("ab", smiling_at(a), strict=True)).values(), model(), BEGIN, SMILE)),
    ("experiments", ({"shared": set()}, {"code_size": 2}, (20, 800))),
    ("ssim_in_face", (inside,)),
    ("ssim_in_face", (for_each,)),
    ("ssim_in_face", (in_loops,)),
    ("ssim_in_face", (masks_in_place,)),
    ("ssim_in_face", (lambda made, truth, mask: np.vdot(ssim(made, truth, mask), mask) / mask.sum(),)),
    ("ssim_in_face", (lambda made, truth, mask: [float(inside(made, truth, mask))],)),
    ("swap_to_b", (joined("a", "b"), model())),
    ("swap_to_b", (in_place, model())),
    ("swap_to_b", (lambda x: np.clip(joined("a", "b")(x), 0, 1), model())),
    ("swap_to_b", (lambda x: list(joined("a", "b")(x)), model())),
    ("swap_to_b", (lambda x: model().get_layer("decoder_b")(model().get_layer("encoder_a")(x)), model())),
    ("swap_to_b", (lambda x: swap.swapper(model(), to="b").predict(x, verbose=0), model())),
    ("smiling", (lambda amount: drawn(BEGIN + amount * ARROW), model(), BEGIN, SMILE)),
    ("smiling", (on_a_copy, model(), BEGIN, SMILE)),
    ("smiling", (lambda k: np.clip(drawn(BEGIN + k * ARROW), 0, 1), model(), BEGIN, SMILE)),
    ("smiling", (lambda k: np.stack(drawn(BEGIN + np.float32(k) * ARROW)), model(), BEGIN, SMILE)),
    ("smiling", (lambda k: drawn(np.add(BEGIN, np.multiply(k, ARROW))), model(), BEGIN, SMILE)),
    ("experiments", plan()),
    ("experiments", plan(shared={"shared": []})),
    ("experiments", plan(shared=dict(shared=tuple()))),
    ("experiments", plan(code={"code_size": np.int64(4)})),
    ("experiments", plan(pictures=(800, 100))),
    ("experiments", plan(pictures=[1, 8])),
    ("experiments", plan(pictures=np.array([10, 800]))),
    ("my_probe", (SVC(),)),
    ("my_probe", (SVC(kernel="poly", degree=2),)),
    ("my_probe", (KNeighborsClassifier(1),)),
    ("my_probe", (QuadraticDiscriminantAnalysis(),)),
    ("my_probe", (RandomForestClassifier(30, random_state=0),)),
    ("my_probe", (make_pipeline(PolynomialFeatures(2), LogisticRegression(max_iter=500)),)),
    ("my_probe", (SVC().fit([[0], [1]], [0, 1]),)),
]
