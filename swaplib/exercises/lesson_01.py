"""Checkers of lesson 01, Autoencoder."""

import numpy as np

from swaplib.exercises import called, exercise, predicted, quiz  # noqa: F401


@exercise("Each number of the code stands for 108 of the picture.")
def times_smaller(answer):
    if np.isclose(answer, 48 * 48 / 64):
        return "Each pixel has three colours."
    if np.isclose(answer, 64 / (48 * 48 * 3)):
        return "That is the other way round: how much of the picture the code is."
    if not np.isclose(answer, 108):
        return "Divide the numbers in a picture (height times width times 3) by those in the code."


@exercise("That is the best any linear code of k numbers can do on the training pictures.")
def pca_again(function):
    from sklearn.decomposition import PCA

    from swaplib import faces

    train, unseen = (faces.load(name, 48).images for name in ("person_b", "test_b"))
    made = np.asarray(called(function, 4))
    if made.shape != unseen.shape:
        return f"It returns the shape {made.shape}; the pictures have {unseen.shape}."
    flat = unseen.reshape(len(unseen), -1)
    pca = PCA(4, random_state=0).fit(train.reshape(len(train), -1))
    if np.abs(made - pca.inverse_transform(pca.transform(flat)).reshape(unseen.shape)).max() < 1e-2:
        return None
    cheat = PCA(4, random_state=0).fit(flat)
    if np.abs(made - cheat.inverse_transform(cheat.transform(flat)).reshape(unseen.shape)).max() < 1e-2:
        return "It was fitted to the unseen pictures. Fit it to `train`."
    return "Fit PCA to `train`, transform `unseen`, and go back with `inverse_transform`."


@exercise("Some three hundred pictures, and from then on every further one saves 632 bytes.")
def pictures_needed(answer):
    if np.isclose(answer, 200_000 / 760, atol=1):
        return "The codes have to be sent too: what does each picture save?"
    if not np.isclose(answer, 200_000 / (760 - 128), atol=1):
        return "What the decoder costs once, divided by what each picture saves."


@exercise("The network that draws her has become a detector of her, though nobody taught it that.")
def threshold(answer, own, outsiders):
    below = float((own < answer).mean())
    if below < 0.95:
        return f"Only {below:.0%} of her own pictures lie below it: go higher."
    if (outsiders <= answer).any():
        return "Something that isn't her lies below it: go lower."


quiz = quiz(
    ("b", "Thousands of numbers don't fit into 64."),
    ("c", "It spans that space, with axes of its own choice."),
    ("a", "The decoder draws what it was trained on."),
)
