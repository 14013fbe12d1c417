"""Whatever a code contains is recovered from it, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from swaplib import DATA, SwaplibError, latent, networks
from swaplib.crops import dataset
from swaplib.scoring import pose

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def made_up():
    """Codes (400, 6) that are known sums of two factors, which go together a little, and noise."""
    smile = RNG.uniform(0, 1, 400)
    factors = {"smile": smile, "yaw": 20 * (RNG.normal(size=400) + smile), "idle": RNG.normal(size=400)}
    vectors = np.array([[3, 0, 0, 1, 0, 0], [0, 0.1, 0, 0, 0, 0.1]], np.float32)
    codes = np.stack([factors["smile"], factors["yaw"]], 1) @ vectors
    return (codes + 0.05 * RNG.normal(size=codes.shape)).astype(np.float32), factors, vectors


def test_named_directions_are_told_apart(made_up):
    codes, factors, vectors = made_up
    found = latent.named(codes, factors, ["smile", "yaw"])
    assert np.allclose(found.vectors, vectors, atol=0.03)
    assert abs(latent.entanglement(found)[0, 1]) < 0.1
    # smiles lie between 0 and 1: half a step to either side of the middle
    assert found.low[0] == pytest.approx(-0.48, abs=0.06) and found.high[0] == pytest.approx(0.48, abs=0.06)
    moved = found.move(codes[0], [0.5, 0])
    assert np.allclose(moved - codes[0], 0.5 * found.vectors[0], atol=1e-6)


def test_principal_directions_come_by_their_size(made_up):
    codes, _, vectors = made_up
    found = latent.principal(codes, 3)
    main = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    assert abs(main[0] @ vectors[1] / np.linalg.norm(vectors[1])) > 0.95
    assert (np.diff(np.linalg.norm(found.vectors, axis=1)) < 0).all()
    assert (found.low < -1).all() and (found.high > 1).all() and len(found) == 3


def test_principal_directions_are_as_many_as_the_codes_have(made_up):
    flat = made_up[0][:, :2] @ RNG.normal(size=(2, 6)).astype(np.float32)
    found = latent.principal(flat, 8)
    assert len(found) == len(found.vectors) == len(found.low) == 2
    assert np.isfinite(found.vectors).all() and (found.low < -1).all() and (found.high > 1).all()
    assert found.move(flat[0], [1, 0]) == pytest.approx(flat[0] + found.vectors[0])
    for same in (np.repeat(flat[:1], 5, axis=0), flat[:1]):
        with pytest.raises(SwaplibError, match="codes are all equal"):
            latent.principal(same)


def test_a_direction_that_changes_nothing_goes_along_with_none(made_up):
    codes, factors, _ = made_up
    found = latent.named(codes, {**factors, "still": np.ones(400)}, ["smile", "still"])
    assert latent.entanglement(found) == pytest.approx(np.diag([1, 0]), abs=1e-6)


def test_whole_numbers_are_numbers_and_text_and_bool_are_names(made_up, bent):
    codes, factors, _ = made_up
    whole, smiles = np.round(factors["yaw"]).astype(int), factors["smile"] > 0.5
    assert latent.probe(codes, whole) == pytest.approx(latent.probe(codes, whole.astype(float)))
    assert latent.probe(codes, whole) > 0.95
    half, rest = slice(None, 200), slice(200, None)
    read = latent.probe_on(codes[half], smiles[half], codes[rest], smiles[rest])
    assert read == latent.probe_on(
        codes[half], smiles.astype(str)[half], codes[rest], smiles.astype(str)[rest]
    )
    assert latent.columns({"a": whole, "b": smiles}, ["a", "b"]).shape == (400, 3)
    codes, factors, code = bent
    degrees = {**factors, "yaw": np.round(factors["yaw"]).astype(int), "room": factors["room"] == "stage"}
    values = latent.bend(codes, degrees, ["yaw", "smile"])
    assert "yaw" in values.known and "room" not in values.known
    turned = values.move(code(-25, 0.5, 0), {"yaw": -25, "smile": 0.5, "light": 0.0}, {"yaw": 25})
    assert np.linalg.norm(turned - code(25, 0.5, 0)) < 0.35


def test_probes_read_what_is_there_and_nothing_else(made_up):
    codes, factors, _ = made_up
    assert latent.probe(codes, factors["yaw"]) > 0.95
    assert latent.probe(codes, factors["idle"]) < 0.05
    names = np.where(factors["smile"] > 0.5, "smiles", "doesn't")
    assert latent.probe(codes, names) > 0.8 > 0.2 > latent.probe(codes, RNG.permutation(names))


def test_a_probe_knows_no_names_by_heart():
    """As many numbers as people: a reader of names that has seen them all finds each again."""
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(60, 40))
    assert np.mean([latent.probe(codes, rng.choice(["short", "long"], 60)) for _ in range(8)]) < 0.1


def test_a_probe_is_scored_on_other_codes(made_up):
    codes, factors, _ = made_up
    half, rest = slice(None, 200), slice(200, None)
    assert latent.probe_on(codes[half], factors["yaw"][half], codes[rest], factors["yaw"][rest]) > 0.95
    assert latent.probe_on(codes[half], factors["idle"][half], codes[rest], factors["idle"][rest]) < 0.05
    names = np.where(factors["smile"] > 0.5, "smiles", "doesn't")
    assert latent.probe_on(codes[half], names[half], codes[rest], names[rest]) > 0.8


def test_raw_numbers_are_moved_one_at_a_time(made_up):
    codes = made_up[0]
    found = latent.raw(codes, 2)
    most = int(codes.std(axis=0).argmax())
    assert found.names[0] == f"number {most}" and (found.low < 0).all() and (found.high > 0).all()
    moved = found.move(codes[0], [2, 0]) - codes[0]
    assert np.isclose(moved[most], 2, atol=1e-5) and np.count_nonzero(moved) == 1


def test_ways_and_neighbours(made_up):
    codes = made_up[0]
    way = latent.between(codes[0], codes[1], 5)
    assert np.allclose(way[[0, -1]], codes[:2]) and np.allclose(way[2], codes[:2].mean(axis=0), atol=1e-6)
    assert latent.nearest(codes, codes[7])[0] == 7


@pytest.mark.slow
def test_the_yaw_direction_turns_both_heads():
    """By MediaPipe's own measure, in both decoders, from the codes of A alone."""
    model, a = networks.shipped("swap_64"), dataset.load("person_a", 64)
    codes = model.get_layer("encoder_a").predict(a.images, verbose=0)
    assert latent.probe(codes, a.factors["yaw"]) > 0.9
    found = latent.named(codes, a.factors, ["yaw", "pitch", "smile", "mouth_open", "blink"])
    steps = np.zeros((3, 5))
    steps[:, 0] = -20, 0, 20
    moved = np.stack([found.move(codes.mean(axis=0), s) for s in steps])
    for who in "ab":
        yaw = pose.pose_expression(model.get_layer(f"decoder_{who}").predict(moved, verbose=0))["yaw"]
        assert yaw[2] - yaw[1] > 6 and yaw[1] - yaw[0] > 6  # of the 20 that are asked: codes lie on a bend


def test_what_follows_from_factors_is_explained_and_what_does_not_is_not():
    rng = np.random.default_rng(0)
    factors = {"turn": rng.normal(size=300), "look": rng.choice(["lamp", "shade", "stage"], 300)}
    x = latent.columns(factors, ["turn", "look"])
    assert x.shape == (300, 4) and (x[:, 1:].sum(axis=1) == 1).all()
    y = x @ rng.normal(size=(4, 6))
    noise = rng.normal(size=(300, 6))
    assert latent.r2(x[:200], y[:200], x[200:], y[200:]) == pytest.approx(1)
    assert latent.r2(x[:200], noise[:200], x[200:], noise[200:]) < 0.05
    # who says the old mean each time explains nothing, wherever the new ones lie
    nothing = np.zeros((300, 1))
    assert latent.r2(nothing, noise, nothing, noise + 3) == pytest.approx(0)
    few = {"look": np.array(["stage", "lamp"])}  # its values get the columns that the others have
    assert latent.columns(few, ["look"], factors).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.fixture(scope="module")
def bent():
    """(codes (600, 5), factors, the true code of factors): a turning head on an arc, a smile, a lamp.

    The lamp turns with the head. What no factor explains is in the last number.
    """
    rng = np.random.default_rng(1)
    yaw = rng.normal(0, 15, 600)
    factors = {
        "yaw": yaw,
        "smile": np.maximum(rng.uniform(-1, 1, 600), 0),
        "light": yaw / 15 + 0.5 * rng.normal(size=600),
        "idle": rng.normal(size=600),
        "room": rng.choice(["shade", "stage"], 600),
    }

    def code(yaw, smile, light, rest=0.0):
        turn = np.radians(1.5 * np.asarray(yaw))
        return np.stack(np.broadcast_arrays(np.sin(turn), np.cos(turn), smile, light, rest), -1)

    codes = code(yaw, factors["smile"], factors["light"], 0.3 * rng.normal(size=600))
    return codes.astype(np.float32), factors, code


def test_a_value_follows_the_bend(bent):
    codes, factors, code = bent
    curve = latent.bend(codes, factors, ["yaw", "smile"])
    start = {"yaw": -25.0, "smile": 0.5, "light": 0.0}
    goal = code(25, 0.5, 0)
    moved = curve.move(code(-25, 0.5, 0), start, {"yaw": 25.0})
    line = latent.named(codes, factors, ["yaw", "smile", "light"])
    half = curve.move(code(-25, 0.5, 0), start, {"yaw": 0.0})
    assert np.linalg.norm(moved - goal) < 0.35 and half[1] > 0.9  # cos 0 is 1, on the line it is 0.79
    assert line.move(code(-25, 0.5, 0), [25, 0, 0])[1] < 0.85


def test_a_smile_can_be_taken_back(bent):
    codes, factors, code = bent
    values = latent.bend(codes, factors, ["yaw", "smile"])
    rest = code(10, 0.8, 0, 2.0)  # a 2 that no factor explains stays
    start = {"yaw": 10.0, "smile": 0.8, "light": 0.0}
    assert values.move(rest, start, {"smile": 0.8}) == pytest.approx(rest, abs=1e-5)
    assert values.move(rest, start, {"smile": 0.0}) == pytest.approx(code(10, 0, 0, 2.0), abs=0.1)
    there = values.move(rest, start, {"smile": 0.1})
    assert values.move(there, {**start, "smile": 0.1}, {"smile": 0.8}) == pytest.approx(rest, abs=1e-5)


def test_what_goes_along_is_left_where_it_is(bent):
    codes, factors, code = bent
    values = latent.bend(codes, factors, ["yaw"])
    moved = values.move(code(0, 0, 0), {"yaw": 0.0}, {"yaw": 20.0})
    assert abs(moved[3]) < 0.1  # the lamp, which mostly turns with the head


def test_many_codes_are_moved_as_one_is(bent):
    codes, factors, _ = bent
    values = latent.bend(codes, factors, ["yaw", "smile"])
    start = {name: factors[name][:4] for name in values.known}
    moved = values.move(codes[:4], start, {"yaw": 5.0, "smile": np.array([0, 0.2, 0.4, 0.6])})
    one = values.move(codes[2], {name: c[2] for name, c in start.items()}, {"yaw": 5.0, "smile": 0.4})
    assert moved.dtype == np.float32 and moved[2] == pytest.approx(one, abs=1e-5)
    with pytest.raises(SwaplibError, match="'grin': choose from yaw, smile, light"):
        values.move(codes[0], {}, {"grin": 1})
    with pytest.raises(SwaplibError, match="grin"):
        latent.bend(codes, factors, ["yaw", "grin"])


def half_seen(codes):
    """A decoder that turns the head by half, and smiles late: what a perfect judge reads."""
    yaw = np.degrees(np.arctan2(codes[:, 0], codes[:, 1])) / 1.5
    return {"yaw": 0.5 * yaw, "smile": np.maximum(codes[:, 2], 0) ** 1.5, "idle": 0.1 * codes[:, 4]}


@pytest.fixture(scope="module")
def judged(bent):
    codes, factors, _ = bent
    values = latent.bend(codes, factors, ["yaw", "smile", "idle"])
    return latent.calibrated(values, codes, factors, half_seen, reach=1.0, far=np.inf)


def test_what_is_asked_is_what_is_seen(bent, judged):
    _, _, code = bent
    start = {"yaw": -5.0, "smile": 0.0, "light": 0.0}
    stood = code(-5, 0, 0)[None]
    for turn in (-12, 0, 8, 15):
        seen = half_seen(judged.move(stood, start, {"yaw": turn}))["yaw"] - half_seen(stood)["yaw"]
        assert seen[0] == pytest.approx(turn + 5, abs=2)
    for smile in (0.25, 0.5, 0.9):
        assert half_seen(judged.move(stood, start, {"smile": smile}))["smile"] == pytest.approx(
            smile, abs=0.1
        )
    # who asks for what is there, gets it
    assert judged.move(stood, start, {"yaw": -5.0}) == pytest.approx(stood, abs=1e-6)
    # and the smile can be taken back to none
    assert judged.low[1] == pytest.approx(0, abs=0.03)


def test_what_cannot_be_moved_is_not_offered(judged):
    assert judged.names == ["yaw", "smile"] and len(judged.low) == len(judged.high) == len(judged) == 2
    assert "appears in the picture" in judged.left_out["idle"]


def test_no_more_is_put_in_where_hardly_anything_changes(bent):
    codes, factors, code = bent
    values = latent.bend(codes, factors, ["yaw"])
    stood, start = code(0, 0, 0)[None], {"yaw": 0.0}

    def slow(codes):
        yaw = half_seen(codes)["yaw"] * 2
        return {"yaw": np.where(abs(yaw) < limit, yaw, np.sign(yaw) * (limit + 0.1 * (abs(yaw) - limit)))}

    limit = float(values.high[0]) * 1.1
    found = latent.calibrated(values, codes, factors, slow, far=np.inf)
    assert found.maps["yaw"][1].max() < values.high[0] * 1.5
    assert found.maps["yaw"][1].min() > values.low[0] * 1.5
    assert found.low == pytest.approx(values.low) and found.high == pytest.approx(values.high)
    assert half_seen(found.move(stood, start, {"yaw": 50}))["yaw"] * 2 < values.high[0] * 1.5


def test_a_smile_that_begins_late_begins_at_once_with_the_slider(bent):
    """Nothing is seen of the first third of it. A face that doesn't smile stands at its very beginning."""
    codes, factors, code = bent

    def late(codes):
        return {"smile": np.maximum(codes[:, 2] - 0.33, 0) * 1.5}

    values = latent.bend(codes, factors, ["smile"])
    found = latent.calibrated(values, codes, factors, late, far=np.inf)
    stood = code(0, 0, 0)[None]
    for smile in (0.1, 0.4, 0.8):
        moved = found.move(stood, {"yaw": 0.0, "smile": 0.0}, {"smile": smile})
        assert late(moved)["smile"] == pytest.approx(smile, abs=0.07)


def test_straight_ahead_is_put_in_as_it_is_whoever_looks_aside(bent):
    codes, factors, _ = bent
    values, aside = latent.bend(codes, factors, ["yaw"]), factors["yaw"] > 0
    some = {name: column[aside] for name, column in factors.items()}
    found = latent.calibrated(values, codes[aside], some, half_seen, far=np.inf)
    assert np.interp(0.0, *found.maps["yaw"]) == pytest.approx(0, abs=0.5)


def test_what_goes_along_is_held(bent, tmp_path):
    """A decoder that draws a smile on whoever looks to one side, and a judge that sees it."""
    codes, factors, code = bent

    def leaking(codes):
        yaw = np.degrees(np.arctan2(codes[:, 0], codes[:, 1]))
        return {"yaw": yaw, "smile": codes[:, 2] + 0.01 * np.maximum(yaw, 0)}

    values = latent.bend(codes, factors, ["yaw", "smile"])
    found = latent.calibrated(values, codes, factors, leaking, far=np.inf)
    latent.values.save(found, tmp_path / "values.npz")
    stood, start = code(0, 0, 0)[None], {"yaw": 0.0, "smile": 0.0}
    for held in (found, latent.values.load(tmp_path / "values.npz")):
        turned = leaking(held.move(stood, start, {"yaw": 25.0}))
        assert turned["yaw"] == pytest.approx(25, abs=3) and abs(turned["smile"]) < 0.08
    assert leaking(replace(found, compensation={}).move(stood, start, {"yaw": 25.0}))["smile"] > 0.2


def test_what_is_held_is_seen_on_faces_without_it(bent):
    """A leak that only a face at rest shows: whoever smiles already has no more of it."""
    codes, factors, _ = bent
    same = np.array([-2.0, 2])
    values = replace(latent.bend(codes, factors, ["yaw", "smile"]), maps={"smile": (same, same)})

    def leaking(codes):
        yaw = np.degrees(np.arctan2(codes[:, 0], codes[:, 1])) / 1.5
        return {"yaw": yaw, "smile": codes[:, 2] + np.where(codes[:, 2] < 0.15, 0.01 * np.maximum(yaw, 0), 0)}

    start = {name: factors[name] for name in values.known}
    ((asked, put_in),) = latent.values._held(values, codes, start, factors, leaking)["yaw"].values()
    assert list(asked) == list(np.linspace(values.low[0], values.high[0], latent.values.HELD))
    assert put_in == pytest.approx(-0.01 * np.maximum(asked, 0), abs=0.04) and put_in[-1] < -0.2


def test_a_map_is_cut_at_both_ends_where_little_happens():
    put_in = np.arange(-5.0, 6)
    slow = np.clip(put_in, -2, 2) + 0.1 * (put_in - np.clip(put_in, -2, 2))  # a tenth, beyond the data
    assert latent.values._useful(put_in, slow, -2, 2, 0) == slice(3, 8)
    still = np.clip(put_in, -2, 2) + 1e-6 * put_in  # nothing, though there is data
    assert latent.values._useful(put_in, still, -4, 4, 0) == slice(3, 8)
    late = np.clip(put_in - 2, 0, 3) + 1e-6 * put_in  # a face at rest stays on the map
    assert latent.values._useful(put_in, late, 0, 5, 0) == slice(5, 11)


def test_a_slider_ends_where_codes_are_far_from_those_of_pictures(bent):
    codes, factors, code = bent
    values = latent.bend(codes, factors, ["yaw"])

    def half(codes):
        return {"yaw": half_seen(codes)["yaw"]}

    free, kept = (latent.calibrated(values, codes, factors, half, 48, 1.0, far) for far in (np.inf, 4))
    assert free.low[0] < kept.low[0] < 0 < kept.high[0] < free.high[0]


def test_values_are_kept_in_a_file(judged, bent, tmp_path):
    codes, factors, _ = bent
    latent.values.save(judged, tmp_path / "values.npz")
    again = latent.values.load(tmp_path / "values.npz")
    assert again.names == judged.names and again.left_out == judged.left_out
    start = {name: factors[name][:5] for name in judged.known}
    assert again.move(codes[:5], start, {"yaw": 9}) == pytest.approx(
        judged.move(codes[:5], start, {"yaw": 9}), abs=0.01
    )
    (tmp_path / "values.npz").write_bytes(b"PK no")
    with pytest.raises(SwaplibError, match="damaged"):
        latent.values.load(tmp_path / "values.npz")
    with pytest.raises(SwaplibError, match="no set of sliders"):
        latent.values.load(tmp_path / "none.npz")
    with pytest.raises(SwaplibError, match="choose one of one, swap_64"):
        latent.shipped("two")


def test_the_bars_of_a_probe_hold_what_other_pictures_give(made_up):
    codes, factors, _ = made_up
    noisy = codes + np.random.default_rng(3).normal(0, 1.0, codes.shape)
    half, few, rest = slice(None, 200), slice(200, 230), slice(200, None)
    smile = factors["smile"]
    score, low, high = latent.probe_interval(noisy[half], smile[half], noisy[rest], smile[rest])
    assert score == latent.probe_on(noisy[half], smile[half], noisy[rest], smile[rest])
    assert low < score < high < 1
    _, wider, higher = latent.probe_interval(noisy[half], smile[half], noisy[few], smile[few])
    assert higher - wider > high - low > 0.02
    idle = factors["idle"]
    assert latent.probe_interval(codes[half], idle[half], codes[rest], idle[rest])[1] < 0.02
    names = np.where(smile > 0.5, "smiles", "doesn't")
    score, low, high = latent.probe_interval(codes[half], names[half], codes[rest], names[rest])
    assert 0.5 < low <= score <= high


@pytest.mark.parametrize("name", latent.values.SHIPPED)
def test_shipped_values_offer_what_they_can_do(name):
    path = DATA / "weights" / f"values_{name}.npz"
    if not path.exists():
        pytest.skip("made by data_scripts/train_weights.py, after the judge")
    values = latent.shipped(name)
    assert set(values.names) | set(values.left_out) == set(latent.OFFERED)
    assert {"yaw", "smile", "mouth_open"} <= set(values.names)
    low, high = (
        dict(zip(values.names, values.low, strict=True)),
        dict(zip(values.names, values.high, strict=True)),
    )
    assert low["yaw"] < -10 and high["yaw"] > 10 and low["smile"] < 0.1 and high["smile"] > 0.6
