"""Seconds spent in each step of a job."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Stopwatch(dict):
    """Seconds spent in each step, by name: `with watch("read"): ...`"""

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self[step] = self.get(step, 0.0) + time.perf_counter() - begin

    def each(self, step: str, iterable: Iterable) -> Iterator:
        """Iterate, and count the time it takes to fetch each item."""
        iterator, end = iter(iterable), object()
        while True:
            with self(step):
                item = next(iterator, end)
            if item is end:
                return
            yield item
