"""Wrong answers to the exercises of lesson 01: (checker, arguments, part of the hint)."""

import numpy as np

from swaplib import faces


def pca_of_the_unseen(k):
    from sklearn.decomposition import PCA

    unseen = faces.load("test_b", 48).images
    flat = unseen.reshape(len(unseen), -1)
    pca = PCA(k, random_state=0).fit(flat)
    return pca.inverse_transform(pca.transform(flat)).reshape(unseen.shape)


OWN, OUTSIDERS = np.linspace(0.01, 0.05, 120), np.array([0.1, 0.2])

WRONG = [
    ("times_smaller", (36,), "three colours"),
    ("times_smaller", (64 / 6912,), "other way round"),
    ("times_smaller", (6912,), "Divide"),
    ("pca_again", (pca_of_the_unseen,), "Fit it to `train`"),
    ("pca_again", (lambda k: np.zeros((120, 48, 48, 3)),), "inverse_transform"),
    ("pca_again", (lambda k: np.zeros((120, 6912)),), "shape (120, 6912)"),
    ("pca_again", (lambda k: 1 / 0,), "ZeroDivisionError"),
    ("pictures_needed", (200_000 / 760,), "codes have to be sent too"),
    ("pictures_needed", (5,), "divided by what each picture saves"),
    ("threshold", (0.02, OWN, OUTSIDERS), "go higher"),
    ("threshold", (0.15, OWN, OUTSIDERS), "go lower"),
]
