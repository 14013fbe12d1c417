"""Callbacks for training: a time limit, checkpoints, a clean Ctrl-C and previews."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from swaplib import SwaplibError
from swaplib.files.arrays import read_arrays
from swaplib.files.writing import replacing


class Deadline(keras.callbacks.Callback):
    """Ends a training after a number of seconds, decaying the learning rate along a cosine until then.

    begun: seconds that earlier runs have spent already. `spent` counts the steps only: neither building
    the graph nor what other callbacks do is training (after a step: those behind it in the list). Where
    several steps are one execution, it looks after each execution.
    Afterwards the optimizer has the learning rate it began with, so that another `fit` learns too.
    """

    def __init__(self, seconds: float, begun: float = 0.0):
        super().__init__()
        self.seconds, self.begun, self.spent = seconds, begun, begun

    def on_train_begin(self, logs=None):
        self.spent, self.peak = self.begun, float(self.model.optimizer.learning_rate)
        self._built = False  # the first step builds the graph

    def on_train_batch_begin(self, batch, logs=None):
        self._start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.spent += time.perf_counter() - self._start if self._built else 0.0
        self._built = True
        share = min(self.spent / self.seconds, 1.0)
        self.model.optimizer.learning_rate = self.peak * (0.5 + 0.5 * np.cos(np.pi * share))
        self.model.stop_training |= self.spent >= self.seconds

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["seconds"] = self.spent

    def on_train_end(self, logs=None):
        self.model.optimizer.learning_rate = self.peak


class Resume(keras.callbacks.Callback):
    """Saves the state of a training to one file after every epoch, and resumes from it.

    When an interrupted `batches.fit` is called again, it ends with the same weights as without the
    interruption. The file holds the weights, the optimizer, the epoch, the losses so far and, with a
    deadline, the seconds spent, so that they always belong together. The previous state is kept beside it, as
    `.bkp`, because a power cut may corrupt the newest file. Pass the callback to `batches.fit` as `resume`.

    path: the file; its folder is created. deadline: the `Deadline` of the training. note: what the training
    was, as JSON has it; kept in the file for `read_note`. delete: whether `fit` deletes the file when the
    training has ended.

    `history` holds each epoch's losses as a dict; `problem` is None, or a sentence that names an unreadable
    state.
    """

    def __init__(self, path: Path, deadline: Deadline | None = None, note=None, delete=True):
        super().__init__()
        self.path, self.deadline = Path(path), deadline
        self.note, self.delete = note, delete
        self.history: list[dict] = []
        self.problem = None

    def restore(self, model: keras.Model) -> int:
        """Give a compiled model the state that is kept; returns the number of epochs it has seen, or 0."""
        self.problem, self._network = None, model
        for path in both(self.path):
            if not path.exists():
                continue
            try:
                state, arrays = _read(path)
                _assign(model, arrays)
            except Exception as error:  # the file is damaged, or its numbers belong to another training
                why = error.__cause__ or error
                self.problem = self.problem or f"{path} can't be used ({type(why).__name__}: {why})"
                continue
            self.history = state["history"]
            if self.deadline:
                self.deadline.begun = state["seconds"]
            if state["rate"] is not None:
                model.optimizer.learning_rate = state["rate"]
            return state["epoch"]
        return 0

    def finished(self) -> None:
        """Delete the state after the training has ended, if `delete` is set."""
        if self.delete:
            forget(self.path)

    def on_epoch_end(self, epoch, logs=None):
        logs = {name: float(value) for name, value in (logs or {}).items()}
        if not all(np.isfinite(value) for value in logs.values()):
            raise SwaplibError(
                f"The loss became NaN or infinite after {epoch + 1} epochs, so training was stopped and "
                "this state was not saved: check for damaged pictures, or train with another seed."
            )
        self.history.append(logs | {"seconds": self.deadline.spent} if self.deadline else logs)
        self._save(epoch + 1)

    def _save(self, epoch):
        state = {
            "epoch": epoch,
            "seconds": self.deadline.spent if self.deadline else 0.0,
            "rate": self.deadline.peak if self.deadline else None,
            "history": self.history,
            "note": self.note,
        }
        arrays = {f"{k:04d}": np.asarray(v) for k, v in enumerate(_variables(self._network))}
        with replacing(self.path) as part:
            with open(part, "wb") as file:
                np.savez(file, state=json.dumps(state), **arrays)
            if self.path.exists():
                os.replace(self.path, both(self.path)[1])


def both(path: Path) -> tuple[Path, Path]:
    """Return the paths of a state and of the previous one."""
    return path, path.with_name(f"{path.name}.bkp")


def forget(path: Path) -> None:
    """Delete a state of `Resume` and the previous one."""
    for file in both(path):
        file.unlink(missing_ok=True)


def read_note(path: Path):
    """Return the note in a state of `Resume`, or in the previous one; None if neither can be read."""
    for file in both(path):
        try:
            return _read(file)[0]["note"]
        except Exception:  # as in `restore`
            continue
    return None


def _read(path):
    """Read (the description of a state, its arrays in order), verifying the archive's checksums."""
    arrays = read_arrays(path, "state")
    state = json.loads(str(arrays.pop("state")))
    state = {name: state[name] for name in ("epoch", "seconds", "rate", "history", "note")}
    return state, [arrays[name] for name in sorted(arrays)]


def _variables(model):
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]


def _assign(model, arrays):
    """Set all variables of a training, or none. Raises ValueError if their number or shapes differ."""
    variables = _variables(model)
    if [v.shape for v in variables] != [a.shape for a in arrays]:
        raise ValueError("it belongs to another network")
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)


class GoodEnough(keras.callbacks.Callback):
    """Lets Ctrl-C end a training after the current step; a second Ctrl-C raises KeyboardInterrupt.

    Use it in a `with` block around `fit`. `asked` tells whether the training was ended this way. Before the
    first step there is nothing to keep, so Ctrl-C stops at once. say: called with a message when Ctrl-C
    is pressed.
    """

    def __init__(self, say: Callable[[str], None] = print):
        super().__init__()
        self.say, self.asked, self._steps, self._before = say, False, 0, None

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():  # signals reach only the main thread
            self._before = signal.signal(signal.SIGINT, self._pressed)
        return self

    def __exit__(self, *_):
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _pressed(self, number, frame):
        stops, self.asked = self.asked or not self._steps, True  # also if a library swallows what is raised
        if stops:
            raise KeyboardInterrupt

    def on_train_batch_end(self, batch, logs=None):
        self._steps += 1
        if self.asked and not self.model.stop_training:
            self.model.stop_training = True
            self.say("\nCtrl-C: training ends here and the model is kept. Press it again to stop at once.")


class Preview(keras.callbacks.Callback):
    """Shows the progress of a training, at most every `every` seconds, and at its end.

    sheet: a function without arguments that draws a picture with the current model, uint8 (h, w, 3), such as
    the one from `notebook.preview.swap_preview`. show: called with the picture, for example to display it or
    to write it to a file.
    """

    def __init__(
        self, sheet: Callable[[], np.ndarray], show: Callable[[np.ndarray], object], every: float = 5.0
    ):
        super().__init__()
        self.sheet, self.show, self.every = sheet, show, every

    def on_train_begin(self, logs=None):
        self._shown = 0.0

    def on_epoch_end(self, epoch, logs=None):
        if time.monotonic() - self._shown >= self.every:
            self.show(self.sheet())
            self._shown = time.monotonic()

    def on_train_end(self, logs=None):
        self.show(self.sheet())
