"""Whatever a file contains, its reader returns the written data or names the damaged file."""

import contextlib
import gc
import json
import os
import struct
import sys
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from damage_files import BAD, face, kinds, trial
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from swaplib import SwaplibError, latent, networks
from swaplib.crops import dataset
from swaplib.files import arrays, badge, picture, provenance
from swaplib.networks import weights
from swaplib.networks.autoencoder import build_autoencoder


def test_spoilt_files_end_in_one_clear_error(tmp_path):
    table = trial(tmp_path, 25, seed=1)
    assert {kind: row for kind, row in table.items() if any(row[bad] for bad in BAD)} == {}
    assert all(row["refused"] > 5 for row in table.values())


def test_no_file_stays_open(tmp_path, recwarn):
    """Neither a whole one nor one that is cut in half."""
    warnings.simplefilter("always", ResourceWarning)
    for name, read, _ in kinds(tmp_path).values():
        path, data = tmp_path / name, (tmp_path / name).read_bytes()
        for content in (data, data[: len(data) // 2], data):
            path.write_bytes(content)
            with contextlib.suppress(SwaplibError):
                read(path)
    gc.collect()
    assert not [w.message for w in recwarn if issubclass(w.category, ResourceWarning)]


LOADERS = {
    "model": networks.load,
    "sliders": latent.values.load,
    "photo": picture.read_photo,
    "label": provenance.read_provenance,
}


@pytest.mark.parametrize("load", LOADERS.values(), ids=LOADERS)
@pytest.mark.parametrize("made", ["missing", "folder", "empty", "pipe", "NUL", "long", "bytes"])
def test_what_is_no_file_of_the_kind_is_refused_at_once(load, made, tmp_path):
    path = tmp_path / "thing.png"
    if made == "folder":
        path.mkdir()
    elif made == "empty":
        path.touch()
    elif made == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("no pipes in folders here")
        os.mkfifo(path)  # opening it would wait for ever
    elif made != "missing":
        path = {"NUL": "a\0b.png", "long": "x" * 300 + ".png", "bytes": os.fsdecode(b"\xff.png")}[made]
    with pytest.raises(SwaplibError) as error:
        load(path)
    str(error.value).encode()  # can be printed


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    resource = pytest.importorskip("resource")
    np.savez_compressed(tmp_path / "bomb.npz", words=np.zeros(2**27, np.uint8))  # 128 MB in 130 KB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for load in (networks.load, latent.values.load):
        with pytest.raises(SwaplibError, match="unpack to far more"):
            load(tmp_path / "bomb.npz")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown / (1 if sys.platform == "darwin" else 2**-10) < 2**26  # bytes


@pytest.mark.parametrize("read", [picture.read_photo, provenance.read_provenance])
def test_a_picture_that_would_unpack_to_gigabytes_is_refused_unopened(read, tmp_path, monkeypatch):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 13000, 13000, 8, 6, 0, 0, 0))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", bytes(99)))
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("decoded"))
    with pytest.raises(SwaplibError, match="a.png claims to have 169 megapixels in 0 kB"):
        read(tmp_path / "a.png")
    assert picture.most_pixels(10**7) > 300 * 10**6  # a telescope's photo passes


def test_pixels_that_contradict_their_checksum_are_refused(tmp_path):
    Image.fromarray(face()).save(tmp_path / "a.png")
    data = bytearray((tmp_path / "a.png").read_bytes())
    data[-13] ^= 1  # of the checksum, which the end follows
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(SwaplibError, match="a.png can't be read"):
        picture.read_photo(tmp_path / "a.png")


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", words=np.array([{"a": 1}], dtype=object))
    with pytest.raises(SwaplibError, match="damaged"):
        arrays.read_arrays(tmp_path / "a.npz", "model")


@pytest.mark.parametrize("shape", ["(2,)", "(1000000000000,)", "(-4,)", "(2, 2)", "(4, 4"])
def test_a_shape_that_is_not_there_is_refused(shape, tmp_path):
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + bytes(12)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("words.npy", data)
    with pytest.raises(SwaplibError, match="damaged"):
        arrays.read_arrays(tmp_path / "a.npz", "model")


def forged(path, options, kept):
    """A model's file with other options, and a checksum that fits."""
    head = json.dumps({"build": "build_autoencoder", "options": options})
    np.savez(path, built_by=head, sha256=weights._digest(head.encode(), kept), **kept)
    return path


def test_options_that_the_weights_do_not_bear_out_build_nothing(tmp_path, monkeypatch):
    networks.save(build_autoencoder(32, 4, 4), tmp_path / "a.npz")
    kept = arrays.read_arrays(tmp_path / "a.npz", "model")
    kept = {name: array for name, array in kept.items() if name.isdigit()}
    options = {"size": 32, "code_size": 4, "width": 4}
    assert networks.load(forged(tmp_path / "b.npz", options, kept)).count_params()
    monkeypatch.setitem(networks.BUILDERS, "build_autoencoder", lambda **_: pytest.fail("it was built"))
    for wrong in ({"width": 10**6}, {"code_size": 10**9}, {"size": 2**20}):
        with pytest.raises(SwaplibError, match="no weights for"):
            networks.load(forged(tmp_path / "b.npz", options | wrong, kept))
    kept["000"] = np.full_like(kept["000"], np.nan)
    with pytest.raises(SwaplibError, match="not finite"):
        networks.load(forged(tmp_path / "b.npz", options, kept))


def test_weights_that_are_no_numbers_are_not_saved_and_large_ones_are_kept(tmp_path):
    model = build_autoencoder(32, 4, 4)
    kernel = model.weights[0]
    kernel.assign(np.full(kernel.shape, 1e6, np.float32))  # more than half precision holds
    networks.save(model, tmp_path / "a.npz")
    assert np.array_equal(networks.load(tmp_path / "a.npz").weights[0], kernel)
    kernel.assign(np.full(kernel.shape, np.nan, np.float32))
    with pytest.raises(SwaplibError, match="not finite"):
        networks.save(model, tmp_path / "b.npz")
    assert not (tmp_path / "b.npz").exists()


def small_set(folder, rows=120, hulls=120):
    """A set without a seal: two sheets of crops, factors and hulls."""
    folder.mkdir()
    Image.fromarray(np.zeros((80, 80, 3), np.uint8)).save(folder / "sheet_00.webp")
    Image.fromarray(np.zeros((16, 80, 3), np.uint8)).save(folder / "sheet_01.webp")
    (folder / "factors.csv").write_text("yaw\n" + "1\n" * rows)
    np.savez(folder / "hulls.npz", hulls=np.zeros((hulls, 40, 2)))
    return folder


def test_parts_of_a_set_that_do_not_fit_each_other_are_refused(tmp_path):
    assert len(dataset.read(small_set(tmp_path / "whole"), 8)) == 120
    with pytest.raises(SwaplibError, match="2 sheets for 60 rows"):
        dataset.read(small_set(tmp_path / "half", rows=60), 8)
    with pytest.raises(SwaplibError, match="sheet_01.webp can't be read as 5 crops"):
        dataset.read(small_set(tmp_path / "fewer", rows=105, hulls=105), 8)
    with pytest.raises(SwaplibError, match=r"hulls \(120, 40, 2\) for 119 rows"):
        dataset.read(small_set(tmp_path / "one less", rows=119), 8)


@pytest.mark.parametrize("text", ["", "yaw\n", "yaw,yaw\n1,2\n", "yaw,smile\n1\n", 'yaw\n"1\n'])
def test_factors_with_missing_cells_are_refused(text, tmp_path):
    (tmp_path / "factors.csv").write_text(text)
    with pytest.raises(SwaplibError, match="factors.csv"):
        dataset.read_factors(tmp_path / "factors.csv")


def test_a_file_of_another_set_is_noticed(tmp_path):
    folder = small_set(tmp_path / "a")
    dataset.seal(folder)
    assert len(dataset.read(folder, 8)) == 120
    np.savez(folder / "hulls.npz", hulls=np.ones((120, 40, 2)))  # as many as before
    with pytest.raises(SwaplibError, match="hulls.npz is missing or has changed"):
        dataset.read(folder, 8)


def test_every_shipped_set_is_sealed():
    for name in dataset.SETS:
        files = {path.name for path in (dataset.DATA / name).iterdir()} - {dataset.SEAL}
        lines = (dataset.DATA / name / dataset.SEAL).read_text().splitlines()
        assert files == {line.split("  ")[1] for line in lines}, name


def png(path, *chunks):
    """A PNG of 8 x 8 with more chunks, each (name, data)."""
    Image.fromarray(face(8)).save(path)
    data, extra = path.read_bytes(), b""
    for name, content in chunks:
        extra += (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )
    path.write_bytes(data[:33] + extra + data[33:])
    return path


@pytest.mark.parametrize("kind", [b"zTXt", b"iCCP"])  # a text, a colour profile
def test_a_photo_with_megabytes_of_text_is_named(kind, tmp_path):
    bomb = b"a\0\0" + zlib.compress(bytes(70 * 2**20))
    for reader in (picture.read_photo, provenance.read_provenance):
        with pytest.raises(SwaplibError, match="bomb.png"):
            reader(png(tmp_path / "bomb.png", (kind, bomb)))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("broken", [False, True])
def test_a_photo_is_turned_whatever_else_its_exif_says(turn, broken, tmp_path):
    from PIL import ImageOps

    exif = Image.Exif()
    exif[picture.ORIENTATION] = turn
    Image.fromarray(face(8)[:, :6]).save(path := tmp_path / "a.png", exif=exif)
    want = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    if broken:  # exposure bias as SRATIONAL (-1, 0), which can't be written back
        entries = [
            (picture.ORIENTATION, 3, 1, struct.pack("<HH", turn, 0)),
            (0x011A, 10, 1, struct.pack("<I", 38)),
        ]
        block = (
            b"II*\0"
            + struct.pack("<IH", 8, 2)
            + b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
            + struct.pack("<Iii", 0, -1, 0)
        )
        Image.fromarray(face(8)[:, :6]).save(path, exif=block)
    assert np.array_equal(picture.read_photo(path), want)


def test_deep_and_floating_pictures_keep_their_greys(tmp_path):
    grey = face()[..., 0]
    for name, pixels in (
        ("a.png", grey.astype(np.uint16) * 257),
        ("g.png", grey.astype(np.uint16) * 256),  # of which the lower byte says nothing
        ("b.tif", grey.astype(np.uint16) * 257),
        ("c.tif", grey.astype(np.float32) / 255),
        ("d.tif", grey.astype(np.float32)),
        ("e.tif", grey.astype(np.int32) * 257),
    ):
        Image.fromarray(pixels).save(tmp_path / name)
        read = picture.read_photo(tmp_path / name)
        assert np.abs(read - grey[..., None].astype(int)).max() <= 1, name
    Image.fromarray(grey - np.float32(3)).save(tmp_path / "f.tif")
    with pytest.raises(SwaplibError, match="f.tif has values from -3"):
        picture.read_photo(tmp_path / "f.tif")


def test_a_wide_gamut_is_brought_to_srgb(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    Image.fromarray(face()).save(tmp_path / "lab.png", icc_profile=profile.tobytes())  # one that doesn't fit
    assert np.array_equal(picture.read_photo(tmp_path / "lab.png"), face())
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Red and green primaries exchanged: a profile that does something to see.
    red, green = (srgb.index(tag) for tag in (b"rXYZ", b"gXYZ"))
    swapped = bytearray(srgb)
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    Image.fromarray(np.full((8, 8, 3), (200, 30, 30), np.uint8)).save(
        tmp_path / "a.png", icc_profile=bytes(swapped)
    )
    red, green, _ = picture.read_photo(tmp_path / "a.png")[0, 0]
    assert green > 150 > 80 > red


def test_the_first_frame_of_an_animation_counts(tmp_path):
    frames = [Image.fromarray(np.full((8, 8, 3), v, np.uint8)) for v in (50, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert (picture.read_photo(tmp_path / "a.gif") == 50).all()


def test_a_picture_that_is_too_large_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 30)
    Image.fromarray(face(8)).save(tmp_path / "a.png")
    with pytest.raises(SwaplibError, match="a.png has more than 0 megapixels: make it smaller"):
        picture.read_photo(tmp_path / "a.png")


def test_pillows_warnings_reach_nobody(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)
    Image.fromarray(face(8)).save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png"):
        assert "decompression bomb" in str(recwarn.pop().message)
    assert np.array_equal(picture.read_photo(tmp_path / "a.png"), face(8)) and not recwarn.list


def test_a_damaged_picture_is_no_unmarked_one(tmp_path):
    provenance.save_picture(tmp_path / "a.png", face())
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:200])
    (tmp_path / "text.png").write_text("hello " * 100)  # FFmpeg would play it
    for name in ("a.png", "text.png"):
        with pytest.raises(SwaplibError, match=name):
            provenance.read_provenance(tmp_path / name)


@pytest.mark.parametrize("text", ["", " ", None, "\0", "\n\t", "\u200b", 5])
def test_a_label_cannot_be_left_off(text, tmp_path):
    for export in (
        lambda: provenance.mark(face(), text),
        lambda: provenance.save_picture(tmp_path / "a.png", face(), text=text),
        lambda: provenance.movie_metadata(text),
    ):
        with pytest.raises(SwaplibError, match="label can't be empty"):
            export()
    assert not list(tmp_path.iterdir())


def test_a_label_says_synthetic_on_one_line_and_reads_back_as_written(tmp_path):
    for text, said in (
        ("künstlich <A & B>", "synthetic - künstlich <A & B>"),
        ("a\0b\nsynthetic", "a b synthetic"),
        ("holiday photo", "synthetic - holiday photo"),
    ):
        assert provenance.label(text) == said
        for ending in ("png", "jpg", "webp"):
            provenance.save_picture(tmp_path / f"a.{ending}", face(), text=text)
            assert provenance.read_provenance(tmp_path / f"a.{ending}").startswith(f"{said} (made with")
    with pytest.raises(SwaplibError, match="5000 characters"):
        provenance.label("x" * 5000)


@pytest.mark.parametrize("shape", [(4, 4), (1, 1), (3, 400)])
def test_the_smallest_picture_is_marked(shape, tmp_path):
    provenance.save_picture(tmp_path / "a.png", np.full((*shape, 3), 200, np.uint8))
    assert "synthetic" in provenance.read_provenance(tmp_path / "a.png")
    assert (np.asarray(Image.open(tmp_path / "a.png")) != 200).any()


@pytest.mark.parametrize(
    "wrong",
    [
        np.full((4, 4, 3), np.nan),
        np.full((4, 4, 3), 255.0),
        np.zeros((4, 4)),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.int64),
    ],
)
def test_what_is_no_picture_is_not_written(wrong, tmp_path):
    with pytest.raises(SwaplibError, match="a.png"):
        provenance.save_picture(tmp_path / "a.png", wrong)
    assert not list(tmp_path.iterdir())


def test_text_of_another_maker_in_a_png_is_found_among_much_else(tmp_path):
    info = PngInfo()
    for k in range(50):
        info.add_text(f"note {k}", "of no interest")
    info.add_text("Source", provenance.SOURCE_TYPE)
    Image.fromarray(face()).save(tmp_path / "a.png", pnginfo=info)
    assert provenance.read_provenance(tmp_path / "a.png") == provenance.SOURCE_TYPE


def test_a_picture_without_room_for_the_words_says_synthetic():
    wide, narrow = np.zeros((40, 40, 3), np.uint8), "a face swap made in class, all of it synthetic"
    assert np.array_equal(badge.stamp(wide, narrow), badge.stamp(wide, "synthetic"))


@pytest.mark.parametrize("mode", ["CMYK", "P", "LA", "RGBA", "1"])
def test_other_ways_to_keep_colours_are_read(mode, tmp_path):
    path = tmp_path / ("a.tif" if mode == "CMYK" else "a.png")
    Image.fromarray(np.full((8, 8, 3), 255, np.uint8)).convert(mode).save(path)
    assert (picture.read_photo(path) == 255).all()
    if mode in ("LA", "RGBA"):  # transparent black is white, half of it grey
        Image.new(mode, (8, 8), (0,) * (len(mode) - 1) + (0,)).save(path)
        assert (picture.read_photo(path) == 255).all()


def test_a_palette_with_a_clear_colour_is_put_on_white(tmp_path):
    image = Image.fromarray(face()).quantize(8)
    image.info["transparency"] = image.getpixel((0, 0))
    image.save(tmp_path / "a.png", transparency=image.getpixel((0, 0)))
    assert (picture.read_photo(tmp_path / "a.png")[0, 0] == 255).all()


def test_sixteen_bit_colours_keep_their_place(tmp_path):
    deep = face().astype(np.uint16) * 257
    import cv2

    for name in ("a.png", "a.tif"):
        cv2.imwrite(str(tmp_path / name), deep[..., ::-1])
        try:
            read = picture.read_photo(tmp_path / name)
        except SwaplibError:
            assert name == "a.tif"  # not every Pillow reads it
        else:
            assert np.abs(read.astype(int) - face()).max() <= 1


@pytest.mark.parametrize("kind", ["heic", "avif"])
def test_a_phones_own_format_is_named_with_what_to_do(kind, tmp_path):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(b"\0\0\0\x18ftyp" + kind.encode() + bytes(40))
    with pytest.raises(SwaplibError, match=f"a.{kind} .*save it as JPEG or PNG"):
        picture.read_photo(path)


@pytest.mark.parametrize(
    "options", [{"size": -3}, {"size": "big"}, {"size": [32]}, {"nothing": 1}, {"size": None}]
)
def test_options_without_sense_are_no_model(options, tmp_path):
    with pytest.raises(SwaplibError, match="a.npz"):
        networks.load(forged(tmp_path / "a.npz", options, {"000": np.zeros((3, 3), np.float32)}))


def test_weights_that_are_nan_are_refused_though_the_checksum_fits(tmp_path):
    networks.save(build_autoencoder(32, 4, 4), tmp_path / "a.npz")
    kept = arrays.read_arrays(tmp_path / "a.npz", "model")
    kept = {name: array for name, array in kept.items() if name.isdigit()}
    kept["000"][:] = np.nan
    with pytest.raises(SwaplibError, match="not finite"):
        networks.load(forged(tmp_path / "b.npz", {"size": 32, "code_size": 4, "width": 4}, kept))


def test_statements_of_consent_are_added_to_a_whole_file_only(tmp_path):
    path = tmp_path / "consent.json"
    path.write_text(json.dumps({"statement": "Ann, 2025", "material": ["a"], "recorded": "then"}))
    provenance.record_consent(path, "Bö", ["b\udcff"])
    provenance.record_consent(path, "Cy", ["c"])
    provenance.record_consent(path, "Cy", ["d"])
    notes = provenance.read_consent(path)
    assert [note["statement"] for note in notes] == ["Ann, 2025", "Bö", "Cy", "Cy"]
    assert notes[1]["material"] == ["b\udcff"] and [n["material"] for n in notes[2:]] == [["c"], ["d"]]
    for content in (b"", b"[3]", b'{"x": 1}', b"\xff", b"[" * 100_000, path.read_bytes()[:-4]):
        path.write_bytes(content)
        with pytest.raises(SwaplibError, match="consent.json is damaged or holds no statements"):
            provenance.record_consent(path, "Di", ["d"])
        assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["consent.json"]


def test_packing_a_set_replaces_a_set_only(tmp_path, monkeypatch):
    scripts = dataset.DATA.resolve().parents[1] / "data_scripts"
    monkeypatch.syspath_prepend(scripts)
    pack = pytest.importorskip("pack")
    users = ("notes.txt", "sheet_music.png", "hulls.txt")
    for name in users:
        (tmp_path / name).write_text("the user's")
    (tmp_path / "sheet_07.webp").write_text("of an older set")
    found = [(face(16), np.full((40, 2), 0.5))] * 3
    pack.write_set(tmp_path, found, range(3), [{"yaw": float(k)} for k in range(3)])
    assert all((tmp_path / name).read_text() == "the user's" for name in users)
    assert len(dataset.read(tmp_path, 8)) == 3


def test_an_address_is_found_where_pillow_does_not_look(tmp_path):
    Image.fromarray(face()).save(path := tmp_path / "a.jpg")
    data, box = path.read_bytes(), b"JP\0\1" + provenance.SOURCE_TYPE.encode() + b"\0"  # as C2PA has it
    assert provenance.read_provenance(path) is None
    path.write_bytes(data[:2] + b"\xff\xeb" + struct.pack(">H", len(box) + 2) + box + data[2:])
    assert provenance.read_provenance(path) == provenance.SOURCE_TYPE
