"""The training of a job: resume, stop on time or on request, and lose nothing."""

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

ROWS = 8  # rows of the preview
# With fewer crops than this, augmentation is used; with more, training is better without. Measured at 100,
# where it helps, and at 800, where it doesn't (benchmarks/ablation.py); the limit lies in between.
FEW = 300
BATCH = {"cpu": batches.BATCH, "gpu": 32}  # crops of each person in a step; fewer leave a GPU idle
SHARED = ("a", "b", "size", "code", "seed")  # options that make a training what it is


def settings(job: Job, folder: Folder) -> dict:
    """Return the settings that two runs must share to count as the same training, as JSON values.

    The model that it starts from counts too, unless it is the folder's own.
    """
    chosen = {name: getattr(job, name) for name in SHARED}
    chosen |= {who: [str(p.resolve()) for p in chosen[who]] for who in "ab"}
    if _is_own(job, folder):
        start = (folder.record()["settings"] or {}).get("start")
    else:
        start = digest(job.model) if job.model else None
    return {**chosen, "start": start}


def _is_own(job, folder):
    """Return whether the model to start from comes from this folder's training."""
    there = job.model is not None and folder.model.exists()
    return there and job.model.samefile(folder.model) and folder.seconds() is not None


def settle(job: Job, folder: Folder, say: Say = print) -> None:
    """Check that the folder's training, if there is one, is this job's; prints what it set aside.

    Raises SwaplibError if the settings differ and the job may not restart. With the same settings it
    never restarts, so a command can be repeated at any time.
    """
    wanted = settings(job, folder)
    there = folder.record()["settings"] or callbacks.read_note(folder.checkpoint)
    begun = folder.seconds() is not None or any(p.exists() for p in callbacks.both(folder.checkpoint))
    if begun and there and there != wanted:
        if not job.restart:
            raise SwaplibError(_other(there, wanted, folder))
        moved = folder.set_aside(folder.model)
        callbacks.forget(folder.checkpoint)
        say("Starting from scratch" + (f"; the existing model is kept as {moved.name}." if moved else "."))
    folder.note(settings=wanted)


def _other(there, wanted, folder):
    """Explain why a folder with another training is left alone, and what to do."""
    names = {"start": "model"}
    differ = [
        f"{names.get(name, name)} {_shown(there.get(name))} there, {_shown(value)} now"
        for name, value in wanted.items()
        if there.get(name) != value
    ]
    return (
        f"{folder.out} holds a training with other settings ({'; '.join(differ)}): choose another --out, "
        f"or use --restart, which keeps its model.npz under another name."
    )


def _shown(value):
    if isinstance(value, list):
        return ", ".join(value) or "the shipped person"
    return "none" if value is None else f"{value:.8}" if isinstance(value, str) else str(value)


def trained(job: Job, folder: Folder, train: tuple[Crops, Crops], say: Say = print) -> keras.Model:
    """Train, or train further, and write model.npz and curve.png to the folder; returns the model.

    train: the crops of A and of B. Ctrl-C ends it early and keeps the model; a second one raises
    KeyboardInterrupt. The saved state is deleted only when model.npz is written and the time is up.
    Raises SwaplibError if something can't be written, or the loss is NaN.
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
        if not (folder / CURVE).exists():  # interrupted before it was drawn
            _draw_curve(folder / CURVE, resume.history)
        return model
    asked = minutes(deadline.seconds)
    if deadline.begun < deadline.seconds:
        what = f"Continuing: {minutes(deadline.begun)} of" if deadline.begun else "Training"
        say(
            f"{what} {asked} at {job.size} px; {folder / PREVIEW} shows the progress. "
            "Ctrl-C ends training early and keeps the model."
        )
        _fit(model, pairs, deadline, resume, folder, train, say)
    spent = max(deadline.spent, deadline.begun)
    moved = folder.keep(lambda path: networks.save(model, path), spent, resume.history)
    if moved:
        say(f"The previous model.npz is kept as {moved.name}.")
    if spent >= deadline.seconds:
        callbacks.forget(folder.checkpoint)
    else:
        say(f"Training ended after {minutes(spent)} of {asked}. The same command continues it.")
    _draw_curve(folder / CURVE, resume.history)
    return model


def _continued(model, folder, resume, deadline, say):
    """Return (the model with all earlier training, whether it is complete). Prints what can't be used.

    The saved state comes first, then the model that was kept; otherwise training starts from scratch.
    """
    restored = resume.restore(model)
    if restored:
        if resume.problem:
            say(f"{resume.problem}. Continuing from the previous state.")
        return model, False
    deadline.begun = 0.0
    if resume.problem:
        say(f"{resume.problem}.")
    seconds = folder.seconds()
    if seconds is None and folder.model.exists():
        say(f"{folder.model} is damaged or not from this training: it will be kept under another name.")
    if seconds is None:
        if resume.problem:
            say("There is no other state, so training starts from scratch.")
        return model, False
    model, deadline.begun = networks.load(folder.model), seconds
    resume.history = folder.history()
    say(f"Using {folder.model}, trained for {minutes(seconds)}.")
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
    """Draw curve.png with all epochs whose losses are known."""
    names = {"A": "decoder_a_loss", "B": "decoder_b_loss"}
    rows = [row for row in history if {"seconds", *names.values()} <= set(row)]
    if rows:
        curves = {who: [row[name] for row in rows] for who, name in names.items()}
        _unmarked.save_picture(path, show.training_curve(curves, [row["seconds"] for row in rows]))
