"""Three public databases of deepfakes, read from the folders in which their owners hand them out.

Nothing is downloaded: each is given on request only. Ask the owners, agree to their terms (read
them first: they say what the faces may be used for), and name the folder it was unpacked into.

FaceForensics++ (A. Rössler et al., ICCV 2019, arXiv:1901.08971). 1,000 sequences of 977 YouTube
videos, and as many fakes by each method. In the same folders DeepFakeDetection by Google and
Jigsaw: 363 videos of 28 paid actors, 3,068 fakes. Fill in the form linked from
https://github.com/ondyari/FaceForensics and agree to its terms of use; a link to the download
script is sent. Which video is for what: `dataset/splits` of that repository.

Celeb-DF v2 (Y. Li et al., CVPR 2020, arXiv:1909.12962). 590 videos of celebrities and 300 of
others from YouTube, 5,639 fakes; 518 videos are listed for testing. Fill in the form linked from
https://github.com/yuezunli/celeb-deepfakeforensics and agree to its terms; a link is sent.

DFDC, the Deepfake Detection Challenge (B. Dolhansky et al., 2020, arXiv:2006.07397). 124,000 videos
of paid actors, who agreed to being faked. https://ai.meta.com/datasets/dfdc, for which you need an
account at AWS, or https://www.kaggle.com/c/deepfake-detection-challenge, whose rules you accept.
"""

import csv
import json
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm.auto import tqdm

from swaplib import SwaplibError, first_few
from swaplib.crops import Crops
from swaplib.crops.capture import cut
from swaplib.crops.dataset import CROP
from swaplib.face.landmarks import Landmarker
from swaplib.files.picture import BytesAsFloats
from swaplib.files.video import Reader

# FaceForensics++: the methods by where the real videos came from, and how files are named there,
# real ones and fakes: <target>_<source>.mp4, <target actor>_<source actor>__<scene>__<id>.mp4.
SOURCES = {
    "youtube": ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter"),
    "actors": ("DeepFakeDetection",),
}
METHODS = sum(SOURCES.values(), ())
PATTERNS = {"youtube": (r"(\d{3})", r"(\d{3})_(\d{3})"), "actors": (r"(\d+)__.+", r"(\d+)_(\d+)__.+")}
# H.264's constant rate factor. The owners write "raw" as well as "c0" for no loss.
COMPRESSIONS = {"raw": ("raw", "c0"), "c0": ("c0", "raw"), "c23": ("c23",), "c40": ("c40",)}


@dataclass(frozen=True)
class Video:
    """A video of a database.

    path: the file. fake: whether a face in it was replaced or moved. method: how, as the owners
    call it, "" for a real one. people: names of those in it, first whose picture it is, then whose
    face (of DFDC, the video it was made of: see `dfdc`). split: "train", "val" or "test" as the
    owners have it, "" where they don't say.
    """

    path: Path
    fake: bool
    method: str
    people: tuple
    split: str


def faceforensics(root, compression="c23", methods=None, partial=False):
    """The videos of FaceForensics++: a list of `Video`, by path.

    root: the folder with original_sequences and manipulated_sequences. The owners' files of splits
    train.json, val.json and test.json are looked for in it and in its folder splits; without them
    no video has a split. compression: "raw" (or "c0"), "c23" or "c40". methods: some of METHODS,
    by default those that are there; the real videos that come with them are theirs. partial:
    whether videos that the splits name may be missing.

    People are the numbers of the sequences, and the actors of DeepFakeDetection, which has no
    splits. Some people have several numbers (043 and 343, for one): Y. Zhu et al., CVPR 2021,
    counted 885. So what is apart by numbers may share a person.

    Raises SwaplibError when the folder is missing or laid out otherwise, a method has no videos,
    the real ones are missing, or the splits name a video that isn't there.
    """
    root = _folder(root, "https://github.com/ondyari/FaceForensics")
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
        return next((found for found in map(_files, places) if found), [])

    fakes = {method: files("manipulated_sequences", method) for method in asked or METHODS}
    empty = [method for method, found in fakes.items() if not found]
    if len(empty) == len(fakes) or (asked and empty):
        wanted = f"manipulated_sequences/{empty[0] if asked else '*'}/{compression}/videos/*.mp4"
        others = {path.parent.name for path in root.glob("*_sequences/*/*/videos")} - {compression}
        raise SwaplibError(
            f"{root} has no fakes of {', '.join(empty)}: there is no {wanted}. "
            f"In the folder: {_inside(root)}; "
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
                f"{root} has only fakes of {', '.join(made)}: there is no "
                f"original_sequences/{source}/{compression}/videos/*.mp4. "
                "Download the real videos as well."
            )
        for method in ("", *made):
            for path in fakes[method] if method else real:
                who = _parts(path, PATTERNS[source][bool(method)], "FaceForensics++")
                split = {splits.get(number, "") for number in who}
                if source == "actors":
                    who, split = tuple(f"actor {number}" for number in who), {""}
                videos.append(Video(path, bool(method), method, who, split.pop() if len(split) == 1 else ""))
        if source == "youtube":
            named = {("", number) for number in splits}
            named |= {(method, *pair) for method in made for a, b in pairs for pair in ((a, b), (b, a))}
            missing = named - {(video.method, *video.people) for video in videos}
            _complete(
                {f"{method or source}/{'_'.join(who)}.mp4" for method, *who in missing},
                len(named),
                "the splits",
                partial,
            )
    return _by_path(videos)


def _ff_splits(root):
    """({number: split}, list of the pairs (number, number)) of the owners' files, if any is there."""
    names = ("train", "val", "test")
    places = [root / "splits", root, root / "dataset" / "splits"]
    place = next((p for p in places if any((p / f"{n}.json").exists() for n in names)), None)
    if place is None:
        return {}, []
    splits, pairs = {}, []
    for name in names:
        path = place / f"{name}.json"
        listed = _json(path)
        try:
            listed = [(str(a), str(b)) for a, b in listed]
        except (TypeError, ValueError) as error:
            raise SwaplibError(
                f"{path} isn't a list of pairs of numbers. Take it anew from "
                "dataset/splits of the owners' repository."
            ) from error
        pairs += listed
        splits.update((number, name) for pair in listed for number in pair)
    return splits, pairs


def celeb_df(root, partial=False):
    """The videos of Celeb-DF v2: a list of `Video`, by path.

    root: the folder with Celeb-real, Celeb-synthesis, YouTube-real and List_of_testing_videos.txt.
    The listed videos are "test", the others "train"; without the list no video has a split.
    partial: whether listed videos may be missing.

    People are the owners' ids: the fake id0_id1_0005 is video 5 of id0 with the face of id1. Each
    video of YouTube-real is taken for a person of its own. The list goes by videos: id1, for one,
    is in it and in the others as well. For a test on strangers split by people instead.

    Raises SwaplibError when the folder is missing or laid out otherwise, one class is missing, or
    the list can't be read or names a video that isn't there.
    """
    root = _folder(root, "https://github.com/yuezunli/celeb-deepfakeforensics")
    patterns = {
        "Celeb-real": r"(id\d+)_\d+",
        "Celeb-synthesis": r"(id\d+)_(id\d+)_\d+",
        "YouTube-real": r"(\d+)",
    }
    files = {name: _files(root / name) for name in patterns}
    if not any(files.values()):
        raise SwaplibError(
            f"{root} isn't Celeb-DF as its owners lay it out: no videos in "
            f"{', '.join(patterns)}. In the folder: {_inside(root)}."
        )
    table = root / "List_of_testing_videos.txt"
    listed = _celeb_list(table) if table.exists() else set()
    videos, names = [], set()
    for folder, found in files.items():
        method = "Celeb-DF" if folder == "Celeb-synthesis" else ""
        for path in found:
            names.add(name := f"{folder}/{path.name}")
            who = _parts(path, patterns[folder], "Celeb-DF")
            if folder == "YouTube-real":
                who = (f"YouTube {who[0]}",)
            split = ("test" if name in listed else "train") if listed else ""
            videos.append(Video(path, bool(method), method, who, split))
    _both(videos, root)
    _complete(listed - names, len(listed), table.name, partial)
    return _by_path(videos)


def _celeb_list(path):
    """Names such as "YouTube-real/00170.mp4" from lines that start with 1 for real, 0 for fake."""
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


def dfdc(root, partial=False):
    """The videos of DFDC: a list of `Video`, by path.

    root: a folder with a metadata.json or labels.csv beside its videos, or one that has such
    folders, at most two levels down: dfdc_train_part_0 and so on, Kaggle's train_sample_videos,
    validation, test. Videos without a label, such as Kaggle's test_videos, are left out.
    The split is what metadata.json says, "train"; else folders validation ("val") and test tell.
    partial: whether labelled videos may be missing.

    The owners name neither people nor methods. Instead of people stands the video a fake was made
    of, which keeps a fake and its original together; yet an actor is in many videos, so that such
    names being apart doesn't mean that people are. In validation and test each video stands alone.

    Raises SwaplibError when the folder is missing or has no labels, one class is missing, or the
    labels can't be read or name a video that isn't there.
    """
    root = _folder(root, "https://ai.meta.com/datasets/dfdc")
    tables = {}  # one a folder: test has both, which say the same
    for level in ("", "*/", "*/*/"):
        for name in ("labels.csv", "metadata.json"):
            tables |= {path.parent: path for path in sorted(root.glob(level + name))}
    if not tables:
        raise SwaplibError(
            f"{root} isn't DFDC as its owners lay it out: no metadata.json or "
            f"labels.csv in it or in its folders. In the folder: {_inside(root)}."
        )
    videos = []
    for folder, table in tables.items():
        files = {path.name: path for path in _files(folder)}
        rows = _dfdc_rows(table)
        _complete(rows.keys() - files.keys(), len(rows), str(table), partial)
        split = {"validation": "val", "test": "test"}.get(folder.resolve().name, "")
        for name, (fake, original, said) in rows.items():
            if name in files:
                who = (Path(original if fake and original else name).stem,)
                videos.append(Video(files[name], fake, "DFDC" if fake else "", who, said or split))
    if not videos:
        raise SwaplibError(f"None of the videos that {next(iter(tables.values()))} names is there.")
    _both(videos, root)
    return _by_path(videos)


def _dfdc_rows(path):
    """{file name: (fake, the original's file name or None, split or None)} of a file of labels."""
    labels = {"FAKE": True, "REAL": False, "1": True, "0": False}
    try:
        if path.suffix == ".csv":
            with open(path, newline="", encoding="utf-8-sig") as file:
                return {r["filename"]: (labels[r["label"]], None, None) for r in csv.DictReader(file)}
        rows = {}
        for name, info in _json(path).items():
            label = info["label"] if "label" in info else str(int(info["is_fake"]))
            split = info.get("split") if info.get("split") in ("train", "val", "test") else None
            rows[name] = labels[label], info.get("original"), split
        return rows
    except (KeyError, TypeError, ValueError, AttributeError, csv.Error) as error:
        raise SwaplibError(
            f"{path} isn't a file of DFDC's labels (at {error}). Each video needs a "
            "label FAKE or REAL, or 1 or 0. Is the file whole?"
        ) from error


def people(videos):
    """Names of the people in some videos, each once: a sorted list.

    evaluation.check_apart(people(train), people(test))
    """
    return sorted({name for video in videos for name in video.people})


def crops(videos, size=CROP, each=10, progress=True):
    """Aligned crops of faces from videos, cut as everywhere in the course: `Crops`.

    each: how many frames of a video, evenly spaced. Of several faces in a frame the largest counts,
    which needn't be the faked one. Factors: "video" (place in `videos`), "fake" (1 or 0), "method".
    Frames without a face are left out; videos without one, or that can't be read, are named in a
    warning. Raises SwaplibError if no video has a face.

    The images are `picture.BytesAsFloats`, as 60,000 crops of 128 pixels would be 12 GB of float32 and so are
    3: take parts of them, such as `found[:256].images`.
    """
    videos = list(videos)
    images = np.empty((len(videos) * each, size, size, 3), np.uint8)
    hulls, rows, skipped = [], [], []
    with Landmarker(max_faces=4) as find:
        for k, video in enumerate(tqdm(videos, "crops", unit="video", disable=not progress)):
            before, reason = len(rows), f"{video.path}: no face found"
            try:
                for frame in _spaced(video.path, each):
                    found, why = cut(frame, find, size)
                    if found is None:
                        reason = f"{video.path}: {why}"
                    else:
                        images[len(rows)] = found[0]
                        hulls.append(found[1])
                        rows.append(k)
            except SwaplibError as error:
                reason = str(error).rstrip(".")
            if len(rows) == before:
                skipped.append(reason)
    if not rows:
        raise SwaplibError(f"No face was found in {len(videos)} videos. {first_few(skipped)}.")
    if skipped:
        warnings.warn(
            f"{len(skipped)} of {len(videos)} videos gave no crop. {first_few(skipped)}.", stacklevel=2
        )
    factors = {
        "video": np.array(rows, np.float64),
        "fake": np.array([videos[k].fake for k in rows], np.float64),
        "method": np.array([videos[k].method for k in rows]),
    }
    return Crops(BytesAsFloats(images[: len(rows)]), factors, np.stack(hulls))


def _spaced(path, each):
    """Frames of a movie, the middles of as many equal parts: uint8 (h, w, 3)."""
    reader = Reader(path)
    count = reader.count or sum(1 for _ in reader)
    wanted = {int((k + 0.5) * count / each) for k in range(each)}
    last = max(wanted)
    for k, (frame, _) in enumerate(reader):
        if k in wanted:
            yield frame
        if k == last:  # the rest needn't be decoded
            return


def _folder(root, address):
    root = Path(root)
    if not root.is_dir():
        raise SwaplibError(
            f"There is no folder {root}. Nothing is downloaded here: ask for the "
            f"database at {address} and name the folder it was unpacked into."
        )
    return root


def _files(folder):
    """The .mp4 files of a folder, or of its folder videos, where some tools move them; sorted."""
    for place in (folder, folder / "videos"):
        # A leading dot: what macOS writes beside each file on a foreign disk.
        found = sorted(p for p in place.glob("*.mp4") if not p.name.startswith("."))
        if found:
            return found
    return []


def _parts(path, pattern, database):
    """What the groups of a pattern stand for in a file's name."""
    match = re.fullmatch(pattern, path.stem)
    if not match:
        raise SwaplibError(
            f"{path} isn't named as the videos of {database} in this folder are: move it elsewhere."
        )
    return match.groups()


def _json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SwaplibError(f"{path} is missing, though others of its kind are there.") from error
    except (OSError, ValueError) as error:
        raise SwaplibError(f"{path} can't be read as JSON ({error}). Is the file whole?") from error


def _complete(missing, count, source, partial):
    """Raise SwaplibError if videos that a list names are missing, unless partial."""
    if missing and not partial:
        raise SwaplibError(
            f"{len(missing)} of the {count} videos that {source} names are missing, "
            f"the first is {min(missing)}. Finish the download, or take what is "
            "there with partial=True."
        )


def _both(videos, root):
    """Raise SwaplibError unless there are real videos and fakes."""
    if len({video.fake for video in videos}) < 2:
        only, other = ("fake", "real") if videos[0].fake else ("real", "fake")
        raise SwaplibError(
            f"{root} has only {only} videos ({len(videos)}). A detector needs both: "
            f"download the {other} ones as well."
        )


def _by_path(videos):
    return sorted(videos, key=lambda video: video.path.as_posix())


def _inside(folder):
    """What lies in a folder, in words."""
    return first_few(sorted(p.name + "/" * p.is_dir() for p in folder.iterdir())) or "nothing"
