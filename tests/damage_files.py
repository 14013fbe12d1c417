"""Damage files by the hundred and check their readers: no foreign exceptions, no silent errors.

    python tests/damage_files.py               # 500 of each kind, some minutes
    python tests/damage_files.py --count 40    # fewer

A file of each kind is written and then corrupted: bytes flipped, a piece lost, duplicated or
overwritten, two pieces swapped, the end cut off. Possible outcomes:

    refused      SwaplibError
    right        the written content
    other look   other pixels or words, or a missing label, in files without checksums
    SILENT       other numbers than were written, without an error
    FOREIGN      another exception

`test_damage.py` runs a few of each, and malicious files. The exit status is the number of outcomes in
capitals. pytest doesn't collect this.
"""

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from swaplib import SwaplibError, muted

with muted():
    from swaplib import latent, networks
    from swaplib.crops import dataset
    from swaplib.files import picture, provenance
    from swaplib.networks.autoencoder import build_autoencoder

BAD = ("SILENT", "FOREIGN")


def spoilt(data, rng):
    """Corrupt the bytes of a file in one of six ways."""
    data = bytearray(data)
    way, at = rng.integers(6), int(rng.integers(len(data)))
    piece = int(rng.integers(1, max(2, len(data) // 4)))
    if way == 0:
        for k in rng.integers(len(data), size=rng.integers(1, 21)):
            data[k] ^= int(rng.integers(1, 256))
    elif way == 1:
        del data[at:]
    elif way == 2:
        del data[at : at + piece]
    elif way == 3:
        data[at:at] = data[at : at + piece]
    elif way == 4:
        data[at : at + piece] = rng.bytes(len(data[at : at + piece]))
    else:
        data[at:], data[:0] = b"", data[at:]  # the end comes first
    return bytes(data)


def face(size=48):
    y, x = np.mgrid[:size, :size]
    return np.stack([4 * x, 5 * y, 2 * (x + y)], axis=2).astype(np.uint8)


def write_set(folder):
    """Write a small, sealed set like `data_scripts/pack.py`."""
    folder.mkdir()
    Image.fromarray(np.tile(face(16), (1, dataset.SHEET, 1))).save(folder / "sheet_00.webp", lossless=True)
    rows = "\n".join(f"{k},0.5,room {k}" for k in range(8))
    (folder / "factors.csv").write_text(f"yaw,smile,room\n{rows}\n")
    np.savez_compressed(folder / "hulls.npz", hulls=np.random.default_rng(0).random((8, 40, 2), np.float32))
    dataset.seal(folder)


def kinds(folder):
    """Return {kind: (file to corrupt, its reader, returning arrays or words, whether it has checksums)}."""
    model = build_autoencoder(32, 4, 4)
    networks.save(model, folder / "model.npz")
    latent.values.save(latent.shipped("one"), folder / "values.npz")
    out = {
        "model": ("model.npz", lambda p: [v.numpy() for v in networks.load(p).weights], True),
        "sliders": ("values.npz", lambda p: flat(latent.values.load(p)), True),
    }
    for name in ("factors.csv", "hulls.npz", "sheet_00.webp", "SHA256SUMS"):
        write_set(place := folder / name.replace(".", "_"))
        out[f"set, {name}"] = (f"{place.name}/{name}", lambda p: flat(dataset.read(p.parent, 16)), True)
    sixteen = Image.fromarray(face().astype(np.uint16)[..., 0] * 257)
    exif = Image.Exif()
    exif[picture.ORIENTATION], exif[0x010E] = 6, "a photo"
    for name, image, options in (
        ("a.jpg", Image.fromarray(face()), {"exif": exif}),
        ("a.png", Image.fromarray(face()), {"exif": exif}),
        ("deep.png", sixteen, {}),
        ("a.tif", Image.fromarray(face()), {"compression": "tiff_lzw"}),
        ("a.gif", Image.fromarray(face()).quantize(32), {}),
        ("a.webp", Image.fromarray(face()), {}),
    ):
        image.save(folder / name, **options)
        out[f"photo, {name}"] = (name, lambda p: [picture.read_photo(p)], name.endswith(".png"))
    for name in ("label.png", "label.jpg", "label.webp"):
        provenance.save_picture(folder / name, face())
        out[name.replace(".", ", ")] = (
            name,
            lambda p: [np.array(provenance.read_provenance(p) or "")],
            False,
        )
    for words in ("Ann agreed", "Bo did too"):
        provenance.record_consent(folder / "consent.json", words, ["a.jpg", "b.mp4"])
    out["consent"] = ("consent.json", lambda p: flat([str(n) for n in provenance.read_consent(p)]), False)
    return out


def flat(thing):
    """List all the numbers and words of a dataclass as arrays."""
    if isinstance(thing, dict):
        return [np.array(sorted(thing)), *(x for name in sorted(thing) for x in flat(thing[name]))]
    if isinstance(thing, (list, tuple, np.ndarray, str, type(None))):
        return [np.array(thing) if not isinstance(thing, tuple) else np.stack(thing)]
    return [x for name in sorted(vars(thing)) for x in flat(getattr(thing, name))]


def same(one, other):
    return len(one) == len(other) and all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def tried(path, read, sums, truth):
    """Return the outcome of reading a corrupted file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = read(path)
    except SwaplibError as error:
        return "refused" if str(path.parent) in str(error) or path.name in str(error) else "FOREIGN"
    except Exception as error:
        print(f"{path}: {error!r}")
        return "FOREIGN"
    return "right" if same(found, truth) else "SILENT" if sums else "other look"


def trial(folder, count, seed=0):
    """Return {kind: Counter of outcomes of `count` corrupted files}. folder: an empty one to work in."""
    table = {}
    for kind, (name, read, sums) in kinds(folder).items():
        path, rng = folder / name, np.random.default_rng([seed, len(table)])
        data, truth = path.read_bytes(), read(path)
        table[kind] = Counter()
        for _ in range(count):
            path.write_bytes(spoilt(data, rng))
            table[kind][tried(path, read, sums, truth)] += 1
        path.write_bytes(data)
    return table


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = trial(Path(folder), options.count, options.seed)
    for kind, row in table.items():
        print(f"{kind:22}", "  ".join(f"{what} {n}" for what, n in sorted(row.items())))
    return sum(row[bad] for row in table.values() for bad in BAD)


if __name__ == "__main__":
    sys.exit(main())
