"""Pictures as numbers and as files: bytes and floats, sizes, JPEG, photos."""

import io
import warnings
from pathlib import Path

import cv2
import numpy as np

from swaplib import SwaplibError, muted
from swaplib.files.arrays import regular_file

ORIENTATION = 0x0112  # EXIF's tag
# Photos that are not read here.
CONVERT = (".heic", ".heif", ".raw", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".psd")


def as_bytes(images):
    """Crops in [0, 1] as uint8; values a little outside are clipped, and uint8 stays as it is.

    Raises SwaplibError for values that can't be meant, such as NaN or 200.
    """
    images = np.asarray(images)
    return images.copy() if images.dtype == np.uint8 else np.round(255 * in_range(images)).astype(np.uint8)


def as_floats(images):
    """Crops of uint8 as float32 in [0, 1]: the way back from `as_bytes`. Those in [0, 1] stay as they are.

    Raises SwaplibError for other integers, and for floats that can't be meant, such as NaN or 200.
    """
    images = np.asarray(images)
    return images.astype(np.float32) / np.float32(255) if images.dtype == np.uint8 else in_range(images)


def in_range(images: np.ndarray, what: str = "a picture") -> np.ndarray:
    """Pictures of floats, clipped to [0, 1]: float32. Raises SwaplibError where they can't be that."""
    images = np.asarray(images)
    advice = "swaplib's pictures are uint8, or floats from 0 to 1"
    if images.dtype.kind not in "fb":
        raise SwaplibError(f"{what} has values of the type {images.dtype}: {advice}")
    if images.size:
        low, high = images.min(), images.max()  # NaN, where there is one
        if not (low > -1 and high < 2):
            raise SwaplibError(f"{what} has values from {low:.3g} to {high:.3g}: {advice}")
    return np.clip(images, 0, 1).astype(np.float32)


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


def read_photo(path: str | Path) -> np.ndarray:
    """A photo the way it was meant to be seen: uint8 (h, w, 3) RGB.

    A phone's rotation (EXIF) is applied, a colour profile is converted to sRGB, 16 bits and floats are
    scaled, transparency is put on white; of an animation the first frame counts. Raises SwaplibError for
    a file that is missing, empty, damaged, too large or no picture.
    """
    from PIL import Image, UnidentifiedImageError

    path = regular_file(path, "photo")
    with warnings.catch_warnings(), muted():  # what matters of libtiff and Pillow is raised
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                return _upright(_on_white(_eight_bits(image)), image)
        except UnidentifiedImageError as error:
            advice = ": save it as JPEG or PNG" if path.suffix.lower() in (*CONVERT, ".avif") else ""
            raise SwaplibError(f"{path} is empty or not a picture that can be read{advice}.") from error
        except Image.DecompressionBombError as error:
            most = 2 * Image.MAX_IMAGE_PIXELS // 10**6
            raise SwaplibError(f"{path} has more than {most} megapixels: make it smaller first.") from error
        except SwaplibError:
            raise
        except Exception as error:  # struct.error, ValueError, MemoryError ...: damaged files raise anything
            raise SwaplibError(f"{path} can't be read ({error}). Is the file whole?") from error


def _eight_bits(image):
    """A Pillow image of any mode as one of 8 bits a channel."""
    from PIL import Image

    if image.mode[:1] not in "IF":
        return image
    values = np.asarray(image, np.float32)
    low, high = values.min(), values.max()
    if not np.isfinite(values).all() or low < 0 or high > 65535:
        raise SwaplibError(
            f"{image.filename} has values from {low:g} to {high:g}: save it with 8 bits a channel."
        )
    sixteen = image.mode.startswith("I;16") or image.format == "PNG" or high > 255
    white = 65535 if sixteen else 1 if image.mode == "F" and high <= 1 else 255
    return Image.fromarray(np.round(values * (255 / white)).astype(np.uint8))


def _on_white(image):
    """A Pillow image in sRGB, with white where it is transparent."""
    from PIL import Image

    image.load()
    profile = image.info.get("icc_profile")
    if image.mode == "P" and not image.has_transparency_data:
        image = image.convert("RGB")  # a profile converts colours, not their numbers
    elif image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile and image.mode in ("RGB", "CMYK"):
        image = _in_srgb(image, profile)
    return image.convert("RGB")


def _in_srgb(image, profile):
    """A picture whose colours are converted from its profile; as it is where the profile can't be used."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _upright(picture, image):
    """The pixels of `picture`, turned as the EXIF data of `image` say; no other field of them is read."""
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged EXIF data raise anything, and say nothing of the turn then
        turn = 1
    pixels = np.asarray(picture)
    if turn in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if turn in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if turn in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)
