"""The whole job: train a swap, swap a movie, measure, and leave it all in one folder.

`python -m swaplib` is its command line.
"""

import csv
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
from tqdm.auto import tqdm

from swaplib import SwaplibError, networks
from swaplib.crops import capture, dataset
from swaplib.files.provenance import save_picture
from swaplib.files.writing import check_output, replacing
from swaplib.movie import swap_movie
from swaplib.movie.paste import BLEND, COLOUR, check_paste
from swaplib.networks import swap
from swaplib.networks.identity import IdentityClassifier
from swaplib.notebook import show
from swaplib.notebook.preview import swap_preview
from swaplib.scoring import tables
from swaplib.training import augmentation, batches, callbacks

ROWS = 8  # rows of the contact sheet
# Fewer crops than this are changed at random; more are better left as they are. Measured at 100, where
# it helps, and at 800, where it doesn't (benchmarks/ablation.py); the limit lies between.
FEW = 300


@dataclass
class Job:
    """What is to be done. a, b: a folder of photos or a movie each, None for the shipped people.

    movie: the movie in which B becomes A; None for none (for the shipped people: theirs).
    model: a file of an earlier job to use instead of a training. minutes: of training. blend, colour:
    how the faces are put back; see `swaplib.face.paste`.
    """

    a: Path | None = None
    b: Path | None = None
    movie: Path | None = None
    size: int = 64
    code: int = 128
    minutes: float = 2.5
    out: Path = Path("build/swap")
    model: Path | None = None
    seed: int = 0
    blend: str = BLEND
    colour: str = COLOUR

    def __post_init__(self):
        swap.check_size(self.size)
        check_paste(self.blend, self.colour)
        if (self.a is None) != (self.b is None):
            missing, name = ("A", "--a") if self.a is None else ("B", "--b")
            raise SwaplibError(f"The pictures of {missing} are missing: name them with {name}.")
        if not self.minutes > 0 or not self.code > 0:
            raise SwaplibError("minutes and code must be more than 0")
        if self.shipped and self.movie is None:
            self.movie = dataset.movie("b")
        elif self.movie is None and not Path(self.b).is_dir():
            self.movie = self.b

    @property
    def shipped(self):
        """Whether A and B are the shipped people, whose true swap is known."""
        return self.a is None

    @property
    def own(self):
        """The reader's own files, whose people must have agreed."""
        shipped = dataset.movie("b"), dataset.movie("a")
        files = [p for p in (self.a, self.b, self.movie) if p and p not in shipped]
        return [str(p) for p in dict.fromkeys(files)]


def run(job, say=print):
    """Do a job; returns the scores, which are also printed and written.

    Leaves in `job.out`: swapped.mp4, sheet.jpg, curve.png, model.npz, scores.json, and while it
    trains preview.jpg. Interrupted, it goes on where it was when it is started again with the
    same settings. Raises SwaplibError for input it can't use.
    """
    out = Path(job.out)
    target = out / "swapped.mp4"
    check_output(target, *([job.movie] if job.movie else []))
    if job.movie and not Path(job.movie).is_file():
        raise SwaplibError(f"There is no movie {job.movie}.")
    train, test = people(job, say)
    if job.model:
        model = swap.check_swap(networks.load(job.model), job.model)
    else:
        model = trained(job, train, out, say)
    if model.input_shape[0][1] != train[0].images.shape[1]:
        raise SwaplibError(f"{job.model} is for --size {model.input_shape[0][1]}")
    save_picture(out / "sheet.jpg", sheet(model, *test, paired=job.shipped))
    scores = {}
    who = IdentityClassifier(*train, *test)
    if job.shipped:
        scores["test"] = tables.score_test({"swap": model}, train[0], *test, who)
    else:
        scores["test"] = tables.score_own(model, *test, who)
    scores["identity_accuracy"] = who.accuracy
    if job.movie:
        ways = {"blend": job.blend, "colour": job.colour}
        to_a = swap.swapper(model, again=True).predict_on_batch
        report = swap_movie(job.movie, target, to_a, model.input_shape[0][1], **ways)
        say(f"\n{report}")
        scores["movie_report"] = asdict(report)
        if job.shipped and job.movie == dataset.movie("b"):
            scores["movie"] = tables.score_movie(target, job.movie, dataset.movie("a"), who, **ways)
    with replacing(out / "scores.json") as part:
        part.write_text(json.dumps(scores, indent=1))
    say(written(scores))
    say(f"\nIn {out}: {', '.join(sorted(p.name for p in out.iterdir() if p.is_file()))}")
    return scores


def people(job, say=print):
    """The crops to train on and to score on: ((a, b), (a, b)), each `Crops`."""
    if job.shipped:
        return tuple(
            tuple(dataset.load(f"{part}_{who}", job.size) for who in "ab") for part in ("person", "test")
        )
    found = []
    for name, source in (("A", job.a), ("B", job.b)):
        captured = capture.capture(source, job.size)
        say(f"{name}: {captured}")
        found.append(captured.faces)
    return tuple(zip(*(f.split() for f in found), strict=True))


def trained(job, train, out, say=print):
    """Train, or go on training, and write model.npz and curve.png; returns the model."""
    state = out / "training"
    begun = _same_settings(job, state)
    seconds = 60 * job.minutes
    keras.utils.set_random_seed(job.seed)
    model = swap.build_swap(job.size, job.code)
    few = min(len(f) for f in train) < FEW
    pairs = batches.Pairs(*train, augment=augmentation.GENTLE if few else None, seed=job.seed)
    deadline = callbacks.Deadline(seconds, state / "deadline.json")
    preview = callbacks.Preview(
        swap_preview(model, *(f.images[:ROWS] for f in train)),
        lambda picture: save_picture(out / "preview.jpg", picture),
    )
    say(
        f"{'Going on with' if begun else 'Training'} {job.minutes:g} minutes at {job.size} px; "
        f"{out / 'preview.jpg'} shows how it comes along"
    )
    with tqdm(total=round(seconds), unit="s", desc="train") as bar:

        def tell(_, logs):
            bar.update(min(round(deadline.spent), bar.total) - bar.n)
            bar.set_postfix(loss=f"{logs['loss']:.4f}")

        batches.fit(
            model,
            pairs,
            callbacks=[
                deadline,
                callbacks.Resume(state / "state", pairs),
                keras.callbacks.CSVLogger(str(state / "log.csv"), append=True),
                keras.callbacks.LambdaCallback(on_epoch_end=tell),
                preview,
            ],
        )
    history = _read_log(state / "log.csv")
    save_picture(
        out / "curve.png",
        show.training_curve(
            {"A": history["decoder_a_loss"], "B": history["decoder_b_loss"]}, history["seconds"]
        ),
        marked=False,
    )
    networks.save(model, out / "model.npz")
    for path in (state / "settings.json", state / "deadline.json", state / "log.csv"):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        state.rmdir()
    return model


def _same_settings(job, state):
    """Whether a training with the same settings was begun; others are thrown away."""
    import shutil

    settings = {k: str(v) for k, v in asdict(job).items() if k not in ("movie", "out", "blend", "colour")}
    path = state / "settings.json"
    if path.exists() and json.loads(path.read_text()) == settings:
        return (state / "state").exists()
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir(parents=True)
    with replacing(path) as part:
        part.write_text(json.dumps(settings))
    return False


def _read_log(path):
    """Columns of the training's log, but for empty ones: {name: list of numbers}."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [float(row[name]) for row in rows] for name, value in rows[0].items() if value != "NA"}


def sheet(model, a, b, paired):
    """The contact sheet of a few test pictures; with the truth where it is known."""
    a, b = a.images[:ROWS], b.images[:ROWS]
    columns = {
        "source": b,
        "again": model.predict([b, b], verbose=0)[1],
        "swap": swap.swapper(model).predict(b, verbose=0),
    }
    columns["truth" if paired else "A, for comparison"] = a
    return show.contact_sheet(columns, zoom=128 / b.shape[1])


def written(scores):
    """The score tables as text."""
    lines = []
    for name, title in (("test", "Test pictures"), ("movie", "Movie")):
        if name in scores:
            lines += ["", title, tables.printed(scores[name])]
    lines.append(
        f"\nThe identity classifier was right on {scores['identity_accuracy']:.1%} of "
        "pictures it had not seen."
    )
    return "\n".join(lines)
