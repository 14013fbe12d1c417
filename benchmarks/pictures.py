"""Make the README's pictures with the shipped weights: docs/swap.jpg and docs/sliders.jpg

python benchmarks/pictures.py
"""

from pathlib import Path

import lab

from swaplib import muted, networks

DOCS = Path(__file__).parents[1] / "docs"
CHOSEN = [3, 7, 14, 21, 30, 33, 40]  # of the test pairs


def swap_sheet():
    """Rows of B, the swap and the truth."""
    with muted():
        from swaplib.crops import dataset
        from swaplib.files.provenance import save_picture
        from swaplib.networks import swap
        from swaplib.notebook import show

    source, truth = (dataset.load(f"test_{k}", 128).images[CHOSEN] for k in "ba")
    swapped = swap.swapper(networks.shipped("swap_128")).predict(source, verbose=0)
    save_picture(DOCS / "swap.jpg", show.grid([source, swapped, truth], 128))


def sliders():
    """The first sliders of lesson 4 in JupyterLab, after some were moved."""
    with lab.opened() as (page, _):
        lab.run_all(page)
        lab.first_slider(page)
        handles = page.query_selector_all(".widget-slider .noUi-handle")
        for handle, times in zip(handles, (4, 8, 0, 60), strict=False):  # presses of a key
            handle.focus()
            lab.press(page, times, pause=0.05)
        page.wait_for_timeout(1000)
        page.query_selector(".jp-OutputArea-output:has(.widget-slider)").screenshot(
            path=DOCS / "sliders.jpg", type="jpeg", quality=88
        )


if __name__ == "__main__":
    swap_sheet()
    sliders()
