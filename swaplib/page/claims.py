"""What each section of the page shows: the networks and pictures it draws with, and the figures it quotes.

Each function returns (meta, arrays, figures): the first two make a pack, the figures fill the page's text.
Every figure is measured here; none is typed.
"""

import cv2
import numpy as np
from sklearn.decomposition import PCA

from swaplib import latent, networks
from swaplib.browser import packing
from swaplib.browser.swap_pack import Coded, swap_pack
from swaplib.crops import dataset
from swaplib.files.picture import as_bytes
from swaplib.latent import Values
from swaplib.networks import judge
from swaplib.networks.autoencoder import CODE_SIZES
from swaplib.scoring import likeness

SIX = (0, 3, 8, 14, 21, 30)  # test pictures of B, as in lesson 1
STRANGERS = (2, 5, 10, 33, 17, 24, 41, 58, 77, 96, 120, 151)  # of the 200 unseen people
WHO = ("age", "gender", "face_width", "weight", "skin_tint", "beard")  # lesson 2's names of who it is
PAIRS = (7, 0, 3, 21, 33, 14, 55, 80)  # test pictures of B that are swapped
QUALITIES = (1, 3, 5, 8, 12, 18, 25, 35, 50, 65, 80)  # of JPEG files
TURNS = tuple(range(-30, 31, 5))  # degrees at which the straight and the bent slider are compared
JUDGED = 48  # pictures that are turned to compare them


def both(swap: Coded, values: Values) -> tuple[dict, dict, dict]:
    """Sliders under both faces, and how near the swap of the test pairs comes to the truth."""
    meta, arrays = swap_pack(swap, values)
    return meta, arrays, swapped(swap) | {"code": swap.all_codes.shape[1]}


def swapped(swap: Coded) -> dict[str, float]:
    """How near the swap of the test pairs comes to the truth, and unswapped B: SSIM, and how many pairs."""
    made = swap.decoders["a"].predict(swap.test_codes["b"], verbose=0)
    truth, masks = swap.tests["a"].images, swap.tests["a"].masks()
    return {
        "swap": likeness.ssim(made, truth, masks).mean(),
        "unswapped": likeness.ssim(swap.tests["b"].images, truth, masks).mean(),
        "pairs": len(truth),
    }


def middle() -> tuple[dict, dict, dict]:
    """Eight networks with codes of 1 to 128 numbers, beside PCA and JPEG."""
    train, tests = (dataset.load(name, 48).images for name in ("person_b", "test_b"))
    six, arrays, nets, rows = tests[list(SIX)], {}, {}, []
    principal = PCA(max(CODE_SIZES), random_state=0).fit(train.reshape(len(train), -1))
    flat = principal.transform(tests.reshape(len(tests), -1))
    jpegs = np.array([_jpeg(tests, quality) for quality in QUALITIES])
    table = []
    for k in CODE_SIZES:
        model = networks.shipped(f"code_{k}")
        encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
        codes = encoder.predict(tests, verbose=0)
        nets[k], some = packing.network({"d": decoder}, codes, f"n{k}")
        arrays |= some | {f"codes_{k}": codes[list(SIX)].astype(np.float32)}
        by_pca = flat[:, :k] @ principal.components_[:k] + principal.mean_
        by_pca = by_pca.reshape(tests.shape)
        rows.append(np.clip(by_pca[list(SIX)], 0, 1))
        error = _error(decoder.predict(codes, verbose=0), tests)
        table.append([k, error, _error(by_pca, tests), _bytes_for(jpegs, error)])
    two = networks.shipped("code_2").get_layer("encoder").predict(train, verbose=0)
    arrays |= {"pictures": packing.sheet([six, *rows], 95), "plane": two.astype(np.float32)}
    mean = _error(train.mean(axis=0), tests)
    eight = next(row for row in table if row[0] == 8)
    figures = {"mean_error": mean, "error_8": eight[1], "kept_8": 1 - eight[1] / mean, "numbers": 48 * 48 * 3}
    meta = {"nets": nets, "sizes": list(CODE_SIZES), "table": table, "mean": mean}
    figures["pca_from"] = next((k for k, network, by_pca, _ in table if by_pca < network), CODE_SIZES[-1])
    return meta, arrays, figures


def _error(made, truth):
    """Mean absolute difference, as a share of the whole range."""
    return float(np.abs(made - truth).mean())


def _jpeg(images, quality):
    """(mean bytes, error) of pictures as JPEG files of a quality."""
    options = [cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_QUALITY, quality]
    files = [cv2.imencode(".jpg", as_bytes(image)[..., ::-1], options)[1] for image in images]
    back = np.stack([cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1] for file in files]) / np.float32(255)
    return np.mean([len(file) for file in files]), _error(back, images)


def _bytes_for(jpegs, error):
    """Mean bytes of a JPEG that errs as little; of the smallest if even that errs less."""
    return float(np.interp(error, jpegs[::-1, 1], jpegs[::-1, 0]))


def many() -> tuple[dict, dict, dict]:
    """The network of many people: ways from one person to another, and who-directions."""
    people, model = dataset.load("many", 64), networks.shipped("many")
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    codes = encoder.predict(people.images, verbose=0)
    train, new = codes[: dataset.MANY_TRAIN], codes[dataset.MANY_TRAIN :]
    net, arrays = packing.network({"d": decoder}, train[::8], "many")
    factors = {name: column[: dataset.MANY_TRAIN] for name, column in people.factors.items()}
    doing = ["yaw", "pitch", "mouth_open", "smile", "blink", "light_azimuth", "light_key", "light_warmth"]
    directions = latent.named(train, factors, [*WHO, *doing])
    unseen = people.factors["age"][dataset.MANY_TRAIN :]
    shuffled = np.random.default_rng(0).permutation(factors["age"])
    detail = _half_way(decoder, new)
    arrays |= {
        "people": new[list(STRANGERS)].astype(np.float32),
        "average": train.mean(axis=0).astype(np.float32),
        "directions": directions.vectors[: len(WHO)],
        "pictures": packing.sheet([people.images[dataset.MANY_TRAIN :][list(STRANGERS)]], 85),
    }
    meta = {
        "net": net,
        "count": len(STRANGERS),
        "names": list(WHO),
        "low": directions.low[: len(WHO)].tolist(),
        "high": directions.high[: len(WHO)].tolist(),
    }
    figures = {
        "people": dataset.MANY_TRAIN,
        "strangers": len(new),
        "detail_code": detail[0],
        "detail_fade": detail[1],
        "age": latent.probe_on(train, factors["age"], new, unseen),
        "age_shuffled": latent.probe_on(train, shuffled, new, unseen),
    }
    return meta, arrays, figures


def _half_way(decoder, codes, count=100):
    """Fine detail half-way between two people, by the code and by a cross-fade, as a share of the ends'."""
    one, other = codes[:count], codes[-count:]
    ends = [decoder.predict(some, verbose=0) for some in (one, other)]
    masks = np.ones(ends[0].shape[:3], np.float32)

    def detail(images):
        return float(np.mean(likeness.fine_detail(images, masks)))

    own = np.mean([detail(some) for some in ends])
    return detail(decoder.predict((one + other) / 2, verbose=0)) / own, detail((ends[0] + ends[1]) / 2) / own


def one(values: Values | None = None) -> tuple[dict, dict, dict]:
    """The network of one woman: the horseshoe of her codes, and a straight slider beside the bent one."""
    values = values or latent.shipped("one")
    model, known, new = networks.shipped("one"), *(dataset.load(f"{k}_a", 64) for k in ("person", "test"))
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    codes, new_codes = (encoder.predict(some.images, verbose=0) for some in (known, new))
    net, arrays = packing.network({"d": decoder}, codes[::4], "one")
    names = ["yaw", "pitch", "smile", "mouth_open", "blink", "pucker", "gaze_yaw", "brow_inner"]
    straight = latent.named(codes, known.factors, [*names, "light_azimuth"])
    start = int(np.argmin(_busy(new)))
    words, more = packing.values(values)
    fine = (np.abs(codes).max(axis=0) / packing.LEVELS).astype(np.float32)  # 8 bits a number are enough here
    arrays |= more | {
        "codes": np.round(codes / fine).astype(np.int8),
        "new_codes": np.clip(np.round(new_codes / fine), -128, 127).astype(np.int8),
        "fine": fine,
        "factors": np.stack([known.factors[n] for n in names], 1).astype(np.float16),
        "new_factors": np.stack([new.factors[n] for n in names], 1).astype(np.float16),
        "straight": straight.vectors[0],
        "start": new_codes[start].astype(np.float32),
    }
    stands = {name: float(new.factors[name][start]) for name in values.known}
    seen = {"straight": [], "bent": []}
    read = judge.decoded([decoder], networks.shipped("judge"))
    some, own = new_codes[:JUDGED], {n: new.factors[n][:JUDGED] for n in values.known}
    for turn in TURNS:
        along = some + (turn - own["yaw"])[:, None] * straight.vectors[0]
        seen["straight"].append(float(read(along)["yaw"].mean()))
        seen["bent"].append(float(read(values.move(some, own, {"yaw": turn}))["yaw"].mean()))
    meta = {"net": net, "values": words, "names": names, "stands": stands, "turns": TURNS, "seen": seen}
    way = TURNS[-1] - TURNS[0]
    figures = {f"seen_{name}": (line[-1] - line[0]) / way for name, line in seen.items()}
    probe = latent.probe_on(codes, known.factors["yaw"], new_codes, new.factors["yaw"])
    return meta, arrays, figures | {"probe_yaw": probe, "pictures_of_a": len(codes)}


def _busy(faces):
    """How far each face is from doing nothing at all: (n,)."""
    units = {"yaw": 20, "pitch": 10, "smile": 1, "mouth_open": 1, "pucker": 1, "blink": 1, "frown": 1}
    return sum(np.abs(faces.factors[name]) / unit for name, unit in units.items())


def two(swap: Coded) -> tuple[dict, dict, dict]:
    """B's code drawn by A: by the swap, and by two autoencoders that share nothing.

    Those are section 4's network of A, and section 2's of B with 64 numbers. B's codes are brought
    to the mean and the spread of A's, number by number, so that only their meaning can differ.
    """
    theirs = networks.shipped("one"), networks.shipped("code_64")
    a, b = dataset.load("person_a", 64).images, dataset.load("person_b", 48).images
    own = theirs[0].get_layer("encoder").predict(a, verbose=0)
    foreign = theirs[1].get_layer("encoder")
    mean, spread = (getattr(foreign.predict(b, verbose=0), part)(axis=0) for part in ("mean", "std"))
    codes = foreign.predict(dataset.load("test_b", 48).images, verbose=0)
    codes = ((codes - mean) / spread * own.std(axis=0) + own.mean(axis=0)).astype(np.float32)
    apart = theirs[0].get_layer("decoder").predict(codes, verbose=0)
    small, truth = dataset.load("test_a", 64), swap.tests["a"]
    made = swap.decoders["a"].predict(swap.test_codes["b"], verbose=0)
    scores = {
        "swap": likeness.ssim(made, truth.images, truth.masks()),
        "apart": likeness.ssim(apart, small.images, small.masks()),
        "unswapped": likeness.ssim(swap.tests["b"].images, truth.images, truth.masks()),
        "mean": likeness.ssim(likeness.mean_picture(a, len(small)), small.images, small.masks()),
    }
    shown = [dataset.load(f"test_{who}", 128).images[list(PAIRS)] for who in "ba"]
    arrays = {
        "codes": swap.test_codes["b"][list(PAIRS)].astype(np.float32),
        "apart": codes[list(PAIRS)],
        "pictures": packing.sheet(shown),
    }
    chosen = {name: [round(float(x), 3) for x in some[list(PAIRS)]] for name, some in scores.items()}
    figures = {f"two_{name}": some.mean() for name, some in scores.items()}
    return {"count": len(PAIRS), "scores": chosen}, arrays, figures
