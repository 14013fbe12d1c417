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
from pathlib import Path

from swaplib.quiet import muted

with muted():
    import cv2
    import keras
    import numpy as np
    from pack import cut, write_set
    from plan import CAST, CLIP_FRAMES, CLIPS, SEED, SETS
    from scipy.interpolate import LinearNDInterpolator
    from tqdm import tqdm

    from swaplib import align, capture, faces, movie, swap
    from swaplib.landmarks import Landmarker

# Which of the people of a part swap with whom, by their places in the part. Another partner for the
# longer training, so that more faces meet.
FIRST, SECOND = ((0, 1), (2, 3), (4, 5)), ((0, 3), (2, 5), (4, 1))
FEW = {2: (FIRST[:1], FIRST[:1]), 4: (FIRST[:2], ((0, 3), (2, 1))), 6: (FIRST, SECOND)}


@dataclass(frozen=True)
class Recipe:
    """One way to make a fake.

    size, steps: of the swap's training; 0 steps: no network, a picture of the target is bent to fit.
    partner: 0 for the pairs in FIRST, 1 for those in SECOND. mask: "soft" as in `movie.face_mask`,
    "hull" with a hard edge, "poisson" for gradients blended (P. Pérez et al., SIGGRAPH 2003).
    colour: "light" as in `movie.match_colour`, "reinhard" for the source's mean and spread in Lab
    (E. Reinhard et al., 2001), "none". own: the face is the source's own, drawn anew, as when a film
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
    "painted": Recipe(64, 900, 1, colour="reinhard"),
}
UNSEEN = {
    "large": Recipe(128, 500, 0),
    "cloned": Recipe(64, 900, 1, mask="poisson", colour="none"),
    "bent": Recipe(128, 0, 0, colour="reinhard"),
    "redrawn": Recipe(64, 900, 1, own=True),
}


class Cast:
    """The rendered people: their training crops and their clips, read when they are asked for."""

    def __init__(self, pictures):
        self.pictures, self._crops, self._clips = pictures, {}, {}

    def crops(self, who):
        """Training crops of a person as `faces.Faces` of 128 px."""
        if who not in self._crops:
            found = cut(self.pictures / f"cast_{who:02d}", SETS[f"cast_{who:02d}"][0]).values()
            images = np.stack([crop for crop, _ in found]).astype(np.float32) / 255
            self._crops[who] = faces.Faces(images, {}, np.stack([hull for _, hull in found]))
        return self._crops[who]

    def clip(self, who, number):
        """Frames of a clip with their landmarks: [(frame, points)], None where no face is found."""
        if (who, number) not in self._clips:
            folder = self.pictures / f"clips_{who:02d}"
            frames = [capture.read_photo(folder / f"{k:04d}.png")
                      for k in range(number * CLIP_FRAMES, (number + 1) * CLIP_FRAMES)]
            with Landmarker(max_faces=1) as find:
                found = [find(frame) for frame in frames]
            self._clips[who, number] = [(frame, some[0].points) if some else None
                                        for frame, some in zip(frames, found, strict=True)]
        return self._clips[who, number]


def trained(cast, pair, recipe, folder):
    """The swap of two people, trained or read: a Keras model. The first is "a", the second "b"."""
    path = folder / f"swap_{recipe.size}_{recipe.steps}_{pair[0]:02d}_{pair[1]:02d}.npz"
    if not path.exists():
        people = []
        for who in pair:
            crops = cast.crops(who)
            small = [cv2.resize(x, (recipe.size,) * 2, interpolation=cv2.INTER_AREA) for x in crops.images]
            people.append(faces.Faces(np.stack(small), {}, crops.hulls))
        keras.utils.set_random_seed(SEED + 100 * pair[0] + pair[1])
        model = swap.build_swap(recipe.size)
        rate = keras.optimizers.schedules.CosineDecay(swap.LEARNING_RATE, recipe.steps)
        model.compile(keras.optimizers.Adam(rate), loss=[swap.picture_loss] * 2)
        pairs = swap.Pairs(*people, augment=swap.GENTLE)
        print(path.stem, flush=True)
        model.fit(pairs, shuffle=False, epochs=recipe.steps // len(pairs), verbose=0)
        swap.save(model, path)
    return swap.load(path)


def by_network(model, source, to):
    """A function that draws a clip's faces, for `fake`; source, to: "a" or "b", whose and as whose."""
    size = model.input_shape[0][1]
    names = f"encoder_{source}", f"decoder_{to}", f"decoder_{source}"
    encode, *decode = map(model.get_layer, names)

    def drawn(clip):
        matrices = [align.crop_matrix(points, size) for _, points in clip]
        crops = [align.crop(frame, matrix, size) for (frame, _), matrix in zip(clip, matrices, strict=True)]
        code = encode.predict_on_batch(np.stack(crops).astype(np.float32) / 255)
        made, again = (d.predict_on_batch(code) for d in decode)
        return list(zip(made, again, strict=True))

    return drawn


def by_bending(pictures, points, size=128):
    """The same without a network: the target's most similar picture, bent to the source's landmarks.

    pictures, points: the target's crops (n, size, size, 3) and landmarks (n, 478, 2) in them. As the
    graphics-based swaps in A. Rössler et al., "FaceForensics++", ICCV 2019.
    """
    def drawn(clip):
        out = []
        for _, where in clip:
            goal = align.transform(where, align.crop_matrix(where, size))
            nearest = np.argmin(((points - goal) ** 2).sum(axis=(1, 2)))
            # Each triangle between landmarks is taken from where it lies in the picture.
            bend = LinearNDInterpolator(goal, points[nearest], fill_value=0)
            x, y = np.meshgrid(np.arange(size), np.arange(size))
            there = bend(x, y).astype(np.float32)
            out.append((cv2.remap(pictures[nearest], there, None, cv2.INTER_LINEAR), None))
        return out

    return drawn


def reinhard(face, source, inside):
    """A face with the source's mean and spread of colour in Lab; both float32 in [0, 1]."""
    a, b = (cv2.cvtColor(np.float32(x), cv2.COLOR_RGB2LAB) for x in (face, source))
    a = (a - a[inside].mean(axis=0)) / a[inside].std(axis=0)
    lab = a * b[inside].std(axis=0) + b[inside].mean(axis=0)
    return np.clip(cv2.cvtColor(np.float32(lab), cv2.COLOR_LAB2RGB), 0, 1)


def fake(frame, points, drawn, again, recipe):
    """A frame with the drawn face put in by a recipe."""
    size = len(drawn)
    matrix = align.crop_matrix(points, size)
    source = align.crop(frame, matrix, size).astype(np.float32) / 255
    inner = align.transform(points, matrix)
    soft = movie.face_mask(inner, size)
    if recipe.colour == "light":
        drawn = movie.match_colour(drawn, again, source, soft)
    elif recipe.colour == "reinhard":
        drawn = reinhard(drawn, source, soft > 0.5)
    if recipe.mask == "poisson":
        whole = np.ones((size, size), np.float32)
        full = movie.paste(frame, drawn, matrix, whole)
        mask = np.uint8(255 * (align.hull_mask(points, frame.shape) > 0))
        x, y, w, h = cv2.boundingRect(mask)
        return cv2.seamlessClone(full, frame, mask, (x + w // 2, y + h // 2), cv2.NORMAL_CLONE)
    mask = align.hull_mask(inner, size) if recipe.mask == "hull" else soft
    return movie.paste(frame, drawn, matrix, mask)


def painter(cast, source, target, recipe, folder):
    """What draws `source`'s clips with `target`'s face by a recipe."""
    if recipe.steps:
        pair = next(p for p in pairs_of(source, recipe) if source in p)
        ends = ("ab"[pair.index(k)] for k in (source, target))
        return by_network(trained(cast, pair, recipe, folder), *ends)
    pictures = cast.crops(target).images
    with Landmarker(max_faces=1) as find:
        found = [find(np.uint8(255 * image + 0.5)) for image in pictures]
    have = [k for k, some in enumerate(found) if some]
    return by_bending(pictures[have], np.stack([found[k][0].points for k in have]))


def part_of(who):
    return next(part for part, people in CAST.items() if who in people)


def pairs_of(who, recipe):
    """The pairs of people that swap by a recipe, in the part that `who` is in."""
    people = CAST[part_of(who)]
    return [tuple(people[k] for k in pair) for pair in FEW[len(people)][recipe.partner]]


def recipes_of(who, number):
    """The fakes that a clip gets: one by each kind of model, and in the test all that are unseen."""
    names = ("quick", "painted") if number % 2 else ("cut out", "careful")
    return {name: HOME[name] for name in names} | (UNSEEN if part_of(who) == "test" else {})


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, default=Path("build/render"))
    parser.add_argument("--folder", type=Path, default=Path("build/fakes"), help="for the trained swaps")
    parser.add_argument("--out", type=Path, default=faces.DATA / "clips")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    cast, found, rows = Cast(options.pictures), [], []
    for who in tqdm([who for people in CAST.values() for who in people], unit="person"):
        for number in range(CLIPS):
            clip = cast.clip(who, number)
            numbers = [k for k, item in enumerate(clip) if item]
            clip = [item for item in clip if item]
            versions = {("", who): [frame for frame, _ in clip]}
            for name, recipe in recipes_of(who, number).items():
                pair = next(p for p in pairs_of(who, recipe) if who in p)
                target = who if recipe.own else next(p for p in pair if p != who)
                faces_of_target = painter(cast, who, target, recipe, options.folder)(clip)
                versions[name, target] = [fake(*item, *face, recipe)
                                          for item, face in zip(clip, faces_of_target, strict=True)]
            for (name, target), frames in versions.items():
                for k, frame, (_, points) in zip(numbers, frames, clip, strict=True):
                    matrix = align.crop_matrix(points, faces.CROP)
                    corners = (align.transform(align.hull(points), matrix) + 0.5) / faces.CROP
                    found.append((align.crop(frame, matrix, faces.CROP), capture.pad_hull(corners)))
                    rows.append({"part": part_of(who), "person": f"p{who:02d}", "clip": number, "frame": k,
                                 "fake": float(name != ""), "recipe": name or "real",
                                 "face_of": f"p{target:02d}"})
    write_set(options.out, found, range(len(found)), rows)


if __name__ == "__main__":
    main()
