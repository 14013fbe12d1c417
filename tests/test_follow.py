"""Following one person through a movie: paths, people, the chosen one, and movies larger than memory."""

import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest
from test_movie import a_face

from swaplib import SwaplibError
from swaplib.crops import dataset
from swaplib.movie import grouping, people, sightings, smoothing, spill, track
from swaplib.movie.path import goes_on, runs
from swaplib.networks.embedding import BATCH, Embedder, prepared

H, W = 144, 192
ROW = sightings.row_type(64)
ANN, BO, CY = np.eye(64, dtype=np.float32)[:3]


class Seen:
    """A face as the Landmarker finds it."""

    yaw = 0.0

    def __init__(self, x, y=70, height=40):
        self.points = a_face(centre=(x, y), height=height)[0]


def paths_of(frames, cuts=()):
    paths = sightings._Paths()
    return [paths.follow(i, [Seen(*f) for f in faces], i in cuts) for i, faces in enumerate(frames)]


# --- from frame to frame ------------------------------------------------------------------


def test_two_faces_go_on_whatever_their_order():
    assert paths_of([[(50,), (140,)], [(138,), (53,)], [], [(56,), (136,)]]) == [[0, 1], [1, 0], [], [0, 1]]


def test_a_path_ends_at_a_cut_after_three_frames_and_at_a_jump():
    still = [(50,)]
    assert paths_of([still, still, still], cuts=[1]) == [[0], [1], [1]]
    assert paths_of([still, [], [], still, [], [], [], still]) == [[0], [], [], [0], [], [], [], [1]]
    assert paths_of([still, [(69,)], [(90,)]]) == [[0], [0], [1]]  # half its height a frame, and no more
    assert paths_of([still, [(50, 70, 55)], [(50, 70, 80)]]) == [[0], [0], [1]]  # 1.4 times the size


def test_where_two_faces_meet_neither_path_goes_on():
    meeting = [[(50,), (74,)], [(56,), (68,)], [(62,)], [(64,)], [(64,), (100,)]]
    assert paths_of(meeting) == [[0, 1], [0, 1], [2], [2], [2, 3]]
    assert paths_of([[(50,)], [(46,), (55,)]]) == [[0], [1, 2]]  # one that becomes two


def test_a_face_found_twice_counts_once():
    once = sightings._each_once([Seen(50), Seen(52, 70, 36), Seen(90), Seen(52, 70, 20)])
    assert [face.points[:, 0].mean().round() for face in once] == [50, 90, 52]


def test_only_as_many_faces_are_missed_as_there_were_at_once():
    paths = sightings._Paths()

    def missed(frame, faces, cut=False):
        at = [place[:, 0].mean().round() for place in paths.missed(frame, faces, cut)]
        paths.follow(frame, faces, cut)
        return at

    assert missed(0, [Seen(50), Seen(140)]) == []
    assert missed(1, [Seen(52), Seen(300)]) == []  # the second one dashed
    assert missed(2, [Seen(302)]) == [52]  # the latest; one of two is missing
    assert missed(3, [Seen(304)], cut=True) == [] and missed(4, [Seen(500)]) == []
    assert missed(5, []) == [500]
    assert missed(4 + sightings.AGAIN, []) == [500] and missed(5 + sightings.AGAIN, []) == []


def test_two_missing_faces_are_both_looked_for():
    paths = sightings._Paths()
    paths.follow(0, [Seen(50), Seen(300)], False)
    places = paths.missed(1, [], False)
    assert sorted(place[:, 0].mean().round() for place in places) == [50, 300]


def test_limits_of_going_on_are_exact():
    a = a_face(height=100)[0]
    assert goes_on(a, a + (49, 0), 1) and not goes_on(a, a + (51, 0), 1)
    assert goes_on(a, a + (99, 0), 2) and not goes_on(a, a + (101, 0), 2)
    for height, fits in ((139, True), (141, False), (72, True), (71, False)):
        assert goes_on(a, a_face(height=height)[0], 1) == fits


# --- whose --------------------------------------------------------------------------------


def noisy(code, n, seed=0, much=0.05):
    return grouping.unit(code + np.random.default_rng(seed).normal(0, much, (n, 64)).astype(np.float32))


def test_a_path_is_split_where_the_face_becomes_another():
    codes = np.concatenate([noisy(ANN, 30), noisy(BO, 20, 1), noisy(ANN, 9, 2)])
    assert [(p.start, p.stop) for p in grouping.split(codes)] == [(0, 30), (30, 50), (50, 59)]
    assert grouping.split(noisy(ANN, 200, 3, 0.1)) == [slice(0, 200)]
    share = np.clip((np.arange(60) - 22) / 16, 0, 1)[:, None]
    faded = grouping.unit((1 - share) * ANN + share * BO)
    (first, second) = grouping.split(faded)
    assert first.stop == second.start and abs(first.stop - 30) <= 1


def test_alike_are_joined_unless_they_were_seen_together():
    codes = np.stack([ANN, BO, ANN, BO + 0.3 * ANN, CY])
    apart = np.zeros((5, 5), bool)
    assert grouping.group(codes, apart) == [[0, 2], [1, 3], [4]]
    apart[0, 2] = apart[2, 0] = True
    assert grouping.group(codes, apart) == [[0], [1, 3], [2], [4]]
    three = np.stack([ANN, ANN, ANN])
    for one, other in ((0, 2), (1, 2)):  # seen together: the third can be but one of them
        apart = np.zeros((3, 3), bool)
        apart[one, other] = apart[other, one] = True
        assert sorted(map(len, grouping.group(three, apart))) == [1, 2]


def test_the_nearest_must_be_near_and_clearly_nearer():
    both = np.stack([ANN, BO])
    assert grouping.nearest(ANN + 0.2 * BO, both) == 0
    assert grouping.nearest(ANN + 0.9 * BO, both) is None  # as much one as the other
    assert grouping.nearest(CY + 0.3 * ANN, both) is None  # like neither
    assert grouping.nearest(ANN + 0.9 * BO, both, np.array([False, True])) == 1  # it can't be the first
    assert grouping.nearest(ANN, np.zeros((0, 64))) is None


def sighted(frames, cuts=(), length=None):
    """`Sightings` of faces [(code, x, height), ...] in each frame."""
    found, codes = [], []
    paths = sightings._Paths()
    for i, faces in enumerate(frames):
        seen = [Seen(x, 70, height) for _, x, height in faces]
        found += [
            (i, path, face.points) for path, face in zip(paths.follow(i, seen, i in cuts), seen, strict=True)
        ]
        codes += [code for code, _, _ in faces]
    rows = np.zeros(len(found), ROW)
    for row, code, (i, path, points) in zip(rows, codes, found, strict=True):
        row["frame"], row["path"], row["code"], row["points"], row["look"] = i, path, code, points, 99
    marks = np.zeros(len(frames), bool)
    marks[list(cuts)] = True
    return sightings.Sightings(rows, marks, (H, W))


def followed(seen, who=None):
    """(x of the face in each frame, NaN without one; the track)."""
    persons, numbers = people.sort_out(seen)
    found = track.tidy(track.follow(seen, persons, numbers, people.choose(persons, who)))
    return found.points[:, :, 0].mean(axis=1).round(), found


def test_people_are_numbered_by_size_at_first_and_then_as_they_come():
    frames = [[(CY, 50, 30)]] * 4 + [[(CY, 50, 30), (ANN, 140, 40)]] * 24 + [[(BO, 100, 60)]] * 20
    persons, numbers = people.sort_out(sighted(frames, cuts=[28]))
    assert [p.number for p in persons] == [1, 2, 3]
    assert [p.code.argmax() for p in persons] == [0, 2, 1]
    assert persons[0].frames.tolist() == list(range(4, 28)) and persons[0].box == (125, 50, 30, 40)
    assert "person 1 (in 24 frames, first in frame 4 at x 140, y 70)" == str(persons[0])
    assert [p.frames[0] for p in people.sort_out(sighted(frames[:4] * 3 + frames[28:], cuts=[12]))[0]] == [
        12,
        0,
    ]


def test_who_is_meant_by_number_and_by_looks(monkeypatch):
    frames = [[(ANN, 50, 40), (BO, 140, 50)]] * 12
    seen = sighted(frames)
    assert (followed(seen)[0] == 140).all() and (followed(seen, 2)[0] == 50).all()
    for bad in (0, 3, -1):
        with pytest.raises(SwaplibError, match=f"no person {bad} in the movie: choose 1 to 2"):
            followed(seen, bad)
    monkeypatch.setattr(people, "code_of", lambda who: who)
    assert (followed(seen, ANN + 0.3 * CY)[0] == 50).all()
    for nobody in (CY, ANN + BO):
        with pytest.raises(SwaplibError, match="unclear which of the 2 people"):
            followed(seen, nobody)


def test_a_cut_to_another_person_and_back():
    frames = [[(ANN, 90, 40)]] * 20 + [[(BO, 90, 40)]] * 20 + [[(ANN, 60, 50)]] * 20
    for cuts in ([20, 40], []):  # the second time no cut is seen
        x, found = followed(sighted(frames, cuts))
        assert (x[:20] == 90).all() and np.isnan(x[20:40]).all() and (x[40:] == 60).all()
        assert found.reasons == dict.fromkeys(range(20, 40), "another person")


def test_another_who_is_all_that_is_left_is_not_taken():
    """With one out of the picture nobody is near; the largest face is somebody else's."""
    frames = (
        [[(ANN, 40, 40), (BO, 140, 60)]] * 15 + [[(BO, 60, 60)]] * 15 + [[(ANN, 40, 40), (BO, 140, 60)]] * 15
    )
    x, found = followed(sighted(frames), 2)
    assert (x[:15] == 40).all() and np.isnan(x[15:30]).all() and (x[30:] == 40).all()


def test_a_face_that_could_be_anybodys_is_left_alone():
    both = ANN + BO
    frames = (
        [[(ANN, 40, 40), (BO, 140, 40)]] * 15 + [[(both, 90, 40)]] * 6 + [[(ANN, 140, 40), (BO, 40, 40)]] * 15
    )
    x, found = followed(sighted(frames))
    assert (x[:15] == 40).all() and np.isnan(x[15:21]).all() and (x[21:] == 140).all()
    assert found.reasons == dict.fromkeys(range(15, 21), "unsure who it is")


def test_a_fade_to_another_ends_halfway():
    frames = []
    for share in np.clip((np.arange(60) - 22) / 16, 0, 1):
        frames.append([(grouping.unit((1 - share) * ANN + share * BO), 90, 40)])
    x, _ = followed(sighted(frames))
    assert np.isfinite(x[:27]).all() and np.isnan(x[32:]).all()


def test_one_or_two_finds_in_a_long_shot_are_not_believed():
    frames = [[]] * 30 + [[(ANN, 90, 40)]] * 2 + [[]] * 30
    x, found = followed(sighted(frames))
    assert np.isnan(x).all() and found.reasons[30] == "a face for a moment only"
    assert np.isfinite(followed(sighted(frames[30:32]))[0]).all()  # a movie of two frames
    assert np.isfinite(followed(sighted(frames[24:38]))[0]).sum() == 0


@pytest.mark.parametrize("gap", [0, 3])  # frames without a face before and after
def test_a_giant_face_for_a_moment_is_not_believed(gap):
    face, giant = [(ANN, 60, 20)], [(ANN, 90, 100)]
    x, found = followed(sighted([face] * 12 + [[]] * gap + [giant] * 2 + [[]] * gap + [face] * 12))
    assert set(x[~np.isnan(x)]) == {60} and np.isfinite(x).sum() >= 24
    if gap:
        assert found.reasons[15] == found.reasons[16] == "the face jumped there for a moment"


def test_half_a_face_at_the_edge_is_named():
    frames = [[(ANN, 176 + 2 * k, 40)] for k in range(12)]
    x, found = followed(sighted(frames))
    assert found.reasons[11] == "partly outside the frame" and np.isfinite(x[0])


def test_crops_are_sorted_by_person_and_most_come_first(monkeypatch):
    codes = np.concatenate([noisy(BO, 5), noisy(ANN, 9, 1), (ANN + BO)[None], CY[None]])
    monkeypatch.setattr(people, "embedder", lambda: lambda crops: grouping.unit(codes)[: len(crops)])
    labels = people.sort_crops(np.zeros((16, 32, 32, 3), np.float32))
    assert labels.tolist() == [1] * 5 + [0] * 9 + [-1] * 2  # like both, and like nobody


def test_faces_are_described_in_their_order():
    """In batches of one size, the last of which isn't full."""
    seen = []

    def predict(pictures):
        seen.append(pictures.shape)
        return pictures[:, 20:40, 32, 0]

    crops = np.random.default_rng(0).integers(0, 256, (BATCH + 3, 64, 64, 3), np.uint8)
    model = SimpleNamespace(output_shape=(None, 20), predict_on_batch=predict)
    np.testing.assert_allclose(Embedder(model)(crops), prepared(crops)[:, 20:40, 32, 0], atol=1e-6)
    assert seen == [(BATCH, 64, 64, 3)] * 2


def test_the_shipped_people_are_told_apart_by_their_looks():
    crops = np.concatenate([dataset.load(f"test_{who}", 64).images[::10] for who in "ab"])
    labels = people.sort_crops(crops)
    assert (labels[:12] == 0).mean() > 0.9 and (labels[12:] == 1).mean() > 0.8
    crops[:, :, :5] = crops[:, :, -5:] = 0.7  # whatever wall they stand before
    np.testing.assert_array_equal(people.sort_crops(crops), labels)


# --- long films ---------------------------------------------------------------------------


def test_rows_are_the_same_in_memory_and_in_a_file(monkeypatch):
    def filled():
        rows = spill.Rows(np.dtype((np.float32, (7, 2))))
        for k in range(50):
            rows.append(np.full((3, 7, 2), k, np.float32))
        return rows.array()

    small = filled()
    monkeypatch.setattr(spill, "MOST", 1000)
    large = filled()
    assert isinstance(large, np.memmap) and not isinstance(small, np.memmap)
    np.testing.assert_array_equal(large, small)
    for array in (small, large, spill.empty((200, 7, 2), np.float32)):
        array[3] = 1.5  # it can be changed
        assert array[3].min() == 1.5


def test_a_full_disk_is_named(monkeypatch):
    class Full:
        def write(self, data):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(spill, "MOST", 1000)
    monkeypatch.setattr(spill.tempfile, "TemporaryFile", Full)
    with pytest.raises(SwaplibError, match="has no room .* \\(No space left on device\\): free some space"):
        spill.empty((200, 7, 2), np.float32)


def shaking(n):
    t = np.arange(n)[:, None]
    at = np.concatenate([60 * np.sin(t / 40), 20 * np.sin(t / 7)], axis=1)
    rng = np.random.default_rng(0)
    return a_face(n) + at[:, None].astype(np.float32) + rng.normal(0, 0.4, (n, 478, 2)).astype(np.float32)


@pytest.mark.parametrize("n", [39, 40, 41, 53, 97, 200])
def test_smoothing_by_pieces_is_smoothing_the_whole(monkeypatch, n):
    points = shaking(n)
    whole = smoothing.local_fit(points)
    monkeypatch.setattr(smoothing, "PIECE", 20)
    np.testing.assert_allclose(smoothing.local_fit(points), whole, atol=1e-3)
    assert np.abs(whole - points).max() > 0.5


@pytest.mark.parametrize("n", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_a_long_shot_is_followed_in_little_memory(monkeypatch, n):
    """What isn't in a file stays below 14 MB plus 2 KB a frame, of 40 KB: 0.4 GB for a shot of two hours."""
    monkeypatch.setattr(spill, "MOST", 2**18)
    rows = spill.Rows(ROW)
    some = np.zeros(1000, ROW)
    some["code"], some["look"], some["points"] = ANN, 99, shaking(1000)
    for first in range(0, n, 1000):
        some["frame"] = np.arange(first, first + 1000)
        rows.append(some[: n - first])
    seen = sightings.Sightings(rows.array(), np.zeros(n, bool), (H, W))
    tracemalloc.start()
    persons, numbers = people.sort_out(seen)
    found = smoothing.smooth(track.tidy(track.follow(seen, persons, numbers, 1)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 14e6 + 2000 * n
    assert isinstance(found.points, np.memmap) and found.found.all() and len(runs(found)) == 1


def test_a_face_that_turns_away_and_back_is_one_face():
    """It changes little by little; a cut to somebody as like and back changes it at once."""
    turned = 0.3 * ANN + 0.95 * BO  # by its code alone another person
    share = np.linspace(0, 1, 8)[:, None]
    there = (1 - share) * ANN + share * turned
    slowly = np.concatenate([[ANN] * 40, there, [turned] * 27, there[::-1], [ANN] * 40])
    assert grouping.split(slowly) == [slice(0, len(slowly))]
    assert len(grouping.split(np.stack([ANN] * 40 + [turned] * 27 + [ANN] * 40))) == 3
    assert len(grouping.split(np.concatenate([slowly[:48], [turned] * 40]))) == 2  # a fade doesn't come back
