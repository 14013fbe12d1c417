"""Say on every picture and movie that it is synthetic: a visible mark and metadata.

The mark is a small badge in a corner. The metadata go where programs look for them: EXIF, PNG
text and XMP in pictures, title and comment in movies. They hold the term that the press
industry's vocabulary has for this, `DigitalSourceType` = "composite with trained algorithmic
media" (IPTC NewsCodes, http://cv.iptc.org/newscodes/digitalsourcetype/; how XMP carries it is in
the IPTC Photo Metadata Standard). Search engines and social networks read that field.

A mark can be cropped and metadata can be lost on the way. They inform honest people; they don't
stop others. There is no function here that takes a label off.
"""

import json
import os
import re
import warnings
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape, unescape

import numpy as np

from swaplib import SwaplibError, __version__, muted
from swaplib.files.arrays import regular_file
from swaplib.files.media import open_media
from swaplib.files.picture import as_bytes
from swaplib.files.writing import replacing

TEXT = "synthetic - face swap"
WORD = "synthetic"  # in every label
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = VOCABULARY + "compositeWithTrainedAlgorithmicMedia"
SOFTWARE = f"swaplib {__version__}"
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
LONGEST = 200  # letters of a label
SMALLEST_FONT = 9  # px: smaller letters run together

_EXIF_DESCRIPTION, _EXIF_SOFTWARE = 0x010E, 0x0131
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>
   <xmp:CreatorTool>{software}</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def label(text: str) -> str:
    """A text as it goes into the mark and the metadata: one line that says "synthetic".

    Where it doesn't say so itself, "synthetic - " goes before it. Raises SwaplibError for an empty text,
    as a label can't be left off, and for one of more than `LONGEST` letters.

    >>> label("made in class")
    'synthetic - made in class'
    """
    words = "".join(c if c.isprintable() else " " for c in text).split() if isinstance(text, str) else []
    if not words:
        raise SwaplibError("The label can't be left off: give words that say that the picture is synthetic.")
    line = " ".join(words)
    if len(line) > LONGEST:
        raise SwaplibError(f"A label of {len(line)} letters is too long: {LONGEST} at most.")
    return line if WORD in line.lower() else f"{WORD} - {line}"


def mark(frame: np.ndarray, text: str = TEXT) -> np.ndarray:
    """A copy of a picture with the visible mark in its lower left corner.

    frame: uint8 (h, w, 3) RGB. The mark's letters are 1/22 of the shorter side high, and at
    least 9 px; where the whole text doesn't fit (below about 110 px), "synthetic" stands
    alone. White on near-black with a light rim, so that it shows on any background.
    """
    out = np.array(frame)
    if out.dtype != np.uint8 or out.ndim != 3 or out.shape[2] != 3:
        raise ValueError(f"mark wants uint8 (h, w, 3), got {out.dtype} {out.shape}")
    h, w = out.shape[:2]
    badge, opacity = _badge(label(text), h, w)
    bh, bw = badge.shape[:2]
    gap = min(min(h, w) // 50, h - bh, w - bw)
    corner = out[h - gap - bh : h - gap, gap : gap + bw]
    corner[:] = np.rint(corner * (1 - opacity) + badge * opacity)
    return out


@lru_cache(maxsize=32)
def _badge(text, h, w):
    """The badge for an (h, w) picture: colours (bh, bw, 3) and opacity (bh, bw, 1)."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(SMALLEST_FONT, round(min(h, w) / 22))
    while True:
        font = ImageFont.load_default(size)
        left, top, right, bottom = (round(v) for v in font.getbbox(text))
        pad = max(2, size // 4)
        bw, bh = right - left + 2 * pad, bottom - top + 2 * pad
        if bw <= w and bh <= h:
            break
        if size > SMALLEST_FONT:
            size -= 1
        elif text != WORD:
            text = WORD
        else:  # too small a picture for any word: the badge itself still shows
            bw, bh = min(bw, w), min(bh, h)
            break
    image = Image.new("RGB", (bw, bh), (16, 16, 16))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, bw - 1, bh - 1), outline=(150, 150, 150), width=max(1, size // 16))
    draw.text((pad - left, pad - top), text, font=font, fill=(255, 255, 255))
    badge = np.asarray(image, dtype=np.float32)
    # The letters are opaque, the ground lets a quarter of the picture through.
    opacity = 0.75 + 0.25 * badge.max(axis=2, keepdims=True) / 255
    return badge, opacity


def describe(text: str = TEXT) -> str:
    """The sentence that goes into the metadata."""
    return f"{label(text)} (made with {SOFTWARE}; DigitalSourceType: {SOURCE_TYPE})"


def movie_metadata(text: str = TEXT) -> dict[str, str]:
    """Container metadata for a movie, a dict for PyAV's `container.metadata`."""
    return {"title": label(text), "comment": describe(text)}


def save_picture(
    path: str | Path, picture: np.ndarray, marked: bool = True, text: str = TEXT, quality: int = 95
) -> None:
    """Write a PNG, JPEG or WebP (by the file's ending), marked and labelled.

    picture: (h, w, 3) RGB, uint8 or float in [0, 1]. `marked=False` is only for pictures that
    nobody takes for a photo or that must stay untouched: curves, the detector's training crops,
    tests. Raises SwaplibError for another ending and where nothing can be written.

        save_picture("build/swap/sheet.png", sheet)
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    path = Path(path)
    ending = path.suffix.lower()
    if ending not in PICTURE_ENDINGS:
        raise SwaplibError(f"Can't write {path}: choose an ending of {', '.join(PICTURE_ENDINGS)}.")
    picture, sentence = _as_picture(path, picture), describe(text)
    image = Image.fromarray(mark(picture, text) if marked else picture)
    options = {} if ending == ".png" else {"quality": quality}
    if marked:
        xmp = _XMP.format(text=escape(sentence), software=SOFTWARE, source_type=SOURCE_TYPE)
        if ending == ".png":
            options["pnginfo"] = info = PngInfo()
            info.add_text("Description", sentence)
            info.add_text("Software", SOFTWARE)
            info.add_itxt("XML:com.adobe.xmp", xmp)
        else:
            options["xmp"] = xmp.encode()
            options["exif"] = exif = Image.Exif()
            # EXIF has ASCII only; the XMP has every letter.
            exif[_EXIF_DESCRIPTION] = sentence.encode("ascii", "replace").decode()
            exif[_EXIF_SOFTWARE] = SOFTWARE
    with replacing(path) as part:
        image.save(part, **options)


def _as_picture(path, picture):
    """A picture to be written as uint8 (h, w, 3); raises SwaplibError for what is none."""
    picture = np.asarray(picture)
    floats = np.issubdtype(picture.dtype, np.floating)
    if picture.shape[2:] != (3,) or not picture.size or not (floats or picture.dtype == np.uint8):
        raise SwaplibError(f"Can't write {path}: {picture.dtype} {picture.shape} is no picture (h, w, 3).")
    if floats and not (picture.min() > -0.5 and picture.max() < 1.5):  # not so of NaN
        ends = f"{picture.min():g} to {picture.max():g}"
        raise SwaplibError(f"Can't write {path}: floats must be in [0, 1], and these go from {ends}.")
    return as_bytes(picture) if floats else picture


def read_provenance(path: str | Path) -> str | None:
    """What a picture or movie says about being synthetic, or None where it says nothing.

    Any IPTC DigitalSourceType counts, other makers' too; None doesn't mean that it is real.
    Returns the describing sentence if there is one, else the DigitalSourceType's address.
    Raises SwaplibError for a file that is neither a picture nor a movie.

        read_provenance("swapped.mp4")
        # 'synthetic - face swap (made with swaplib 0.2.0; DigitalSourceType: http://cv.iptc.org/...)'
    """
    path = regular_file(path)
    fields = _picture_fields(path)
    if fields is None:
        fields = _movie_fields(path)
    elif address := re.search(re.escape(VOCABULARY.encode()) + rb"\w+", path.read_bytes()):
        fields.append(address[0].decode())  # where Pillow doesn't look, as in C2PA, or in damaged fields
    found = [text for text in fields if VOCABULARY in text]
    for xmp in found:
        if (sentence := re.search(r"<rdf:li[^>]*>([^<]*)</rdf:li>", xmp)) and VOCABULARY in sentence[1]:
            return unescape(sentence[1])
    if not found:
        return None
    sentences = [text for text in found if not text.startswith(VOCABULARY)]
    sentence = min(sentences or found, key=len)  # the XMP packet holds the address too, in much XML
    if "xmp" not in sentence and "rdf" not in sentence:
        return sentence
    return VOCABULARY + sentence.split(VOCABULARY)[1].split("<")[0].split('"')[0]


def made_here(path: str | Path) -> bool:
    """Whether a picture or movie carries the mark of this program, of any version."""
    try:
        return SOFTWARE.split()[0] in (read_provenance(path) or "")
    except SwaplibError:
        return False


def _picture_fields(path):
    """All the text in a picture's metadata; None if it isn't a picture."""
    from PIL import Image, UnidentifiedImageError

    with warnings.catch_warnings(), muted():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as image:
                image.load()  # PNG text may follow the pixels
                fields = [*image.info.values(), *image.getexif().values()]
        except UnidentifiedImageError as error:
            if path.suffix.lower() in PICTURE_ENDINGS:
                raise SwaplibError(f"{path} is no picture, or is damaged.") from error
            return None
        except Exception as error:  # struct.error, SyntaxError, bombs ...: damaged files raise anything
            raise SwaplibError(f"Can't read {path}: {error}. Is the file whole?") from error
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in fields]


def _movie_fields(path):
    """All the text in a movie's metadata."""
    try:
        with open_media(path) as container:
            if container.format.name != "tty":  # FFmpeg plays any text as a movie
                return list(container.metadata.values())
    except SwaplibError as error:
        raise SwaplibError(f"{path} is neither a picture nor a movie that can be read.") from error
    raise SwaplibError(f"{path} is neither a picture nor a movie that can be read.")


def read_consent(path: str | Path) -> list[dict]:
    """The statements of consent in a file that `record_consent` wrote, the oldest first.

    An empty list where there is no file. Raises SwaplibError for a file that holds something else.
    """
    if not os.path.lexists(path):
        return []
    try:
        notes = json.loads(regular_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, SwaplibError) as error:
        raise SwaplibError(_NO_CONSENT.format(path)) from error
    notes = [notes] if isinstance(notes, dict) else notes  # version 0.2.0 kept one
    if not isinstance(notes, list) or not all(isinstance(n, dict) and "statement" in n for n in notes):
        raise SwaplibError(_NO_CONSENT.format(path))
    return notes


_NO_CONSENT = "{} holds no statements of consent, or is damaged: move it away, as nothing is added to it."


def record_consent(path: str | Path, words: str, material: list[str]) -> None:
    """Add to a file (.json) who said that the people in the reader's own material agreed.

    words: what was said. material: names of the files. What was said before stays. Raises SwaplibError
    where the file holds something else, or can't be written.
    """
    note = {
        "statement": words,
        "material": material,
        "recorded": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    notes = [*read_consent(path), note]
    with replacing(path) as part:
        part.write_text(json.dumps(notes, indent=1), encoding="utf-8")
