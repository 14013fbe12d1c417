"""Mark every picture and movie as synthetic, by several independent marks.

The pixels carry a visible badge (`badge`) and invisible bits (`bits`). The file carries metadata, and
signed credentials (`credentials`). The metadata go where programs look for them: EXIF, PNG text and XMP in
pictures, title and comment in movies. They use the standard term of the press industry's vocabulary,
`DigitalSourceType` = "composite with trained algorithmic media" (IPTC NewsCodes,
http://cv.iptc.org/newscodes/digitalsourcetype/; its XMP form is in the IPTC Photo Metadata Standard).
Search engines and social networks read that field.

Any of the marks can be lost: `python -m swaplib read FILE` lists those that are left. They inform honest
people but don't stop anyone else. No function or argument here switches a mark off.
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
from swaplib.files.picture import jpeg, open_picture
from swaplib.files.writing import replacing

SOFTWARE = f"swaplib {__version__}"
LONGEST = 200  # characters in a label

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
    """Return a text in the form used by the badge and the metadata: one line that says "synthetic".

    If the text doesn't contain the word, "synthetic - " is put in front. Raises SwaplibError for an empty
    text, because a label is mandatory, and for one of more than `LONGEST` characters.

    >>> label("made in class")
    'synthetic - made in class'
    """
    words = "".join(c if c.isprintable() else " " for c in text).split() if isinstance(text, str) else []
    if not words:
        raise SwaplibError("The label can't be empty: it must say that the picture is synthetic.")
    line = " ".join(words)
    if len(line) > LONGEST:
        raise SwaplibError(f"The label has {len(line)} characters: use {LONGEST} at most.")
    return line if WORD in line.lower() else f"{WORD} - {line}"


def mark(frame: np.ndarray, text: str = TEXT, job: str = "", inverted: bool = False) -> np.ndarray:
    """Return a copy of a picture, uint8 (h, w, 3) RGB, with both pixel marks: `badge.stamp` and `bits`.

    job: a description, in any words, of what made the picture; the bits hold a short hash of it
    (`job_number`). Defaults to the text. inverted: see `bits.embed`. Raises SwaplibError for an empty text.
    """
    frame, text = np.asarray(frame), label(text)
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(f"mark expects uint8 (h, w, 3), got {frame.dtype} {frame.shape}")
    payload = bytes([bits.VERSION]) + bytes.fromhex(job_number(job or text))
    return badge.stamp(bits.embed(frame, payload, inverted), text)


def job_number(job: str) -> str:
    """Return a short hash of a job's description, as the bits hold it: six digits 0-9, a-f.

    >>> job_number("synthetic - face swap")
    'e5a330'
    """
    return sha256(job.encode("utf-8", "surrogateescape")).hexdigest()[:6]


def describe(text: str = TEXT) -> str:
    """Return the sentence for the metadata."""
    return f"{label(text)} (made with {SOFTWARE}; DigitalSourceType: {SOURCE_TYPE})"


def movie_metadata(text: str = TEXT) -> dict[str, str]:
    """Return container metadata for a movie, a dict for PyAV's `container.metadata`."""
    return {"title": label(text), "comment": describe(text)}


def save_picture(
    path: str | Path, picture: np.ndarray, text: str = TEXT, quality: int = 95, job: str = ""
) -> None:
    """Write a PNG, JPEG or WebP (by the file ending) with all marks.

    picture: (h, w, 3) RGB, uint8 or float in [0, 1]. text, job: as in `label` and `mark`. Raises
    SwaplibError for any other ending, for an empty text, and if the file can't be written.

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
    """Write a marked and signed picture, complete or not at all."""
    with replacing(path) as part:
        image.save(part, **options)
        credentials.sign(part, label(text), job_number(job or label(text)))


def _exif_and_xmp(text):
    """Return the label as Pillow's options for JPEG and WebP."""
    from PIL import Image

    exif = Image.Exif()
    # EXIF allows only ASCII; XMP holds every character.
    exif[_EXIF_DESCRIPTION] = describe(text).encode("ascii", "replace").decode()
    exif[_EXIF_SOFTWARE] = SOFTWARE
    return {"exif": exif, "xmp": _xmp(text).encode()}


def marked_jpeg(picture: np.ndarray, text: str = WORD, job: str = "") -> bytes:
    """Encode a picture, uint8 (h, w, 3), as a JPEG with all marks, for display in a notebook."""
    data, xmp = jpeg(mark(picture, text, job)), _xmp(text).encode()
    field = b"http://ns.adobe.com/xap/1.0/\0" + xmp  # XMP specification, part 3, 1.1.3
    size = (len(field) + 2).to_bytes(2, "big")
    data = data[:2] + b"\xff\xe1" + size + field + data[2:]
    return credentials.signed(data, label(text), job_number(job or label(text)))


def _xmp(text):
    return _XMP.format(text=escape(describe(text)), software=SOFTWARE, source_type=SOURCE_TYPE)


def read_provenance(path: str | Path) -> str | None:
    """Return what a picture or movie says about being synthetic, or None if it says nothing.

    Any IPTC DigitalSourceType counts, including those of other programs; None doesn't prove that the file
    is real. Returns the descriptive sentence if there is one, otherwise the DigitalSourceType's address.
    Raises SwaplibError for a file that is neither a picture nor a movie.

        read_provenance("swapped.mp4")
        # 'synthetic - face swap (made with swaplib 0.2.0; DigitalSourceType: http://cv.iptc.org/...)'
    """
    path = regular_file(path)
    fields = _picture_fields(path)
    if fields is None:
        fields = _movie_fields(path)
    elif address := re.search(re.escape(VOCABULARY.encode()) + rb"\w+", path.read_bytes()):
        fields.append(address[0].decode())  # places Pillow doesn't read, such as C2PA or damaged fields
    found = [text for text in fields if VOCABULARY in text]
    for xmp in found:
        if (sentence := re.search(r"<rdf:li[^>]*>([^<]*)</rdf:li>", xmp)) and VOCABULARY in sentence[1]:
            return unescape(sentence[1])
    if not found:
        return None
    sentences = [text for text in found if not text.startswith(VOCABULARY)]
    sentence = min(sentences or found, key=len)  # the XMP packet also holds the address, among much XML
    if "xmp" not in sentence and "rdf" not in sentence:
        return sentence
    return VOCABULARY + sentence.split(VOCABULARY)[1].split("<")[0].split('"')[0]


def made_here(path: str | Path) -> bool:
    """Return whether a picture or movie carries the mark of this program, in any version."""
    try:
        return SOFTWARE.split()[0] in (read_provenance(path) or "")
    except SwaplibError:
        return False


def _picture_fields(path):
    """Return all text in a picture's metadata, or None if it isn't a picture."""
    from PIL import UnidentifiedImageError

    with warnings.catch_warnings(), muted():
        warnings.simplefilter("ignore")
        try:
            with open_picture(path) as image:
                image.load()  # PNG text may follow the pixels
                fields = [*image.info.values(), *image.getexif().values()]
        except UnidentifiedImageError as error:
            if path.suffix.lower() in PICTURE_ENDINGS:
                raise SwaplibError(f"{path} is damaged or not a picture.") from error
            return None
        except SwaplibError:
            raise
        except Exception as error:  # struct.error, SyntaxError, bombs ...: damaged files can raise anything
            raise SwaplibError(f"Can't read {path}: {error}. Is the file complete?") from error
    return [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in fields]


def _movie_fields(path):
    """Return all text in a movie's metadata."""
    try:
        with open_media(path) as container:
            if container.format.name != "tty":  # FFmpeg plays any text file as a movie
                return list(container.metadata.values())
    except SwaplibError as error:
        raise SwaplibError(f"{path} is neither a readable picture nor a readable movie.") from error
    raise SwaplibError(f"{path} is neither a readable picture nor a readable movie.")


def read_consent(path: str | Path) -> list[dict]:
    """Return the statements of consent in a file that `record_consent` wrote, the oldest first.

    Returns an empty list if there is no file. Raises SwaplibError if the file holds anything else.
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


_NO_CONSENT = "{} is damaged or holds no statements of consent: move it away, as nothing can be added to it."


def record_consent(path: str | Path, words: str, material: list[str]) -> None:
    """Append to a file (.json) a statement that the people in the user's own material gave consent.

    words: the statement. material: the names of the files. Earlier statements are kept. Raises SwaplibError
    if the file holds anything else or can't be written.
    """
    note = {
        "statement": words,
        "material": material,
        "recorded": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    notes = [*read_consent(path), note]
    with replacing(path) as part:
        part.write_text(json.dumps(notes, indent=1), encoding="utf-8")
