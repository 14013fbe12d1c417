"""The swap: what is shared and what isn't; training that learns, resumes and can be saved."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

from swaplib import SwaplibError, networks
from swaplib.crops import Crops, dataset
from swaplib.networks import detector, swap, weights
from swaplib.networks.autoencoder import build_autoencoder, build_decoder, build_encoder
from swaplib.scoring import likeness
from swaplib.training import batches
from swaplib.training.losses import picture_loss


def fresh(seed=0, **sizes):
    keras.utils.set_random_seed(seed)
    return swap.build_swap(**{"size": 64, "code_size": 32, "width": 8, **sizes})


def drawn(model, *pictures):
    """What a model makes of pictures. `predict` would compile it first, which takes longer."""
    made = model(list(pictures) if len(pictures) > 1 else pictures[0], training=False)
    return [np.asarray(one) for one in made] if isinstance(made, (list, tuple)) else np.asarray(made)


def trained(people, **options):
    """A small swap after some seconds of training."""
    model = fresh(critic=0, **options)
    batches.fit(model, batches.Pairs(*people, batch=8, steps=100), 1, swap.LEARNING_RATE)
    return model


@pytest.fixture(scope="module")
def shared(people):
    """The one that others are compared with."""
    return trained(people)


# --- the models ---------------------------------------------------------------------------


@pytest.mark.parametrize("size, code_size", [(32, 1), (64, 16), (96, 32), (128, 64)])
def test_shapes_of_the_halves(size, code_size):
    encoder, decoder = build_encoder(size, code_size, 8), build_decoder(size, code_size, 8)
    assert encoder.output_shape == (None, code_size) and decoder.output_shape == (None, size, size, 3)
    whole = build_autoencoder(size, code_size, 8)
    assert whole.count_params() == encoder.count_params() + decoder.count_params()
    made = drawn(decoder, 9 * np.random.default_rng(0).normal(size=(2, code_size)))
    assert 0 <= made.min() and made.max() <= 1


def test_a_size_that_cannot_be_halved_is_refused():
    with pytest.raises(ValueError, match="100"):
        build_encoder(100)
    with pytest.raises(SwaplibError, match="size 80 is not offered"):
        swap.build_swap(80)


def test_a_critic_without_scales_is_refused():
    """The codes would run away from it: SSIM 0.1 after 900 steps."""
    with pytest.raises(SwaplibError, match="critic without own_scale.*critic=0"):
        swap.build_swap(64, own_scale=False)


@pytest.mark.slow
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


def test_the_encoder_is_shared_and_the_decoders_end_apart(people):
    """Learning from A alone changes the encoder of both, and not B's own layers."""
    model, a = fresh(), people[0].images[:16]
    nothing = np.zeros(a.shape[:3], np.float32)  # the weight of B's pictures
    model.compile("adam", loss=model.loss, run_eagerly=True)  # one step isn't worth compiling for
    model.train_on_batch([a, a], [a, a], sample_weight=[nothing + 1, nothing])
    before = fresh()
    changed = {
        name: {
            tuple(x.shape)
            for x, y in zip(
                model.get_layer(name).trainable_variables,
                before.get_layer(name).trainable_variables,
                strict=True,
            )
            if (x != y.numpy()).numpy().any()
        }
        for name in ("encoder_b", "decoder_a", "decoder_b")
    }
    assert changed["encoder_b"]
    own = [
        tuple(v.shape)
        for v in model.get_layer("decoder_b").trainable_variables
        if not any(v is w for w in model.get_layer("decoder_a").trainable_variables)
    ]
    assert (3, 3, 8, 3) in own and not changed["decoder_b"] & {(3, 3, 8, 3)}
    assert (3, 3, 8, 3) in changed["decoder_a"]


def test_separate_autoencoders_share_nothing():
    a, b = (
        {id(v) for part in ("encoder", "decoder") for v in model.get_layer(f"{part}_{who}").weights}
        for model in [swap.build_separate(64, 16, 8)]
        for who in "ab"
    )
    assert a and b and not a & b


def test_each_person_has_a_scale_of_their_own(people):
    """A step of training takes it from that person's pictures, and from nobody else's."""
    model, pictures = fresh(critic=0), [f.images[:16] for f in people]
    model(pictures, training=True)
    for who, images in zip("ab", pictures, strict=True):
        scale = model.get_layer(f"encoder_{who}").layers[1]
        seen = scale.moving_mean.numpy() / (1 - scale.momentum)
        assert seen == pytest.approx(images.mean(axis=(0, 1, 2)), abs=1e-3)


def test_a_swap_goes_in_by_ones_encoder_and_out_by_the_others_decoder():
    model = fresh()
    for who, mean in (("a", 0.2), ("b", 0.6)):
        own = model.get_layer(f"encoder_{who}").layers[1].moving_mean
        own.assign(mean + 0 * own)
    x = np.random.default_rng(0).random((2, 64, 64, 3), np.float32)
    for to, other in ("ab", "ba"):
        made = drawn(swap.swapper(model, to, again=True), x)
        code = drawn(model.get_layer(f"encoder_{other}"), x)
        for who, picture in zip((to, other), made, strict=True):
            assert np.abs(picture - drawn(model.get_layer(f"decoder_{who}"), code)).max() < 1e-5
        assert np.abs(drawn(swap.swapper(model, to), x) - made[0]).max() < 1e-5


@pytest.mark.slow
def test_scales_of_their_own_bring_the_codes_together(people):
    """Without them the codes of a dark picture and of a light one lie far apart."""
    a, b = people
    a, apart = Crops(a.images / 2, a.factors, a.hulls), []
    for own_scale in (True, False):
        model = trained((a, b), own_scale=own_scale)
        x, y = (drawn(model.get_layer(f"encoder_{k}"), f.images[:400]) for k, f in (("a", a), ("b", b)))
        apart.append(np.linalg.norm(x.mean(0) - y.mean(0)) / np.sqrt((x.var(0) + y.var(0)).sum()))
    assert apart[0] < 0.5 * apart[1], apart


def test_the_critic_turns_the_gradient_round():
    """One step for the encoder makes the critic's loss larger, one for the critic smaller."""
    keras.utils.set_random_seed(0)
    codes = [
        keras.ops.convert_to_tensor(np.random.default_rng(k).normal(k, 1, (64, 4)).astype("f4"))
        for k in (0, 1)
    ]
    shift = keras.layers.Dense(4, kernel_initializer="identity")
    critic = swap.Critic(1.0)
    inputs = [keras.Input((4,)), keras.Input((4,))]
    model = keras.Model(inputs, critic([shift(x) for x in inputs]))
    model.compile(keras.optimizers.SGD(0.2), [lambda t, m: 0 * m, lambda t, m: 0 * m], run_eagerly=True)

    def loss():
        return model.evaluate(codes, codes, batch_size=64, verbose=0)

    before = loss()
    shift.trainable = False
    model.compile(keras.optimizers.SGD(0.2), loss=model.loss, run_eagerly=True)
    model.fit(codes, codes, batch_size=64, epochs=5, verbose=0)
    wiser = loss()
    shift.trainable, critic.trainable = True, False
    model.compile(keras.optimizers.SGD(0.2), loss=model.loss, run_eagerly=True)
    model.fit(codes, codes, batch_size=64, epochs=5, verbose=0)
    assert wiser[0] < before[0] and loss()[0] > wiser[0]
    assert np.allclose(critic(codes)[0], codes[0])


# --- kept models --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def untrained():
    return fresh()


@pytest.fixture(scope="module")
def file(untrained, tmp_path_factory):
    path = tmp_path_factory.mktemp("kept") / "model.npz"
    networks.save(untrained, path)
    return path


@pytest.fixture
def kept(file, tmp_path):
    """A file with `untrained` that a test may spoil."""
    shutil.copy(file, tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_a_kept_model_gives_the_same_pictures(people, untrained, kept):
    b = people[1].images[:4]
    wanted, made = (drawn(swap.swapper(model), b) for model in (untrained, networks.load(kept)))
    assert np.abs(wanted - made).max() < 0.01


@pytest.mark.parametrize(
    "options",
    [
        {"critic": 0},
        {"size": 96, "width": 6},
        *(
            pytest.param(options, marks=pytest.mark.slow)
            for options in ({"shared": ("encoder",)}, {"shared": ()}, {"own_scale": False, "critic": 0})
        ),
    ],
    ids=str,
)
def test_a_model_is_kept_however_it_was_built(options, tmp_path):
    model = fresh(**options)
    networks.save(model, tmp_path / "model.npz")
    again = networks.load(tmp_path / "model.npz")
    x = np.random.default_rng(0).random((2, *model.input_shape[0][1:]), np.float32)
    for one, other in zip(drawn(model, x, x), drawn(again, x, x), strict=True):
        assert np.abs(one - other).max() < 0.01
    assert len(again.losses) == len(model.losses)  # with the critic, where it had one


def test_separate_autoencoders_are_kept_too(tmp_path):
    model = swap.build_separate(64, 8, 4)
    networks.save(model, tmp_path / "model.npz")
    assert networks.load(tmp_path / "model.npz").count_params() == model.count_params()


def test_the_critic_is_left_out_of_the_file(untrained, kept):
    with np.load(kept) as arrays:
        written = sum(arrays[name].size for name in arrays.files if name.isdigit())
    critic = next(layer for layer in untrained.layers if isinstance(layer, swap.Critic))
    assert critic.count_params() > 0
    assert written == untrained.count_params() - critic.count_params()


def test_a_file_says_what_it_holds(kept, tmp_path):
    networks.save(detector.build_meso4(64), tmp_path / "detector.npz")
    assert networks.load(tmp_path / "detector.npz").name == "meso4"
    with pytest.raises(SwaplibError, match="detector.npz holds another network, 'meso4'"):
        swap.check_swap(networks.load(tmp_path / "detector.npz"), tmp_path / "detector.npz")
    assert swap.check_swap(model := networks.load(kept), kept) is model


def test_a_file_of_another_version_is_refused(kept, tmp_path):
    with np.load(kept) as file:
        arrays = {name: file[name] for name in file.files}
    old = {name: array for name, array in arrays.items() if name != "built_by"}
    np.savez(tmp_path / "old.npz", sizes=[64, 8, 4], **old)  # as version 0.1 wrote them
    with pytest.raises(SwaplibError, match="old.npz is damaged or not a swaplib model"):
        networks.load(tmp_path / "old.npz")
    for built, wrong in (
        ({"build": "build_swap", "options": {"depth": 3}}, "doesn't match `build_swap`"),
        ({"build": "build_swap", "options": {"size": 96, "code_size": 8}}, "doesn't match `build_swap`"),
        ({"build": "build_dream", "options": {}}, "built by `build_dream`"),
    ):
        head, weights_only = json.dumps(built), {k: v for k, v in arrays.items() if k.isdigit()}
        sha256 = weights._digest(head.encode(), weights_only)
        np.savez(tmp_path / "other.npz", built_by=head, sha256=sha256, **weights_only)
        with pytest.raises(SwaplibError, match=f"other.npz .*{wrong}"):
            networks.load(tmp_path / "other.npz")


def test_a_model_of_ones_own_is_not_written(tmp_path):
    with pytest.raises(SwaplibError, match="not built by swaplib.*model.save"):
        networks.save(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), tmp_path / "own.npz")
    assert not list(tmp_path.iterdir())


def test_a_scale_beyond_half_precision_is_kept(people, tmp_path):
    """After a long training a code's variance is in the millions."""
    model = fresh()
    for who in "ab":
        scale = model.get_layer(f"encoder_{who}").layers[-1]
        scale.moving_variance.assign(1e7 * np.ones(scale.moving_variance.shape))
    networks.save(model, tmp_path / "model.npz")
    kept = networks.load(tmp_path / "model.npz").get_layer("encoder_b").layers[-1].moving_variance
    assert np.allclose(kept, 1e7)


def test_a_file_that_is_no_model_is_refused(kept, tmp_path):
    data = kept.read_bytes()
    for name, content in (("empty", b""), ("half", data[: len(data) // 2]), ("text", b"weights")):
        path = tmp_path / f"{name}.npz"
        path.write_bytes(content)
        with pytest.raises(SwaplibError, match=f"{name}.npz is damaged or not a swaplib model"):
            networks.load(path)
    with pytest.raises(SwaplibError, match="no model"):
        networks.load(tmp_path / "missing.npz")


def test_a_changed_model_is_refused(kept):
    with np.load(kept) as file:
        arrays = dict(file)
    name = max(arrays, key=lambda k: arrays[k].ndim)
    arrays[name] = arrays[name] + np.float16(0.001)
    np.savez(kept, **arrays)
    with pytest.raises(SwaplibError, match="SHA-256 is wrong"):
        networks.load(kept)


def test_a_model_file_runs_nothing(kept, tmp_path):
    """An object array, which only pickle could read, is not read."""
    np.savez(kept, sizes=np.array([object()]), sha256="x")
    with pytest.raises(SwaplibError, match="not a swaplib model"):
        networks.load(kept)
    with zipfile.ZipFile(kept) as file:
        assert file.namelist()


# --- what ships ---------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("size", [64, 128])
def test_shipped_weights_beat_every_baseline(size):
    train_a, a, b = (dataset.load(name, size) for name in ("person_a", "test_a", "test_b"))
    masks = a.masks()
    swapped = drawn(swap.swapper(networks.shipped(f"swap_{size}")), b.images)
    score = likeness.ssim(swapped, a.images, masks).mean()
    for baseline in (
        b.images,
        likeness.mean_picture(train_a.images, len(b)),
        likeness.nearest_pictures(train_a.images, b.images),
    ):
        assert score > likeness.ssim(baseline, a.images, masks).mean() + 0.1
    assert score > 0.8


@pytest.mark.slow
def test_shared_beats_separate(people, shared):
    """Lesson 4's claim, in seconds: after the same steps only the shared encoder swaps."""
    a, b = dataset.load("test_a", 64), dataset.load("test_b", 64)
    one, two = (
        likeness.ssim(drawn(swap.swapper(model), b.images), a.images, a.masks()).mean()
        for model in (shared, trained(people, shared=()))
    )
    assert one > two + 0.05


def test_no_shipped_weights_for_other_sizes():
    with pytest.raises(SwaplibError, match="no network 'swap_96': choose one of .*swap_64, swap_128"):
        networks.shipped("swap_96")
