"""Checkers of lesson 04, Face swap."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("Hair and wall don't count any more, only what is pasted.")
def ssim_in_face(function):
    from swaplib import faces, metrics

    truth = faces.load("test_a", 64)
    made = faces.load("test_b", 64).images[:6]
    truth, mask = truth.images[:6], truth.masks()[:6]
    value = float(np.mean(called(function, made, truth, mask)))
    each = metrics.ssim_map(made, truth)
    if np.isclose(value, (each * mask).mean(), atol=1e-4):
        return "Divide by the number of pixels inside the face, not by all of them."
    if np.isclose(value, each.mean(), atol=1e-4):
        return "That is the mean of the whole picture: multiply by the mask first."
    if not np.isclose(value, (each * mask).sum() / mask.sum(), atol=5e-3):
        return "The sum of the map times the mask, divided by the sum of the mask."


@exercise("Nothing was trained for it: the same parts, joined the other way.")
def swap_to_b(function, model):
    from swaplib import faces, swap

    pictures = faces.load("test_a", model.input_shape[0][1]).images[:4]
    made = np.asarray(called(function, pictures))
    wanted = swap.swapper(model, to="b").predict(pictures, verbose=0)
    if made.shape != wanted.shape:
        return f"It returns the shape {made.shape}, not {wanted.shape}: pictures again."
    if np.abs(made - wanted).max() < 1e-3:
        return None
    other = {
        "That is A's own reconstruction: the decoder must be B's.": ("encoder_a", "decoder_a"),
        "The pictures are of A, so the encoder must be A's.": ("encoder_b", "decoder_b"),
        "That is the swap we had, B's encoder and A's decoder: turn both round.": ("encoder_b", "decoder_a"),
    }
    for hint, (encode, decode) in other.items():
        code = model.get_layer(encode).predict(pictures, verbose=0)
        if np.abs(made - model.get_layer(decode).predict(code, verbose=0)).max() < 1e-3:
            return hint
    return "First `encoder_a`, then `decoder_b`, and nothing else."


@exercise("One arrow in the space of codes, and both mouths follow it.")
def smiling(function, model, begin, directions):
    smile = directions.vectors[directions.names.index("smile")]
    decoders = [model.get_layer(f"decoder_{who}") for who in "ab"]

    def drawn(code):
        return np.stack([decode.predict(code[None], verbose=0)[0] for decode in decoders])

    made = np.asarray(called(function, 0.8), np.float32)
    wanted = drawn(begin + 0.8 * smile)
    if made.shape != wanted.shape:
        return f"Return two pictures, A's and B's: together {wanted.shape}, not {made.shape}."
    if np.abs(made - wanted).max() < 1e-3:
        return None
    if np.abs(made[0] - made[1]).max() < 1e-3:
        return "Both pictures show the same person: one decoder each."
    if np.abs(made - wanted[::-1]).max() < 1e-3:
        return "A first, then B."
    if np.abs(made - drawn(begin + smile)).max() < 1e-3:
        return "`amount` changes nothing: multiply the direction by it."
    if np.abs(made - drawn(0.8 * smile)).max() < 1e-3:
        return "Begin at the code `begin`, and add to it."
    return "The code `begin` plus `amount` times the smile direction, drawn by both decoders."


@exercise("Each takes one thing away, and leaves the rest as it was.")
def experiments(no_shared_encoder, tiny_code, unbalanced):
    if tuple(no_shared_encoder.get("shared", ("encoder",))) != ():
        return "Without anything shared, `shared` is an empty tuple: {'shared': ()}."
    if not 1 <= tiny_code.get("code_size", 128) <= 4:
        return "A tiny code has between 1 and 4 numbers: {'code_size': ...}."
    a, b = unbalanced
    if max(a, b) < 8 * min(a, b):
        return "Unbalanced means that one has at least eight times as many pictures as the other."


quiz = quiz(
    ("a", "Each chose its own code, and nothing made the choices agree."),
    ("b", "Two clouds of codes, and a decoder at home in only one of them."),
    ("b", "A figure means something beside what a trivial answer gets."),
)
