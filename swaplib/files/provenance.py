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
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from swaplib import SwaplibError, __version__
from swaplib.files.media import open_media
from swaplib.files.picture import as_bytes
from swaplib.files.writing import replacing

TEXT = "synthetic - face swap"
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPE = VOCABULARY + "compositeWithTrainedAlgorithmicMedia"
SOFTWARE = f"swaplib {__version__}"
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
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


def mark(frame, text=TEXT):
    """A copy of a picture with the visible mark in its lower left corner.

    frame: uint8 (h, w, 3) RGB. The mark's letters are 1/22 of the shorter side high, and at
    least 9 px; where the whole text doesn't fit (below about 110 px), its first word stands
    alone. White on near-black with a light rim, so that it shows on any background.
    """
    out = np.array(frame)
    if out.dtype != np.uint8 or out.ndim != 3 or out.shape[2] != 3:
        raise ValueError(f"mark wants uint8 (h, w, 3), got {out.dtype} {out.shape}")
    h, w = out.shape[:2]
    badge, opacity = _badge(text, h, w)
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
        elif " " in text:
            text = text.split()[0]
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


def describe(text=TEXT):
    """The sentence that goes into the metadata. ASCII, as EXIF wants it."""
    plain = text.encode("ascii", "replace").decode()
    return f"{plain} (made with {SOFTWARE}; DigitalSourceType: {SOURCE_TYPE})"


def movie_metadata(text=TEXT):
    """Container metadata for a movie, a dict for PyAV's `container.metadata`."""
    return {"title": text, "comment": describe(text)}


def save_picture(path, picture, marked=True, text=TEXT, quality=95):
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
    picture = np.asarray(picture)
    if np.issubdtype(picture.dtype, np.floating):
        picture = as_bytes(picture)
    image = Image.fromarray(mark(picture, text) if marked else picture)
    options = {} if ending == ".png" else {"quality": quality}
    if marked:
        xmp = _XMP.format(text=escape(text), software=SOFTWARE, source_type=SOURCE_TYPE)
        if ending == ".png":
            options["pnginfo"] = info = PngInfo()
            info.add_text("Description", describe(text))
            info.add_text("Software", SOFTWARE)
            info.add_itxt("XML:com.adobe.xmp", xmp)
        else:
            options["xmp"] = xmp.encode()
            options["exif"] = exif = Image.Exif()
            exif[_EXIF_DESCRIPTION], exif[_EXIF_SOFTWARE] = describe(text), SOFTWARE
    with replacing(path) as part:
        image.save(part, **options)


def read_provenance(path):
    """What a picture or movie says about being synthetic, or None where it says nothing.

    Any IPTC DigitalSourceType counts, other makers' too; None doesn't mean that it is real.
    Returns the describing sentence if there is one, else the DigitalSourceType's address.
    Raises SwaplibError for a file that is neither a picture nor a movie.

        read_provenance("swapped.mp4")
        # 'synthetic - face swap (made with swaplib 0.2.0; DigitalSourceType: http://cv.iptc.org/...)'
    """
    path = Path(path)
    if not path.is_file():
        raise SwaplibError(f"There is no file {path}.")
    fields = _picture_fields(path)
    if fields is None:
        fields = _movie_fields(path)
    found = [text for text in fields if VOCABULARY in text]
    if not found:
        return None
    sentence = min(found, key=len)  # the XMP packet holds the address too, in much XML
    if "xmp" not in sentence and "rdf" not in sentence:
        return sentence
    return VOCABULARY + sentence.split(VOCABULARY)[1].split("<")[0].split('"')[0]


def _picture_fields(path):
    """All the text in a picture's metadata; None if it isn't a picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            image.load()  # PNG text may follow the pixels
            fields = [*image.info.values(), *image.getexif().values()]
    except UnidentifiedImageError:
        return None
    except OSError as error:
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


def record_consent(path, words, material):
    """Write who said that the people in the reader's own material agreed, to a file (.json).

    words: what was said. material: names of the files.
    """
    note = {
        "statement": words,
        "material": material,
        "recorded": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with replacing(path) as part:
        part.write_text(json.dumps(note, indent=1))
