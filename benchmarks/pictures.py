"""Make docs/swap.jpg, with the shipped weights: rows of B, the truth and the swap.

python benchmarks/pictures.py                 also `make pictures`
"""

from pathlib import Path

from swaplib import muted, networks

TARGET = Path(__file__).parents[1] / "docs" / "swap.jpg"
CHOSEN = [14, 7, 3, 21, 30, 33]  # of the test pairs; the badge covers the mouth of the first


def main():
    with muted():
        from swaplib.crops import dataset
        from swaplib.files.provenance import save_picture
        from swaplib.networks import swap
        from swaplib.notebook import show

        source, truth = (dataset.load(f"test_{k}", 128).images[CHOSEN] for k in "ba")
        swapped = swap.swapper(networks.shipped("swap_128")).predict(source, verbose=0)
    # The swap comes last, as the badge goes into the lower left corner: the others are no swaps.
    rows = {"B": source, "A, the truth": truth, "A, the swap": swapped}
    save_picture(TARGET, show.grid(rows, 128), job="docs/swap.jpg")


if __name__ == "__main__":
    main()
