"""Train the shipped weights: the autoencoders of lessons 1 to 3, the swaps of A and B, the detectors, the
judge of the sliders, the sliders' values, calibrated by it, and the embedder that tells who is who.

    python data_scripts/train_weights.py                 about three hours on two cores
    python data_scripts/train_weights.py --only swap_64

A swap goes on where it stopped. Writes swaplib/data/weights/*.npz; the figures are measured in the lessons
and by benchmarks/run.py. The shipped cover, embedder and sharp were trained on the set `many` that came
before this one (see PEOPLE.md); trained again, they differ.
"""

import argparse
import math
from functools import partial
from pathlib import Path

import views
from plan import MORE

from swaplib import DATA, muted
from swaplib.training import batches, callbacks, camera, losses, occlusion

with muted():
    import keras
    import numpy as np

    from swaplib import latent, networks
    from swaplib.crops import Crops, dataset
    from swaplib.files.provenance import save_picture
    from swaplib.movie import prepared
    from swaplib.networks import autoencoder, cover, detector, embedding, judge, swap
    from swaplib.notebook.preview import swap_preview
    from swaplib.scoring import sliders

# Counted, not timed, so that another machine makes the same.
SWAP_STEPS = {64: 14_000, 128: 40_000}  # each of `batches.BATCH` crops of either person
SWAP_WIDTH = {64: 16, 128: 24}
SWAP_CROPS = {64: 2000, 128: 3000}  # of each person
DETAIL_WEIGHT = {64: 3.0, 128: 8.0}  # in the loss: with 3 at 128 px, half as much comes out
LESSON_EPOCHS = {"many": 120, "one": 160, **{f"code_{k}": 120 for k in autoencoder.CODE_SIZES}}
AUTOENCODERS = ("many", "one", *(f"code_{k}" for k in autoencoder.CODE_SIZES))
HIGHPASS = tuple(f"highpass_{what}" for what in prepared.SETS)
JUDGE_STEPS = 6000
COVER_STEPS = 5000
SHARP_STEPS, SHARP_BATCH, SHARP_PATCH = 2000, 12, 96
EMBEDDER_STEPS, EMBEDDER_BATCH, EMBEDDER_VIEWS = 4000, 128, 30


def crops(who, size):
    """All there is of "person_a" or "person_b" to train on: the crops that ship, and those that don't."""
    both = dataset.load(who, size), dataset.read(MORE / who, size)
    images, hulls = (np.concatenate([getattr(some, what) for some in both]) for what in ("images", "hulls"))
    return Crops(images, {}, hulls)


def train_swap(name, folder):
    """Train the swap "swap_64" or "swap_128". Preview pictures go into `folder`."""
    size = int(name.removeprefix("swap_"))
    keras.utils.set_random_seed(0)
    loss = partial(losses.sharp_loss, detail_weight=DETAIL_WEIGHT[size])
    model = swap.build_swap(size, width=SWAP_WIDTH[size], loss=loss)
    people = [crops(f"person_{k}", size)[: SWAP_CROPS[size]] for k in "ab"]
    pairs = batches.Pairs(*people, steps=100)
    batches.fit(
        model,
        pairs,
        SWAP_STEPS[size] // 100,
        swap.LEARNING_RATE,
        verbose=2,
        resume=callbacks.Resume(folder / f"state_{name}.npz"),
        callbacks=[
            callbacks.Preview(
                swap_preview(model, *(f.images[:8] for f in people)),
                every=60,
                show=lambda picture: save_picture(folder / f"preview_{name}.jpg", picture),
            ),
        ],
    )
    return model


def train_autoencoder(name):
    """Train an autoencoder of `AUTOENCODERS`."""
    keras.utils.set_random_seed(0)
    if name.startswith("code_"):
        shown, size, code, width = "person_b", 48, int(name.removeprefix("code_")), 8
    else:
        shown, size, code, width = {"many": "many", "one": "person_a"}[name], 64, 64, 12
    images = dataset.load(shown, size).images[: dataset.MANY_TRAIN if shown == "many" else None]
    model = autoencoder.build_autoencoder(size, code, width)
    epochs, batch = LESSON_EPOCHS[name], 16
    # Those of lesson 1 are trained as the lesson trains its own, for longer.
    rate, loss = (4e-3, "mean_absolute_error") if name.startswith("code_") else (2e-3, losses.picture_loss)
    rate = keras.optimizers.schedules.CosineDecay(rate, epochs * math.ceil(len(images) / batch))
    model.compile(keras.optimizers.Adam(rate), loss=loss)
    model.fit(images, images, batch_size=batch, epochs=epochs, verbose=2)
    return model


def train_highpass(name):
    """Train "highpass_swaps", "highpass_blends" or "highpass_both" of lesson 6, on pairs of pictures."""
    keras.utils.set_random_seed(0)
    model = detector.build_highpass()
    prepared.train(model, prepared.prepared(name.removeprefix("highpass_")), verbose=2)
    return model


def train_judge():
    """Train the judge of the sliders on A and B, and say what it misses on the test pictures."""
    shown = [dataset.load(f"person_{k}", judge.SIZE) for k in "ab"]
    model = judge.train(shown, epochs=JUDGE_STEPS // 100, verbose=2)
    for name, (error, median) in judge.errors(model, [dataset.load(f"test_{k}") for k in "ab"]).items():
        print(f"{name:11} off by {error:.3f}; the median, always, by {median:.3f}")
    return model


def train_cover():
    """Train the network that marks what is in front of a face, on the many, and on A and B."""
    keras.utils.set_random_seed(0)
    many = dataset.load("many", 64)[: dataset.MANY_TRAIN]
    shown = [many, *(dataset.load(f"person_{k}", 64)[::2] for k in "ab")]
    images, masks = (np.concatenate(some) for some in ([s.images for s in shown], [s.masks() for s in shown]))
    model = cover.build_cover()
    model.compile(loss=keras.losses.binary_crossentropy)
    batches.fit(model, occlusion.Covered(images, masks), COVER_STEPS // 50, 2e-3, verbose=2)
    return model


def train_sharp():
    """Train the decoder that keeps fine detail, on patches of the many, as rendered and as cameras see
    them."""
    keras.utils.set_random_seed(0)
    images = dataset.load("many").images[: dataset.MANY_TRAIN]

    class Patches(batches.SeededBatches):
        def draw(self, rng):
            ends = images.shape[1] - SHARP_PATCH
            patches = []
            for k in rng.choice(len(images), SHARP_BATCH, replace=False):
                y, x = rng.integers(0, ends + 1, 2)
                patches.append(images[k, y : y + SHARP_PATCH, x : x + SHARP_PATCH])
            shot = camera.drawn(rng).shoot(patches, rng) if rng.random() < 0.7 else np.stack(patches)
            return shot, shot

    model = autoencoder.build_sharp()
    model.compile("adam", partial(losses.sharp_loss, detail_weight=DETAIL_WEIGHT[128]))
    batches.fit(model, Patches(100, 0), SHARP_STEPS // 100, 3e-3, verbose=2)
    return model


def train_embedder():
    """Train the embedder to read off each of the many people what makes them who they are, whatever they do.

    What it says of a face are those factors, as one direction: shape, age, skin, hair and so on. Two people
    who differ point in other directions. It learns from `EMBEDDER_VIEWS` views of each of the 1,300.
    """
    keras.utils.set_random_seed(0)
    shown = dataset.load("many", 96)[: dataset.MANY_TRAIN]
    crops = np.uint8(np.rint(255 * shown.images))
    seen = np.stack(
        [
            [views.view(crop, rng) for _ in range(EMBEDDER_VIEWS)]
            for crop, rng in zip(crops, _rngs(), strict=False)
        ]
    )
    target = identity(shown.factors)

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return EMBEDDER_STEPS

        def __getitem__(self, step):
            rng = np.random.default_rng([1, step])
            who = rng.choice(len(seen), EMBEDDER_BATCH, replace=False)
            pictures = seen[who, rng.integers(0, EMBEDDER_VIEWS, EMBEDDER_BATCH)]
            mirrored = rng.random(EMBEDDER_BATCH) < 0.5
            pictures[mirrored] = pictures[mirrored][:, :, ::-1]
            return embedding.prepared(pictures), target[who]

    model = embedding.build_embedder(code=target.shape[1])
    rate = keras.optimizers.schedules.CosineDecay(3e-3, EMBEDDER_STEPS)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3), own_target_nearest)
    model.fit(Batches(), verbose=2)
    return model


def _rngs():
    return (np.random.default_rng([0, k]) for k in range(dataset.MANY_TRAIN))


def identity(factors):
    """What of the factors of "many" makes a person: unit vectors float32 (n, 88)."""
    names = list(factors)
    columns = []
    for name in names[names.index("gender") :]:
        column = factors[name]
        if column.dtype.kind == "f":
            columns.append((column - column.mean())[:, None] / (column.std() + 1e-6))
        else:
            is_it = np.float64(column[:, None] == np.unique(column))
            columns.append(2 * (is_it - is_it.mean(axis=0)))
    together = np.hstack(columns)
    return np.float32(together / np.linalg.norm(together, axis=1, keepdims=True))


def own_target_nearest(target, code):
    """Loss: how far a code is from its target, and a little whether another's of the batch is nearer."""
    alike = keras.ops.matmul(code, keras.ops.transpose(target))
    among = keras.ops.log_softmax(10 * alike, axis=1)
    own = keras.ops.eye(keras.ops.shape(alike)[0])
    return 1 - keras.ops.sum(own * alike, axis=1) - 0.2 * keras.ops.sum(own * among, axis=1)


def fit_values(name):
    """The sliders' values of `latent.values.SHIPPED`, by the shipped judge and the model of that name."""
    if name == "one":
        people, model = ["person_a"], networks.shipped("one")
        encoders, decoders = [model.get_layer("encoder")], [model.get_layer("decoder")]
    else:
        people, model = ["person_a", "person_b"], networks.shipped(name)
        encoders, decoders = (
            [model.get_layer(f"{part}_{k}") for k in "ab"] for part in ("encoder", "decoder")
        )
    shown = [dataset.load(who, model.input_shape[0][1] if len(people) > 1 else 64) for who in people]
    apart = [e.predict(f.images, verbose=0) for e, f in zip(encoders, shown, strict=True)]
    codes = np.concatenate(apart)
    factors = {n: np.concatenate([f.factors[n] for f in shown]) for n in shown[0].factors}
    seen = judge.decoded(decoders, networks.shipped("judge"))
    found = latent.calibrated(latent.bend(codes, factors), codes, factors, seen)
    if name == "one":  # lesson 3 is about what the judge sees
        return found
    return sliders.rescaled(found, sliders.by_mediapipe(found, decoders, apart, shown))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [
        *AUTOENCODERS,
        *(f"swap_{size}" for size in SWAP_STEPS),
        "judge",
        "cover",
        "embedder",
        "sharp",
        *HIGHPASS,
        *(f"values_{name}" for name in latent.values.SHIPPED),
    ]
    parser.add_argument("--only", nargs="+", choices=names, default=names)
    parser.add_argument("--folder", type=Path, default=Path("build/weights"))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    (DATA / "weights").mkdir(exist_ok=True)
    for name in options.only:
        path = DATA / "weights" / f"{name}.npz"
        if name.startswith("swap"):
            networks.save(train_swap(name, options.folder), path)
        elif name == "judge":
            networks.save(train_judge(), path)
        elif name == "cover":
            networks.save(train_cover(), path)
        elif name == "embedder":
            networks.save(train_embedder(), path)
        elif name in HIGHPASS:
            networks.save(train_highpass(name), path)
        elif name == "sharp":
            networks.save(train_sharp(), path)
        elif name.startswith("values"):
            latent.values.save(fit_values(name.removeprefix("values_")), path)
        else:
            networks.save(train_autoencoder(name), path)


if __name__ == "__main__":
    main()
