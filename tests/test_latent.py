"""What is in a code is found again, and what isn't, isn't."""

import numpy as np
import pytest

from swaplib import faces, latent, metrics, swap

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


def test_the_yaw_direction_turns_both_heads():
    """By MediaPipe's own measure, in both decoders, from the codes of A alone."""
    model, a = swap.shipped(64), faces.load("person_a", 64)
    codes = model.get_layer("encoder_a").predict(a.images, verbose=0)
    assert latent.probe(codes, a.factors["yaw"]) > 0.9
    found = latent.named(codes, a.factors, ["yaw", "pitch", "smile", "mouth_open", "blink"])
    steps = np.zeros((3, 5))
    steps[:, 0] = -20, 0, 20
    moved = np.stack([found.move(codes.mean(axis=0), s) for s in steps])
    for who in "ab":
        yaw = metrics.pose_expression(model.get_layer(f"decoder_{who}").predict(moved, verbose=0))["yaw"]
        assert yaw[2] - yaw[1] > 8 and yaw[1] - yaw[0] > 8


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
