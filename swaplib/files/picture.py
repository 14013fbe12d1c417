"""Pictures in memory and on disk: bytes and floats, resizing, JPEG, photos."""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from swaplib import SwaplibError, muted
from swaplib.files.arrays import regular_file

ORIENTATION = 0x0112  # EXIF's tag
# A file of a few bytes could unpack to gigabytes, so a picture with more pixels than the first number may
# have at most the second number of values per byte. A frame of an 8K movie has 33 million pixels.
ANY_SIZE, PER_BYTE = 40 * 10**6, 100
# Photo formats that can't be read here.
CONVERT = (".heic", ".heif", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".psd")


def as_bytes(images):
    """Convert crops in [0, 1] to uint8; values slightly outside are clipped, and uint8 is copied unchanged.

    Raises SwaplibError for implausible values, such as NaN or 200.
    """
    images = np.asarray(images)
    return images.copy() if images.dtype == np.uint8 else np.round(255 * in_range(images)).astype(np.uint8)


def as_floats(images):
    """Convert uint8 crops to float32 in [0, 1], the inverse of `as_bytes`. Floats in [0, 1] are kept.

    Raises SwaplibError for other integer types, and for implausible floats, such as NaN or 200.
    """
    images = np.asarray(images)
    return images.astype(np.float32) / np.float32(255) if images.dtype == np.uint8 else in_range(images)


def in_range(images: np.ndarray, what: str = "a picture") -> np.ndarray:
    """Clip float pictures to [0, 1]: float32. Raises SwaplibError if their values are implausible."""
    images = np.asarray(images)
    advice = "swaplib's pictures are uint8, or floats from 0 to 1"
    if images.dtype.kind not in "fb":
        raise SwaplibError(f"{what} has values of type {images.dtype}: {advice}")
    if images.size:
        low, high = images.min(), images.max()  # NaN if there is one
        if not (low > -1 and high < 2):
            raise SwaplibError(f"{what} has values from {low:.3g} to {high:.3g}: {advice}")
    return np.clip(images, 0, 1).astype(np.float32)


class BytesAsFloats:
    """Crops stored as uint8 and read as float32 in [0, 1], in a quarter of the memory.

    crops: uint8 (n, size, size, 3). Indexing with a number, a slice or a mask returns an ordinary array;
    `np.asarray` converts all of it.

    >>> kept = BytesAsFloats(np.full((60, 4, 4, 3), 51, np.uint8))
    >>> kept.shape, kept[:2].dtype.name, round(float(kept[0].mean()), 3)
    ((60, 4, 4, 3), 'float32', 0.2)
    """

    def __init__(self, crops):
        self._crops, self.shape, self.dtype = crops, crops.shape, np.dtype(np.float32)

    def __len__(self):
        return len(self._crops)

    def __getitem__(self, which):
        return as_floats(self._crops[which])

    def __array__(self, dtype=None, copy=None):
        return as_floats(self._crops).astype(dtype or self.dtype, copy=False)


def resized(image, size):
    """Resize a square picture to size x size pixels: by area when it shrinks, otherwise bicubic."""
    if len(image) == size:
        return image
    return cv2.resize(
        image, (size, size), interpolation=cv2.INTER_AREA if size < len(image) else cv2.INTER_CUBIC
    )


def jpeg(picture, quality=90):
    """Encode uint8 (h, w, 3) as JPEG; returns bytes."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"can't encode as JPEG: {picture.dtype} {picture.shape}")
    return data.tobytes()


def read_photo(path: str | Path) -> np.ndarray:
    """Read a photo the way it is meant to be seen: uint8 (h, w, 3) RGB.

    The camera's rotation (EXIF) is applied, a colour profile is converted to sRGB, 16-bit and float values
    are scaled, transparent areas become white, and only the first frame of an animation is read. Raises
    SwaplibError if the file is missing, empty, damaged, too large or not a picture.
    """
    from PIL import Image, UnidentifiedImageError

    path = regular_file(path, "photo")
    with warnings.catch_warnings(), muted():  # libtiff and Pillow raise what matters
        warnings.simplefilter("ignore")
        try:
            with open_picture(path) as image:
                return _upright(_on_white(_eight_bits(image)), image)
        except UnidentifiedImageError as error:
            advice = ": save it as JPEG or PNG" if path.suffix.lower() in (*CONVERT, ".avif") else ""
            raise SwaplibError(f"{path} is empty or not a readable picture{advice}.") from error
        except Image.DecompressionBombError as error:
            most = 2 * Image.MAX_IMAGE_PIXELS // 10**6
            raise SwaplibError(f"{path} has more than {most} megapixels: make it smaller first.") from error
        except SwaplibError:
            raise
        except Exception as error:  # damaged files raise anything: struct.error, ValueError, MemoryError ...
            raise SwaplibError(f"{path} can't be read ({error}). Is the file complete?") from error


@contextmanager
def open_picture(path: str | Path) -> Iterator[Any]:
    """Open a picture as a Pillow image, not decoded yet.

    Raises SwaplibError if it would unpack to far more than its file can hold, and whatever Pillow raises.
    """
    from PIL import Image

    with Image.open(path) as image:
        pixels, size = image.width * image.height, os.path.getsize(path)
        if pixels > most_pixels(size):
            raise SwaplibError(
                f"{path} claims to have {pixels / 10**6:.0f} megapixels in {size / 1000:.0f} kB, which no "
                "photo has: save it with fewer pixels."
            )
        if image.format == "PNG":  # decoding passes over wrong checksums of the pixels
            with Image.open(path) as twin:
                twin.verify()
        yield image


def most_pixels(size: int) -> int:
    """Return the most pixels a picture, or a frame of a movie, may have in a file of `size` bytes."""
    return max(ANY_SIZE, PER_BYTE * size // 3)


def _eight_bits(image):
    """Convert a Pillow image of any mode to one with 8 bits per channel."""
    from PIL import Image

    if image.mode[:1] not in "IF":
        return image
    values = np.asarray(image, np.float32)
    low, high = values.min(), values.max()
    if not np.isfinite(values).all() or low < 0 or high > 65535:
        raise SwaplibError(
            f"{image.filename} has values from {low:g} to {high:g}: save it with 8 bits per channel."
        )
    sixteen = image.mode.startswith("I;16") or image.format == "PNG" or high > 255
    white = 65535 if sixteen else 1 if image.mode == "F" and high <= 1 else 255
    return Image.fromarray(np.round(values * (255 / white)).astype(np.uint8))


def _on_white(image):
    """Convert a Pillow image to sRGB, with white where it is transparent."""
    from PIL import Image

    image.load()
    profile = image.info.get("icc_profile")
    if image.mode == "P" and not image.has_transparency_data:
        image = image.convert("RGB")  # a profile applies to colours, not to palette indices
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK"):
        image = _in_srgb(image, profile)
    return image.convert("RGB")


def _in_srgb(image, profile):
    """Convert a picture's colours from its profile; unchanged if the profile can't be used."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _upright(picture, image):
    """Rotate `picture` as the EXIF data of `image` say; no other EXIF field is read."""
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged EXIF data can raise anything, and then no rotation is known
        turn = 1
    pixels = np.asarray(picture)
    if turn in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
