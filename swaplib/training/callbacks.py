"""What happens between the steps of a training: it ends in time, is kept safe, and shows its pictures."""

import json
import time
from pathlib import Path

import keras
import numpy as np

from swaplib.files.writing import replacing


class Deadline(keras.callbacks.Callback):
    """Ends a training after so many seconds; until then the learning rate falls along a cosine.

    memory: a file that keeps the seconds spent, so that a training taken up again gets the rest.
    The clock starts with the first step's end: building the graph is not training. Afterwards the
    optimizer has the learning rate it began with, so that another `fit` learns too.
    """

    def __init__(self, seconds, memory=None):
        super().__init__()
        self.seconds, self.memory, self.spent = seconds, memory and Path(memory), 0.0

    def on_train_begin(self, logs=None):
        self.spent, self.peak = 0.0, float(self.model.optimizer.learning_rate)
        if self.memory and self.memory.exists():
            saved = json.loads(self.memory.read_text())
            self.spent, self.peak = saved["seconds"], saved["learning_rate"]
        self._last = None

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        self.spent += now - self._last if self._last else 0.0
        self._last = now
        share = min(self.spent / self.seconds, 1.0)
        self.model.optimizer.learning_rate = self.peak * (0.5 + 0.5 * np.cos(np.pi * share))
        self.model.stop_training |= self.spent >= self.seconds

    def on_train_end(self, logs=None):
        self.model.optimizer.learning_rate = self.peak

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs["seconds"] = self.spent
        if self.memory:
            self.memory.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.memory) as part:
                part.write_text(json.dumps({"seconds": self.spent, "learning_rate": self.peak}))


class Resume(keras.callbacks.BackupAndRestore):
    """Keeps the state of a training in a folder after every epoch, and goes on from there.

    An unfinished `batches.fit` that is called again ends with the weights that it would have ended
    with. Keras's own callback, which also tells the `batches.SeededBatches` at which epoch they are.
    """

    def __init__(self, folder, batches):
        super().__init__(str(folder), double_checkpoint=True)
        self.batches = batches

    def on_epoch_begin(self, epoch, logs=None):
        self.batches.epoch = epoch


class Preview(keras.callbacks.Callback):
    """Shows how a training comes along, at most every so many seconds, and at its end.

    sheet: called without arguments, makes a picture with the model as it is, uint8 (h, w, 3), such as
    `swap.preview` does. show: called with it, for instance to display it or to write a file.
    """

    def __init__(self, sheet, show, every=5.0):
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
