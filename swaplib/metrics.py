"""How good is a swap? Every figure of the course is computed here, against the true picture.

Pictures are float32 (n, size, size, 3) in [0, 1], masks float32 (n, size, size), 1 inside the face.
"Inside the face" is what lies in the convex hull of the true picture's landmarks: the part that is
pasted, and the figure that counts.
"""

import numpy as np

POSE = ("yaw", "pitch", "roll")  # degrees
EXPRESSION = {  # blendshapes of MediaPipe, the mean of left and right where there are two
    "jaw_open": ("jawOpen",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pucker": ("mouthPucker",),
    "brow_inner": ("browInnerUp",),
}


def ssim_map(made, truth):
    """Structural similarity at each pixel, float64 (n, size, size): 1 is alike.

    As scikit-image computes it, the mean over the colours. Z. Wang et al., "Image quality assessment:
    from error visibility to structural similarity", IEEE TIP 13(4), 2004: Gaussian windows, standard
    deviation 1.5 px.
    """
    from skimage.metrics import structural_similarity

    return np.stack([structural_similarity(
        np.asarray(x), y, channel_axis=-1, data_range=1.0, gaussian_weights=True, sigma=1.5,
        use_sample_covariance=False, full=True)[1].mean(axis=-1)
        for x, y in zip(made, truth, strict=True)])


def ssim(made, truth, masks=None):
    """Structural similarity of each picture, float64 (n,): 1 is alike.

    With masks, the mean over the face of `ssim_map`; the windows of pixels at its rim look outside.
    """
    each = ssim_map(made, truth)
    if masks is None:
        return each.mean(axis=(1, 2))
    return (each * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def absolute_error(made, truth, masks=None):
    """Mean absolute difference of each picture, float64 (n,): 0 is alike, 1 black for white."""
    error = np.abs(np.asarray(made, np.float64) - truth).mean(axis=-1)
    if masks is None:
        return error.mean(axis=(1, 2))
    return (error * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))


def against_truth(made, truth, masks):
    """The means of SSIM and absolute error, whole and inside the face: a dict."""
    return {
        "ssim_face": float(ssim(made, truth, masks).mean()),
        "ssim_whole": float(ssim(made, truth).mean()),
        "error_face": float(absolute_error(made, truth, masks).mean()),
        "error_whole": float(absolute_error(made, truth).mean()),
    }


def mean_picture(train, count):
    """The mean of the training pictures, `count` times: a baseline that knows nothing."""
    return np.repeat(train.mean(axis=0, keepdims=True), count, axis=0)


def nearest_pictures(train, sources):
    """For each source the training picture nearest to it in pixels: a baseline without a code."""
    from sklearn.neighbors import NearestNeighbors

    flat = NearestNeighbors(n_neighbors=1).fit(train.reshape(len(train), -1))
    return train[flat.kneighbors(sources.reshape(len(sources), -1))[1][:, 0]]


def performance(images):
    """Pose and expression of each picture, by MediaPipe: {name: (n,)}, NaN where no face is found.

    The names are those of `POSE` (degrees) and of `EXPRESSION` (0 to 1).
    """
    from swaplib.landmarks import Landmarker
    from swaplib.show import as_bytes, resized

    rows = []
    with Landmarker() as find:
        for image in as_bytes(images):
            faces = find(resized(image, 256))
            rows.append([*(getattr(faces[0], name) for name in POSE),
                         *(np.mean([faces[0].blendshapes[s] for s in shapes])
                           for shapes in EXPRESSION.values())]
                        if faces else [np.nan] * (len(POSE) + len(EXPRESSION)))
    return dict(zip((*POSE, *EXPRESSION), np.array(rows, dtype=float).T, strict=True))


def performance_kept(made, truth):
    """How well pose and expression are kept: a dict of errors and correlations.

    made, truth: what `performance` says of both. For an angle "yaw_error", the median absolute
    difference in degrees; for an expression its "_error", the mean absolute difference, and its "_r",
    the correlation. "found": share of the made pictures in which a face is found where there is
    a true one; only those count. None stands for what can't be said, such as the correlation with
    a face that never changes.
    """
    have = ~np.isnan(truth["yaw"])
    both = have & ~np.isnan(made["yaw"])
    out = {"found": float(both.sum() / max(have.sum(), 1))}
    for name in truth:
        x, y = made[name][both], truth[name][both]
        typical = np.median if name in POSE else np.mean
        out[f"{name}_error"] = float(typical(np.abs(x - y))) if len(x) else None
        if name in EXPRESSION:
            varied = len(x) > 2 and x.std() > 1e-6 and y.std() > 1e-6
            out[f"{name}_r"] = float(np.corrcoef(x, y)[0, 1]) if varied else None
    return out


class WhoIsIt:
    """A small classifier that tells A from B by the inside of the face.

    a, b: `faces.Faces` to learn from, any size. Everything outside the hull is grey, so that
    neither wall nor hair decides, and brightness, sharpness and contrast are changed at random, so
    that a blurred A is still A. test_a, test_b: faces to test it on; without them every fifth face
    is kept for that. `accuracy` is the share it gets right on those.
    """

    SIZE = 48  # px

    def __init__(self, a, b, test_a=None, test_b=None, epochs=6, seed=0):
        import keras

        if test_a is None or test_b is None:
            (a, test_a), (b, test_b) = _every_fifth(a), _every_fifth(b)
        keras.utils.set_random_seed(seed)
        self.model = keras.Sequential([
            keras.Input((self.SIZE, self.SIZE, 3)),
            keras.layers.RandomFlip("horizontal", seed=seed),
            keras.layers.RandomContrast(0.3, value_range=(0, 1), seed=seed),
            keras.layers.RandomBrightness(0.15, value_range=(0, 1), seed=seed),
            *(layer for filters in (16, 32, 64) for layer in (
                keras.layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"),)),
            keras.layers.Flatten(),
            keras.layers.Dropout(0.3, seed=seed),
            keras.layers.Dense(1, activation="sigmoid"),
        ])
        self.model.compile("adam", "binary_crossentropy")
        sharp = np.concatenate([self._inside(f.images, f.masks()) for f in (a, b)])
        blurred = np.concatenate([self._inside(f.images, f.masks(), blur=2) for f in (a, b)])
        is_a = np.repeat([1.0, 0.0], [len(a), len(b)])
        weight = np.tile(np.repeat([1 / len(a), 1 / len(b)], [len(a), len(b)]) * len(is_a) / 2, 2)
        self.model.fit(np.concatenate([sharp, blurred]), np.tile(is_a, 2), sample_weight=weight,
                       epochs=epochs, batch_size=32, verbose=0)
        right = [self(test_a.images, test_a.masks()) > 0.5, self(test_b.images, test_b.masks()) <= 0.5]
        self.accuracy = float(np.mean([r.mean() for r in right]))

    def __call__(self, images, masks):
        """Probability that each picture shows A, float32 (n,)."""
        return self.model.predict(self._inside(images, masks), verbose=0)[:, 0]

    def _inside(self, images, masks, blur=0.0):
        import cv2

        out = np.empty((len(images), self.SIZE, self.SIZE, 3), np.float32)
        for k, (image, mask) in enumerate(zip(images, masks, strict=True)):
            face = 0.5 + (np.asarray(image, np.float32) - 0.5) * mask[..., None]
            face = cv2.resize(face, (self.SIZE, self.SIZE), interpolation=cv2.INTER_AREA)
            out[k] = cv2.GaussianBlur(face, (0, 0), blur) if blur else face
        return out


def _every_fifth(faces):
    test = np.arange(len(faces)) % 5 == 4
    if not test.any():
        test[-1] = True
    return faces[~test], faces[test]


def flicker(made, truth, masks, numbers):
    """How a movie's face flickers: a dict of means over pairs of neighbouring frames.

    made, truth: crops along one track, so that head motion is mostly gone; numbers (n,): their
    frames, pairs that aren't neighbours don't count. "made" and "truth": how much a pixel of the
    face changes from frame to frame; "difference": how far the made change is from the true one. A
    swap that shakes has more of both than it should.
    """
    pairs = np.flatnonzero(np.diff(numbers) == 1)
    weights = (masks[pairs] * masks[pairs + 1])[..., None]
    change = {"made": made[pairs + 1] - made[pairs], "truth": truth[pairs + 1] - truth[pairs]}
    change["difference"] = change["made"] - change["truth"]
    total = 3 * weights.sum()
    return {name: float((np.abs(c) * weights).sum() / total) for name, c in change.items()}


def table(rows, columns=None):
    """Figures as text, aligned: {row: {column: number}} -> str. Missing ones are left empty."""
    columns = columns or list(dict.fromkeys(c for row in rows.values() for c in row))
    cells = [["", *columns]]
    for name, row in rows.items():
        cells.append([name, *("" if row.get(c) is None else f"{row[c]:.3f}" for c in columns)])
    widths = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return "\n".join("  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in
                               enumerate(zip(row, widths, strict=True))).rstrip() for row in cells)
