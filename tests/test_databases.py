"""Miniature copies of the layouts in which three deepfake databases are distributed."""

import itertools
import json
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from swaplib import SwaplibError, networks
from swaplib.crops import dataset, sampling
from swaplib.crops.databases import Video, balanced, celeb_df, crops, dfdc, faceforensics, people
from swaplib.files import _unmarked, video
from swaplib.scoring import evaluation, traces
from swaplib.scoring.evaluation import check_apart

PAIRS = {"train": [["000", "003"]], "val": [["071", "054"]], "test": [["953", "974"]]}
LISTED = ("1 YouTube-real/00170.mp4", "1 Celeb-real/id1_0007.mp4", "0 Celeb-synthesis/id1_id0_0007.mp4")
CELEB = (
    "Celeb-real/id0_0000",
    "Celeb-real/id1_0007",
    "Celeb-synthesis/id0_id1_0000",
    "Celeb-synthesis/id1_id0_0007",
    "YouTube-real/00000",
    "YouTube-real/00170",
)
PART = {
    "aaaaaaaaaa.mp4": {"label": "FAKE", "split": "train", "original": "bbbbbbbbbb.mp4"},
    "bbbbbbbbbb.mp4": {"label": "REAL", "split": "train"},
}


def put(root, *names):
    """Empty files: a listing doesn't open them."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def short(videos, root):
    return [(v.path.relative_to(root).as_posix(), v.fake, v.method, v.people, v.split) for v in videos]


@pytest.fixture
def ff(tmp_path):
    for pair, order in itertools.product(sum(PAIRS.values(), []), (1, -1)):
        put(tmp_path, f"original_sequences/youtube/c23/videos/{pair[::order][0]}.mp4")
        for method in ("Deepfakes", "FaceSwap"):
            name = "_".join(pair[::order])
            put(tmp_path, f"manipulated_sequences/{method}/c23/videos/{name}.mp4")
    (tmp_path / "splits").mkdir()
    for name, pairs in PAIRS.items():
        (tmp_path / "splits" / f"{name}.json").write_text(json.dumps(pairs))
    return tmp_path


@pytest.fixture
def celeb(tmp_path):
    put(tmp_path, *(f"{name}.mp4" for name in CELEB))
    (tmp_path / "List_of_testing_videos.txt").write_text("\n".join(LISTED) + "\n")
    return tmp_path


@pytest.fixture
def challenge(tmp_path):
    part = tmp_path / "train" / "dfdc_train_part_0"
    put(part, *PART)
    (part / "metadata.json").write_text(json.dumps(PART))
    put(
        tmp_path,
        "validation/vvvvvvvvvv.mp4",
        "test/cccccccccc.mp4",
        "test/dddddddddd.mp4",
        "test_videos/nolabel.mp4",
    )
    (tmp_path / "validation" / "labels.csv").write_text("filename,label\nvvvvvvvvvv.mp4,0\n")
    (tmp_path / "test" / "labels.csv").write_text("filename,label\ncccccccccc.mp4,1\ndddddddddd.mp4,0\n")
    (tmp_path / "test" / "metadata.json").write_text(
        json.dumps({"cccccccccc.mp4": {"is_fake": 1, "augmentations": {}}, "dddddddddd.mp4": {"is_fake": 0}})
    )
    return tmp_path


def test_faceforensics(ff):
    videos = faceforensics(ff)
    assert len(videos) == 6 + 2 * 6 and [v.path for v in videos] == sorted(v.path for v in videos)
    rows = short(videos, ff)
    assert rows[0] == (
        "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4",
        True,
        "Deepfakes",
        ("000", "003"),
        "train",
    )
    assert (
        "manipulated_sequences/FaceSwap/c23/videos/974_953.mp4",
        True,
        "FaceSwap",
        ("974", "953"),
        "test",
    ) in rows
    assert rows[-1] == ("original_sequences/youtube/c23/videos/974.mp4", False, "", ("974",), "test")
    assert {v.split for v in videos} == {"train", "val", "test"}
    only = faceforensics(ff, methods=["FaceSwap"])
    assert {v.method for v in only} == {"", "FaceSwap"} and len(only) == 12
    assert faceforensics(ff, methods="FaceSwap") == only
    put(ff, "manipulated_sequences/FaceSwap/c23/videos/000_953.mp4")  # of train with a face of test
    assert [v.split for v in faceforensics(ff) if v.people == ("000", "953")] == [""]


def test_faceforensics_split_files_beside_the_folders_or_none(ff):
    videos = faceforensics(ff)
    for name in PAIRS:
        (ff / "splits" / f"{name}.json").rename(ff / f"{name}.json")
    assert faceforensics(ff) == videos
    (ff / "val.json").unlink()
    with pytest.raises(SwaplibError, match="val.json is missing"):
        faceforensics(ff)
    (ff / "train.json").unlink()
    (ff / "test.json").unlink()
    assert {v.split for v in faceforensics(ff)} == {""}


def test_faceforensics_split_files_that_are_none(ff):
    for text, match in (
        ("[[", "train.json can't be read as JSON"),
        ('["953", 1]', "train.json isn't a list of pairs"),
    ):
        (ff / "splits" / "train.json").write_text(text)
        with pytest.raises(SwaplibError, match=match):
            faceforensics(ff)


def test_faceforensics_no_loss_has_two_names(ff):
    for old, new in (("c23", "raw"), ("raw", "c0")):
        for folder in list(ff.glob(f"*_sequences/*/{old}")):
            folder.rename(folder.with_name(new))
        assert faceforensics(ff, "c0") == faceforensics(ff, "raw")
        assert len(faceforensics(ff, "raw")) == 18
    with pytest.raises(SwaplibError, match="no fakes by .* other compressions: c0"):
        faceforensics(ff)
    with pytest.raises(SwaplibError, match="no compression 'c22': choose one of raw"):
        faceforensics(ff, "c22")


def test_faceforensics_with_the_actors_of_deepfakedetection(ff):
    put(
        ff,
        "original_sequences/actors/c23/videos/01__kitchen_pan.mp4",
        "manipulated_sequences/DeepFakeDetection/c23/videos/01_02__meeting_serious__YVGY8LOK.mp4",
    )
    assert len(faceforensics(ff)) == 18 + 2  # the splits say nothing of them, and miss none
    only = faceforensics(ff, methods=["DeepFakeDetection"])
    assert [v[1:] for v in short(only, ff)] == [
        (True, "DeepFakeDetection", ("actor 01", "actor 02"), ""),
        (False, "", ("actor 01",), ""),
    ]
    only[1].path.unlink()
    with pytest.raises(SwaplibError, match="only fakes by DeepFakeDetection: .*sequences/actors/c23"):
        faceforensics(ff)


def test_faceforensics_partly_downloaded(ff):
    (ff / "manipulated_sequences/FaceSwap/c23/videos/000_003.mp4").unlink()
    (ff / "original_sequences/youtube/c23/videos/953.mp4").unlink()
    with pytest.raises(SwaplibError, match="^2 of the 18 .* being FaceSwap/000_003.mp4.*partial=True"):
        faceforensics(ff)
    assert len(faceforensics(ff, methods=["Deepfakes"], partial=True)) == 11
    assert len(faceforensics(ff, partial=True)) == 16


def test_faceforensics_of_one_class_or_another_layout(ff, tmp_path):
    with pytest.raises(SwaplibError, match="no method 'Deepfake': choose some of Deepfakes"):
        faceforensics(ff, methods=["Deepfake"])
    with pytest.raises(SwaplibError, match="no fakes by NeuralTextures: .*NeuralTextures/c23/videos"):
        faceforensics(ff, methods=["FaceSwap", "NeuralTextures"])
    put(ff, "manipulated_sequences/FaceSwap/c23/videos/._000_003.mp4")
    assert len(faceforensics(ff)) == 18
    put(ff, "manipulated_sequences/FaceSwap/c23/videos/holiday.mp4")
    with pytest.raises(SwaplibError, match="holiday.mp4 isn't named like"):
        faceforensics(ff)
    (ff / "original_sequences").rename(ff / "hidden")
    with pytest.raises(SwaplibError, match="only fakes by Deepfakes, FaceSwap: .*youtube/c23/videos"):
        faceforensics(ff)
    (ff / "hidden").rename(ff / "original_sequences")
    (ff / "manipulated_sequences").rename(ff / "other")
    with pytest.raises(SwaplibError, match=r"no manipulated_sequences/\*/c23/videos.*original_seq"):
        faceforensics(ff)


def test_celeb_df(celeb):
    assert short(celeb_df(celeb), celeb) == [
        ("Celeb-real/id0_0000.mp4", False, "", ("id0",), "train"),
        ("Celeb-real/id1_0007.mp4", False, "", ("id1",), "test"),
        ("Celeb-synthesis/id0_id1_0000.mp4", True, "Celeb-DF", ("id0", "id1"), "train"),
        ("Celeb-synthesis/id1_id0_0007.mp4", True, "Celeb-DF", ("id1", "id0"), "test"),
        ("YouTube-real/00000.mp4", False, "", ("YouTube 00000",), "train"),
        ("YouTube-real/00170.mp4", False, "", ("YouTube 00170",), "test"),
    ]
    (celeb / "List_of_testing_videos.txt").unlink()
    assert {v.split for v in celeb_df(celeb)} == {""}


def test_celeb_df_with_videos_moved_a_folder_down(celeb):
    for name in ("Celeb-real", "Celeb-synthesis", "YouTube-real"):
        (celeb / name / "videos").mkdir()
        for path in (celeb / name).glob("*.mp4"):
            path.rename(path.parent / "videos" / path.name)
    videos = celeb_df(celeb)
    assert [v.split for v in videos] == ["train", "test"] * 3 and videos[0].path.exists()


def test_celeb_df_partly_downloaded_or_damaged(celeb):
    (celeb / "YouTube-real" / "00170.mp4").unlink()
    with pytest.raises(SwaplibError, match="^1 of the 3 .*List_of_testing.*YouTube-real/00170.mp4"):
        celeb_df(celeb)
    assert len(celeb_df(celeb, partial=True)) == 5
    listing = celeb / "List_of_testing_videos.txt"
    for line in ("0 Celeb-real/id1_0007.mp4", "00170.mp4"):  # labelled otherwise than its folder
        listing.write_text(f"{LISTED[1]}\n\n{line}\n")
        with pytest.raises(SwaplibError, match=f"line 3: '{line}'"):
            celeb_df(celeb)


def test_celeb_df_of_one_class_or_another_layout(celeb):
    (celeb / "Celeb-synthesis").rename(celeb / "moved")
    with pytest.raises(SwaplibError, match="has only real videos .4.*the fake ones"):
        celeb_df(celeb)
    with pytest.raises(
        SwaplibError, match="Celeb-DF's original layout.*Celeb-real, .*The folder contains id0_id1"
    ):
        celeb_df(celeb / "moved")
    (celeb / "Celeb-real" / "id7.mp4").touch()
    with pytest.raises(SwaplibError, match="id7.mp4 isn't named"):
        celeb_df(celeb)


def test_dfdc(challenge):
    expected = [
        ("test/cccccccccc.mp4", True, "DFDC", ("cccccccccc",), "test"),
        ("test/dddddddddd.mp4", False, "", ("dddddddddd",), "test"),
        ("train/dfdc_train_part_0/aaaaaaaaaa.mp4", True, "DFDC", ("bbbbbbbbbb",), "train"),
        ("train/dfdc_train_part_0/bbbbbbbbbb.mp4", False, "", ("bbbbbbbbbb",), "train"),
        ("validation/vvvvvvvvvv.mp4", False, "", ("vvvvvvvvvv",), "val"),
    ]
    assert short(dfdc(challenge), challenge) == expected
    (challenge / "test" / "metadata.json").unlink()  # labels.csv says the same
    assert short(dfdc(challenge), challenge) == expected
    part = challenge / "train" / "dfdc_train_part_0"
    assert short(dfdc(part), challenge) == expected[2:4]


def test_dfdc_partly_downloaded(challenge):
    (challenge / "test" / "cccccccccc.mp4").unlink()
    with pytest.raises(SwaplibError, match="^1 of the 2 .*test.metadata.json .*being cccccccccc.mp4"):
        dfdc(challenge)
    assert len(dfdc(challenge, partial=True)) == 4
    with pytest.raises(SwaplibError, match="test has only real videos"):
        dfdc(challenge / "test", partial=True)
    (challenge / "test" / "dddddddddd.mp4").unlink()
    with pytest.raises(SwaplibError, match="None of the videos"):
        dfdc(challenge / "test", partial=True)


def test_dfdc_labels_that_cannot_be_read(challenge):
    labels = challenge / "train" / "dfdc_train_part_0" / "metadata.json"
    for text, match in (
        ('{"a.mp4": {"lab', "can't be read as JSON.*complete"),
        ('["a.mp4"]', "isn't a DFDC label file"),
        ('{"aaaaaaaaaa.mp4": {"split": "train"}}', "isn't a DFDC label file"),
        ('{"aaaaaaaaaa.mp4": {"label": "MAYBE"}}', "MAYBE"),
    ):
        labels.write_text(text)
        with pytest.raises(SwaplibError, match=f"part_0.metadata.json.*{match}"):
            dfdc(challenge)
    labels.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SwaplibError, match="can't be read as JSON"):
        dfdc(challenge)
    labels.write_text(json.dumps(PART))
    (challenge / "validation" / "labels.csv").write_text("name,fake\nvvvvvvvvvv.mp4,0\n")
    with pytest.raises(SwaplibError, match="labels.csv isn't a DFDC label file"):
        dfdc(challenge)


@pytest.mark.parametrize("load", [faceforensics, celeb_df, dfdc])
def test_a_folder_that_is_missing_or_holds_something_else(load, tmp_path):
    with pytest.raises(SwaplibError, match="no folder .*nowhere. Nothing is downloaded.*https://"):
        load(tmp_path / "nowhere")
    with pytest.raises(SwaplibError, match="The folder contains nothing"):
        load(tmp_path)
    put(tmp_path, "a.zip", "b.txt", "c.txt", "d/e.mp4")
    with pytest.raises(SwaplibError, match="The folder contains a.zip, b.txt, c.txt and 1 more"):
        load(tmp_path)


def test_people_in_train_and_test_are_told_of(ff):
    videos = faceforensics(ff)
    train, test = ([v for v in videos if v.split == split] for split in ("train", "test"))
    assert people(train) == ["000", "003"] and people(test) == ["953", "974"]
    check_apart(people(train), people(test))
    check_apart((v.path for v in train), (v.path for v in test), "videos")
    swapped = Video(ff / "x.mp4", True, "FaceSwap", ("953", "000"), "test")  # the face was trained on
    with pytest.raises(SwaplibError, match="Train and test share people: 000[.]"):
        check_apart(people(train), people([*test, swapped]))
    with pytest.raises(SwaplibError, match="share videos: 0, 1, 2 and 2 more"):
        check_apart(list("01234"), iter("43210"), "videos")
    check_apart("ann", ["a", "n"])  # one name, not its letters
    with pytest.raises(SwaplibError, match="no people to test on"):
        check_apart(people(train), people(v for v in videos if v.split == "holiday"))


def test_the_owners_list_of_celeb_df_shares_people(celeb):
    train, test = (people(v for v in celeb_df(celeb) if v.split == split) for split in ("train", "test"))
    with pytest.raises(SwaplibError, match="share people: id0, id1[.]"):
        check_apart(train, test)


def test_crops_name_their_video_and_the_videos_without_one(tmp_path):
    frames = list(itertools.islice(video.read_frames(dataset.movie("b")), 4))
    _unmarked.write_movie(tmp_path / "fake.mp4", frames, 25)
    _unmarked.write_movie(tmp_path / "real.mp4", frames[:1], 25)
    _unmarked.write_movie(tmp_path / "none.mp4", [np.full((64, 64, 3), 90, np.uint8)], 25)
    (tmp_path / "cut.mp4").touch()
    named = [
        Video(tmp_path / f"{name}.mp4", bool(method), method, ("a",), "")
        for name, method in (("cut", ""), ("real", ""), ("none", ""), ("fake", "FaceSwap"))
    ]
    with pytest.warns(UserWarning, match="2 of 4 videos gave no crop. .*cut.mp4 .*none.mp4: no face"):
        found = crops(named, 64, each=2, progress=False)
    assert found.images.shape == (3, 64, 64, 3) and found.images.dtype == np.float32
    assert found.factors["video"].tolist() == [1, 3, 3]
    assert found.factors["fake"].tolist() == [0, 1, 1]
    assert found.factors["method"].tolist() == ["", "FaceSwap", "FaceSwap"]
    assert found.images[:2].max() <= 1 and found[1:].images.dtype == np.float32
    assert np.array_equal(np.asarray(found.images), found.images[:])
    assert found.hulls.shape == (3, 40, 2) and 0.2 < found.masks().mean() < 0.8
    assert np.abs(found.images[1] - found.images[2]).max() > 0  # two frames, not one twice
    with pytest.raises(SwaplibError, match="No face was found in 1 videos. .*cut.mp4"):
        crops(named[:1], 64, progress=False)


def test_crops_are_kept_as_bytes(tmp_path):
    """Of a database they would be 12 GB as float32, and twice that while they are put together."""
    frame = next(video.read_frames(dataset.movie("b")))
    _unmarked.write_movie(tmp_path / "a.mp4", [frame] * 24, 25)
    tracemalloc.start()
    found = crops([Video(tmp_path / "a.mp4", False, "", ("a",), "")], each=24, progress=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 24 and peak < 1.5 * 24 * 128 * 128 * 3 + 6e6  # bytes; the rest is the library's own
    assert np.allclose(traces.features(found, at_once=10), traces.features(found))


def test_frames_are_the_middles_of_equal_parts(tmp_path):
    shades = (np.full((32, 32, 3), 20 * k, np.uint8) for k in range(12))
    _unmarked.write_movie(tmp_path / "a.mp4", shades, 25)
    for each, wanted in ((3, [2, 6, 10]), (1, [6]), (40, list(range(12)))):
        got = [round(frame.mean() / 20) for frame in sampling._spaced(tmp_path / "a.mp4", each)]
        assert got == wanted


@pytest.mark.parametrize(
    "load, folder, split",
    [(faceforensics, "ff", "test"), (celeb_df, "celeb", "test"), (dfdc, "challenge", "test")],
)
def test_a_draw_has_as_many_real_ones_as_fakes(load, folder, split, request):
    """Also where the listing begins with more fakes than are drawn."""
    videos = load(request.getfixturevalue(folder))
    for most in (2, 3, 40):
        drawn = balanced(videos, most, split)
        assert sum(v.fake for v in drawn) == sum(not v.fake for v in drawn) >= 1 and len(drawn) <= most
        assert {v.split for v in drawn} == {split} and drawn == balanced(videos, most, split)


def test_a_draw_is_random_and_has_every_method_alike(tmp_path):
    fakes = [Video(tmp_path / f"f{m}{k}.mp4", True, m, (str(k),), "test") for m in "abc" for k in range(30)]
    real = [Video(tmp_path / f"r{k}.mp4", False, "", (str(k),), "test") for k in range(20)]
    drawn = balanced([*fakes, *real], 24)
    methods = [v.method for v in drawn]
    assert [methods.count(m) for m in ("a", "b", "c", "")] == [4, 4, 4, 12]
    assert drawn != balanced([*fakes, *real], 24, seed=1)
    assert len(balanced([*fakes, *real], 1000)) == 40  # no more than there are real ones


def test_what_cannot_be_drawn_is_said(ff):
    for path in (ff / "splits").iterdir():
        path.unlink()
    with pytest.raises(
        SwaplibError, match="12 videos is in the split 'test'.*dataset/splits.*Or name no split"
    ):
        balanced(faceforensics(ff, methods="FaceSwap"), 40, "test")
    videos = faceforensics(ff)
    with pytest.raises(SwaplibError, match="no real videos among the 12"):
        balanced([v for v in videos if v.fake], 40)
    with pytest.raises(SwaplibError, match="at least one real video and one fake"):
        balanced(videos, 1)
    with pytest.raises(SwaplibError, match="no videos to cut"):
        crops([])


def owners(name, root):
    """A database in miniature, with more fakes than the lesson draws and few real videos."""
    if name == "faceforensics":
        pairs = [[f"{k:03d}", f"{k + 5:03d}"] for k in range(5)]
        for pair, order in itertools.product(pairs, (1, -1)):
            put(root, f"original_sequences/youtube/c23/videos/{pair[::order][0]}.mp4")
            fakes = ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures", "FaceShifter")
            put(root, *(f"manipulated_sequences/{m}/c23/videos/{'_'.join(pair[::order])}.mp4" for m in fakes))
        (root / "splits").mkdir()
        for split, listed in {"train": [], "val": [], "test": pairs}.items():
            (root / "splits" / f"{split}.json").write_text(json.dumps(listed))
    elif name == "celeb_df":
        fakes = [f"Celeb-synthesis/id{k}_id{k + 1}_0000.mp4" for k in range(45)]
        put(root, "Celeb-real/id0_0000.mp4", "YouTube-real/00000.mp4", *fakes)
        lines = ["1 Celeb-real/id0_0000.mp4", "1 YouTube-real/00000.mp4", *(f"0 {fake}" for fake in fakes)]
        (root / "List_of_testing_videos.txt").write_text("\n".join(lines) + "\n")
    else:
        names = [f"{'abcdefghij'[k // 10]}{'abcdefghij'[k % 10]}aaaaaaaa.mp4" for k in range(47)]
        put(root / "test", *names)
        rows = "".join(f"{video},{int(k > 1)}\n" for k, video in enumerate(names))
        (root / "test" / "labels.csv").write_text(f"filename,label\n{rows}")
    return root


@pytest.mark.parametrize("name", ["faceforensics", "celeb_df", "dfdc"])
def test_lesson_7_scores_the_videos_of_whoever_has_a_database(name, tmp_path, capsys):
    """Its very cell, with a folder named and the loader of that database."""
    lesson = (Path(__file__).parents[1] / "lessons" / "src" / "07_trust_a_verdict.py").read_text()
    (cell,) = (c for c in lesson.split("# %%") if "FOLDER = None" in c)
    assert f"databases.{name}(FOLDER)" in cell
    root = owners(name, tmp_path / "own")
    frames = itertools.islice(video.read_frames(dataset.movie("b")), 2)
    _unmarked.write_movie(tmp_path / "movie.mp4", frames, 25)
    for path in root.rglob("*.mp4"):
        path.write_bytes((tmp_path / "movie.mp4").read_bytes())
    cell = cell.replace("FOLDER = None", f"FOLDER = {str(root)!r}")
    cell = cell.replace("listed = databases.faceforensics(FOLDER)", f"listed = databases.{name}(FOLDER)")
    exec(cell, {"networks": networks, "np": np, "evaluation": evaluation})
    assert re.search(r"AUC by frame: 0\.\d\d, \d+ crops", capsys.readouterr().out)
