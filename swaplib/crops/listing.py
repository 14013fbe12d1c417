"""Videos of a public database, as they lie in its folder, and what is asked of every such folder."""

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

    path: the file. fake: whether a face in it was replaced or moved. method: how, as the owners
    call it, "" for a real one. people: names of those in it, first whose picture it is, then whose
    face (of DFDC, the video it was made of: see `databases.dfdc`). split: "train", "val" or "test" as the
    owners have it, "" where they don't say.
    """

    path: Path
    fake: bool
    method: str
    people: tuple[str, ...]
    split: str


def people(videos: Iterable[Video]) -> list[str]:
    """Names of the people in some videos, each once: a sorted list.

    evaluation.check_apart(people(train), people(test))
    """
    return sorted({name for video in videos for name in video.people})


def folder_of(root: str | Path, address: str) -> Path:
    """The folder of a database, got at an address. Raises SwaplibError if there is none."""
    root = Path(root)
    if not root.is_dir():
        raise SwaplibError(
            f"There is no folder {root}. Nothing is downloaded here: ask for the "
            f"database at {address} and name the folder it was unpacked into."
        )
    return root


def files_of(folder: Path) -> list[Path]:
    """The .mp4 files of a folder, or of its folder videos, where some tools move them; sorted."""
    for place in (folder, folder / "videos"):
        # A leading dot: what macOS writes beside each file on a foreign disk.
        found = sorted(p for p in place.glob("*.mp4") if not p.name.startswith("."))
        if found:
            return found
    return []


def parts_of(path: Path, pattern: str, database: str) -> tuple[str, ...]:
    """What the groups of a pattern stand for in a file's name. Raises SwaplibError where it doesn't fit."""
    match = re.fullmatch(pattern, path.stem)
    if not match:
        raise SwaplibError(
            f"{path} isn't named as the videos of {database} in this folder are: move it elsewhere."
        )
    return match.groups()


def read_json(path: Path) -> Any:
    """What a file of JSON holds. Raises SwaplibError if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SwaplibError(f"{path} is missing, though others of its kind are there.") from error
    except (OSError, ValueError) as error:
        raise SwaplibError(f"{path} can't be read as JSON ({error}). Is the file whole?") from error


def check_complete(missing: set, count: int, source: str, partial: bool) -> None:
    """Raise SwaplibError if videos that a list names are missing, unless partial."""
    if missing and not partial:
        raise SwaplibError(
            f"{len(missing)} of the {count} videos that {source} names are missing, "
            f"the first is {min(missing)}. Finish the download, or take what is "
            "there with partial=True."
        )


def check_both(videos: list[Video], root: Path) -> None:
    """Raise SwaplibError unless there are real videos and fakes."""
    if len({video.fake for video in videos}) < 2:
        only, other = ("fake", "real") if videos[0].fake else ("real", "fake")
        raise SwaplibError(
            f"{root} has only {only} videos ({len(videos)}). A detector needs both: "
            f"download the {other} ones as well."
        )


def balanced(videos: Iterable[Video], most: int, split: str = "", seed: int = 0) -> list[Video]:
    """At most this many of the videos, drawn at random: as many real ones as fakes, of each method as many.

    The first of a listing would be fakes alone, which come first by their path. split: only those of this
    part. seed: draws others. Raises SwaplibError where the part has no videos, or none of one class, and
    for a number of less than two.
    """
    videos = list(videos)
    if not most >= 2:
        raise SwaplibError(f"most is {most}: a detector is judged by a real video and a fake at least")
    those = [video for video in videos if split in ("", video.split)]
    if not those:
        raise SwaplibError(
            f"None of the {len(videos)} videos is of the split {split!r}. {_splits_of(videos)}"
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
    """Which splits videos have, or where their owners have them."""
    if known := sorted({video.split for video in videos} - {""}):
        return f"Choose one of {', '.join(known)}."
    return (
        "Their folder has no list of splits: put FaceForensics++'s train.json, val.json and test.json, from "
        "dataset/splits of its repository, into a folder splits in it, or Celeb-DF's "
        "List_of_testing_videos.txt into it. Or name no split."
    )


def by_path(videos: list[Video]) -> list[Video]:
    """The videos in the order of their files' names."""
    return sorted(videos, key=lambda video: video.path.as_posix())


def contents(folder: Path) -> str:
    """What lies in a folder, in words."""
    return first_few(sorted(p.name + "/" * p.is_dir() for p in folder.iterdir())) or "nothing"
