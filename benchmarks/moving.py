"""Make README's picture that moves, docs/moving.webp: sliders dragged, then the movie under a line.

    python benchmarks/moving.py                    also `make pictures`; a minute
    python benchmarks/moving.py --frames FOLDER    with every tenth frame as PNG, to inspect

Shipped are the swap of 128 px, its sliders, the pictures and the movie; nothing is random. The sliders take
their real values (`latent.shipped`), and both decoders draw each code.
"""

import argparse
from pathlib import Path

import cv2
import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from swaplib import muted, networks
from swaplib.files.picture import as_bytes, resized
from swaplib.files.provenance import mark, save_animation
from swaplib.files.video import read_frames

TARGET = Path(__file__).parents[1] / "docs" / "moving.webp"
HEIGHT, WIDE, PANEL = 256, 516, 236  # px: of all, of the pictures, of the words beside them
GAP = WIDE - 2 * HEIGHT
FPS = 12
START = 86  # of B's test pictures
SHOWN = ("yaw", "pitch", "smile", "mouth_open", "pucker", "blink", "gaze_yaw", "brow_inner")
DEGREES = ("yaw", "pitch", "gaze_yaw")
# A drag: the slider, its values on the way (None: where the picture stands), and the frames of each leg.
DRAGS = (
    ("yaw", (None, 24, -24, 0), (7, 11, 8)),
    ("smile", (None, 0.9, 0.0), (9, 7)),
    ("mouth_open", (None, 0.7, 0.0), (8, 7)),
    ("blink", (None, 1.0, 0.0), (5, 5)),
)
REST = 4  # frames between two drags
FIRST, EVERY, LONG = 60, 2, 54  # of the movie's frames: the first, every second, how many
LEFT, TOP, TALL = 28, 18, 226  # px of the movie's frame: the corner and the height of the part that is shown
NEAR, FAR = 150, 390  # px between which the line moves; the badge stays to the left of it
INK, PALE, BLUE = (31, 35, 40), (208, 215, 222), (9, 105, 218)


def eased(n: int) -> np.ndarray:
    """From near 0 to 1 in n steps, slow at both ends."""
    return 0.5 - 0.5 * np.cos(np.pi * np.arange(1, n + 1) / n)


def path(start: dict) -> list[tuple[dict, str]]:
    """Where all sliders stand in each frame, and which is held: [({name: value}, name or "")]."""
    at, out = dict(start), [(dict(start), "")] * (2 * REST)
    for name, stops, legs in DRAGS:
        at[name] = start[name] if stops[0] is None else stops[0]
        for stop, frames in zip(stops[1:], legs, strict=True):
            begin = at[name]
            for share in eased(frames):
                at[name] = begin + share * (stop - begin)
                out.append((dict(at), name))
        out += [(dict(at), "")] * REST
    return out


def words(size: int) -> ImageFont.ImageFont:
    """Matplotlib's font: Pillow's own has no minus."""
    return ImageFont.truetype(str(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSans.ttf")), size)


def panel(lines: list[tuple[int, int, str, int]]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """The white field beside the pictures, with lines (x, y, words, px) on it."""
    image = Image.new("RGB", (PANEL, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    for x, y, text, size in lines:
        draw.text((x, y), text, font=words(size), fill=INK)
    return image, draw


def slider_panel(values, at: dict, held: str) -> np.ndarray:
    """The sliders where they stand: uint8 (HEIGHT, PANEL, 3)."""
    image, draw = panel([(14, 8, "One code, two decoders", 15)])
    left, right = 108, PANEL - 54
    for k, name in enumerate(SHOWN):
        y = 50 + 26 * k
        low, high = (float(ends[values.names.index(name)]) for ends in (values.low, values.high))
        x = left + (right - left) * np.clip((at[name] - low) / (high - low), 0, 1)
        unit = "°" if name in DEGREES else ""
        draw.text((14, y - 8), name.replace("_", " "), font=words(13), fill=BLUE if name == held else INK)
        draw.line((left, y, right, y), fill=PALE, width=4)
        r = 8 if name == held else 6
        draw.ellipse((x - r, y - r, x + r, y + r), fill=BLUE if name == held else INK)
        said = f"{at[name]:.0f}{unit}" if unit else f"{at[name]:.2f}"
        draw.text((PANEL - 10, y - 8), said.replace("-", "−"), font=words(13), fill=INK, anchor="ra")
    return np.asarray(image)


def titled(picture: np.ndarray, title: str) -> np.ndarray:
    """A picture with a letter in its upper left corner."""
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    draw.text((8, 4), title, font=words(20), fill="white", stroke_width=2, stroke_fill=INK)
    return np.asarray(image)


def sliders() -> list[np.ndarray]:
    """Frames of the first half: both decoders draw the code that the sliders ask for."""
    from swaplib import latent
    from swaplib.crops import dataset

    model, values = networks.shipped("swap_128"), latent.shipped("swap_128")
    faces = dataset.load("test_b", 128)
    code = model.get_layer("encoder_b").predict(faces.images[START][None], verbose=0)
    stands = {name: float(faces.factors[name][START]) for name in values.known}
    start = {
        name: float(np.clip(stands[name], low, high))
        for name, low, high in zip(values.names, values.low, values.high, strict=True)
    }
    steps = path(start)
    codes = np.concatenate([values.move(code, stands, at) for at, _ in steps])
    drawn = {who: model.get_layer(f"decoder_{who}").predict(codes, verbose=0) for who in "ab"}
    out = []
    for k, (at, held) in enumerate(steps):
        both = [titled(resized(as_bytes(drawn[who][k]), HEIGHT), who.upper()) for who in "ab"]
        both.insert(1, np.full((HEIGHT, GAP, 3), 255, np.uint8))
        out.append(np.hstack([*both, slider_panel(values, at, held)]))
    return out


def movie() -> list[np.ndarray]:
    """Frames of the second half: to the left of a line the swapped movie, to the right its source."""
    import tempfile

    from swaplib.crops import dataset
    from swaplib.movie.swapping import swap_movie
    from swaplib.networks.swap import swapper

    draw, swapped = swapper(networks.shipped("swap_128"), again=True).predict_on_batch, []
    with tempfile.TemporaryDirectory() as folder:
        swap_movie(dataset.movie("b"), Path(folder) / "a.mp4", draw, 128, progress=False, see=swapped.append)
    source = list(read_frames(dataset.movie("b")))
    lines = [
        (14, 8, "The movie", 15),
        (14, 48, "Left of the line: A's face,", 14),
        (14, 68, "swapped in frame by frame.", 14),
        (14, 104, "Right of it: B, the source.", 14),
        (14, 152, "The renderer also knows the", 14),
        (14, 172, "true A, so every frame can", 14),
        (14, 192, "be scored.", 14),
    ]
    beside, out = np.asarray(panel(lines)[0]), []
    for k in range(LONG):
        turn = 0.5 + 0.5 * np.cos(2 * np.pi * k / LONG)  # from far to near and back
        line = round(NEAR + turn * (FAR - NEAR))
        number = FIRST + EVERY * k
        frame = np.where(np.arange(WIDE)[:, None] < line, part(swapped[number]), part(source[number]))
        cv2.line(frame, (line, 0), (line, HEIGHT), (255, 255, 255), 3, cv2.LINE_8)
        out.append(np.hstack([frame, beside]))
    return out


def part(frame: np.ndarray) -> np.ndarray:
    """The part of a frame of the movie that is shown: uint8 (HEIGHT, WIDE, 3)."""
    shown = frame[TOP : TOP + TALL, LEFT : LEFT + round(TALL * WIDE / HEIGHT)]
    return cv2.resize(shown, (WIDE, HEIGHT), interpolation=cv2.INTER_CUBIC)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--frames", type=Path, help="a folder for every tenth frame, as PNG")
    options = parser.parse_args()
    with muted():
        frames = sliders() + movie()
    save_animation(TARGET, frames, FPS, quality=88, job="README's moving picture")
    print(f"{TARGET}: {len(frames)} frames, {len(frames) / FPS:.0f} s, {TARGET.stat().st_size / 1e6:.2f} MB")
    if options.frames:
        options.frames.mkdir(parents=True, exist_ok=True)
        for k, frame in enumerate(frames[::10]):
            Image.fromarray(mark(frame)).save(options.frames / f"{10 * k:03d}.png")


if __name__ == "__main__":
    main()
