"""Time is counted for the step that takes it, and none is lost."""

import pytest

from swaplib.movie import stopwatch


@pytest.fixture
def watch(monkeypatch):
    """A `Stopwatch` and its clock, which stands still until it is moved."""
    now = [0.0]
    monkeypatch.setattr(stopwatch.time, "perf_counter", lambda: now[0])
    return stopwatch.Stopwatch(), now


def test_each_step_has_its_own_seconds_and_they_add_up(watch):
    watch, now = watch
    for seconds in (1, 2):
        with watch("swap"):
            now[0] += seconds
        now[0] += 10  # nobody's
    with pytest.raises(ValueError), watch("write"):
        now[0] += 4
        raise ValueError
    assert watch == {"swap": 3, "write": 4}


def test_bringing_an_item_is_counted_and_what_is_done_with_it_is_not(watch):
    watch, now = watch

    def items():
        for item in (1, None, 0, None):
            now[0] += 2
            yield item
        now[0] += 1  # to find that there are no more

    seen = []
    for item in watch.each("read", items()):
        seen.append(item)
        now[0] += 100
    assert seen == [1, None, 0, None] and watch == {"read": 9}
