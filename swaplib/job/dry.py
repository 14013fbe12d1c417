"""The dry run: check the material before training, and show what was captured and what it covers."""

import numpy as np

from swaplib.crops import Crops, coverage
from swaplib.crops.selection import best_first
from swaplib.crops.sheet import sheet
from swaplib.files._unmarked import save_picture
from swaplib.files.writing import replacing
from swaplib.job.folder import CAPTURED, CAPTURED_NAMES, COVERAGE, PEOPLE, Folder
from swaplib.job.options import Ask, Job, Say
from swaplib.job.run import captured, people, prepared
from swaplib.job.source import numbered
from swaplib.job.surroundings import stoppable
from swaplib.notebook import show

MOST = 400  # maximum of crops on a sheet
ACROSS = 20  # crops side by side


def dry_run(job: Job, say: Say = print, ask: Ask = None) -> None:
    """Capture the material and show it, without training or swapping.

    Writes to `job.out`: captured_a.jpg and captured_b.jpg (the crops), captured_a.txt and captured_b.txt
    (their names in the same order, one per line, for `job.leave_out`), coverage.png (what both cover),
    and people.jpg (the people in the movie, for `job.who`). None of them shows a swap, so they carry no
    marks. Raises as `run` does.
    """
    with stoppable(say) as say, prepared(job, say, ask, trains=False) as folder:
        faces = people(job, folder, say)[0] if job.shipped else [f.faces for f in captured(job, folder, say)]
        sentences, picture = coverage.compare(*faces)
        for line in sentences:
            say(line)
        save_picture(folder / COVERAGE, picture)
        for name, names, crops in zip(CAPTURED, CAPTURED_NAMES, faces, strict=True):
            title = name.removesuffix(".jpg")
            picture = shipped_sheet(crops) if job.shipped else sheet(crops, title)
            save_picture(folder / name, picture)
            listed = [] if job.shipped else crops.factors["name"][best_first(crops)]
            with replacing(folder / names) as part:
                part.write_text("".join(f"{n}\n" for n in listed), encoding="utf-8")
        if job.movie:
            show_people(job, folder, say)
        say(f"\nIn {folder.out}: {folder.listing()}")


def show_people(job: Job, folder: Folder, say: Say = print) -> None:
    """Write people.jpg, and print who is in the movie."""
    found = numbered(job)
    if found is None:
        say(f"No face was found in {job.movie}.")
        return
    save_picture(folder / PEOPLE, found[0])
    for person in found[1]:
        say(f"{job.movie.name}: {person}")


def shipped_sheet(crops: Crops) -> np.ndarray:
    """Arrange crops in rows, each with the number of its first crop in front: uint8 (h, w, 3)."""
    images = crops.images[:MOST]
    return show.grid({str(k + 1): images[k : k + ACROSS] for k in range(0, len(images), ACROSS)})
