"""The swap: what is shared and what isn't, training that learns, resumes and can be kept."""

import json
import zipfile

import keras
import numpy as np
import pytest

from swaplib import SwaplibError, faces, metrics, swap
from swaplib.align import ANCHORS
from swaplib.autoencoder import build_autoencoder, build_decoder, build_encoder, picture_loss, ssim_map


@pytest.fixture(scope="module")
def people():
    return faces.load("person_a", 64), faces.load("person_b", 64)


def fresh(seed=0, **sizes):
    keras.utils.set_random_seed(seed)
    return swap.build_swap(**{"size": 64, "code_size": 32, "width": 8, **sizes})


# --- the models ---------------------------------------------------------------------------


@pytest.mark.parametrize("size, code_size", [(32, 1), (64, 16), (96, 32), (128, 64)])
def test_shapes_of_the_halves(size, code_size):
    encoder, decoder = build_encoder(size, code_size, 8), build_decoder(size, code_size, 8)
    assert encoder.output_shape == (None, code_size) and decoder.output_shape == (None, size, size, 3)
    whole = build_autoencoder(size, code_size, 8)
    assert whole.count_params() == encoder.count_params() + decoder.count_params()
    made = decoder.predict(np.random.default_rng(0).normal(size=(2, code_size)) * 9, verbose=0)
    assert 0 <= made.min() and made.max() <= 1


def test_a_size_that_cannot_be_halved_is_refused():
    with pytest.raises(ValueError, match="100"):
        build_encoder(100)
    with pytest.raises(SwaplibError, match="size 80 is not offered"):
        swap.build_swap(80)


def test_an_autoencoder_learns_more_with_a_larger_code(people):
    """Lesson 1's claim, small: 32 numbers say more about a face than 1."""
    images = people[0].images[:200, ::2, ::2]
    errors = []
    for code_size in (1, 32):
        keras.utils.set_random_seed(0)
        model = build_autoencoder(32, code_size, 8)
        model.compile("adam", picture_loss)
        model.fit(images, images, epochs=12, batch_size=16, verbose=0)
        errors.append(np.abs(model.predict(images, verbose=0) - images).mean())
    assert errors[1] < 0.85 * errors[0]


def test_the_loss_compares_structure_as_the_metric_does(people):
    a, b = (f.images[:8] for f in people)
    grey = [np.repeat(x.mean(axis=-1, keepdims=True), 3, axis=-1) for x in (a, b)]
    ours = np.asarray(ssim_map(*grey))[:, 8:-8, 8:-8].mean(axis=(1, 2))
    inner = np.zeros(a.shape[:3])
    inner[:, 8:-8, 8:-8] = 1
    assert ours == pytest.approx(metrics.ssim(*grey, inner), abs=0.01)
    assert np.allclose(picture_loss(a, a), 0, atol=1e-3)  # float32


def test_the_encoder_is_shared_and_the_decoders_end_apart(people):
    """Learning from A alone changes the encoder of both, and not B's own layers."""
    model, a = fresh(), people[0].images[:16]
    nothing = np.zeros(a.shape[:3], np.float32)  # the weight of B's pictures
    model.fit([a, a], [a, a], sample_weight=[nothing + 1, nothing], batch_size=16, verbose=0)
    changed = {name: {tuple(x.shape) for x, y in zip(model.get_layer(name).trainable_variables,
                                                     fresh().get_layer(name).trainable_variables,
                                                     strict=True) if (x != y.numpy()).numpy().any()}
               for name in ("encoder_b", "decoder_a", "decoder_b")}
    assert changed["encoder_b"]
    own = [tuple(v.shape) for v in model.get_layer("decoder_b").trainable_variables
           if not any(v is w for w in model.get_layer("decoder_a").trainable_variables)]
    assert (3, 3, 8, 3) in own and not changed["decoder_b"] & {(3, 3, 8, 3)}
    assert (3, 3, 8, 3) in changed["decoder_a"]


def test_separate_autoencoders_share_nothing():
    a, b = ({id(v) for part in ("encoder", "decoder") for v in model.get_layer(f"{part}_{who}").weights}
            for model in [swap.build_separate(64, 16, 8)] for who in "ab")
    assert a and b and not a & b


def test_scales_of_their_own_bring_the_codes_together(people):
    """Without them a dark and a fair face lie far apart."""
    apart = {}
    for own_scale in (True, False):
        model = fresh(own_scale=own_scale, critic=0)
        model.fit(swap.Pairs(*people, batch=8, steps=100), shuffle=False, verbose=0)
        a, b = (model.get_layer(f"encoder_{who}").predict(f.images[:400], verbose=0)
                for who, f in zip("ab", people, strict=True))
        apart[own_scale] = np.linalg.norm(a.mean(0) - b.mean(0)) / np.sqrt((a.var(0) + b.var(0)).sum())
    assert apart[True] < 0.5 * apart[False]


def test_the_critic_turns_the_gradient_round():
    """One step for the encoder makes the critic's loss larger, one for the critic smaller."""
    keras.utils.set_random_seed(0)
    codes = [keras.ops.convert_to_tensor(np.random.default_rng(k).normal(k, 1, (64, 4)).astype("f4"))
             for k in (0, 1)]
    shift = keras.layers.Dense(4, kernel_initializer="identity")
    critic = swap.Critic(1.0)
    inputs = [keras.Input((4,)), keras.Input((4,))]
    model = keras.Model(inputs, critic([shift(x) for x in inputs]))
    model.compile(keras.optimizers.SGD(0.05), loss=[lambda t, m: 0 * m, lambda t, m: 0 * m])

    def loss():
        return model.evaluate(codes, codes, batch_size=64, verbose=0)

    before = loss()
    shift.trainable = False
    model.compile(keras.optimizers.SGD(0.05), loss=model.loss)
    model.fit(codes, codes, batch_size=64, epochs=20, verbose=0)
    wiser = loss()
    shift.trainable, critic.trainable = True, False
    model.compile(keras.optimizers.SGD(0.05), loss=model.loss)
    model.fit(codes, codes, batch_size=64, epochs=20, verbose=0)
    assert wiser[0] < before[0] and loss()[0] > wiser[0]
    assert np.allclose(critic(codes)[0], codes[0])


def test_eyes_and_mouth_count_most():
    counts = swap.focus(64, times=4)
    assert counts.max() == pytest.approx(5, abs=0.1) and counts.min() == pytest.approx(1, abs=0.01)
    for x, y in np.round(ANCHORS * 64).astype(int):
        assert counts[y, x] > 4.8
    assert np.allclose(counts, counts[:, ::-1]) and (swap.focus(64, 0) == 1).all()


# --- batches ------------------------------------------------------------------------------


def test_batches_repeat_with_the_seed_and_differ_from_each_other(people):
    one, two, other = (swap.Pairs(*people, batch=4, seed=s) for s in (1, 1, 2))
    assert np.array_equal(one[3][0][0], two[3][0][0])
    assert not np.array_equal(one[3][0][0], one[4][0][0])
    assert not np.array_equal(one[3][0][0], other[3][0][0])
    one.on_epoch_end()
    assert not np.array_equal(one[3][0][0], two[3][0][0])


def test_without_augmentation_the_crops_come_as_they_are(people):
    (a, b), (wanted, _), (weight, _) = swap.Pairs(*people, batch=4)[0]
    assert np.array_equal(a, wanted)
    assert (np.abs(people[0].images[:, None] - a[None]).max(axis=(2, 3, 4)).min(axis=0) == 0).all()
    assert weight.min() == pytest.approx(swap.OUTSIDE, abs=0.01) and weight.max() > 1 + 0.9 * swap.FOCUS


def test_augmentation_moves_picture_and_weight_together():
    """A white face on black, wherever it goes, lies under its own weight."""
    y, x = np.mgrid[:64, :64]
    weight = ((x - 28) ** 2 + (y - 34) ** 2 < 200).astype(np.float32)
    image = np.repeat(weight[..., None], 3, axis=2)
    rng = np.random.default_rng(0)
    for _ in range(10):
        _, wanted, moved = swap.Augment(turn=10, zoom=0.1, shift=0.05, flip=True)(rng, image, weight)
        assert np.abs(wanted[..., 0] - moved).max() < 1e-5
        assert np.abs(moved - weight).sum() > 5


def test_the_warp_bends_only_what_goes_in(people):
    image, weight = people[0].images[0], people[0].masks()[0]
    bent, wanted, _ = swap.Augment(warp=0.05)(np.random.default_rng(0), image, weight)
    assert np.allclose(wanted, image, atol=1e-6) and np.abs(bent - image).mean() > 0.01


def test_unequal_or_missing_people_are_handled(people):
    few = people[0][:3]
    assert swap.Pairs(few, people[1], batch=8)[0][0][0].shape == (8, 64, 64, 3)
    none = people[0][:0]
    with pytest.raises(SwaplibError, match="no faces of B"):
        swap.Pairs(people[0], none)
    with pytest.raises(SwaplibError, match="A's crops are 64 px, B's 32 px"):
        swap.Pairs(people[0], faces.load("test_b", 32))


# --- training -----------------------------------------------------------------------------


class Stopped(Exception):
    pass


class StopAfter(keras.callbacks.Callback):
    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            raise Stopped


def train(people, folder, stop=None, epochs=3):
    model, pairs = fresh(), swap.Pairs(*people, batch=4, steps=3)
    callbacks = [swap.Resume(folder, pairs)] + ([StopAfter(stop)] if stop else [])
    model.fit(pairs, shuffle=False, epochs=epochs, verbose=0, callbacks=callbacks)
    return model


def test_a_resumed_training_ends_where_an_unbroken_one_ends(people, tmp_path):
    unbroken = train(people, tmp_path / "one")
    with pytest.raises(Stopped):
        train(people, tmp_path / "two", stop=2)
    assert (tmp_path / "two").exists()
    resumed = train(people, tmp_path / "two")
    for x, y in zip(unbroken.get_weights(), resumed.get_weights(), strict=True):
        assert np.array_equal(x, y)
    assert not (tmp_path / "two").exists()
    started_anew = fresh()
    started_anew.fit(swap.Pairs(*people, batch=4, steps=3), epochs=1, verbose=0)
    assert not np.array_equal(started_anew.get_weights()[0], resumed.get_weights()[0])


def test_the_deadline_ends_the_training_and_remembers(people, tmp_path):
    model, pairs = fresh(), swap.Pairs(*people, batch=2, steps=2)
    peak = float(model.optimizer.learning_rate)
    deadline = swap.Deadline(1.0, tmp_path / "deadline.json")
    history = model.fit(pairs, shuffle=False, epochs=10**6, verbose=0, callbacks=[deadline]).history
    assert len(history["loss"]) > 2 and 1.0 <= deadline.spent < 3
    assert float(model.optimizer.learning_rate) < 0.05 * peak
    saved = json.loads((tmp_path / "deadline.json").read_text())
    assert saved["seconds"] > 0.5 and saved["learning_rate"] == pytest.approx(peak)
    again = swap.Deadline(1.0, tmp_path / "deadline.json")
    history = fresh().fit(pairs, epochs=10**6, verbose=0, callbacks=[again]).history
    assert len(history["loss"]) <= 2


def test_the_preview_shows_both_people_and_the_swap(people):
    shown = []
    model, pairs = fresh(), swap.Pairs(*people, batch=2, steps=1)
    preview = swap.Preview(people[0].images[:2], people[1].images[:2], shown.append, every=0)
    model.fit(pairs, shuffle=False, epochs=2, verbose=0, callbacks=[preview])
    assert len(shown) == 3 and shown[0].dtype == np.uint8
    assert shown[0].shape[1] > 5 * 64 and not np.array_equal(shown[0], shown[1])


# --- kept models --------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path):
    swap.save(fresh(), tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_a_kept_model_gives_the_same_pictures(people, kept):
    b = people[1].images[:4]
    wanted, made = (swap.swapper(m).predict(b, verbose=0) for m in (fresh(), swap.load(kept)))
    assert np.abs(wanted - made).max() < 0.01


def test_a_scale_beyond_half_precision_is_kept(people, tmp_path):
    """After a long training a code's variance is in the millions."""
    model = fresh()
    for who in "ab":
        scale = model.get_layer(f"encoder_{who}").layers[-1]
        scale.moving_variance.assign(1e7 * np.ones(scale.moving_variance.shape))
    swap.save(model, tmp_path / "model.npz")
    kept = swap.load(tmp_path / "model.npz").get_layer("encoder_b").layers[-1].moving_variance
    assert np.allclose(kept, 1e7)


def test_a_file_that_is_no_model_is_refused(kept, tmp_path):
    data = kept.read_bytes()
    for name, content in (("empty", b""), ("half", data[: len(data) // 2]), ("text", b"weights")):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(SwaplibError, match=f"{name}.npz is not a model"):
            swap.load(path)
    with pytest.raises(SwaplibError, match="no model"):
        swap.load(tmp_path / "missing.npz")


def test_a_changed_model_is_refused(kept):
    with np.load(kept) as file:
        arrays = dict(file)
    name = max(arrays, key=lambda k: arrays[k].ndim)
    arrays[name] = arrays[name] + np.float16(0.001)
    np.savez(kept, **arrays)
    with pytest.raises(SwaplibError, match="SHA-256 is wrong"):
        swap.load(kept)


def test_a_model_file_runs_nothing(kept, tmp_path):
    """An object array, which only pickle could read, is not read."""
    np.savez(kept, sizes=np.array([object()]), sha256="x")
    with pytest.raises(SwaplibError, match="not a model"):
        swap.load(kept)
    with zipfile.ZipFile(kept) as file:
        assert file.namelist()


# --- what ships ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [64, 128])
def test_shipped_weights_beat_every_baseline(size):
    train_a, a, b = (faces.load(name, size) for name in ("person_a", "test_a", "test_b"))
    masks = a.masks()
    swapped = swap.swapper(swap.shipped(size)).predict(b.images, verbose=0)
    score = metrics.ssim(swapped, a.images, masks).mean()
    for baseline in (b.images, metrics.mean_picture(train_a.images, len(b)),
                     metrics.nearest_pictures(train_a.images, b.images)):
        assert score > metrics.ssim(baseline, a.images, masks).mean() + 0.1
    assert score > 0.8


def test_shared_beats_separate(people):
    """Lesson 4's claim, in seconds: after the same steps only the shared encoder swaps."""
    a, b = faces.load("test_a", 64), faces.load("test_b", 64)
    scores = []
    for build in (swap.build_swap, swap.build_separate):
        keras.utils.set_random_seed(0)
        model = build(64, 32, 8)
        model.fit(swap.Pairs(*people, batch=8, steps=120), epochs=1, verbose=0)
        swapped = swap.swapper(model).predict(b.images, verbose=0)
        scores.append(metrics.ssim(swapped, a.images, a.masks()).mean())
    assert scores[0] > scores[1] + 0.05


def test_no_shipped_weights_for_other_sizes():
    with pytest.raises(SwaplibError, match="choose 64 or 128"):
        swap.shipped(96)
