"""Say on every picture and movie that it is synthetic, by marks that overlap.

In the picture there is a badge that everybody sees (`badge`) and bits that nobody sees (`bits`). In the
file there are metadata, and credentials that are signed (`credentials`). The metadata go where programs
look for them: EXIF, PNG text and XMP in pictures, title and comment in movies. They hold the term that
the press industry's vocabulary has for this, `DigitalSourceType` = "composite with trained algorithmic
media" (IPTC NewsCodes, http://cv.iptc.org/newscodes/digitalsourcetype/; how XMP carries it is in the
IPTC Photo Metadata Standard). Search engines and social networks read that field.

Each mark can be lost: `python -m swaplib read FILE` says which are left. They inform honest people; they
don't stop others. There is no function and no argument here that leaves one off.
"""

import json
import os
import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape, unescape

import numpy as np

from swaplib import SwaplibError, __version__, muted
from swaplib.files import _unmarked, badge, bits, credentials
from swaplib.files._unmarked import PICTURE_ENDINGS
from swaplib.files.arrays import regular_file
from swaplib.files.badge import TEXT, WORD
from swaplib.files.credentials import SOURCE_TYPE, VOCABULARY
from swaplib.files.media import open_media
from swaplib.files.picture import jpeg
from swaplib.files.writing import replacing

SOFTWARE = f"swaplib {__version__}"
LONGEST = 200  # letters of a label

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


def mark(frame: np.ndarray, text: str = TEXT, job: str = "") -> np.ndarray:
    """A copy of a picture, uint8 (h, w, 3) RGB, with both marks in its pixels: `badge.stamp` and `bits`.

    job: what the picture was made by, in any words, of which the bits hold a short hash (`job_number`);
    by default the text. Raises SwaplibError for an empty text.
    """
    frame, text = np.asarray(frame), label(text)
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(f"mark wants uint8 (h, w, 3), got {frame.dtype} {frame.shape}")
    payload = bytes([bits.VERSION]) + bytes.fromhex(job_number(job or text))
    return badge.stamp(bits.embed(frame, payload), text)


def job_number(job: str) -> str:
    """A short hash of what a picture was made by, as the bits in the pixels hold it: six digits 0-9, a-f.

    >>> job_number("synthetic - face swap")
    'e5a330'
    """
    return sha256(job.encode("utf-8", "surrogateescape")).hexdigest()[:6]


def describe(text: str = TEXT) -> str:
    """The sentence that goes into the metadata."""
    return f"{label(text)} (made with {SOFTWARE}; DigitalSourceType: {SOURCE_TYPE})"


def movie_metadata(text: str = TEXT) -> dict[str, str]:
    """Container metadata for a movie, a dict for PyAV's `container.metadata`."""
    return {"title": label(text), "comment": describe(text)}


def save_picture(
    path: str | Path, picture: np.ndarray, text: str = TEXT, quality: int = 95, job: str = ""
) -> None:
    """Write a PNG, JPEG or WebP (by the file's ending) with all marks.

    picture: (h, w, 3) RGB, uint8 or float in [0, 1]. text, job: as in `label` and `mark`. Raises
    SwaplibError for another ending, an empty text, and where nothing can be written.

        save_picture("build/swap/sheet.png", sheet)
    """
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    ending, picture, sentence = (
        _unmarked.checked_ending(path),
        _unmarked.as_picture(path, picture),
        describe(text),
    )
    image = Image.fromarray(mark(picture, text, job))
    if ending == ".png":
        info = PngInfo()
        info.add_text("Description", sentence)
        info.add_text("Software", SOFTWARE)
        info.add_itxt("XML:com.adobe.xmp", _xmp(text))
        options = {"pnginfo": info}
    else:
        options = {"quality": quality, **_exif_and_xmp(text)}
    _save(path, image, text, job, options)


def save_animation(
    path: str | Path,
    frames: Sequence[np.ndarray],
    fps: float,
    text: str = TEXT,
    quality: int = 80,
    job: str = "",
) -> None:
    """Write an animated WebP that repeats forever, with all marks in each frame and in the file.

    frames: uint8 (h, w, 3) RGB, all of one size. fps: frames per second. text, job: as in `label` and `mark`.
    Raises SwaplibError for another ending than .webp, for no frames, for an empty text, and if the file
    can't be written.

        save_animation("build/turning.webp", frames, fps=12)
    """
    from PIL import Image

    if _unmarked.checked_ending(path) != ".webp":
        raise SwaplibError(f"Can't write {path}: an animation is a WebP file, so end its name in .webp.")
    if not len(frames):
        raise SwaplibError(f"Can't write {path}: there are no frames.")
    first, *others = (Image.fromarray(mark(frame, text, job)) for frame in frames)
    options = {"save_all": True, "append_images": others, "duration": round(1000 / fps), "loop": 0}
    options |= {"quality": quality, "method": 6}
    _save(path, first, text, job, options | _exif_and_xmp(text))


def _save(path, image, text, job, options):
    """Write a marked picture, signed, whole or not at all."""
    with replacing(path) as part:
        image.save(part, **options)
        credentials.sign(part, label(text), job_number(job or label(text)))


def _exif_and_xmp(text):
    """The label as Pillow's options for JPEG and WebP."""
    from PIL import Image

    exif = Image.Exif()
    # EXIF has ASCII only; the XMP has every letter.
    exif[_EXIF_DESCRIPTION] = describe(text).encode("ascii", "replace").decode()
    exif[_EXIF_SOFTWARE] = SOFTWARE
    return {"exif": exif, "xmp": _xmp(text).encode()}


def marked_jpeg(picture: np.ndarray, text: str = WORD, job: str = "") -> bytes:
    """The bytes of a picture, uint8 (h, w, 3), as a JPEG with all marks, such as a notebook shows it."""
    data, xmp = jpeg(mark(picture, text, job)), _xmp(text).encode()
    field = b"http://ns.adobe.com/xap/1.0/\0" + xmp  # XMP specification, part 3, 1.1.3
    size = (len(field) + 2).to_bytes(2, "big")
    data = data[:2] + b"\xff\xe1" + size + field + data[2:]
    return credentials.signed(data, label(text), job_number(job or label(text)))


def _xmp(text):
    return _XMP.format(text=escape(describe(text)), software=SOFTWARE, source_type=SOURCE_TYPE)


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
