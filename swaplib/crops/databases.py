"""Three public deepfake databases, read from the folders as their owners distribute them.

Nothing is downloaded, because access is granted only on request. Ask the owners, agree to their terms (read
them first: they say what the faces may be used for), and pass the folder you unpacked the database into.

FaceForensics++ (A. Rössler et al., ICCV 2019, arXiv:1901.08971). 1,000 sequences from 977 YouTube
videos, and as many fakes by each method. The same folders hold DeepFakeDetection by Google and
Jigsaw: 363 videos of 28 paid actors, 3,068 fakes. Fill in the form linked from
https://github.com/ondyari/FaceForensics and agree to its terms of use; you receive a link to the download
script. The splits are in `dataset/splits` of that repository.

Celeb-DF v2 (Y. Li et al., CVPR 2020, arXiv:1909.12962). 590 videos of celebrities and 300 of
other people from YouTube, 5,639 fakes; 518 videos are listed for testing. Fill in the form linked from
https://github.com/yuezunli/celeb-deepfakeforensics and agree to its terms; you receive a link.

DFDC, the Deepfake Detection Challenge (B. Dolhansky et al., 2020, arXiv:2006.07397). 124,000 videos
of paid actors who consented to being faked. Download it from https://ai.meta.com/datasets/dfdc, which
needs an AWS account, or from https://www.kaggle.com/c/deepfake-detection-challenge, whose rules you accept.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from swaplib import SwaplibError
from swaplib.crops.listing import (
    Video,
    balanced,  # noqa: F401
    by_path,
    check_both,
    check_complete,
    contents,
    files_of,
    folder_of,
    parts_of,
    people,  # noqa: F401
    read_json,
)
from swaplib.crops.sampling import crops  # noqa: F401

# FaceForensics++: the methods, grouped by the source of the real videos, and the naming of real videos and
# fakes: <target>_<source>.mp4, <target actor>_<source actor>__<scene>__<id>.mp4.
SOURCES = {
    "youtube": ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter"),
    "actors": ("DeepFakeDetection",),
}
METHODS = sum(SOURCES.values(), ())
PATTERNS = {"youtube": (r"(\d{3})", r"(\d{3})_(\d{3})"), "actors": (r"(\d+)__.+", r"(\d+)_(\d+)__.+")}
# H.264's constant rate factor. The owners write "raw" or "c0" for lossless.
COMPRESSIONS = {"raw": ("raw", "c0"), "c0": ("c0", "raw"), "c23": ("c23",), "c40": ("c40",)}


def faceforensics(
    root: str | Path,
    compression: str = "c23",
    methods: str | Iterable[str] | None = None,
    partial: bool = False,
) -> list[Video]:
    """List the videos of FaceForensics++, sorted by path, as `Video`.

    root: the folder with original_sequences and manipulated_sequences. The owners' split files
    train.json, val.json and test.json are looked for in it and in its subfolder splits; without them
    no video has a split. compression: "raw" (or "c0"), "c23" or "c40". methods: some of METHODS, by
    default all that are present; only the real videos they were made from are listed with them. partial:
    whether videos listed in the splits may be missing.

    People are identified by the numbers of the sequences, and by the actors in DeepFakeDetection, which has
    no splits. Some people have several numbers (043 and 343, for example): Y. Zhu et al., CVPR 2021,
    counted 885. Sets that are disjoint by number may therefore share a person.

    Raises SwaplibError if the folder is missing or has another layout, a method has no videos, the real
    videos are missing, or the splits list a video that isn't there.
    """
    root = folder_of(root, "https://github.com/ondyari/FaceForensics")
    if compression not in COMPRESSIONS:
        raise SwaplibError(
            f"There is no compression {compression!r}: choose one of {', '.join(COMPRESSIONS)}."
        )
    asked = [methods] if isinstance(methods, str) else list(methods or ())
    for method in asked:
        if method not in METHODS:
            raise SwaplibError(
                f"FaceForensics++ has no method {method!r}: choose some of {', '.join(METHODS)}."
            )

    def files(*parts):
        places = [root.joinpath(*parts, name, "videos") for name in COMPRESSIONS[compression]]
        return next((found for found in map(files_of, places) if found), [])

    fakes = {method: files("manipulated_sequences", method) for method in asked or METHODS}
    empty = [method for method, found in fakes.items() if not found]
    if len(empty) == len(fakes) or (asked and empty):
        wanted = f"manipulated_sequences/{empty[0] if asked else '*'}/{compression}/videos/*.mp4"
        others = {path.parent.name for path in root.glob("*_sequences/*/*/videos")} - {compression}
        raise SwaplibError(
            f"{root} has no fakes by {', '.join(empty)}: there is no {wanted}. "
            f"The folder contains {contents(root)}; "
            f"other compressions: {', '.join(sorted(others)) or 'none'}."
        )
    splits, pairs = _ff_splits(root)
    videos = []
    for source, methods_of in SOURCES.items():
        made = [method for method in methods_of if fakes.get(method)]
        if not made:
            continue
        real = files("original_sequences", source)
        if not real:
            raise SwaplibError(
                f"{root} has only fakes by {', '.join(made)}: there is no "
                f"original_sequences/{source}/{compression}/videos/*.mp4. "
                "Download the real videos as well."
            )
        for method in ("", *made):
            for path in fakes[method] if method else real:
                who = parts_of(path, PATTERNS[source][bool(method)], "FaceForensics++")
                split = {splits.get(number, "") for number in who}
                if source == "actors":
                    who, split = tuple(f"actor {number}" for number in who), {""}
                videos.append(Video(path, bool(method), method, who, split.pop() if len(split) == 1 else ""))
        if source == "youtube":
            named = {("", number) for number in splits}
            named |= {(method, *pair) for method in made for a, b in pairs for pair in ((a, b), (b, a))}
            missing = named - {(video.method, *video.people) for video in videos}
            check_complete(
                {f"{method or source}/{'_'.join(who)}.mp4" for method, *who in missing},
                len(named),
                "the splits",
                partial,
            )
    return by_path(videos)


def _ff_splits(root):
    """Return ({number: split}, list of pairs (number, number)) from the owners' split files, if any."""
    names = ("train", "val", "test")
    places = [root / "splits", root, root / "dataset" / "splits"]
    place = next((p for p in places if any((p / f"{n}.json").exists() for n in names)), None)
    if place is None:
        return {}, []
    splits, pairs = {}, []
    for name in names:
        path = place / f"{name}.json"
        listed = read_json(path)
        try:
            listed = [(str(a), str(b)) for a, b in listed]
        except (TypeError, ValueError) as error:
            raise SwaplibError(
                f"{path} isn't a list of pairs of numbers. Download it again from "
                "dataset/splits of the owners' repository."
            ) from error
        pairs += listed
        splits.update((number, name) for pair in listed for number in pair)
    return splits, pairs


def celeb_df(root: str | Path, partial: bool = False) -> list[Video]:
    """List the videos of Celeb-DF v2, sorted by path, as `Video`.

    root: the folder with Celeb-real, Celeb-synthesis, YouTube-real and List_of_testing_videos.txt.
    The listed videos are "test", all others "train"; without the list no video has a split.
    partial: whether listed videos may be missing.

    People are identified by the owners' ids: the fake id0_id1_0005 is video 5 of id0 with the face of id1.
    Every video of YouTube-real counts as a separate person. The owners' list splits by video, so id1, for
    example, is in both sets. To test on unseen people, split by person instead.

    Raises SwaplibError if the folder is missing or has another layout, one class is missing, or the list
    can't be read or names a video that isn't there.
    """
    root = folder_of(root, "https://github.com/yuezunli/celeb-deepfakeforensics")
    patterns = {
        "Celeb-real": r"(id\d+)_\d+",
        "Celeb-synthesis": r"(id\d+)_(id\d+)_\d+",
        "YouTube-real": r"(\d+)",
    }
    files = {name: files_of(root / name) for name in patterns}
    if not any(files.values()):
        raise SwaplibError(
            f"{root} doesn't have Celeb-DF's original layout: there are no videos in "
            f"{', '.join(patterns)}. The folder contains {contents(root)}."
        )
    table = root / "List_of_testing_videos.txt"
    listed = _celeb_list(table) if table.exists() else set()
    videos, names = [], set()
    for folder, found in files.items():
        method = "Celeb-DF" if folder == "Celeb-synthesis" else ""
        for path in found:
            names.add(name := f"{folder}/{path.name}")
            who = parts_of(path, patterns[folder], "Celeb-DF")
            if folder == "YouTube-real":
                who = (f"YouTube {who[0]}",)
            split = ("test" if name in listed else "train") if listed else ""
            videos.append(Video(path, bool(method), method, who, split))
    check_both(videos, root)
    check_complete(listed - names, len(listed), table.name, partial)
    return by_path(videos)


def _celeb_list(path):
    """Return names such as "YouTube-real/00170.mp4" from lines that start with 1 for real, 0 for fake."""
    form = re.compile(r"(?:1\s+(?:Celeb|YouTube)-real|0\s+Celeb-synthesis)/\S+\.mp4")
    names = set()
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line and not form.fullmatch(line):
            raise SwaplibError(
                f"{path}, line {number}: {line[:60]!r} is not of the form "
                "'1 YouTube-real/00170.mp4' (1: real, 0: Celeb-synthesis)."
            )
        names.update(line.split()[1:])
    return names


def dfdc(root: str | Path, partial: bool = False) -> list[Video]:
    """List the videos of DFDC, sorted by path, as `Video`.

    root: a folder with a metadata.json or labels.csv beside its videos, or one that contains such folders
    at most two levels down: dfdc_train_part_0 and so on, Kaggle's train_sample_videos, validation, test.
    Unlabelled videos, such as Kaggle's test_videos, are left out. The split is the one in metadata.json,
    "train"; otherwise the folder name decides: validation ("val") or test.
    partial: whether labelled videos may be missing.

    The owners name neither people nor methods. The field `people` therefore holds the video a fake was made
    from, which keeps a fake and its original together. An actor appears in many videos, however, so
    disjoint names don't mean disjoint people. In validation and test each video is on its own.

    Raises SwaplibError if the folder is missing or has no labels, one class is missing, or the labels
    can't be read or name a video that isn't there.
    """
    root = folder_of(root, "https://ai.meta.com/datasets/dfdc")
    tables = {}  # one per folder: test has both files, with the same content
    for level in ("", "*/", "*/*/"):
        for name in ("labels.csv", "metadata.json"):
            tables |= {path.parent: path for path in sorted(root.glob(level + name))}
    if not tables:
        raise SwaplibError(
            f"{root} doesn't have DFDC's original layout: there is no metadata.json or "
            f"labels.csv in it or in its folders. The folder contains {contents(root)}."
        )
    videos = []
    for folder, table in tables.items():
        files = {path.name: path for path in files_of(folder)}
        rows = _dfdc_rows(table)
        check_complete(rows.keys() - files.keys(), len(rows), str(table), partial)
        split = {"validation": "val", "test": "test"}.get(folder.resolve().name, "")
        for name, (fake, original, said) in rows.items():
            if name in files:
                who = (Path(original if fake and original else name).stem,)
                videos.append(Video(files[name], fake, "DFDC" if fake else "", who, said or split))
    if not videos:
        raise SwaplibError(f"None of the videos listed in {next(iter(tables.values()))} is there.")
    check_both(videos, root)
    return by_path(videos)


def _dfdc_rows(path):
    """Return {file name: (fake, the original's file name or None, split or None)} from a file of labels."""
    labels = {"FAKE": True, "REAL": False, "1": True, "0": False}
    try:
        if path.suffix == ".csv":
            with open(path, newline="", encoding="utf-8-sig") as file:
                return {r["filename"]: (labels[r["label"]], None, None) for r in csv.DictReader(file)}
        rows = {}
        for name, info in read_json(path).items():
            label = info["label"] if "label" in info else str(int(info["is_fake"]))
            split = info.get("split") if info.get("split") in ("train", "val", "test") else None
            rows[name] = labels[label], info.get("original"), split
        return rows
    except (KeyError, TypeError, ValueError, AttributeError, csv.Error) as error:
        raise SwaplibError(
            f"{path} isn't a DFDC label file (at {error}): each video needs a "
            "label FAKE or REAL, or 1 or 0. Is the file complete?"
        ) from error
