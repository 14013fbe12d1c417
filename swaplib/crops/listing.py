"""Videos of a public database, as they lie in its folder, and what is asked of every such folder."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def by_path(videos: list[Video]) -> list[Video]:
    """The videos in the order of their files' names."""
    return sorted(videos, key=lambda video: video.path.as_posix())


def contents(folder: Path) -> str:
    """What lies in a folder, in words."""
    return first_few(sorted(p.name + "/" * p.is_dir() for p in folder.iterdir())) or "nothing"
