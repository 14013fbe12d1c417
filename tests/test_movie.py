"""Movies: frames survive a round trip, the paste is in place, the face neither jitters nor lags."""

import av
import cv2
import numpy as np
import pytest
from skimage.data import astronaut

from swaplib import SwaplibError, movie
from swaplib.face import align
from swaplib.face.landmarks import Face
from swaplib.face.mask import face_mask, hull_mask
from swaplib.files import _unmarked, marks, provenance, video
from swaplib.files.picture import as_floats
from swaplib.movie import front, paste, sightings, track
from swaplib.notebook import show
from swaplib.scoring import steadiness

H, W, FPS, SIZE = 144, 192, 25, 64
FRAMES, FACELESS = 44, range(20, 27)
identity = np.asarray


def path_of(t):
    """Where the astronaut's picture lies in the frame at time t: a turn, a pan and a zoom."""
    matrix = cv2.getRotationMatrix2D((225, 115), 8 * np.sin(2.4 * t), 0.62 + 0.06 * np.sin(3 * t))
    matrix[:, 2] += (W / 2 - 225 + 14 * np.sin(3.5 * t), H / 2 - 115 + 5 * np.sin(4.4 * t))
    return matrix


def frames_of_a_face():
    picture = cv2.GaussianBlur(astronaut(), (0, 0), 0.8)
    for i in range(FRAMES):
        frame = cv2.warpAffine(picture, path_of(i / FPS), (W, H), borderMode=cv2.BORDER_REPLICATE)
        yield np.full((H, W, 3), 90, np.uint8) if i in FACELESS else frame


def write_tone(path, seconds, codec="aac", rate=44100):
    """Four beeps a second, so that a shift in time would show."""
    t = np.arange(int(seconds * rate)) / rate
    wave = (0.3 * np.sin(2 * np.pi * 440 * t) * (t % 0.25 < 0.1)).astype(np.float32)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        convert = av.AudioResampler(stream.codec_context.codec.audio_formats[0].name, "mono", rate)
        for k in range(0, len(wave), 1024):
            frame = av.AudioFrame.from_ndarray(wave[None, k : k + 1024], "fltp", "mono")
            frame.rate, frame.pts = rate, k
            for piece in convert.resample(frame):
                out.mux(stream.encode(piece))
        out.mux(stream.encode(None))


def sound_of(path):
    convert = av.AudioResampler("flt", "mono", 44100)
    with av.open(str(path)) as file:
        pieces = [p.to_ndarray()[0] for f in file.decode(audio=0) for p in convert.resample(f)]
    return np.concatenate(pieces)


def sound_shift(path, original):
    """By how many samples one file's sound comes after the other's."""
    a, b = sound_of(original)[8000:40000], sound_of(path)
    shifts = range(-3000, 3001, 50)
    return shifts[int(np.argmax([a @ b[8000 + s : 40000 + s] for s in shifts]))]


def read(path):
    return np.array(list(video.read_frames(path))).astype(float)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A movie of a moving face that is away for seven frames, with sound."""
    folder = tmp_path_factory.mktemp("clip")
    write_tone(folder / "tone.mp4", FRAMES / FPS)
    path = folder / "clip.mp4"
    _unmarked.write_movie(path, frames_of_a_face(), FPS, sound_from=folder / "tone.mp4")
    return path


@pytest.fixture(scope="module")
def swapped(clip):
    """The clip with every face replaced by itself, and the report."""
    target = clip.with_name("swapped.mp4")
    return target, movie.swap_movie(clip, target, identity, SIZE, progress=False)


# --- the whole way ------------------------------------------------------------------------


def test_report_counts_the_frames(swapped):
    report = swapped[1]
    assert report.frames == FRAMES and report.without_face == list(FACELESS)
    assert report.swapped == FRAMES - len(FACELESS) and report.problem is None
    assert set(report.seconds) >= {"read", "locate", "encode and decode", "paste", "write"}
    assert report.fps > 0 and "no face found: frame 20-26" in str(report)


@pytest.mark.slow
def test_faces_that_are_known_are_not_looked_for_again(tmp_path, clip, swapped, monkeypatch):
    seen = sightings.look_for_faces(clip, progress=False)
    monkeypatch.setattr(track, "look_for_faces", lambda *_: pytest.fail("looked for again"))
    report = movie.swap_movie(clip, tmp_path / "b.mp4", identity, SIZE, progress=False, seen=seen)
    assert (report.swapped, report.reasons) == (swapped[1].swapped, swapped[1].reasons)
    assert report.seconds["locate"] == seen.seconds["locate"] > 0


@pytest.mark.slow
def test_frames_are_seen_before_they_are_marked(tmp_path, clip):
    seen = []
    movie.swap_movie(clip, tmp_path / "a.mp4", identity, SIZE, progress=False, see=seen.append)
    faceless = read(clip)[FACELESS[0]]
    assert len(seen) == FRAMES and np.array_equal(seen[FACELESS[0]], faceless)  # not even a badge


def test_loading_the_landmark_model_does_not_count_as_speed(swapped):
    _, report = swapped
    busy = sum(seconds for step, seconds in report.seconds.items() if step != "load")
    assert report.seconds["load"] > 0 and report.fps == pytest.approx(report.frames / busy)


@pytest.mark.slow
def test_a_face_replaced_by_itself_stays_as_it_was(clip, swapped):
    found = track.smooth(track.tidy(track.locate(clip, progress=False)))
    before, points, _ = movie.aligned_crops(clip, found, SIZE)
    after, _, numbers = movie.aligned_crops(swapped[0], found, SIZE)
    assert numbers.tolist() == [i for i in range(FRAMES) if i not in FACELESS]
    mask = np.array([face_mask(p, SIZE) for p in points])[..., None]
    assert mask.mean() > 0.2
    assert (np.abs(before - after) * mask).sum() / mask.sum() / 3 < 0.02


def test_frames_without_a_face_and_all_around_it_stay_as_they_were(clip, swapped):
    before, after = read(clip), read(swapped[0])
    assert np.abs(before[:, :50, :40] - after[:, :50, :40]).mean() < 3
    assert np.abs(before[FACELESS, :120] - after[FACELESS, :120]).mean() < 1.5  # of it 1 for the bits


@pytest.mark.slow
def test_the_match_wins_back_a_shift_of_light(clip, tmp_path):
    """Decoders that make everything darker and bluer: only one that is told so can make up for it."""

    def tint(faces):
        return np.clip(faces * [0.7, 0.9, 1.1], 0, 1)

    found = track.tidy(track.locate(clip, progress=False))
    true, points, _ = movie.aligned_crops(clip, found, SIZE)
    mask = np.array([face_mask(p, SIZE) for p in points])[..., None]
    error = []
    for k, model in enumerate((tint, lambda faces: (tint(faces), tint(faces)))):
        path = tmp_path / f"{k}.mp4"
        movie.swap_movie(clip, path, model, SIZE, progress=False)
        difference = np.abs(movie.aligned_crops(path, found, SIZE)[0] - true)
        error.append((difference * mask).sum() / mask.sum() / 3)
    assert error[0] > 0.05 and error[1] < 0.35 * error[0] and error[1] < 0.025


def test_a_browser_plays_it(clip, swapped):
    with av.open(str(swapped[0])) as file:
        picture, sound = file.streams.video[0], file.streams.audio[0]
        assert (picture.codec_context.name, picture.pix_fmt) == ("h264", "yuv420p")
        assert sound.codec_context.name == "aac"
        assert picture.average_rate == FPS and picture.frames == FRAMES
        assert abs(float(sound.duration * sound.time_base) - FRAMES / FPS) < 0.1
    data = swapped[0].read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")  # playing starts before all is loaded
    assert sound_shift(swapped[0], clip) == 0


def test_it_has_all_marks(swapped):
    found = marks.read_marks(swapped[0])
    assert found.badge and "synthetic" in found.label and found.credentials.state == "trusted"
    assert found.bits == found.credentials.job == provenance.job_number("clip.mp4")
    last = read(swapped[0])[25]  # a plain grey frame: all that shows is the mark
    assert np.abs(last[:120] - 90).max() < 10 and last[120:, :110].max() > 180


def test_what_cannot_work_is_refused_before_the_work(clip, tmp_path):
    def never(faces):
        raise AssertionError("the work has begun")

    (tmp_path / "file").write_text("in the way")
    (tmp_path / "text.mp4").write_text("not a movie")
    (tmp_path / "empty.mp4").write_bytes(b"")
    write_tone(tmp_path / "sound.mp4", 0.2)
    cases = [
        (clip, clip, "is the source itself"),
        (clip, tmp_path / "a.avi", "must end in"),
        (clip, tmp_path / "file" / "a.mp4", "Can't write"),
        (tmp_path / "missing.mp4", tmp_path / "a.mp4", "There is no movie"),
        (tmp_path / "text.mp4", tmp_path / "a.mp4", "can't be read as a movie"),
        (tmp_path / "empty.mp4", tmp_path / "a.mp4", "can't be read as a movie"),
        (tmp_path / "sound.mp4", tmp_path / "a.mp4", "no picture track"),
    ]
    for source, target, message in cases:
        with pytest.raises(SwaplibError, match=message):
            movie.swap_movie(source, target, never, SIZE, progress=False)
    assert not (tmp_path / "a.mp4").exists()


def test_a_failure_on_the_way_leaves_the_old_file_and_no_part(clip, tmp_path):
    def fails(faces):
        raise RuntimeError("out of memory")

    target = tmp_path / "a.mp4"
    target.write_bytes(b"the old one")
    with pytest.raises(RuntimeError, match="out of memory"):
        movie.swap_movie(clip, target, fails, SIZE, progress=False)
    assert target.read_bytes() == b"the old one" and list(tmp_path.iterdir()) == [target]


def test_a_movie_that_ends_in_the_middle_is_swapped_as_far_as_it_goes(clip, tmp_path):
    data = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: int(0.6 * len(data))])
    report = movie.swap_movie(tmp_path / "cut.mp4", tmp_path / "a.mp4", identity, SIZE, progress=False)
    assert 5 < report.frames < FRAMES and len(read(tmp_path / "a.mp4")) == report.frames
    assert "ends early" in report.problem and f"of {FRAMES}" in str(report)


# --- pieces of the swap -------------------------------------------------------------------


def a_face(n=1, centre=(96, 70), height=80.0):
    """Made-up landmarks (n, 478, 2): an oval with the eyes and mouth corners in their places."""
    turns = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    points = np.stack([0.38 * np.cos(turns), 0.5 * np.sin(turns)], axis=1)
    for index, place in {
        33: (-0.25, -0.1),
        133: (-0.1, -0.1),
        362: (0.1, -0.1),
        263: (0.25, -0.1),
        61: (-0.12, 0.22),
        291: (0.12, 0.22),
    }.items():
        points[index] = place
    return np.repeat((points * height + centre)[None], n, axis=0).astype(np.float32)


def test_paste_is_right_to_the_sub_pixel_and_touches_nothing_else():
    y, x = np.mgrid[:H, :W]
    frame = np.stack([128 + 90 * np.sin(x / 7), 128 + 90 * np.cos(y / 8), x + 20.0], axis=2)
    frame = np.clip(frame, 0, 255).astype(np.uint8)
    points = a_face()[0] + 0.37
    matrix = align.crop_matrix(points, SIZE)
    crop = align.crop(frame, matrix, SIZE) / 255
    mask = face_mask(align.transform(points, matrix), SIZE)
    out = paste.paste(frame, crop, matrix, mask)
    inside = align.uncrop(mask, matrix, (H, W))[0] > 0.99
    assert inside.sum() > 500
    right = np.abs(out.astype(float) - frame)[inside].mean()
    aside = matrix + [[0, 0, 0.25], [0, 0, 0]]
    wrong = np.abs(paste.paste(frame, crop, aside, mask).astype(float) - frame)[inside].mean()
    assert right < 1.0 and wrong > 1.5 * right
    far = cv2.distanceTransform(np.uint8(hull_mask(points, (H, W)) == 0), cv2.DIST_L2, 5) > 5
    np.testing.assert_array_equal(out[far], frame[far])


@pytest.mark.parametrize("centre", [(-10, 70), (180, 140), (400, 400)])
def test_paste_of_a_face_across_the_frames_edge(centre):
    frame = np.full((H, W, 3), 100, np.uint8)
    points = a_face(centre=centre)[0]
    matrix = align.crop_matrix(points, SIZE)
    mask = face_mask(align.transform(points, matrix), SIZE)
    out = paste.paste(frame, np.ones((SIZE, SIZE, 3), np.float32), matrix, mask)
    assert out.shape == frame.shape and out.min() == 100
    assert (out.max() == 255) == (centre != (400, 400))


def test_the_mask_is_soft_and_ends_with_the_hull_and_the_crop():
    points = a_face(centre=(31.5, 31.5), height=44)[0]
    mask = face_mask(points, SIZE)
    assert mask[32, 32] == pytest.approx(1) and mask.max() <= 1
    assert mask[hull_mask(points, SIZE) == 0].max() < 0.5  # half way down at the hull
    far = hull_mask(a_face(centre=(31.5, 31.5), height=51)[0], SIZE) == 0  # 3 px beyond
    assert mask[far].max() < 0.05
    assert ((mask > 0.1) & (mask < 0.9)).mean() > 0.05
    big = face_mask(a_face(centre=(31.5, 31.5), height=200)[0], SIZE)
    assert max(big[0].max(), big[-1].max(), big[:, 0].max(), big[:, -1].max()) < 0.05


def test_colour_match_changes_the_light_and_leaves_the_skin():
    rng = np.random.default_rng(0)
    light = np.float32([1.2, 1.0, 0.8])
    pale, dark = (np.float32(v + 0.1 * rng.random((32, 32, 3))) for v in (0.6, 0.2))
    mask = np.zeros((32, 32), np.float32)
    mask[8:24, 8:24] = 1
    source = pale * light
    source[mask == 0] = 0  # what lies outside must not count
    matched = paste.match_colour(dark, pale, source, mask)
    np.testing.assert_allclose(matched, dark * light, atol=1e-4)
    np.testing.assert_allclose(paste.match_colour(dark, source, source, mask), dark, atol=1e-6)
    # a decoder that draws next to nothing, or far too much, doesn't decide how bright a face may be
    black, white = np.full_like(pale, 0.01), np.full_like(pale, 1)
    np.testing.assert_allclose(paste.match_colour(dark, black, source, mask), 2 * dark, atol=1e-4)
    np.testing.assert_allclose(paste.match_colour(dark, white, 0.01 * source, mask), dark / 2, atol=1e-4)


def test_the_ways_to_paste_arrive(monkeypatch):
    """Each blend and each colour by name, through the frames as through one."""
    nothing = np.zeros((1, SIZE, SIZE), np.float32), np.array([True])
    monkeypatch.setattr(front, "covers", lambda *_: nothing)
    rng = np.random.default_rng(0)
    frames, points = [np.uint8(80 + 60 * rng.random((H, W, 3)))], a_face()
    matrix = align.crop_matrix(points[0], SIZE)
    made, again = np.float32(rng.random((2, 1, SIZE, SIZE, 3)))
    seen = []
    for ways in (
        {"blend": b, "colour": c} for b in ("soft", "bands", "gradients") for c in ("none", "light", "frame")
    ):
        (out,) = movie.swap_frames(frames, points, lambda x: (made, again), SIZE, **ways)
        drawn = made, again
        if ways["colour"] == "light":
            crop = as_floats(align.crop(frames[0], matrix, SIZE))[None]
            mask = face_mask(align.transform(points[0], matrix), SIZE)[None]
            drawn = movie.draw_again(again, crop, mask, lambda x: (made, again))
        face, him = (x[0] for x in drawn)
        np.testing.assert_array_equal(out, movie.put_back(frames[0], face, him, matrix, points[0], **ways))
        seen.append(out)
    assert len(np.unique(seen, axis=0)) == 9
    default = movie.swap_frames(frames, points, lambda x: (made, again), SIZE)[0]
    np.testing.assert_array_equal(default, seen[4])


def test_a_face_in_an_unknown_light_is_drawn_in_a_known_one():
    """A network that draws rubbish of any light but its own; three frames in three lights."""
    rng = np.random.default_rng(0)
    known, wanted = np.float32(0.3 + 0.3 * rng.random((2, SIZE, SIZE, 3)))
    lights = np.float32([[1, 1, 1], [1.2, 1, 0.7], [0.6, 0.7, 0.9]])[:, None, None]
    masks = np.zeros((3, SIZE, SIZE), np.float32)
    masks[:, 16:-16, 16:-16] = 1

    def network(crops):
        right = np.abs(crops - known).mean(axis=(1, 2, 3), keepdims=True) < 1e-3
        return np.where(right, wanted, 0.5), np.broadcast_to(known, crops.shape)

    crops = known * lights
    faces, again = movie.draw_again(network(crops)[1], crops, masks, network)
    np.testing.assert_allclose(faces, wanted * lights, atol=1e-3)
    np.testing.assert_allclose(again, crops, atol=1e-3)
    assert np.abs(network(crops)[0] - wanted).mean(axis=(1, 2, 3))[1:].min() > 0.05  # the first time


def test_the_mask_of_a_frame_ends_at_the_lower_hairline(astronaut_points):
    """Neither the frame's hair is painted over nor the decoded face's hair painted on."""
    matrix = align.crop_matrix(astronaut_points, SIZE)
    frame = np.full((512, 512, 3), (200, 160, 130), np.uint8)
    skin = np.full((SIZE, SIZE, 3), (0.9, 0.7, 0.6), np.float32)
    above = int(align.transform(astronaut_points, matrix)[10, 1])
    line = int(align.transform([[SIZE / 2, above]], align.invert(matrix))[0, 1])
    hairy, hair = skin.copy(), frame.copy()
    hairy[:above], hair[:line] = 0, 20
    changed = []
    for f, face in ((frame, skin), (frame, hairy), (hair, skin)):
        change = movie.put_back(f, face, None, matrix, astronaut_points, "soft").astype(int) - f
        changed.append((np.abs(change).max(axis=2) > 12)[: line - 4].sum())
    assert changed[0] > 250 and max(changed[1:]) < 0.2 * changed[0], changed


@pytest.mark.parametrize("model", [lambda x: x[:, ::2, ::2], lambda x: (x[:, ::2, ::2], x[:, ::2, ::2])])
def test_a_model_of_the_wrong_size_is_named(model):
    frames, points = [np.zeros((H, W, 3), np.uint8)], a_face()
    with pytest.raises(ValueError, match=r"made \(1, 32, 32, 3\) of \(1, 64, 64, 3\)"):
        movie.swap_frames(frames, points, model, SIZE)


def test_the_model_sees_whole_batches_and_only_when_there_is_a_face():
    shapes = []

    def model(faces):
        shapes.append(faces.shape)
        return faces

    frames = [np.zeros((H, W, 3), np.uint8)] * 3
    points = a_face(3)
    points[1] = np.nan
    out = movie.swap_frames(frames, points, model, SIZE, batch=8)
    movie.swap_frames(frames, np.full_like(points, np.nan), model, SIZE, batch=8)
    assert shapes == [(8, SIZE, SIZE, 3)] and out[1] is frames[1]


# --- the face's path ----------------------------------------------------------------------


def a_track(points, cuts=()):
    n = len(points)
    marks = np.zeros(n, bool)
    marks[list(cuts)] = True
    reasons = {i: "no face found" for i in range(n) if np.isnan(points[i]).any()}
    return track.Track(np.array(points), marks, np.full((n, 24, 24, 3), 99, np.uint8), (H, W), reasons)


def moving(shifts):
    return a_face(len(shifts)) + np.asarray(shifts, dtype=np.float32)[:, None]


def shaken(points, sigma=0.4, seed=0):
    rng = np.random.default_rng(seed)
    return points + rng.normal(0, sigma, points.shape).astype(np.float32)


def test_a_face_at_rest_stops_shaking():
    raw = a_track(shaken(a_face(100)))
    figures = steadiness.steadiness(raw)
    assert figures["none"]["jitter_px"] == pytest.approx(0.4 / np.sqrt(2), rel=0.25)
    assert figures["local fit"]["jitter_px"] < 0.15 * figures["none"]["jitter_px"]
    assert figures["local fit"]["jitter_px"] < figures["exponential"]["jitter_px"]


def test_a_fast_turn_is_followed_without_lag():
    x = np.zeros(60)
    x[25:35] = 60 * np.sin(np.linspace(0, np.pi / 2, 10)) ** 2  # 60 px in 0.4 s
    x[35:] = 60
    true = moving(np.stack([x, 0.2 * x], axis=1))
    raw = a_track(shaken(true))
    figures = steadiness.steadiness(raw)
    assert abs(figures["local fit"]["lag_frames"]) < 0.1
    assert figures["exponential"]["lag_frames"] > 1  # what a filter that looks back does
    assert figures["exponential"]["off_px"] > 8 * figures["local fit"]["off_px"]
    off = np.abs(track.smooth(raw).points - true).mean(axis=(1, 2))
    assert off.max() < 1 and off[:20].mean() < 0.2


def test_smoothing_crosses_neither_gaps_nor_cuts_nor_jumps():
    shifts = np.zeros((60, 2))
    shifts[20:] = (20, 0)  # after a cut
    shifts[40:] = (-40, 10)  # after a gap of five frames
    points = moving(shifts)
    points[35:40] = np.nan
    steady = track.smooth(a_track(points, cuts=[20]))
    np.testing.assert_allclose(steady.points, points, atol=1e-3)
    far = moving(np.where(np.arange(60)[:, None] < 30, 0, 70) * np.ones((60, 2)))
    np.testing.assert_allclose(track.smooth(a_track(far)).points, far, atol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 4, 6, 12])
def test_smoothing_takes_runs_of_any_length(n):
    points = moving(np.arange(2 * n).reshape(n, 2))
    np.testing.assert_allclose(track.smooth(a_track(points)).points, points, atol=1e-2)


def test_a_false_find_is_dropped_and_a_short_gap_bridged():
    points = moving(np.stack([np.arange(30.0), np.zeros(30)], axis=1))
    true = points.copy()
    points[10] += 60  # for one frame the face is somewhere else
    points[18:20] = np.nan
    raw = a_track(points)
    raw.looks[10, ::2] = 200  # and what is there looks otherwise
    tidied = track.tidy(raw)
    assert tidied.found.all() and tidied.bridged == [10, 18, 19] and not tidied.reasons
    np.testing.assert_allclose(tidied.points, true, atol=1e-3)
    raw.points[22:26] = np.nan  # too long to guess
    raw.reasons.update(dict.fromkeys(range(22, 26), "no face found"))
    assert track.tidy(raw).reasons.keys() == {22, 23, 24, 25}


def test_a_face_that_dashes_is_the_same_face():
    points = moving(np.stack([np.r_[np.arange(20.0), 75, 150, 225], np.zeros(23)], axis=1))
    raw = a_track(points)  # of one look throughout
    assert [p.stop - p.start for p in track.runs(raw)] == [20, 1, 1, 1]
    assert track.tidy(raw).found.all()


def test_a_covered_face_is_left_alone():
    raw = a_track(a_face(40))
    rng = np.random.default_rng(0)
    raw.looks[:] = rng.integers(60, 195, (24, 24, 3))
    raw.looks[30:] += 60  # a lamp is no cover
    raw.looks[15:20, :, 12:] = 5  # half the face is behind something dark
    tidied = track.tidy(raw)
    assert np.flatnonzero(~tidied.found).tolist() == [15, 16, 17, 18, 19]
    assert set(tidied.reasons.values()) == {"the face is covered"}


def test_a_face_that_is_partly_covered_counts_where_it_was_just_lost():
    """A hand that comes covers little at first; what is odd after a cut is another picture."""
    points = a_face(80)
    points[20:25] = np.nan  # it is lost behind the hand
    raw = a_track(points, cuts=[50])
    raw.looks[:] = np.random.default_rng(0).integers(60, 195, (24, 24, 3))
    for odd in (slice(17, 20), slice(50, 53)):
        raw.looks[odd, :, 16:] = 5  # a fifth of the face
    tidied = track.tidy(raw)
    assert np.flatnonzero(~tidied.found).tolist() == list(range(17, 25))
    assert [tidied.reasons[i] for i in (17, 19, 20)] == ["the face is covered"] * 2 + ["no face found"]


class Finder:
    """Stands in for the Landmarker: the landmarks set for each frame in turn, and `near` in parts of one."""

    def __init__(self, frames, near=lambda part: []):
        self.frames, self.near = iter(frames), near

    def __call__(self, **settings):
        return self

    def __enter__(self):
        return self.find

    def find(self, frame, thorough=True):
        points = next(self.frames) if frame.shape[:2] == (H, W) else self.near(frame)
        return [Face(p, 0.0, 0.0, 0.0, {}) for p in points]

    def __exit__(self, *error):
        pass


def test_locate_waits_for_the_one_it_follows(tmp_path, monkeypatch):
    left, right = a_face(centre=(50, 70), height=60)[0], a_face(centre=(140, 70), height=59)[0]
    both = [[left, right], [right, left]] * 6
    monkeypatch.setattr(sightings, "Landmarker", Finder([*both, [right], [], [right, left]]))
    video.write_movie(tmp_path / "a.mp4", [np.full((H, W, 3), 90, np.uint8)] * 15, FPS)
    found = track.locate(tmp_path / "a.mp4", progress=False)
    np.testing.assert_array_equal(found.points[[0, 1, 11, 14]], [left] * 4)
    assert found.reasons == {12: "another person", 13: "no face found"}


def test_a_face_that_is_missed_is_looked_for_where_it_was(monkeypatch):
    face = a_face(centre=(50, 70), height=30)[0]
    frames = [np.full((H, W, 3), 90, np.uint8)] * (2 * sightings.AGAIN)
    here = [[face]] + [[]] * (len(frames) - 1)
    parts = []

    def near(part):
        parts.append(part.shape)
        return [face - (5, 25)] if len(parts) <= 3 else []  # the part's corner is at (5, 25)

    monkeypatch.setattr(sightings, "Landmarker", Finder(here, near))
    seen = sightings.look_for_faces(iter(frames), progress=False)
    assert seen.rows["frame"].tolist() == [0, 1, 2, 3] and set(seen.rows["path"]) == {0}
    np.testing.assert_allclose(seen.rows["points"], np.repeat(face[None], 4, axis=0), atol=1e-4)
    assert set(parts) == {(90, 90, 3)} and len(parts) == 3 + sightings.AGAIN  # and not for ever


def test_a_cut_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sightings, "Landmarker", Finder([[]] * 6))
    shots = [np.full((H, W, 3), 60, np.uint8)] * 3 + [np.full((H, W, 3), 120, np.uint8)] * 3
    video.write_movie(tmp_path / "a.mp4", shots, FPS)
    cuts = track.locate(tmp_path / "a.mp4", progress=False).cuts
    assert np.flatnonzero(cuts).tolist() == [3]


# --- files --------------------------------------------------------------------------------


def test_write_and_read_give_the_frames_back(tmp_path):
    colours = [(200, 60, 40), (30, 160, 70), (60, 70, 190), (128, 128, 128)]
    for height in (144, 720):  # players take another colour matrix for HD if none is named
        frames = [np.full((height, 160, 3), c, np.uint8) for c in colours]
        assert _unmarked.write_movie(tmp_path / "a.mp4", iter(frames), FPS) == 4
        assert np.abs(read(tmp_path / "a.mp4") - frames).max() <= 4
        with av.open(str(tmp_path / "a.mp4")) as file:
            assert next(file.decode(video=0)).colorspace == 1  # BT.709, and says so


def test_times_between_frames_are_kept(tmp_path):
    times = [0, 0.04, 0.2, 0.24, 0.9, 0.94]
    frames = [np.full((48, 64, 3), 40 * i, np.uint8) for i in range(6)]
    video.write_movie(tmp_path / "a.mp4", zip(frames, times, strict=True), FPS)
    read_times = [seconds for _, seconds in video.Reader(tmp_path / "a.mp4")]
    np.testing.assert_allclose(read_times, times, atol=1e-3)
    video.write_movie(tmp_path / "b.mp4", frames, 24000 / 1001)
    assert float(video.Reader(tmp_path / "b.mp4").fps) == pytest.approx(24000 / 1001)


def test_odd_sizes_are_padded_to_even(tmp_path):
    frame = np.full((47, 63, 3), 128, np.uint8)
    _unmarked.write_movie(tmp_path / "a.mp4", [frame] * 2, FPS)
    out = read(tmp_path / "a.mp4")
    assert out.shape == (2, 48, 64, 3) and np.abs(out - 128).max() <= 3


@pytest.mark.skipif(
    not hasattr(av.VideoStream, "set_display_rotation"), reason="this PyAV can't write rotation"
)
@pytest.mark.parametrize("angle, quarter_turns", [(90, 1), (180, 2), (-90, 3)])
def test_a_turned_phone_video_is_read_upright(tmp_path, angle, quarter_turns):
    picture = cv2.GaussianBlur(astronaut()[:144, :192], (0, 0), 3)
    with av.open(str(tmp_path / "a.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
        stream.set_display_rotation(angle)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())
    upright = np.rot90(picture, quarter_turns).astype(float)
    assert np.abs(read(tmp_path / "a.mp4")[0] - upright).mean() < 4


@pytest.mark.parametrize(
    "codec, ending, expected",
    [
        ("aac", "mp4", "aac"),
        ("libmp3lame", "mp3", "mp3"),
        ("pcm_s16le", "wav", "aac"),
        ("libopus", "mka", "aac"),
    ],
)
def test_sound_is_kept_and_stays_in_time(tmp_path, codec, ending, expected):
    write_tone(tmp_path / f"t.{ending}", 2, codec, 48000 if codec == "libopus" else 44100)
    frames = [np.zeros((48, 64, 3), np.uint8)] * 40
    video.write_movie(tmp_path / "a.mp4", frames, FPS, sound_from=tmp_path / f"t.{ending}")
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.audio[0]
        assert stream.codec_context.name.startswith(expected)
        # The picture ends after 1.6 s, and the sound with it.
        assert abs(float(stream.duration * stream.time_base) - 1.6) < 0.1
    assert abs(sound_shift(tmp_path / "a.mp4", tmp_path / f"t.{ending}")) <= 50


def test_copied_sound_is_the_same_sound(tmp_path):
    write_tone(tmp_path / "t.mp4", 2)
    frames = [np.zeros((48, 64, 3), np.uint8)] * 50
    video.write_movie(tmp_path / "a.mp4", frames, FPS, sound_from=tmp_path / "t.mp4")
    a, b = sound_of(tmp_path / "t.mp4"), sound_of(tmp_path / "a.mp4")
    n = min(len(a), len(b))
    assert n > 85000
    np.testing.assert_array_equal(a[:n], b[:n])


def test_a_movie_without_sound_stays_without(tmp_path):
    frames = [np.zeros((48, 64, 3), np.uint8)] * 3
    video.write_movie(tmp_path / "a.mp4", frames, FPS)
    video.write_movie(tmp_path / "b.mp4", frames, FPS, sound_from=tmp_path / "a.mp4")
    with av.open(str(tmp_path / "b.mp4")) as file:
        assert not file.streams.audio


def test_a_full_disk_leaves_nothing_half_written(tmp_path):
    resource = pytest.importorskip("resource")  # not on Windows
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (20, 96, 96, 3), dtype=np.uint8)
    video.write_movie(tmp_path / "a.mp4", frames, FPS)
    size = (tmp_path / "a.mp4").stat().st_size
    (tmp_path / "a.mp4").unlink()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        for most in (1000, size // 2, size - 1):  # the last bytes are the ones easily missed
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, limits[1]))
            with pytest.raises(SwaplibError, match="File too large"):
                video.write_movie(tmp_path / "a.mp4", frames, FPS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not list(tmp_path.iterdir())


def test_writing_refuses_what_is_no_movie(tmp_path):
    with pytest.raises(SwaplibError, match="no frames"):
        video.write_movie(tmp_path / "a.mp4", [], FPS)
    frames = [np.zeros((48, 64, 3), np.uint8), np.zeros((64, 64, 3), np.uint8)]
    with pytest.raises(ValueError, match="another size"):
        video.write_movie(tmp_path / "a.mp4", frames, FPS)
    with pytest.raises(SwaplibError, match="no movie"):
        video.write_movie(tmp_path / "a.mp4", frames[:1], FPS, sound_from=tmp_path / "none.mp4")
    assert not list(tmp_path.iterdir())


def test_pictures_of_several_sizes_stand_side_by_side():
    frame, crop = np.full((40, 60, 3), 200, np.uint8), np.full((20, 20, 3), 0.5)
    sheet = show.side_by_side({"a frame": frame, "a crop with a long title": crop}, height=80)
    assert sheet.dtype == np.uint8
    assert sheet.shape == (80 + show.TITLE, 120 + show.GAP + 80, 3)
    assert (sheet[show.TITLE :, :120] == 200).all()
    assert (sheet[show.TITLE :, -80:] == 128).all()
    assert (sheet[: show.TITLE, :120] < 128).any()  # the title is written
    assert show.side_by_side({"": frame}).shape == (40 + show.TITLE, 60, 3)
