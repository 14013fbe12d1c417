"""Batches that repeat, crops changed at random, trainings that learn, end in time and go on."""

import json

import keras
import numpy as np
import pytest

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.face.align import ANCHORS
from swaplib.networks import swap
from swaplib.notebook.preview import swap_preview
from swaplib.training import augmentation, batches, callbacks


def fresh():
    keras.utils.set_random_seed(0)
    return swap.build_swap(size=64, code_size=32, width=8)


def tiny():
    """As a swap from outside, and compiled at once: for what happens around the steps."""
    keras.utils.set_random_seed(0)
    pictures = [keras.Input((64, 64, 3), name=who) for who in "ab"]
    layer = keras.layers.Conv2D(3, 3, padding="same")
    model = keras.Model(pictures, [layer(picture) for picture in pictures])
    model.compile(keras.optimizers.Adam(swap.LEARNING_RATE), loss=["mae", "mae"])
    return model


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
    one.on_epoch_end()
    assert not np.array_equal(one[3][0][0], two[3][0][0])


def test_without_augmentation_the_crops_come_as_they_are(people):
    (a, b), (wanted, _), (weight, _) = batches.Pairs(*people, batch=4)[0]
    assert np.array_equal(a, wanted)
    assert (np.abs(people[0].images[:, None] - a[None]).max(axis=(2, 3, 4)).min(axis=0) == 0).all()
    assert weight.min() == pytest.approx(batches.OUTSIDE, abs=0.01) and weight.max() > 1 + 0.9 * batches.FOCUS


def test_augmentation_moves_picture_and_weight_together():
    """A white face on black, wherever it goes, lies under its own weight."""
    y, x = np.mgrid[:64, :64]
    weight = ((x - 28) ** 2 + (y - 34) ** 2 < 200).astype(np.float32)
    image = np.repeat(weight[..., None], 3, axis=2)
    rng = np.random.default_rng(0)
    for _ in range(10):
        _, wanted, moved = augmentation.Augment(turn=10, zoom=0.1, shift=0.05, flip=True)(rng, image, weight)
        assert np.abs(wanted[..., 0] - moved).max() < 1e-5
        assert np.abs(moved - weight).sum() > 5


def test_the_warp_bends_only_what_goes_in(people):
    image, weight = people[0].images[0], people[0].masks()[0]
    bent, wanted, _ = augmentation.Augment(warp=0.05)(np.random.default_rng(0), image, weight)
    assert np.allclose(wanted, image, atol=1e-6) and np.abs(bent - image).mean() > 0.01


def test_unequal_or_missing_people_are_handled(people):
    few = people[0][:3]
    assert batches.Pairs(few, people[1], batch=8)[0][0][0].shape == (8, 64, 64, 3)
    none = people[0][:0]
    with pytest.raises(SwaplibError, match="no faces of B"):
        batches.Pairs(people[0], none)
    with pytest.raises(SwaplibError, match="A's crops are 64 px, B's 32 px"):
        batches.Pairs(people[0], dataset.load("test_b", 32))


class Stopped(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise Stopped


def train(build, people, folder, stop=None):
    model, pairs = build(), batches.Pairs(*people, batch=4, steps=3)
    watching = [callbacks.Resume(folder, pairs)] + ([StopAfter(stop)] if stop else [])
    batches.fit(model, pairs, 3, swap.LEARNING_RATE, callbacks=watching)
    return model


@pytest.mark.parametrize("build", [tiny, pytest.param(fresh, marks=pytest.mark.slow)])
def test_a_resumed_training_ends_where_an_unbroken_one_ends(people, tmp_path, build):
    unbroken = train(build, people, tmp_path / "one")
    with pytest.raises(Stopped):
        train(build, people, tmp_path / "two", stop=2)
    assert (tmp_path / "two").exists()
    resumed = train(build, people, tmp_path / "two")
    for x, y in zip(unbroken.get_weights(), resumed.get_weights(), strict=True):
        assert np.array_equal(x, y)
    assert not (tmp_path / "two").exists()
    assert not np.array_equal(build().get_weights()[0], resumed.get_weights()[0])


def test_the_deadline_ends_the_training_and_remembers(people, tmp_path):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)
    peak = float(model.optimizer.learning_rate)
    deadline = callbacks.Deadline(1.0, tmp_path / "deadline.json")
    rates = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: rates.append(float(model.optimizer.learning_rate))
    )
    history = batches.fit(model, pairs, callbacks=[deadline, watch]).history
    assert len(history["loss"]) > 2 and 1.0 <= deadline.spent < 3
    assert rates == sorted(rates, reverse=True) and rates[0] > 0.9 * peak and rates[-1] < 0.05 * peak
    saved = json.loads((tmp_path / "deadline.json").read_text())
    assert saved["seconds"] > 0.5 and saved["learning_rate"] == pytest.approx(peak)
    again = callbacks.Deadline(1.0, tmp_path / "deadline.json")
    history = batches.fit(tiny(), pairs, callbacks=[again]).history
    assert len(history["loss"]) <= 2


def test_after_a_deadline_another_training_learns(people):
    model, pairs = tiny(), batches.Pairs(*people, batch=2, steps=2)
    peak = float(model.optimizer.learning_rate)
    deadline = callbacks.Deadline(0.3)
    for _ in range(2):  # the same callback twice: it begins anew
        before = model.get_weights()[0]
        history = batches.fit(model, pairs, callbacks=[deadline]).history
        assert len(history["loss"]) > 1 and not np.array_equal(before, model.get_weights()[0])
        assert float(model.optimizer.learning_rate) == pytest.approx(peak)


@pytest.mark.slow
def test_the_preview_shows_both_people_and_the_swap(people):
    shown = []
    model, pairs = fresh(), batches.Pairs(*people, batch=2, steps=1)
    sheet = swap_preview(model, people[0].images[:2], people[1].images[:2])
    preview = callbacks.Preview(sheet, shown.append, every=0)
    model.compile("adam", loss=model.loss, run_eagerly=True)  # two steps aren't worth compiling for
    model.fit(pairs, epochs=2, callbacks=[preview], shuffle=False, verbose=0)
    assert len(shown) == 3 and shown[0].dtype == np.uint8
    assert shown[0].shape[1] > 5 * 64 and not np.array_equal(shown[0], shown[1])
