"""A lesson in a real JupyterLab and a real browser: run it, move a slider, see the picture change."""

import lab
import pytest


@pytest.mark.slow
@pytest.mark.skipif(
    not lab.chromium(),
    reason="no Chromium: sliders are not tried in a browser (Debian: apt-get install chromium)",
)
def test_a_slider_moved_by_keyboard_changes_the_picture():
    with lab.opened() as (page, errors):
        lab.run_all(page)
        handle = lab.first_slider(page)
        before = float(handle.get_attribute("aria-valuenow"))
        waits = lab.press(page, 5)
        assert float(handle.get_attribute("aria-valuenow")) > before
        assert len(waits) == 5  # each press brought another picture
        assert not errors
