"""Seconds spent in each step of a job."""

import time
from contextlib import contextmanager


class Stopwatch(dict):
    """Seconds spent in each step, by name: `with watch("read"): ...`"""

    @contextmanager
    def __call__(self, step):
        begin = time.perf_counter()
        try:
            yield
        finally:
            self[step] = self.get(step, 0.0) + time.perf_counter() - begin

    def each(self, step, iterable):
        """Go through an iterable, counting the time it takes to bring each item."""
        iterator = iter(iterable)
        while True:
            with self(step):
                item = next(iterator, None)
            if item is None:
                return
            yield item
