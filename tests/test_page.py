"""The page: its engine compared with Keras and swaplib.latent, and the page in a real browser."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from swaplib import SwaplibError, __main__, latent, networks
from swaplib.browser import document, kernel, packing, swap_pack
from swaplib.crops import pairs
from swaplib.movie.composing import STEPS, SWAPS, Fake
from swaplib.networks.autoencoder import build_decoder, build_stem
from swaplib.page import claims, puppet, spot, write

NODE = shutil.which("node")
in_node = pytest.mark.skipif(not NODE, reason="no Node: the page's engine is not tried (Debian: nodejs)")
ENOUGH = 55  # dB; a byte's rounding alone is 58.9


def run(folder, meta, arrays):
    """What engine.mjs makes of a pack: (out.json, pixels of `pixels.bin`)."""
    (folder / "in.pack").write_bytes(packing.pack(meta, arrays))
    script = Path(__file__).with_name("engine.mjs")
    done = subprocess.run([NODE, str(script), str(folder)], capture_output=True, text=True)
    assert not done.returncode, done.stderr
    pixels = folder / "pixels.bin"
    return json.loads((folder / "out.json").read_text()), pixels.exists() and np.fromfile(pixels, np.uint8)


def decibels(made, truth):
    """Peak signal to noise, of pictures in [0, 1]."""
    return -10 * np.log10(np.mean((made - truth) ** 2))


def drawn(folder, decoders, codes):
    """By either kernel: {(kernel, who): decibels from Keras's pictures}."""
    net, arrays = packing.network(decoders, codes)
    _, pixels = run(folder, {"net": net}, arrays | {"codes": codes})
    size = net["size"]
    made = pixels.reshape(2, len(decoders), len(codes), size, size, 4)
    assert (made[..., 3] == 255).all()
    truth = [decoder.predict(codes, verbose=0) for decoder in decoders.values()]
    return {
        (way, who): decibels(made[k, j, ..., :3] / 255, truth[j])
        for k, way in enumerate(("whole", "real"))
        for j, who in enumerate(decoders)
    }


@in_node
@pytest.mark.parametrize("name", ["swap_64", pytest.param("swap_128", marks=pytest.mark.slow)])
def test_both_decoders_draw_what_keras_draws(name, tmp_path):
    model = networks.shipped(name)
    codes = np.random.default_rng(0).normal(size=(16, 128)).astype(np.float32)
    found = drawn(tmp_path, {who: model.get_layer(f"decoder_{who}") for who in "ab"}, codes)
    assert min(found.values()) > ENOUGH, found


@in_node
@pytest.mark.parametrize(
    ("size", "code", "width"),
    [
        (48, 1, 8),  # six pixels a row at first: no multiple of four
        (64, 6, 12),  # channels that are no multiple of eight
        (96, 8, 4),
    ],
)
def test_networks_of_other_shapes_are_drawn_as_well(size, code, width, tmp_path):
    keras.utils.set_random_seed(0)
    stem = build_stem(size, code, width)
    pair = {who: build_decoder(size, code, width, name=who, stem=stem) for who in "xy"}
    for k, decoder in enumerate(pair.values()):  # biases are 0 at first
        for layer in decoder.layers[2:]:
            layer.bias.assign(np.linspace(-0.5, 0.5 + k, layer.bias.shape[0]))
    codes = np.random.default_rng(0).normal(size=(5, code)).astype(np.float32)
    found = drawn(tmp_path, pair, codes)
    assert min(found.values()) > ENOUGH, found


def test_a_stem_that_both_share_is_packed_once():
    model = networks.shipped("swap_64")
    decoders = {who: model.get_layer(f"decoder_{who}") for who in "ab"}
    net, arrays = packing.network(decoders, np.zeros((2, 128)))
    a, b = (net["decoders"][who]["layers"] for who in "ab")
    assert a[:3] == b[:3] and not set(a[3:]) & set(b[3:])
    assert {a.dtype.name for name, a in arrays.items() if name.endswith("_w")} == {"int8"}


def test_a_pack_has_the_same_bytes_each_time_and_whole_multiples_of_16():
    import gzip

    arrays = {"one": np.arange(5, dtype=np.int8), "two": np.ones((2, 3), np.float32)}
    assert packing.pack({"k": 1}, arrays) == packing.pack({"k": 1}, arrays)
    raw = gzip.decompress(packing.pack({"k": 1}, arrays))
    start = 8 + int.from_bytes(raw[:8], "little")
    listed = json.loads(raw[8:start])["arrays"]
    assert start % 16 == 0 and listed["two"] == [16, "float32", [2, 3]]


@in_node
def test_sliders_move_a_code_as_in_python(tmp_path):
    values = latent.shipped("swap_64")
    codes = np.random.default_rng(1).normal(size=(3, 128)).astype(np.float32)
    start = dict.fromkeys(values.names, 0.1) | {"yaw": 12.5, "light_key": 1.3, "pitch": -4.0}
    asked = {"yaw": -20.0, "pitch": 9.0, "blink": 1.0}  # pitch and yaw have something to hold
    words, arrays = packing.values(values)
    meta = {"values": words, "start": start, "asked": asked}
    made, _ = run(tmp_path, meta, arrays | {"codes": codes})
    assert made["moved"] == pytest.approx(values.move(codes, start, asked), abs=1e-5)
    at = made["explorer"]
    assert at["first"] == at["undone"] and at["first"] == pytest.approx(codes[0], abs=1e-5)
    assert at["set"] == pytest.approx(values.move(codes[0], start, {"yaw": -20.0}), abs=1e-4)
    assert at["kept"] and at["surprised"] and at["told"] == 5
    assert at["second"] == pytest.approx(codes[1], abs=1e-5)
    assert at["copied"] == pytest.approx(at["second"], abs=1e-4)
    array = eval(at["text"], {"np": np})  # noqa: S307  as a reader would paste it
    assert array.dtype == np.float32 and array == pytest.approx(codes[1], abs=1e-4)
    assert "128 numbers" in at["refused"][0] and "infinite" in at["refused"][1]


@in_node
def test_directions_and_probes_are_those_of_python(tmp_path):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6))
    factors = np.stack([table[:, 0] + rng.normal(0, 0.5, 200), rng.normal(size=200)], 1)
    fresh = rng.normal(size=(50, 6)) @ rng.normal(size=(6, 6))
    fresh_factors = fresh[:, :1] + rng.normal(0, 0.5, (50, 1))
    arrays = {"table": table, "factors": factors, "fresh": fresh, "fresh_factors": fresh_factors}
    arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
    made, _ = run(tmp_path, {"count": 2}, arrays)
    found = latent.principal(arrays["table"], 2)
    assert made["principal"]["vectors"] == pytest.approx(found.vectors.ravel(), abs=1e-4)
    columns = {"x": arrays["factors"][:, 0], "y": arrays["factors"][:, 1]}
    assert made["named"] == pytest.approx(
        latent.named(arrays["table"], columns, "xy").vectors.ravel(), abs=1e-4
    )
    score = latent.probe_on(table, columns["x"], fresh, fresh_factors[:, 0])
    assert made["probe"] == pytest.approx(score, abs=2e-3)
    assert made["between"] == pytest.approx(latent.between(*arrays["table"][:2], 5)[1], abs=1e-5)
    assert made["stepped"] == pytest.approx(found.move(arrays["table"][0], [1.5, -0.5]), abs=1e-3)
    assert made["interpolated"] == [10, 15, 10, 0]


@in_node
def test_of_many_codes_asked_for_at_once_the_newest_is_shown_and_few_are_drawn(tmp_path):
    made, _ = run(tmp_path, {"asked_fast": list(range(1, 21))}, {"none": np.zeros(1, np.float32)})
    assert made["shown"][-1] == 20 and made["shown"] == made["drawn"] and len(made["drawn"]) < 5


@in_node
def test_the_puppet_opens_its_mouth_no_wider_for_pursed_lips(tmp_path):
    """MediaPipe reads them as an opened mouth. In either language, new readings are mapped back."""
    rng = np.random.default_rng(0)
    names = list(puppet.READ)

    def people(count):
        factors = rng.random((count, len(names)))
        seen = factors / 2
        mouth, pucker = names.index("mouth_open"), names.index("pucker")
        seen[:, mouth] += 0.3 * factors[:, pucker]
        return seen, factors

    seen, factors = people(500)
    seen[3] = np.nan  # a picture in which no face was found
    meta = {"limits": {"mouth_open": [0.0, 1.0], "pucker": [0.2, 0.7]}} | puppet.mapping(seen, factors)
    seen, factors = people(60)
    made = puppet.asked(meta, seen)
    assert np.corrcoef(made["mouth_open"], factors[:, names.index("mouth_open")])[0, 1] > 0.95
    assert made["pucker"].min() == 0.2 and made["pucker"].max() == 0.7 and len(made) == 2
    (out, _) = run(tmp_path, {"puppet": meta}, {"seen": seen.astype(np.float32)})
    for name, values in made.items():
        assert [row[name] for row in out["asked"]] == pytest.approx(values, abs=1e-4)


def test_a_face_that_does_not_move_follows_nothing():
    x = np.arange(5.0)
    assert puppet.together(x, 2 * x) == pytest.approx(1)
    assert puppet.together(x, np.ones(5)) == puppet.together(x, np.full(5, np.nan)) == 0


@pytest.mark.skipif(not kernel.has_compiler(), reason="no ziglang: kernel.wasm is not compiled anew")
def test_the_kernel_is_what_its_source_makes(tmp_path):
    kernel.build(tmp_path / "kernel.wasm")
    assert (tmp_path / "kernel.wasm").read_bytes() == kernel.COMPILED.read_bytes()


def test_without_the_compiler_the_kernel_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel, "has_compiler", lambda: False)
    with pytest.raises(SwaplibError, match="pip install ziglang"):
        kernel.build(tmp_path / "kernel.wasm")


def test_modules_become_one_script_that_imports_nothing(tmp_path):
    (tmp_path / "one.mjs").write_text(
        "const own = 2;\nexport const two = () => own;\nexport class Three {}\n"
    )
    (tmp_path / "user.mjs").write_text('import {two} from "./one.mjs";\nconst own = two();\n')
    script = document.bundle([tmp_path / "one.mjs", tmp_path / "user.mjs"])
    assert "import" not in script and "export" not in script
    assert "return {two, Three};" in script and "const {two} = module_one;" in script


def test_data_that_would_end_its_element_is_refused():
    with pytest.raises(ValueError, match="end its element"):
        document.inline("x", "</script>")


def test_another_network_is_no_swap():
    with pytest.raises(SwaplibError, match="is no swap"):
        swap_pack.coded(networks.shipped("code_1"))


def test_a_swap_that_learnt_nothing_gets_no_page_but_a_sentence(monkeypatch):
    codes, factors = np.zeros((4, 2), np.float32), {"smile": np.arange(4.0)}
    swap = SimpleNamespace(all_codes=codes, factors=factors, decoders={})
    nothing = SimpleNamespace(names=[])
    monkeypatch.setattr(networks.judge, "decoded", lambda decoders, reader: None)
    monkeypatch.setattr(latent, "bend", lambda codes, factors: nothing)
    monkeypatch.setattr(latent, "calibrated", lambda values, *rest, least: values)
    with pytest.raises(SwaplibError, match="train it for longer"):
        swap_pack.values_of(swap)


def test_a_swap_of_other_people_gets_no_page_but_a_sentence(monkeypatch, tmp_path):
    model = tmp_path / "model.npz"
    networks.save(networks.swap.build_swap(64, 6, width=4), model)
    monkeypatch.setattr(swap_pack, "coded", lambda model: None)
    monkeypatch.setattr(claims, "swapped", lambda swap: {"swap": 0.4, "unswapped": 0.7})
    with pytest.raises(SwaplibError, match="two shipped people"):
        write.write(tmp_path / "page.html", model)
    assert list(tmp_path.iterdir()) == [model]


def test_a_model_that_is_missing_is_said_at_once(tmp_path, capsys):
    with pytest.raises(SystemExit, match="none.npz"):
        __main__.main(["page", "--out", str(tmp_path / "p.html"), "--model", str(tmp_path / "none.npz")])
    assert not list(tmp_path.iterdir())


def test_a_page_of_an_own_swap_names_it_in_its_lines_of_python():
    lines = write._worded({"loaded": 'load("my & own.npz")', "size": 64, "age": 0.5, "age_shuffled": 0.0})
    assert lines["loaded"] == 'load("my &amp; own.npz")' and lines["size"] == "64"
    lines = write._worded({"code": 8, "people": 1300, "swap": 1.0, "age": 0.5, "age_shuffled": -0.01})
    assert [lines[name] for name in ("code", "people", "swap")] == ["8", "1,300", "1.000"]


def test_a_page_names_only_sliders_that_it_has():
    assert (
        write._to_try(["yaw", "smile", "blink", "pitch"]) == "Remove the smile, turn the head, close the eyes"
    )
    assert write._to_try(["gaze_yaw", "pitch"]) == "Nod"
    assert write._to_try(["pucker"]) == "Move a slider"


def test_every_step_of_the_quiz_has_words_and_its_detectors_ship():
    assert set(spot.SAID) == set(STEPS) and set(spot.DETECTORS) <= set(networks.SHIPPED)


def test_a_wrong_copy_of_mediapipe_is_refused(tmp_path, monkeypatch):
    wrong = tmp_path / "tasks.tgz"
    wrong.write_bytes(b"no archive")
    monkeypatch.setenv(puppet.NAMED, str(wrong))
    with pytest.raises(SwaplibError, match="SHA-256"):
        puppet.add_files(tmp_path)
    assert list(tmp_path.iterdir()) == [wrong]


def test_the_command_refuses_a_file_where_a_folder_must_be(tmp_path, capsys):
    (tmp_path / "page").write_text("mine")
    with pytest.raises(SystemExit, match="is a file"):
        __main__.main(["page", "--out", str(tmp_path / "page")])
    assert (tmp_path / "page").read_text() == "mine"


def test_the_article_is_short_and_each_figure_in_it_is_measured():
    texts = [(write.HERE / f"{name}.html").read_text() for name in ("article", *write.MORE)]
    words = re.sub(r"<svg.*?</svg>|<pre.*?</pre>|<[^>]+>", " ", " ".join(texts), flags=re.DOTALL).split()
    assert len(words) <= 2000
    numbers = [re.findall(r"<strong>(.*?)</strong>", text) for text in texts]
    assert all("{{" in number for some in numbers for number in some)
    for text in texts:
        sections = text.count("<section")
        assert text.count('class="number"') == text.count("{{lesson}}") == sections
        assert text.count("<pre ") == text.count('class="try"') == sections


@pytest.fixture(scope="module")
def judged():
    return pairs.load("test")


@pytest.mark.parametrize("seed", [7, 8])
def test_neither_people_nor_kinds_nor_moments_tell_a_swap_in_the_quiz(seed, judged):
    faces = spot.chosen(judged, seed)
    real, fakes = ([f for f in faces if (f.kind is None) == wanted] for wanted in (True, False))
    who = [sorted(judged.factors["who"][[f.row for f in some]]) for some in (real, fakes)]
    assert len(real) == len(fakes) == 12 and who[0] == who[1] and len({*who[0]}) == 10
    assert sorted(f.kind for f in fakes) == sorted([*SWAPS] * 2)
    moments = {(*(judged.factors[n][f.row] for n in ("pair", "clip", "frame")),) for f in faces}
    assert len(moments) == 24
    kinds = [f.kind is None for f in faces]
    assert kinds != sorted(kinds) and kinds != sorted(kinds, reverse=True)


def test_what_was_done_to_a_swap_is_said():
    said = spot.switches(Fake(decoder="sharp", back="bands", colour="fitted", resampled=True))
    assert len(said) == 4 and "network" in said[0] and "bands" in said[1] and "fitted" in said[2]
    assert not {*spot.switches(Fake())} & {*said}
    assert len({tuple(spot.switches(fake)) for fake in SWAPS.values()}) == len(SWAPS)


@pytest.mark.slow
def test_real_faces_of_the_quiz_are_real_and_swaps_change_the_face_only(judged):
    rows = np.flatnonzero((judged.factors["clip"] == 0) & (judged.factors["frame"] == 3))[:3]
    kinds = (None, "sharp, hard", "paste alone")
    faces = [spot.Face(int(row), kind) for row, kind in zip(rows, kinds, strict=True)]
    shown, truth = spot.pictures(judged, faces)
    assert shown.shape == (3, 192, 192, 3) and np.array_equal(shown[0], truth[0])
    for k in (1, 2):
        x, y = judged.points[rows[k]].mean(axis=0).astype(int)
        change = np.abs(shown[k].astype(int) - truth[k])
        assert change[y - 8 : y + 8, x - 8 : x + 8].mean() > 4 > 2 > change[:, :10].mean()
    seen = spot.marked(shown)
    assert all(
        (picture[170:190, 4:60] != plain[170:190, 4:60]).any()
        for picture, plain in zip(seen, shown, strict=True)
    )


def test_a_detector_is_told_that_half_are_swaps_and_a_lucky_guesser_is_known():
    fake = np.array([True, False, True, False])
    made = spot._machine("x", np.array([3.0, 2.0, 1.0, 0.5]), fake)
    assert made == {"name": "x", "right": 2, "auc": 0.75, "place": [1, 2, 3, 4]}
    assert spot._lucky(24) == {"right": 17, "once": 31}
