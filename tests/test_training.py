"""Reproducible batches, augmentation, and trainings that learn, end on time and resume."""

import os
import shutil
import signal
import time

import cv2
import keras
import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import Crops, dataset
from swaplib.face.align import ANCHORS
from swaplib.networks import swap
from swaplib.notebook.preview import swap_preview
from swaplib.training import augmentation, batches, callbacks, device


@pytest.fixture(scope="module")
def people(people):
    """A few of their pictures are enough."""
    return tuple(some[:40] for some in people)


def fresh():
    keras.utils.set_random_seed(0)
    return swap.build_swap(size=64, code_size=32, width=8)


def tiny():
    """As a swap from outside, and compiled at once: for what happens around the steps."""
    keras.utils.set_random_seed(0)
    pictures = [keras.Input((64, 64, 3), name=who) for who in "ab"]
    layer = keras.layers.Conv2D(3, 3, padding="same")
    model = keras.Model(pictures, [layer(picture) for picture in pictures])
    model.compile(keras.optimizers.Adam(swap.LEARNING_RATE), loss=["mae", "mae"], run_eagerly=True)
    return model


def drawn(pairs, step=0):
    """A batch of `Pairs` as the device has it: (pictures in, pictures wanted, weights), of A and B each."""
    made = pairs.trainer(tiny()).pictures(*pairs[step][0])
    return [[np.asarray(picture) for picture in some] for some in made]


def test_eyes_and_mouth_count_most():
    counts = batches.focus(64, times=4)
    assert counts.max() == pytest.approx(5, abs=0.1) and counts.min() == pytest.approx(1, abs=0.01)
    for x, y in np.round(ANCHORS * 64).astype(int):
        assert counts[y, x] > 4.8
    assert np.allclose(counts, counts[:, ::-1]) and (batches.focus(64, 0) == 1).all()


def test_batches_repeat_with_the_seed_and_differ_from_each_other(people):
    one, two, other = (batches.Pairs(*people, batch=4, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one[3][0][0], two[3][0][0])
    assert not np.array_equal(one[3][0][0], one[4][0][0])
    assert not np.array_equal(one[3][0][0], other[3][0][0])
    one.on_epoch_begin()
    assert np.array_equal(one[3][0][0], two[3][0][0])  # the first epoch is the one that was looked at
    one.on_epoch_begin()
    assert not np.array_equal(one[3][0][0], two[3][0][0])


class Watched(batches.SeededBatches):
    """Batches that note which epoch they are drawn for."""

    drawn: list

    def draw(self, rng):
        self.drawn.append(self.epoch)
        return np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32)


@pytest.mark.parametrize("resumes", [False, True])
def test_every_epoch_is_trained_once_from_the_first(tmp_path, eager, resumes):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("adam", loss="mse")
    watched = Watched(2, 0)
    watched.drawn = []
    resume = callbacks.Resume(tmp_path / "state.npz") if resumes else None
    batches.fit(model, watched, 3, 1e-3, resume=resume)
    assert [epoch for epoch in watched.drawn if epoch >= 0] == [0, 0, 1, 1, 2, 2]
    watched.drawn, watched.epoch = [], -1
    model.fit(watched, epochs=2, shuffle=False, verbose=0)  # by Keras alone
    assert [epoch for epoch in watched.drawn if epoch >= 0] == [0, 0, 1, 1]


def test_a_batch_has_each_crop_with_its_own_weight(people):
    pairs = batches.Pairs(*people, batch=4)
    numbers = pairs[0][0][0]
    (a, b), _, weights = drawn(pairs)
    for k, (images, some) in enumerate(((a, weights[0]), (b, weights[1]))):
        assert np.array_equal(images, people[k].images[numbers[:, k]])
        assert np.array_equal(some, pairs.people[k][1][numbers[:, k]].astype(np.float32))
    assert not np.array_equal(*weights)


def test_without_augmentation_the_crops_come_as_they_are(people):
    (a, b), (wanted, _), (weight, _) = drawn(batches.Pairs(*people, batch=4))
    assert np.array_equal(a, wanted)
    assert (np.abs(people[0].images[:, None] - a[None]).max(axis=(2, 3, 4)).min(axis=0) == 0).all()
    assert weight.min() == pytest.approx(batches.OUTSIDE, abs=0.01) and weight.max() > 1 + 0.9 * batches.FOCUS


def changed(augment, images, weights, seed=0):
    """Crops as an `Augment` changes them: (pictures in, pictures wanted, weights)."""
    changes = augment.draw(np.random.default_rng(seed), len(images), images.shape[1])
    return [np.asarray(some) for some in augment(images, weights, *changes)]


def test_augmentation_moves_picture_and_weight_together():
    """A white face on black, wherever it goes, lies under its own weight."""
    y, x = np.mgrid[:64, :64]
    weights = np.repeat(((x - 28) ** 2 + (y - 34) ** 2 < 200).astype(np.float32)[None], 10, axis=0)
    images = np.repeat(weights[..., None], 3, axis=3)
    _, wanted, moved = changed(
        augmentation.Augment(turn=10, zoom=0.1, shift=0.05, flip=True), images, weights
    )
    assert np.abs(wanted[..., 0] - moved).max() < 1e-5
    assert (np.abs(moved - weights).sum(axis=(1, 2)) > 5).all()


def test_a_similarity_is_as_large_as_asked():
    """Drawn many times: degrees, zoom and shift of the matrix have the standard deviations asked for."""
    augment = augmentation.Augment(turn=5, zoom=0.1, shift=0.02, light=0.1)
    places, gains, _ = augment.draw(np.random.default_rng(0), 4000, 64)
    degrees = np.rad2deg(np.arctan2(places[:, 1, 0], places[:, 0, 0]))
    zoom = np.log(np.hypot(places[:, 1, 0], places[:, 0, 0]))
    middle = np.einsum("nij,j->ni", places, [31.5, 31.5, 1]) - 31.5  # where the middle's content comes from
    assert degrees.std() == pytest.approx(5, rel=0.05) and zoom.std() == pytest.approx(0.1, rel=0.05)
    assert middle.std(axis=0) == pytest.approx(0.02 * 64, rel=0.1)
    assert np.log(gains).mean(axis=1).std() == pytest.approx(0.1 * np.sqrt(1 + 0.25 / 3), rel=0.05)


def test_a_mirrored_crop_is_the_mirror_image_to_the_pixel():
    rng = np.random.default_rng(0)
    images, weights = rng.random((20, 16, 16, 3), np.float32), rng.random((20, 16, 16), np.float32)
    given, wanted, moved = changed(augmentation.Augment(flip=True), images, weights)
    steps = [1 if np.allclose(moved[k], weights[k], atol=1e-5) else -1 for k in range(20)]
    for k, step in enumerate(steps):
        assert moved[k] == pytest.approx(weights[k, :, ::step], abs=1e-5)
        assert wanted[k] == pytest.approx(images[k, :, ::step], abs=1e-5)
    assert np.array_equal(given, wanted) and 3 < steps.count(-1) < 17


def test_between_pixels_and_outside_a_picture_it_is_sampled_as_opencv_does():
    images = np.random.default_rng(0).random((2, 12, 16, 4), np.float32)
    where = np.random.default_rng(1).uniform(-9, 24, (2, 12, 16, 2)).astype(np.float32)
    made = np.asarray(augmentation.sampled(images, where[..., 0], where[..., 1]))
    for image, places, one in zip(images, where, made, strict=True):
        wanted = cv2.remap(image, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        assert np.abs(one - wanted).max() < 0.05  # OpenCV rounds to 1/32 px


def test_on_the_host_a_crop_is_changed_as_in_the_graph(people):
    augment = augmentation.Augment(flip=True, turn=10, zoom=0.1, shift=0.05, light=0.2)
    for seed, (image, weight) in enumerate(zip(people[0].images[:4], people[0].masks(), strict=False)):
        one = augment.on_host(np.random.default_rng(seed), image, weight)
        _, wanted, moved = changed(augment, image[None], weight[None], seed)
        assert np.abs(one[0] - wanted[0]).max() < 0.03 and np.abs(one[1] - moved[0]).max() < 0.05


def test_the_warp_bends_only_what_goes_in(people):
    images, weights = people[0].images[:2], people[0].masks()[:2]
    bent, wanted, _ = changed(augmentation.Augment(warp=0.05), images, weights)
    assert np.allclose(wanted, images, atol=1e-6) and np.abs(bent - images).mean() > 0.01


def test_on_the_device_each_person_has_its_own_changes_and_the_network_sees_the_bent_pictures(people):
    augment = augmentation.Augment(flip=True, turn=5, light=0.2, warp=0.05)
    pairs, model = batches.Pairs(*people, batch=2, augment=augment), tiny()
    numbers, *changes = pairs[0][0]
    made, wanted, weights = pairs.trainer(model)((numbers, *changes))
    bent = []
    for k, (images, some) in enumerate(pairs.people):
        rows = numbers[:, k]
        alone = augment(
            images[rows] / np.float32(255), some[rows].astype(np.float32), *(c[:, k] for c in changes)
        )
        bent.append(alone[0])
        assert np.allclose(wanted[k], alone[1], atol=1e-5) and np.allclose(weights[k], alone[2], atol=1e-5)
    for one, other in zip(made, model(bent), strict=True):
        assert np.allclose(one, other, atol=1e-4)


def test_unequal_or_missing_people_are_handled(people):
    few = people[0][:3]
    assert drawn(batches.Pairs(few, people[1], batch=8))[0][0].shape == (8, 64, 64, 3)
    none = people[0][:0]
    with pytest.raises(SwaplibError, match="no faces of B"):
        batches.Pairs(people[0], none)
    with pytest.raises(SwaplibError, match="A's crops are 64 px, B's 32 px"):
        batches.Pairs(people[0], dataset.load("test_b", 32))
    spoilt = Crops(people[0].images[:3] * np.float32(np.nan), people[0].factors, people[0].hulls[:3])
    with pytest.raises(SwaplibError, match="values from nan"):
        batches.Pairs(spoilt, people[1])


class Stopped(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise Stopped


def train(build, people, path, stop=None, epochs=3, augment=None):
    model, pairs = build(), batches.Pairs(*people, batch=4, steps=3, augment=augment)
    watching = [StopAfter(stop)] if stop else []
    resume = path and callbacks.Resume(path)
    batches.fit(model, pairs, epochs, swap.LEARNING_RATE, resume=resume, callbacks=watching)
    return model, resume


def same(one, other):
    return all(np.array_equal(x, y) for x, y in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("build", [tiny, fresh])
def test_a_resumed_training_ends_where_an_unbroken_one_ends(people, tmp_path, build):
    augment = augmentation.GENTLE if build is tiny else None
    without, _ = train(build, people, None, augment=augment)
    unbroken, _ = train(build, people, tmp_path / "one.npz", augment=augment)
    with pytest.raises(Stopped):
        train(build, people, tmp_path / "two.npz", stop=2, augment=augment)
    assert (tmp_path / "two.npz").exists()
    resumed, resume = train(build, people, tmp_path / "two.npz", augment=augment)
    assert same(unbroken, resumed) and len(resume.history) == 3 and resume.problem is None
    assert same(without, unbroken)  # the same batches, whether or not the state is kept
    assert not list(tmp_path.iterdir())
    assert not np.array_equal(build().get_weights()[0], resumed.get_weights()[0])


DAMAGES = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "NULs": lambda data: bytes(len(data)),
    "one byte": lambda data: (
        data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]
    ),
    "text": lambda data: b"{}",
    "another network": None,
}


@pytest.fixture(scope="module")
def broken_off(people, tmp_path_factory):
    """(the folder with the state of a training that was broken off, how it ends unbroken)."""
    folder = tmp_path_factory.mktemp("broken")
    with pytest.raises(Stopped):
        train(tiny, people, folder / "state.npz", stop=2)
    return folder, train(tiny, people, folder / "one.npz")[0]


def restored(people, path):
    """A model as `train` compiles it, with the state that lies at a path; what was restored; the `Resume`."""
    model = tiny()
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 9)), loss=model.loss)
    resume = callbacks.Resume(path)
    return model, resume.restore(model), resume


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_told_and_the_one_before_it_taken(people, broken_off, tmp_path, damage):
    folder, _ = broken_off
    path = shutil.copytree(folder, tmp_path / "copy") / "state.npz"
    before, epochs, _ = restored(people, callbacks.both(folder / "state.npz")[1])
    assert epochs == 1
    if DAMAGES[damage]:
        path.write_bytes(DAMAGES[damage](path.read_bytes()))
    else:
        np.savez(path, state="{}", **{"0000": np.zeros(3)})
    model, epochs, resume = restored(people, path)
    assert epochs == 1 and same(before, model) and len(resume.history) == 1
    assert "state.npz can't be used" in resume.problem


def test_a_state_of_another_network_changes_nothing(people, broken_off):
    """One whose first layer fits, so that half of it would be taken."""
    picture = keras.Input((64, 64, 3))
    first, second = (keras.layers.Conv2D(3, 3, padding="same") for _ in range(2))
    model = keras.Model(picture, second(first(picture)))
    model.compile(keras.optimizers.Adam(1e-3), loss="mae")
    before = model.get_weights()
    resume = callbacks.Resume(broken_off[0] / "state.npz")
    assert resume.restore(model) == 0 and "belongs to another network" in resume.problem
    assert all(np.array_equal(x, y) for x, y in zip(before, model.get_weights(), strict=True))


def test_where_no_state_can_be_read_the_training_begins_anew(people, broken_off, tmp_path):
    folder, unbroken = broken_off
    path = shutil.copytree(folder, tmp_path / "copy") / "state.npz"
    assert callbacks.read_note(path) is None
    for file in callbacks.both(path):
        file.write_bytes(b"nothing")
    assert callbacks.read_note(path) is None
    resumed, resume = train(tiny, people, path)
    assert same(unbroken, resumed) and resume.problem and len(resume.history) == 3


def test_a_state_that_is_no_number_is_not_kept(people, tmp_path, eager):
    model, pairs = tiny(), batches.Pairs(*people, batch=4, steps=2)
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    with pytest.raises(SwaplibError, match="became NaN or infinite after 1 epochs"):
        batches.fit(model, pairs, 2, 1e-3, resume=callbacks.Resume(tmp_path / "state.npz"))
    assert not list(tmp_path.iterdir())


def test_epochs_and_rate_are_taken_at_their_word(people, eager):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)
    for wrong in (0, -1):
        with pytest.raises(SwaplibError, match="at least one"):
            batches.fit(model, pairs, epochs=wrong, rate=1e-3)
    stop = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: setattr(stop.model, "stop_training", True)
    )
    batches.fit(model, pairs, rate=0.25, callbacks=[stop])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.25)
    batches.fit(model, pairs, epochs=1)  # at the rate it was compiled with
    assert model.optimizer.learning_rate < 0.25


class Clock:
    """In place of `time`: each look at it takes a tenth of a second."""

    now, monotonic = 0.0, staticmethod(time.monotonic)

    def perf_counter(self):
        self.now += 0.1
        return self.now


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(callbacks, "time", Clock())
    return callbacks.time


def test_the_deadline_ends_the_training_and_is_resumed(people, tmp_path, clock, eager):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)
    peak = float(model.optimizer.learning_rate)
    deadline = callbacks.Deadline(0.49)
    resume = callbacks.Resume(tmp_path / "state.npz", deadline, note={"size": 64}, delete=False)
    rates = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: rates.append(float(model.optimizer.learning_rate))
    )
    history = batches.fit(model, pairs, resume=resume, steps_at_once=1, callbacks=[deadline, watch]).history
    assert len(history["loss"]) == 3 and deadline.spent == pytest.approx(0.5)
    assert rates == sorted(rates, reverse=True) and rates[0] > 0.9 * peak and rates[-1] < 0.05 * peak
    assert callbacks.read_note(tmp_path / "state.npz") == {"size": 64}
    model, deadline = tiny(), callbacks.Deadline(1.0)
    again = callbacks.Resume(tmp_path / "state.npz", deadline)
    assert again.restore(model) == len(history["loss"])
    assert deadline.begun == pytest.approx(resume.history[-1]["seconds"]) and deadline.begun >= 0.49
    assert float(model.optimizer.learning_rate) == pytest.approx(peak)
    rates.clear()
    batches.fit(model, pairs, resume=again, steps_at_once=1, callbacks=[deadline, watch])
    assert rates[0] == pytest.approx(peak * (0.5 + 0.5 * np.cos(np.pi * deadline.begun)))  # from there on


def test_only_steps_count_as_training(people, clock, eager):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)

    def wait(number, logs=None):
        clock.now += 100

    epochs = keras.callbacks.LambdaCallback(on_epoch_begin=wait, on_epoch_end=wait)
    steps_too = keras.callbacks.LambdaCallback(on_train_batch_end=wait)
    deadline = callbacks.Deadline(0.55)
    for order in ([deadline, epochs, steps_too], [epochs, deadline]):
        steps = []
        watch = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs, steps=steps: steps.append(1)
        )
        batches.fit(model, pairs, steps_at_once=1, callbacks=[*order, watch])
        assert len(steps) == 7  # the one that builds the graph, and six of a tenth


def test_one_ctrl_c_ends_the_training_and_a_second_stops(people, eager):
    model, pairs, said = tiny(), batches.Pairs(*people, batch=2, steps=50), []

    def press(times, at):
        return keras.callbacks.LambdaCallback(
            on_train_batch_begin=lambda batch, logs: [
                os.kill(os.getpid(), signal.SIGINT) for _ in range(times * (batch == at))
            ]
        )

    before = signal.getsignal(signal.SIGINT)
    with callbacks.GoodEnough(said.append) as ctrl_c:
        history = batches.fit(model, pairs, steps_at_once=1, callbacks=[press(1, at=3), ctrl_c])
    assert ctrl_c.asked and len(history.epoch) == 1 and "Ctrl-C" in said[0]
    for times, at in ((2, 3), (1, 0)):  # before the first step there is nothing to keep
        with pytest.raises(KeyboardInterrupt), callbacks.GoodEnough(said.append) as ctrl_c:
            batches.fit(model, pairs, steps_at_once=1, callbacks=[press(times, at), ctrl_c])
    assert signal.getsignal(signal.SIGINT) is before


def test_after_a_deadline_another_training_learns(people, eager, clock):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)
    peak = float(model.optimizer.learning_rate)
    deadline = callbacks.Deadline(0.3)
    for _ in range(2):  # the same callback twice: it begins anew
        before = model.get_weights()[0]
        history = batches.fit(model, pairs, steps_at_once=1, callbacks=[deadline]).history
        assert len(history["loss"]) > 1 and not np.array_equal(before, model.get_weights()[0])
        assert float(model.optimizer.learning_rate) == pytest.approx(peak)


def test_no_iterator_waits_for_a_thread_that_tunes_it():
    """Else `fit`, `predict` and Ctrl-C wait, for as long as the training has lasted."""
    tensorflow = pytest.importorskip("tensorflow")
    if keras.backend.backend() == "tensorflow":
        assert not iter(tensorflow.data.Dataset.range(3))._dataset.options().autotune.enabled


def test_on_the_device_a_step_is_keras_own_step_on_the_same_pictures(people):
    """With the pixels' weights, a loss for each person, and what layers add to the loss."""
    pairs = batches.Pairs(*people, batch=4, steps=2)
    plain, model = fresh(), fresh()
    for network in (plain, model):
        network.compile(keras.optimizers.SGD(0.1), loss=network.loss, run_eagerly=True)
    steps = []
    for step in range(2):
        plain.reset_metrics()  # otherwise some Kerases return the mean of all steps so far
        steps.append(plain.train_on_batch(*drawn(pairs, step), return_dict=True))
    losses = {name: np.mean([step[name] for step in steps]) for name in steps[0]}
    training = device.OnDevice(model, pairs.people)
    training.compile(model.optimizer, model.loss, run_eagerly=True)
    history = training.fit(pairs, shuffle=False, verbose=0).history
    assert {name: values[0] for name, values in history.items()} == pytest.approx(losses, rel=1e-3)
    for one, other in zip(plain.get_weights(), model.get_weights(), strict=True):
        assert np.abs(one - other).max() < 1e-3 * max(1, np.abs(one).max())
    assert not np.allclose(model.get_weights()[4], fresh().get_weights()[4], atol=1e-4)


@pytest.mark.slow
def test_in_half_precision_a_swap_trains_and_gives_floats(people):
    with device.precision(half=True):
        model = fresh()
    assert keras.config.dtype_policy().name == "float32"
    history = batches.fit(model, batches.Pairs(*people, batch=4, steps=20), 2, 2e-3).history
    assert history["loss"][1] < 0.9 * history["loss"][0]
    code = model.get_layer("encoder_b")(people[1].images[:2])
    made = swap.swapper(model)(people[1].images[:2])
    assert keras.backend.standardize_dtype(code.dtype) == "float32"
    assert keras.backend.standardize_dtype(made.dtype) == "float32"
    assert all(w.dtype == np.float32 for w in model.get_weights() if w.dtype.kind == "f")


@pytest.mark.slow
def test_the_preview_shows_both_people_and_the_swap(people):
    shown = []
    model, pairs = fresh(), batches.Pairs(*people, batch=2, steps=1)
    sheet = swap_preview(model, people[0].images[:2], people[1].images[:2])
    preview = callbacks.Preview(sheet, shown.append, every=0)
    training = device.OnDevice(model, pairs.people)
    training.compile("adam", loss=model.loss, run_eagerly=True)  # two steps aren't worth compiling for
    training.fit(pairs, epochs=2, callbacks=[preview], shuffle=False, verbose=0)
    assert len(shown) == 3 and shown[0].dtype == np.uint8
    assert shown[0].shape[1] > 5 * 64 and not np.array_equal(shown[0], shown[1])


def test_what_lies_outside_its_picture_has_no_weight(people):
    """Half a face at the picture's edge is mirrored by `align.crop`, second mouth and all."""
    a, b = (some[:4] for some in people)
    inside = np.ones(a.images.shape[:3], np.uint8)
    inside[1, :, 40:] = 0
    pairs = batches.Pairs(Crops(a.images, a.factors, a.hulls, inside), b)
    (_, plain), (_, weights) = (p.people[0] for p in (batches.Pairs(a, b), pairs))
    assert not weights[1, :, 40:].any() and plain[1, :, 40:].all()
    np.testing.assert_array_equal(weights[[0, 2, 3]], plain[[0, 2, 3]])
    np.testing.assert_array_equal(Crops(a.images, a.factors, a.hulls, inside)[1:2].inside, inside[1:2])
