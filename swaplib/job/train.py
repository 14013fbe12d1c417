"""The training of a job: continue what is there, end in time or when it is good enough, lose nothing."""

import keras
from tqdm.auto import tqdm

from swaplib import SwaplibError, networks
from swaplib.crops import Crops
from swaplib.files import _unmarked
from swaplib.files.provenance import save_picture
from swaplib.job.folder import CURVE, PREVIEW, Folder, digest, minutes
from swaplib.job.options import MINUTES, Job, Say
from swaplib.networks import swap
from swaplib.notebook import show
from swaplib.notebook.preview import swap_preview
from swaplib.training import augmentation, batches, callbacks, device

ROWS = 8  # of the preview
# Fewer crops than this are changed at random; more are better left as they are. Measured at 100, where
# it helps, and at 800, where it doesn't (benchmarks/ablation.py); the limit lies between.
FEW = 300
BATCH = {"cpu": batches.BATCH, "gpu": 32}  # crops of each person in a step; fewer leave a GPU idle
SHARED = ("a", "b", "size", "code", "seed")  # options that make a training what it is


def settings(job: Job, folder: Folder) -> dict:
    """What a training must have in common with another to be the same, as JSON has it.

    The model that it starts from counts too, but not where it is the folder's own.
    """
    chosen = {name: getattr(job, name) for name in SHARED}
    chosen |= {who: [str(p.resolve()) for p in chosen[who]] for who in "ab"}
    if _is_own(job, folder):
        start = (folder.record()["settings"] or {}).get("start")
    else:
        start = digest(job.model) if job.model else None
    return {**chosen, "start": start}


def _is_own(job, folder):
    """Whether the model to start from is the one that this folder's training made."""
    there = job.model is not None and folder.model.exists()
    return there and job.model.samefile(folder.model) and folder.seconds() is not None


def settle(job: Job, folder: Folder, say: Say = print) -> None:
    """See to it that the folder's training, if there is one, is this job's; says what it set aside.

    Raises SwaplibError where it has other settings and the job is not to begin anew. With the same
    settings it is never begun anew, so that a command can be given again at any time.
    """
    wanted = settings(job, folder)
    there = folder.record()["settings"] or callbacks.read_note(folder.checkpoint)
    begun = folder.seconds() is not None or any(p.exists() for p in callbacks.both(folder.checkpoint))
    if begun and there and there != wanted:
        if not job.anew:
            raise SwaplibError(_other(there, wanted, folder))
        moved = folder.set_aside(folder.model)
        callbacks.forget(folder.checkpoint)
        say("Beginning anew" + (f"; the model that was there is kept as {moved.name}." if moved else "."))
    folder.note(settings=wanted)


def _other(there, wanted, folder):
    """Why a folder with another training is left alone, and what to do."""
    names = {"start": "model"}
    differ = [
        f"{names.get(name, name)} {_shown(there.get(name))} there, {_shown(value)} now"
        for name, value in wanted.items()
        if there.get(name) != value
    ]
    return (
        f"{folder.out} holds a training with other settings ({'; '.join(differ)}): choose another --out, "
        f"or give --anew, which keeps its model.npz under another name."
    )


def _shown(value):
    if isinstance(value, list):
        return ", ".join(value) or "the shipped person"
    return "none" if value is None else f"{value:.8}" if isinstance(value, str) else str(value)


def trained(job: Job, folder: Folder, train: tuple[Crops, Crops], say: Say = print) -> keras.Model:
    """Train, or train on, and put model.npz and curve.png into the folder; returns the model.

    train: the crops of A and of B. Ctrl-C ends it early and keeps the model; a second one raises
    KeyboardInterrupt. The state of the training goes only when model.npz lies there and the minutes are
    over. Raises SwaplibError where something can't be written, or the loss is no number.
    """
    keras.utils.set_random_seed(job.seed)
    few = min(len(f) for f in train) < FEW
    pairs = batches.Pairs(
        *train, batch=BATCH[device.kind()], augment=augmentation.GENTLE if few else None, seed=job.seed
    )
    deadline = callbacks.Deadline(60 * (job.minutes or MINUTES))
    resume = callbacks.Resume(folder.checkpoint, deadline, settings(job, folder), delete=False)
    with device.precision():
        model = swap.build_swap(job.size, job.code) if job.model is None else networks.load(job.model)
        model, done = _continued(model, folder, resume, deadline, say)
    if done:
        if not (folder / CURVE).exists():  # broken off before it was drawn
            _draw_curve(folder / CURVE, resume.history)
        return model
    asked = minutes(deadline.seconds)
    if deadline.begun < deadline.seconds:
        what = f"Continuing: {minutes(deadline.begun)} of" if deadline.begun else "Training"
        say(
            f"{what} {asked} at {job.size} px; {folder / PREVIEW} shows the progress. "
            "Ctrl-C ends the training early and keeps the model."
        )
        _fit(model, pairs, deadline, resume, folder, train, say)
    spent = max(deadline.spent, deadline.begun)
    moved = folder.keep(lambda path: networks.save(model, path), spent, resume.history)
    if moved:
        say(f"The model.npz that was there before is kept as {moved.name}.")
    if spent >= deadline.seconds:
        callbacks.forget(folder.checkpoint)
    else:
        say(f"The training ended after {minutes(spent)} of {asked}. The same command trains the rest.")
    _draw_curve(folder / CURVE, resume.history)
    return model


def _continued(model, folder, resume, deadline, say):
    """(the model with all that was trained before, whether that is all). Says what can't be used.

    The saved state is best; without one, the model that was kept; else the training begins anew.
    """
    restored = resume.restore(model)
    if restored:
        if resume.problem:
            say(f"{resume.problem}. Continuing from the state before it.")
        return model, False
    deadline.begun = 0.0
    if resume.problem:
        say(f"{resume.problem}.")
    seconds = folder.seconds()
    if seconds is None and folder.model.exists():
        say(f"{folder.model} is damaged or not from this training: it will be kept under another name.")
    if seconds is None:
        if resume.problem:
            say("There is no other state: the training begins anew.")
        return model, False
    model, deadline.begun = networks.load(folder.model), seconds
    resume.history = folder.history()
    say(f"Taking {folder.model}, trained for {minutes(seconds)}.")
    return model, seconds >= deadline.seconds


def _fit(model, pairs, deadline, resume, folder, train, say):
    """Train until the deadline, or Ctrl-C."""
    preview = callbacks.Preview(
        swap_preview(model, *(f.images[:ROWS] for f in train)),
        lambda picture: save_picture(folder / PREVIEW, picture),
    )
    bar = tqdm(total=round(deadline.seconds), initial=round(deadline.begun), unit="s", desc="train")
    with bar, callbacks.GoodEnough(say) as ctrl_c:

        def tell(_, logs):
            bar.update(min(round(deadline.spent), bar.total) - bar.n)
            bar.set_postfix(loss=f"{logs['loss']:.4f}")

        watch = keras.callbacks.LambdaCallback(on_epoch_end=tell)
        batches.fit(model, pairs, resume=resume, callbacks=[deadline, ctrl_c, watch, preview])


def _draw_curve(path, history):
    """curve.png, of all epochs whose losses are known."""
    names = {"A": "decoder_a_loss", "B": "decoder_b_loss"}
    rows = [row for row in history if {"seconds", *names.values()} <= set(row)]
    if rows:
        curves = {who: [row[name] for row in rows] for who, name in names.items()}
        _unmarked.save_picture(path, show.training_curve(curves, [row["seconds"] for row in rows]))
