"""Checkers for lesson 04, Face swap."""

from collections.abc import Iterable, Mapping
from functools import cache
from numbers import Integral

import numpy as np

from swaplib.exercises import (  # noqa: F401
    accepted,
    called,
    exercise,
    number,
    pictures,
    predicted,
    quiz,
)
from swaplib.exercises.alt import alt_texts
from swaplib.scoring import likeness

LIKE = 1e-3  # pictures that differ by less count as equal
ALT = alt_texts("04")


@cache
def _few(name, size):
    """Return the first ten crops of a set."""
    from swaplib.crops import dataset

    return dataset.load(name, size)[:10]


def our_ssim(made, truth, mask):
    """The course's own answer to the first exercise."""
    return float(likeness.ssim(made, truth, mask).mean())


@exercise("Hair and background no longer count, only the face.")
def ssim_in_face(function):
    truth, made = _few("test_a", 64), _few("test_b", 64).images
    masks = truth.masks()
    for some in (slice(0, 6), slice(6, 10)):
        value = called(function, made[some], truth.images[some], masks[some])
        value = np.mean(value) if np.size(value) == len(made[some]) else value  # one for each picture
        each, mask = likeness.ssim_map(made[some], truth.images[some]), masks[some]
        hint = _ssim_hint(number(value), each, mask)
        if hint:
            return hint


def _ssim_hint(value, each, mask):
    each_picture = (each * mask).sum(axis=(1, 2)) / mask.sum(axis=(1, 2))
    if np.isclose(value, ((each * mask).sum() / mask.sum(), each_picture.mean()), atol=1e-3).any():
        return None
    if np.isclose(value, (each * mask)[each * mask > 0].mean(), atol=1e-4):
        return "Pixels inside the face count even if their SSIM is 0 or negative."
    if np.isclose(value, (each * mask).mean(), atol=1e-4):
        return "Divide by the number of pixels inside the face, not in the whole picture."
    if np.isclose(value, each.mean(), atol=1e-4):
        return "That is the mean over the whole picture: multiply by the mask first."
    if np.isclose(value, (each * (1 - mask)).sum() / (1 - mask).sum(), atol=5e-3):
        return "That is the mean outside the face: the mask is 1 inside."
    return "Divide the sum of the map times the mask by the sum of the mask."


@exercise("Nothing was trained for this: it combines the same parts the other way round.")
def swap_to_b(function, model):
    test_a = _few("test_a", model.input_shape[0][1]).images

    def drawn(encoder, decoder, of):
        code = model.get_layer(encoder).predict_on_batch(of)
        return np.clip(model.get_layer(decoder).predict_on_batch(code), 0, 1)

    slips = {
        ("encoder_a", "decoder_a"): "That is A's own reconstruction: the decoder must be B's.",
        ("encoder_b", "decoder_b"): "The pictures are of A, so the encoder must be A's.",
        ("encoder_b", "decoder_a"): "That is the other swap, B's encoder and A's decoder: change both.",
    }
    for some in (test_a[:4], test_a[4:7]):
        made = called(function, some)
        wanted = drawn("encoder_a", "decoder_b", some)
        if np.shape(made) == (len(some), model.get_layer("decoder_b").input_shape[-1]):
            return "It returns codes: decode them with `decoder_b`."
        made = pictures(made, wanted.shape)
        if np.abs(made - wanted).max() < LIKE:
            continue
        for parts, hint in slips.items():
            if np.abs(made - drawn(*parts, some)).max() < LIKE:
                return hint
        return "Use `encoder_a`, then `decoder_b`, and nothing else."


@exercise("One direction in the latent space moves both mouths.")
def smiling(function, model, begin, directions):
    smile = directions.vectors[directions.names.index("smile")]
    decoders = [model.get_layer(f"decoder_{who}") for who in "ab"]
    kept = begin.copy()

    def drawn(code):
        return np.stack([np.clip(decode.predict_on_batch(code[None])[0], 0, 1) for decode in decoders])

    for amount in (0.8, -0.4):
        try:
            made = called(function, amount)
            if not np.array_equal(begin, kept):
                return "Don't change `begin`, or the next call starts elsewhere: `begin + ...` is a new code."
        finally:
            begin[...] = kept
        made = list(made) if isinstance(made, Iterable) and not hasattr(made, "shape") else made
        made, wanted = pictures(made, drawn(kept).shape), drawn(kept + amount * smile)
        if np.abs(made - wanted).max() >= LIKE:
            return _smile_hint(made, wanted, kept, amount, smile, drawn)


def _smile_hint(made, wanted, begin, amount, smile, drawn):
    if np.abs(made[0] - made[1]).max() < LIKE:
        return "Both pictures show the same person: use a different decoder for each."
    if np.abs(made - wanted[::-1]).max() < LIKE:
        return "A first, then B."
    if np.abs(made - drawn(begin + smile)).max() < LIKE:
        return "`amount` has no effect: multiply the direction by it."
    if np.abs(made - drawn(begin - amount * smile)).max() < LIKE:
        return "The larger `amount` is, the less they smile: add, don't subtract."
    if np.abs(made - drawn(begin)).max() < LIKE:
        return "That is `begin` itself: add `amount` times the direction."
    if np.abs(made - drawn(amount * smile)).max() < LIKE:
        return "Start from the code `begin`, and add to it."
    return "Add `amount` times the smile direction to `begin`, and decode it with both decoders."


@exercise("Each experiment changes one thing and leaves the rest as it was.")
def experiments(no_shared_encoder, tiny_code, unbalanced):
    for name, options, option in (
        ("no_shared_encoder", no_shared_encoder, "shared"),
        ("tiny_code", tiny_code, "code_size"),
    ):
        if not isinstance(options, Mapping):
            return f"`{name}` must be a dictionary of options for build_swap: {{'{option}': ...}}."
        if set(options) != {option}:
            return f"`{name}` must change one thing only: {{'{option}': ...}}."
    shared = no_shared_encoder["shared"]
    if not isinstance(shared, tuple | list | set | frozenset) or len(shared):
        return "If nothing is shared, `shared` is an empty tuple: {'shared': ()}."
    size = tiny_code["code_size"]
    if not _whole(size) or not 1 <= size <= 4:
        return "A tiny code should have 1, 2, 3 or 4 numbers: {'code_size': ...}."
    if not isinstance(unbalanced, tuple | list | np.ndarray) or len(unbalanced) != 2:
        return "`unbalanced` must be two numbers, how many pictures of A and how many of B: (a, b)."
    a, b = unbalanced
    if not (_whole(a) and _whole(b) and 1 <= min(a, b) and max(a, b) <= 800):
        return "Each person has between 1 and 800 pictures."
    if max(a, b) < 8 * min(a, b):
        return "Give one person at least eight times as many pictures as the other."


def _whole(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


@exercise("It finds what no flat boundary can: how the numbers depend on one another.")
def my_probe(probe):
    from sklearn.base import clone, is_classifier
    from sklearn.model_selection import cross_val_score
    from threadpoolctl import threadpool_limits

    if isinstance(probe, type):
        return f"Give an instance, not the class: `{probe.__name__}()`, with parentheses."
    if not hasattr(probe, "fit") or not is_classifier(probe):
        return "Give an unfitted scikit-learn classifier, such as LogisticRegression()."
    for pairs in (1, 3):
        points, who = _crossed_lines(pairs)
        with threadpool_limits(1):
            right = cross_val_score(clone(probe), points, who, cv=5).mean()
        if right < 0.6:
            return "It only guesses: its boundary is flat. Use a nonlinear or nearest-neighbour classifier."
        if right < 0.85:
            return f"Its boundary isn't curved enough: the probe is right for only {right:.0%} of the points."


def _crossed_lines(pairs, n=200):
    """Return points of A and of B, two numbers per pair, with equal means and spreads: (points, whose)."""
    rng = np.random.default_rng(pairs)
    along = rng.normal(size=(2 * n, pairs))
    whose = np.repeat([0, 1], n)
    across = along * np.where(whose, -1, 1)[:, None] + 0.2 * rng.normal(size=along.shape)
    points = np.concatenate([along, across], axis=1)
    order = rng.permutation(2 * n)
    for some in (whose == 0, whose == 1):
        points[some] = (points[some] - points[some].mean(axis=0)) / points[some].std(axis=0)
    return points[order], whose[order]


quiz = quiz(
    ("a", "Each network learnt its own code, and nothing made the two codes agree."),
    ("b", "A linear probe uses the means, which were made equal. Use a nonlinear probe."),
    ("b", "A score means little without that of a trivial baseline."),
)
