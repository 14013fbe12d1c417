"""Pictures as numbers and as files: bytes and floats, sizes, JPEG, photos."""

import cv2
import numpy as np

from swaplib import SwaplibError


def as_bytes(images):
    """Crops in [0, 1] as uint8; values outside are clipped."""
    return np.round(255 * np.clip(images, 0, 1)).astype(np.uint8)


def as_floats(images):
    """Crops of uint8 as float32 in [0, 1]: the way back from `as_bytes`."""
    return np.asarray(images).astype(np.float32) / np.float32(255)


class BytesAsFloats:
    """Crops kept as uint8 that come out as float32 in [0, 1]: a quarter of the memory.

    crops: uint8 (n, size, size, 3). What is taken by a number, a slice or a mask is an array of its own;
    `np.asarray` takes all of it.

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
    """A square picture brought to size x size pixels: by areas when it shrinks, else bicubic."""
    if len(image) == size:
        return image
    return cv2.resize(
        image, (size, size), interpolation=cv2.INTER_AREA if size < len(image) else cv2.INTER_CUBIC
    )


def jpeg(picture, quality=90):
    """The bytes of uint8 (h, w, 3) as JPEG."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"cannot make a JPEG of {picture.dtype} {picture.shape}")
    return data.tobytes()


def read_photo(path):
    """A photo the way it was meant to be seen: uint8 (h, w, 3) RGB.

    A phone's rotation (EXIF) is applied and transparency is put on white. Raises SwaplibError for a
    file that is missing, empty, damaged or no picture.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image)
            if image.has_transparency_data:
                image = image.convert("RGBA")
                white = Image.new("RGBA", image.size, "white")
                image = Image.alpha_composite(white, image)
            return np.asarray(image.convert("RGB"))
    except FileNotFoundError as error:
        raise SwaplibError(f"There is no photo {path}.") from error
    except UnidentifiedImageError as error:
        raise SwaplibError(f"{path} is empty or not a picture that can be read.") from error
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise SwaplibError(f"{path} can't be read ({error}). Is the file whole?") from error
