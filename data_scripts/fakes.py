"""Make lesson 6's data of the rendered cast: real clips and swapped ones, as crops.

    python data_scripts/fakes.py --pictures build/render

Trains a swap for each pair of people, swaps the clips in several ways and writes swaplib/data/clips.
Nobody who is in one part (train, tune, test) is in another, neither as source nor as target, and each
part has swap models of its own. The crops carry no label: the detector shall not learn to read one.

A clip and its fakes are cut along the clip's own landmarks, so that they differ only where a swap
changed something. Trained swaps are kept in build/fakes, and the script goes on where it stopped.
"""

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from swaplib import DATA, muted, networks
from swaplib.crops import Crops
from swaplib.face.mask import face_mask, hull_mask
from swaplib.files import picture
from swaplib.training import augmentation, batches

with muted():
    import cv2
    import keras
    import numpy as np
    from pack import cut, write_set
    from plan import CAST, CLIP_FRAMES, CLIPS, SEED, SETS
    from scipy.interpolate import LinearNDInterpolator
    from tqdm import tqdm

    from swaplib.crops import capture
    from swaplib.face import align
    from swaplib.face.landmarks import Landmarker
    from swaplib.movie import paste
    from swaplib.networks import detector, swap

# Which of the people of a part swap with whom, by their places in the part. Another partner for the
# longer training, so that more faces meet.
FIRST, SECOND = ((0, 1), (2, 3), (4, 5)), ((0, 3), (2, 5), (4, 1))
FEW = {2: (FIRST[:1], FIRST[:1]), 4: (FIRST[:2], ((0, 3), (2, 1))), 6: (FIRST, SECOND)}


@dataclass(frozen=True)
class Recipe:
    """One way to make a fake.

    size, steps: of the swap's training; 0 steps: no network, a picture of the target is bent to fit.
    partner: 0 for the pairs in FIRST, 1 for those in SECOND. mask: "soft" as in `face_mask`,
    "hull" with a hard edge, "poisson" for gradients blended (P. Pérez et al., SIGGRAPH 2003).
    colour: a name in `paste.COLOURS`. own: the face is the source's own, drawn anew, as when a film
    is given other words (re-enactment).
    """

    size: int
    steps: int
    partner: int
    mask: str = "soft"
    colour: str = "light"
    own: bool = False


# Those at home are in each part, by other models of other people; the rest is in the test alone.
HOME = {
    "quick": Recipe(64, 500, 0),
    "careful": Recipe(64, 900, 1),
    "cut out": Recipe(64, 500, 0, mask="hull", colour="none"),
    "painted": Recipe(64, 900, 1, colour="frame"),
}
UNSEEN = {
    "large": Recipe(128, 500, 0),
    "cloned": Recipe(64, 900, 1, mask="poisson", colour="none"),
    "bent": Recipe(128, 0, 0, colour="frame"),
    "redrawn": Recipe(64, 900, 1, own=True),
}


@cache
def crops_of(pictures, who):
    """Training crops of a person as `Crops` of 128 px."""
    name = f"cast_{who:02d}"
    found = cut(pictures / name, range(SETS[name][0]), detector.SIZE).values()
    images = picture.as_floats(np.stack([crop for crop, _ in found]))
    return Crops(images, {}, np.stack([hull for _, hull in found]))


def located(images):
    """Landmarks (478, 2) of each picture's face, None where none is found."""
    with Landmarker(max_faces=1) as find:
        found = [find(image) for image in images]
    return [some[0].points if some else None for some in found]


def clip_of(pictures, who, number):
    """Frames of a clip in which a face is found: {number: (frame, points)}."""
    numbers = range(number * CLIP_FRAMES, (number + 1) * CLIP_FRAMES)
    frames = [picture.read_photo(pictures / f"clips_{who:02d}" / f"{k:04d}.png") for k in numbers]
    return {
        k: (frame, points)
        for k, (frame, points) in enumerate(zip(frames, located(frames), strict=True))
        if points is not None
    }


@cache
def trained(pictures, pair, size, steps, folder):
    """The swap of two people, trained or read: a Keras model. The first is "a", the second "b"."""
    path = folder / f"swap_{size}_{steps}_{pair[0]:02d}_{pair[1]:02d}.npz"
    if not path.exists():
        people = []
        for who in pair:
            crops = crops_of(pictures, who)
            small = [cv2.resize(x, (size, size), interpolation=cv2.INTER_AREA) for x in crops.images]
            people.append(Crops(np.stack(small), {}, crops.hulls))
        keras.utils.set_random_seed(SEED + 100 * pair[0] + pair[1])
        model = swap.build_swap(size)
        pairs = batches.Pairs(*people, augment=augmentation.GENTLE)
        print(path.stem, flush=True)
        batches.fit(model, pairs, steps // len(pairs), swap.LEARNING_RATE)
        networks.save(model, path)
    return networks.load(path)


def by_network(model, source, to):
    """A function that draws a clip's faces, for `fake`; source, to: "a" or "b", whose and as whose."""
    size = model.input_shape[0][1]
    names = f"encoder_{source}", f"decoder_{to}", f"decoder_{source}"
    encode, *decode = map(model.get_layer, names)

    def drawn(clip):
        matrices = [align.crop_matrix(points, size) for _, points in clip]
        crops = [align.crop(frame, matrix, size) for (frame, _), matrix in zip(clip, matrices, strict=True)]
        code = encode.predict_on_batch(picture.as_floats(np.stack(crops)))
        made, again = (d.predict_on_batch(code) for d in decode)
        return list(zip(made, again, strict=True))

    return drawn


@cache
def by_bending(pictures, target):
    """The same without a network: the target's most similar crop, bent to the source's landmarks.

    As the graphics-based swaps in A. Rössler et al., "FaceForensics++", ICCV 2019.
    """
    images, size = crops_of(pictures, target).images, detector.SIZE
    points = located(picture.as_bytes(images))
    have = [k for k, some in enumerate(points) if some is not None]
    images, points = images[have], np.stack([points[k] for k in have])

    def drawn(clip):
        out = []
        for _, where in clip:
            goal = align.transform(where, align.crop_matrix(where, size))
            nearest = np.argmin(((points - goal) ** 2).sum(axis=(1, 2)))
            # Each triangle between landmarks is taken from where it lies in the picture.
            bend = LinearNDInterpolator(goal, points[nearest], fill_value=0)
            x, y = np.meshgrid(np.arange(size), np.arange(size))
            there = bend(x, y).astype(np.float32)
            out.append((cv2.remap(images[nearest], there, None, cv2.INTER_LINEAR), None))
        return out

    return drawn


def fake(frame, points, drawn, again, recipe):
    """A frame with the drawn face put in by a recipe."""
    size = len(drawn)
    matrix = align.crop_matrix(points, size)
    source = picture.as_floats(align.crop(frame, matrix, size))
    inner = align.transform(points, matrix)
    soft = face_mask(inner, size, pictures=(source, drawn))
    drawn = paste.COLOURS[recipe.colour](drawn, again, source, soft)
    if recipe.mask == "poisson":
        whole = np.ones((size, size), np.float32)
        full = paste.paste(frame, drawn, matrix, whole)
        mask = np.uint8(255 * (hull_mask(points, frame.shape) > 0))
        x, y, w, h = cv2.boundingRect(mask)
        return cv2.seamlessClone(full, frame, mask, (x + w // 2, y + h // 2), cv2.NORMAL_CLONE)
    mask = hull_mask(inner, size) if recipe.mask == "hull" else soft
    return paste.paste(frame, drawn, matrix, mask)


def painter(pictures, source, recipe, folder):
    """What draws `source`'s clips by a recipe, and whose face it draws: (function, number)."""
    pair = pair_of(source, recipe)
    target = source if recipe.own else next(who for who in pair if who != source)
    if not recipe.steps:
        return by_bending(pictures, target), target
    model = trained(pictures, pair, recipe.size, recipe.steps, folder)
    return by_network(model, *("ab"[pair.index(who)] for who in (source, target))), target


def part_of(who):
    return next(part for part, people in CAST.items() if who in people)


def pair_of(who, recipe):
    """The pair of people that `who` is in when swapped by a recipe."""
    people = CAST[part_of(who)]
    pairs = [tuple(people[k] for k in pair) for pair in FEW[len(people)][recipe.partner]]
    return next(pair for pair in pairs if who in pair)


def recipes_of(who, number):
    """The fakes that a clip gets: one by each kind of model, and in the test all that are unseen."""
    names = ("quick", "painted") if number % 2 else ("cut out", "careful")
    return {name: HOME[name] for name in names} | (UNSEEN if part_of(who) == "test" else {})


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=Path, default=Path("build/render"))
    parser.add_argument("--folder", type=Path, default=Path("build/fakes"), help="for the trained swaps")
    parser.add_argument("--out", type=Path, default=DATA / "clips")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    found, rows = [], []
    for who in tqdm([who for people in CAST.values() for who in people], unit="person"):
        for number in range(CLIPS):
            clip = clip_of(options.pictures, who, number)
            versions = {("real", who): [frame for frame, _ in clip.values()]}
            for name, recipe in recipes_of(who, number).items():
                draw, target = painter(options.pictures, who, recipe, options.folder)
                drawn = draw(list(clip.values()))
                versions[name, target] = [
                    fake(*item, *face, recipe) for item, face in zip(clip.values(), drawn, strict=True)
                ]
            for (name, target), frames in versions.items():
                for frame, (k, (_, points)) in zip(frames, clip.items(), strict=True):
                    found.append(capture.cut_along(frame, points, detector.SIZE))
                    rows.append(
                        {
                            "part": part_of(who),
                            "person": f"p{who:02d}",
                            "clip": number,
                            "frame": k,
                            "fake": float(name != "real"),
                            "recipe": name,
                            "face_of": f"p{target:02d}",
                        }
                    )
    write_set(options.out, found, range(len(found)), rows)


if __name__ == "__main__":
    main()
