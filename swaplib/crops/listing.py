"""Videos of a public database as they lie in its folder, and checks that every such folder must pass."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from swaplib import SwaplibError, first_few


@dataclass(frozen=True)
class Video:
    """A video of a database.

    path: the file. fake: whether a face in it was replaced or reenacted. method: the owners' name for the
    method, "" for a real video. people: their names, first the person filmed, then the person whose face was
    used (for DFDC, the original video: see `databases.dfdc`). split: the owners' "train", "val" or "test",
    "" if they don't say.
    """

    path: Path
    fake: bool
    method: str
    people: tuple[str, ...]
    split: str


def people(videos: Iterable[Video]) -> list[str]:
    """Return the names of the people in some videos, without duplicates: a sorted list.

    evaluation.check_apart(people(train), people(test))
    """
    return sorted({name for video in videos for name in video.people})


def folder_of(root: str | Path, address: str) -> Path:
    """Return a database's folder; `address` is where to request it. Raises SwaplibError if it is missing."""
    root = Path(root)
    if not root.is_dir():
        raise SwaplibError(
            f"There is no folder {root}. Nothing is downloaded here: request the "
            f"database at {address} and pass the folder you unpacked it into."
        )
    return root


def files_of(folder: Path) -> list[Path]:
    """List the .mp4 files of a folder, or of its subfolder videos, where some tools put them; sorted."""
    for place in (folder, folder / "videos"):
        # macOS writes a file with a leading dot beside each file on a foreign disk.
        found = sorted(p for p in place.glob("*.mp4") if not p.name.startswith("."))
        if found:
            return found
    return []


def parts_of(path: Path, pattern: str, database: str) -> tuple[str, ...]:
    """Return the groups of a pattern in a file's name. Raises SwaplibError if the name doesn't match."""
    match = re.fullmatch(pattern, path.stem)
    if not match:
        raise SwaplibError(
            f"{path} isn't named like the other videos of {database} in this folder: move it elsewhere."
        )
    return match.groups()


def read_json(path: Path) -> Any:
    """Return the contents of a JSON file. Raises SwaplibError if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SwaplibError(f"{path} is missing, although similar files are there.") from error
    except (OSError, ValueError) as error:
        raise SwaplibError(f"{path} can't be read as JSON ({error}). Is the file complete?") from error


def check_complete(missing: set, count: int, source: str, partial: bool) -> None:
    """Raise SwaplibError if listed videos are missing, unless partial."""
    if missing and not partial:
        raise SwaplibError(
            f"{len(missing)} of the {count} videos listed in {source} are missing, "
            f"the first being {min(missing)}. Finish the download, or use the files "
            "you have with partial=True."
        )


def check_both(videos: list[Video], root: Path) -> None:
    """Raise SwaplibError unless there are both real videos and fakes."""
    if len({video.fake for video in videos}) < 2:
        only, other = ("fake", "real") if videos[0].fake else ("real", "fake")
        raise SwaplibError(
            f"{root} has only {only} videos ({len(videos)}). A detector needs both: "
            f"download the {other} ones as well."
        )


def balanced(videos: Iterable[Video], most: int, split: str = "", seed: int = 0) -> list[Video]:
    """Sample at most this many videos at random: as many real ones as fakes, and equally many per method.

    (The first videos by path would all be fakes.) split: use only videos of this split. seed: of the random
    sample. Raises SwaplibError if the split has no videos or lacks a class, and if `most` is below two.
    """
    videos = list(videos)
    if not most >= 2:
        raise SwaplibError(
            f"most is {most}, but scoring a detector takes at least one real video and one fake"
        )
    those = [video for video in videos if split in ("", video.split)]
    if not those:
        raise SwaplibError(
            f"None of the {len(videos)} videos is in the split {split!r}. {_splits_of(videos)}"
        )
    rng = np.random.default_rng(seed)
    kinds = {video.method for video in those if video.fake}
    real = [video for video in those if not video.fake]
    fakes = [[video for video in those if video.fake and video.method == kind] for kind in sorted(kinds)]
    if not real or not fakes:
        missing = "fakes" if real else "real videos"
        raise SwaplibError(f"There are no {missing} among the {len(those)} videos: download them as well.")
    real, *fakes = ([some[k] for k in rng.permutation(len(some))] for some in (real, *fakes))
    by_turns = [video for turn in zip_longest(*fakes) for video in turn if video]
    each = min(most // 2, len(real), len(by_turns))
    return by_path([*real[:each], *by_turns[:each]])


def _splits_of(videos):
    """Say which splits the videos have, or where the owners publish them."""
    if known := sorted({video.split for video in videos} - {""}):
        return f"Choose one of {', '.join(known)}."
    return (
        "Their folder has no list of splits: put FaceForensics++'s train.json, val.json and test.json, from "
        "dataset/splits of its repository, into a subfolder splits, or Celeb-DF's "
        "List_of_testing_videos.txt into the folder itself. Or name no split."
    )


def by_path(videos: list[Video]) -> list[Video]:
    """Sort videos by file name."""
    return sorted(videos, key=lambda video: video.path.as_posix())


def contents(folder: Path) -> str:
    """List the contents of a folder as text."""
    return first_few(sorted(p.name + "/" * p.is_dir() for p in folder.iterdir())) or "nothing"
