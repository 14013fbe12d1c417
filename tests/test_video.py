"""Movies from the wild: odd names and headers, undecodable sound, covers, HDR, subtitles, damage."""

import io
from collections import Counter
from fractions import Fraction

import av
import damage_movies
import numpy as np
import pytest
from av.subtitles.subtitle import SubtitleSet
from PIL import Image

from swaplib import SwaplibError
from swaplib.files import colour, extras, media, provenance, video

FRAMES = damage_movies.FRAMES
PICTURE = np.repeat(np.arange(96, dtype=np.uint8)[None, :, None] * [2, 1, 1], 64, axis=0).astype(np.uint8)


@pytest.fixture
def clip(tmp_path):
    """Makes a small movie of the kind that its ending says, 30 frames at 25 a second, with sound."""

    def made(name, picture="libx264", sound="aac", rate=44100):
        damage_movies.make(tmp_path / name, picture, sound, rate)
        return tmp_path / name

    return made


def rewritten(path, *changes):
    """The movie with some of its bytes changed, (old, new) of the same length."""
    data = path.read_bytes()
    for old, new in changes:
        assert old in data and len(old) == len(new)
        data = data.replace(old, new, 1)
    path.write_bytes(data)
    return path


def sound_kinds(path):
    with av.open(str(path)) as file:
        return [stream.codec_context.name for stream in file.streams.audio]


@pytest.mark.parametrize(
    "name", ["a:b", "12:30:10", "file:x", "-a", "a\nb", "%d", "a%03d", "http:x", "a'\"b", "ü€"]
)
def test_any_name_is_a_name(tmp_path, clip, monkeypatch, name):
    source = clip("a.mp4").rename(tmp_path / f"{name}.mp4")
    monkeypatch.chdir(tmp_path)
    assert len(list(video.Reader(f"{name}.mp4"))) == FRAMES and not video.check_movie(source)
    (tmp_path / "run:1").mkdir()
    for target in (tmp_path / "run:1" / f"{name}.mp4", f"{name} again.mp4"):
        video.write_movie(target, [PICTURE] * 3, 25, sound_from=f"{name}.mp4")
        assert "synthetic" in provenance.read_provenance(target) and sound_kinds(tmp_path / target) == ["aac"]


def test_the_first_sound_that_decodes_is_kept(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        tracks = [out.add_stream("aac", rate=rate, layout="mono") for rate in (44100, 48000)]
        out.mux(picture.encode(av.VideoFrame.from_ndarray(PICTURE)))
        out.mux(picture.encode())
        for track in tracks:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 4096), np.float32), "fltp", "mono")
            frame.rate, frame.pts = track.rate, 0
            out.mux(track.encode(frame))
            out.mux(track.encode())
    assert "Only sound track 1" in video.check_movie(path)[0]
    for k, (said, rates) in enumerate([("track 2 is used", [48000]), ("and is left out", [])]):
        rewritten(path, (b"mp4a", b"apac"), (b"esds", b"free"))
        assert said in " ".join(video.check_movie(path))
        with video.Writer(tmp_path / f"{k}.mp4", 25, path) as writer:
            for picture, _ in video.Reader(path):
                writer.write(picture)
        assert said in " ".join(writer.notes)
        with av.open(str(tmp_path / f"{k}.mp4")) as file:
            assert [stream.rate for stream in file.streams.audio] == rates


@pytest.mark.parametrize(
    "ending, sound, rate, kept",
    [
        ("avi", "libmp3lame", 8000, "aac"),  # which an MP4 doesn't take as it is
        ("avi", "libmp3lame", 44100, "mp3float"),
        ("avi", "pcm_s16le", 11025, "aac"),
        ("mkv", "libopus", 48000, "aac"),
        ("ts", "aac", 44100, "aac"),
    ],
)
def test_sound_that_an_mp4_does_not_take_becomes_aac(tmp_path, clip, ending, sound, rate, kept):
    source = clip(f"a.{ending}", "mpeg4", sound, rate)
    assert video.check_movie(source) == []
    video.write_movie(tmp_path / "b.mp4", [PICTURE] * 20, 25, sound_from=source)
    assert sound_kinds(tmp_path / "b.mp4") == [kept]
    with av.open(str(tmp_path / "b.mp4")) as file:
        heard = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
    assert heard == pytest.approx(0.8, abs=0.1)  # it ends with the last frame


@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_sound_that_starts_late_and_is_longer_is_no_damage(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    with av.open(str(path), "w") as out:
        picture, sound = out.add_stream("libx264", rate=25), out.add_stream("aac", rate=44100, layout="mono")
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        for _ in range(25):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(PICTURE)))
        out.mux(picture.encode())
        for k in range(100):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.rate, frame.pts, frame.time_base = 44100, 22050 + 1024 * k, Fraction(1, 44100)
            out.mux(sound.encode(frame))
        out.mux(sound.encode())
    if ending == "mkv":  # other programs write no duration of each track
        path.write_bytes(path.read_bytes().replace(b"DURATION", b"DURATIOX"))
    reader = video.Reader(path)
    assert len(list(reader)) == 25 and reader.problem is None
    video.write_movie(tmp_path / "b.mp4", video.Reader(path), reader.fps, sound_from=path)
    with av.open(str(tmp_path / "b.mp4")) as file:
        first = next(file.decode(audio=0))
        assert first.time == pytest.approx(0.5, abs=0.05)


def with_cover(path, sound):
    """A song or a movie with a cover."""
    with av.open(str(path), "w", format="mp4") as out:
        cover = out.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 96, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        track = out.add_stream("aac" if sound else "libx264", rate=44100 if sound else 25)
        file = io.BytesIO()
        Image.fromarray(PICTURE).save(file, "JPEG")
        packet = av.Packet(file.getvalue())
        packet.stream, packet.pts, packet.dts, packet.time_base = cover, 0, 0, Fraction(1, 90000)
        if sound:
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 4096), np.float32), "fltp", "stereo")
            frame.rate = 44100
        else:
            track.width, track.height, track.pix_fmt = 64, 48, "yuv420p"
            frame = av.VideoFrame.from_ndarray(PICTURE[:48, :64].copy())
        out.start_encoding()
        out.mux(packet)
        out.mux(track.encode(frame))
        out.mux(track.encode())


def test_a_cover_is_no_picture_track(tmp_path):
    with_cover(tmp_path / "song.m4a", sound=True)
    with pytest.raises(SwaplibError, match="no picture track"):
        video.check_movie(tmp_path / "song.m4a")
    with_cover(tmp_path / "a.mp4", sound=False)
    assert [frame.shape for frame in video.read_frames(tmp_path / "a.mp4")] == [(48, 64, 3)]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
def test_a_photo_is_no_movie(tmp_path, kind):
    Image.fromarray(PICTURE).save(tmp_path / "a.mp4", kind)
    with pytest.raises(SwaplibError, match="is a photo"):
        video.check_movie(tmp_path / "a.mp4")


# --- colours ------------------------------------------------------------------------------

# ITU-R BT.2087
TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])


def hdr_signal(picture, kind):
    """A picture as HDR of the same look, float (h, w, 3) in [0, 1], by BT.2100's tables 4 and 5."""
    light = 203 * (picture / 255) ** 2.4 @ TO_BT2020.T
    if kind == "PQ":
        y = (light / 10000) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375
    light = light / 1000
    scene = light * np.maximum(light @ [0.2627, 0.678, 0.0593], 1e-9)[..., None] ** (-1 / 6)
    bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)


def write_hdr(path, picture, transfer, kind):
    signal = np.rint(hdr_signal(picture, kind) * 65535).astype(np.uint16)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.height, stream.width = picture.shape[:2]
        stream.pix_fmt, stream.options = "yuv420p10le", {"crf": "8"}
        context = stream.codec_context
        context.color_primaries = context.colorspace = 9  # BT.2020
        context.color_trc = transfer
        frame = av.VideoFrame.from_ndarray(signal, format="rgb48le")
        out.mux(stream.encode(frame.reformat(format="yuv420p10le", dst_colorspace=9)))
        out.mux(stream.encode())


@pytest.mark.parametrize("kind, transfer", [("PQ", 16), ("HLG", 18)])
def test_hdr_is_tone_mapped_and_said(tmp_path, kind, transfer):
    y, x = np.mgrid[:64, :96]
    picture = np.stack([138 + 40 * np.sin(x / 15), 106 + 30 * np.cos(y / 9), 73 + x / 3], axis=2)
    write_hdr(tmp_path / "a.mp4", picture, transfer, kind)
    reader = video.Reader(tmp_path / "a.mp4")
    frame, _ = next(iter(reader))
    assert reader.hdr == kind and kind in video.check_movie(tmp_path / "a.mp4")[0]
    assert np.abs(frame.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() < 2
    assert np.abs(frame - picture).mean() < 4
    video.write_movie(tmp_path / "b.mp4", [frame], 25, sound_from=tmp_path / "a.mp4")
    with av.open(str(tmp_path / "b.mp4")) as file:
        written = next(file.decode(video=0))
    assert (written.colorspace, written.color_trc, written.color_primaries) == (1, 1, 1)
    assert not video.check_movie(tmp_path / "b.mp4")


def test_tone_mapping_keeps_greys_and_hues_and_compresses_what_is_bright():
    grey = np.uint16(np.linspace(0, 65535, 65))[None, :, None].repeat(3, axis=2)
    for kind in ("PQ", "HLG", "BT.2020"):
        out = colour.tone_map(grey, kind)[0].astype(int)
        assert (np.ptp(out, axis=1) <= 1).all() and (np.diff(out[:, 0]) >= 0).all()
        assert out[0, 0] == 0 and out[-1, 0] == 255

    def level(signal, kind):
        return int(colour.tone_map(np.full((1, 1, 3), round(signal * 65535), np.uint16), kind)[0, 0, 0])

    # BT.2408: an 18% grey card is 38% in either signal; paper white is 58% and 75%, with room above it
    for kind, white in (("PQ", 0.5806), ("HLG", 0.75)):
        assert level(0.38, kind) == pytest.approx(255 * (26 / 203) ** (1 / 2.4), abs=3)
        assert 220 < level(white, kind) < 240 < level(white + 0.1, kind)
    assert level(1 / 16, "PQ") == pytest.approx(11, abs=1)  # dark parts don't turn black
    bright = colour.tone_map(np.uint16(np.array([[[0.68, 0.62, 0.60]]]) * 65535), "PQ")[0, 0].astype(int)
    assert bright[0] > bright[1] > bright[2]  # no hue turns into plain white


# --- what goes along ----------------------------------------------------------------------


def with_subtitles(path, codec):
    with av.open(str(path), "w") as out:
        picture = out.add_stream("libvpx" if path.suffix == ".webm" else "libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        words = out.add_stream(codec)
        words.codec_context.subtitle_header = extras._STYLE
        words.metadata["language"] = "deu"
        out.metadata.update({"title": "A day out", "creation_time": "2020-05-06T07:08:09.000000Z"})
        chapters = [("One", 0, 800), ("Two", 800, 2000)]
        out.set_chapters(
            [
                {"id": k, "start": a, "end": b, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
                for k, (title, a, b) in enumerate(chapters)
            ]
        )
        for _ in range(50):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(PICTURE)))
        out.mux(picture.encode())
        for k, (start, text) in enumerate([(200, "Hello"), (1200, "Grüße\\Nzwei")]):
            event = SubtitleSet.create(f"{k},0,Default,,0,0,0,,{text}".encode(), 0, 500, 0)
            packet = words.codec_context.encode_subtitle(event)
            packet.pts = packet.dts = start
            packet.duration, packet.time_base, packet.stream = 500, Fraction(1, 1000), words
            out.mux(packet)


@pytest.mark.parametrize(
    "name, codec", [("a.mkv", "srt"), ("a.mp4", "mov_text"), ("a.webm", "webvtt"), ("a.mkv", "ass")]
)
def test_subtitles_chapters_title_and_date_are_kept(tmp_path, name, codec):
    with_subtitles(tmp_path / name, codec)
    assert video.check_movie(tmp_path / name) == []
    video.write_movie(tmp_path / "b.mp4", video.Reader(tmp_path / name), 25, sound_from=tmp_path / name)
    with av.open(str(tmp_path / "b.mp4")) as file:
        assert file.metadata["creation_time"].startswith("2020-05-06T07:08:09")
        assert (file.metadata["title"], file.metadata["description"]) == (provenance.TEXT, "A day out")
        assert [(c["metadata"]["title"], c["start"], c["end"]) for c in file.chapters()] == [
            ("One", 0, 800),
            ("Two", 800, 2000),
        ]
        words = file.streams.subtitles[0]
        assert words.language == "deu"
        found = [
            (float(p.pts * p.time_base), float(p.duration * p.time_base), event.dialogue.decode())
            for p in file.demux(words)
            if p.size
            for event in p.decode()
        ]
    assert found == [(0.2, 0.5, "Hello"), (1.2, 0.5, "Grüße\nzwei")]


def test_subtitles_that_are_pictures_are_said_to_be_lost(tmp_path):
    with av.open(str(tmp_path / "b.mkv"), "w") as out:
        picture = out.add_stream("libx264", rate=25)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        words = out.add_mux_stream("hdmv_pgs_subtitle")
        out.mux(picture.encode(av.VideoFrame.from_ndarray(PICTURE)))
        out.mux(picture.encode())
        packet = av.Packet(b"\x80\0\0")
        packet.stream, packet.pts, packet.dts, packet.time_base = words, 0, 0, Fraction(1, 1000)
        out.mux(packet)
    assert "subtitles can't be kept" in video.check_movie(tmp_path / "b.mkv")[0]
    video.write_movie(tmp_path / "c.mp4", video.Reader(tmp_path / "b.mkv"), 25, sound_from=tmp_path / "b.mkv")


# --- headers that lie, damage ---------------------------------------------------------------


@pytest.mark.parametrize("nanoseconds", [33_333, 0, 4_000_000_000])
def test_a_header_that_lies_about_the_frame_rate_is_seen_through(clip, nanoseconds):
    path = clip("a.mkv", sound=None)
    rewritten(
        path, (b"\x23\xe3\x83\x84" + (40_000_000).to_bytes(4), b"\x23\xe3\x83\x84" + nanoseconds.to_bytes(4))
    )
    reader = video.Reader(path)
    assert (reader.fps, reader.count) == (25, FRAMES)
    np.testing.assert_allclose([t for _, t in reader], np.arange(FRAMES) / 25, atol=1e-3)


@pytest.mark.parametrize("rate", [Fraction(1, 2), Fraction(24000, 1001), 240])
@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_true_frame_rates_stay(tmp_path, rate, ending):
    with av.open(str(tmp_path / f"a.{ending}"), "w") as out:
        picture = out.add_stream("libx264", rate=rate)
        picture.width, picture.height, picture.pix_fmt = 96, 64, "yuv420p"
        for _ in range(12):
            out.mux(picture.encode(av.VideoFrame.from_ndarray(PICTURE)))
        out.mux(picture.encode())
    reader = video.Reader(tmp_path / f"a.{ending}")
    assert float(reader.fps) == pytest.approx(float(rate), rel=0.01) and reader.count == 12


@pytest.mark.parametrize("name, codec", [("a.avi", "mpeg4"), ("a.mkv", "mpeg4")])
def test_a_movie_without_its_end_is_reported(clip, name, codec):
    path = clip(name, codec, None)
    data = path.read_bytes()
    for part in (0.8, 0.9):
        path.write_bytes(data[: int(part * len(data))])
        reader = video.Reader(path)
        read = len(list(reader))
        assert 5 < read < FRAMES and f"{read} frames could be read of {FRAMES}" in reader.problem


@pytest.mark.slow
def test_damaged_movies_are_refused_reported_or_read_right(tmp_path):
    said = []
    table = damage_movies.run(tmp_path, 30, lambda *words: said.append(words))
    found = sum(table.values(), Counter())
    assert not said and found["refused"] > 3 and found["reported"] > 5 and found["right"] > 0


def test_sound_after_the_last_picture_is_said(tmp_path, clip):
    source = clip("a.mp4", "libx264", "aac", 44100)  # 1.2 s
    for count, left in ((10, ["The sound of", "0.8 s"]), (25, [])):
        with video.Writer(tmp_path / "b.mp4", 25, source) as writer:
            for _ in range(count):
                writer.write(PICTURE)
        assert all(word in " ".join(writer.notes) for word in left) and bool(writer.notes) == bool(left)


def test_an_avi_is_as_long_as_it_says(clip):
    path = clip("a.avi", "mpeg4", None)
    data = path.read_bytes()
    at = data.index(b"00dc", len(data) // 2)
    length = 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    twice = data[:at] + data[at : at + length + length % 2] + data[at:]
    for what, is_cut in ((data, False), (twice, True)):
        path.write_bytes(what)
        with media.open_media(path) as container:
            assert media.is_cut(container) == is_cut


@pytest.mark.parametrize("kind", [("a.mkv", "libx264"), ("a.webm", "libvpx")])
def test_a_matroska_file_is_as_long_as_it_says(clip, kind):
    path = clip(*kind, None)
    data = path.read_bytes()
    half, segment = len(data) // 2, data.index(b"\x18\x53\x80\x67") + 4
    live = data[:segment] + b"\x01" + b"\xff" * 7 + data[segment + 8 :]  # nobody went back to fill it in
    for what, is_cut in ((data, False), (live, False), (data[:half] + data[half + 99 :], True)):
        path.write_bytes(what)
        with media.open_media(path) as container:
            assert media.is_cut(container) == is_cut


def test_a_clock_that_stands_still_is_reported(clip):
    path = clip("a.avi", "mpeg4", None)
    data = bytearray(path.read_bytes())
    at = data.index(b"strh") + 8 + 20  # dwScale and dwRate: a frame lasts a nanosecond
    data[at : at + 8] = (1).to_bytes(4, "little") + (10**9).to_bytes(4, "little")
    path.write_bytes(data)
    reader = video.Reader(path)
    times = [t for _, t in reader]
    np.testing.assert_allclose(np.diff(times), 1 / 25, atol=1e-3)
    assert "damaged" in reader.problem


def test_ffmpeg_says_nothing_of_its_own(clip, tmp_path, capfd):
    rng = np.random.default_rng(0)
    for name, kind in damage_movies.KINDS.items():
        path = clip(name, *kind)
        frames, times = zip(*video.Reader(path), strict=True)
        for way in ("noise", "lose"):
            path.with_stem("x").write_bytes(damage_movies.damaged(path.read_bytes(), way, rng))
            what = damage_movies.outcome(path.with_stem("x"), frames, times)[0]
            assert what not in ("FOREIGN", "HANG", "DEAD")  # how much is noticed, the test above asks
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", ["", " ", "\0", None, 3])
def test_no_movie_is_written_without_a_label(tmp_path, text):
    with pytest.raises(SwaplibError, match="label"):
        video.write_movie(tmp_path / "a.mp4", [PICTURE], 25, text=text)
    with pytest.raises(SwaplibError, match="label"):
        video.Writer(tmp_path / "a.mp4", 25, text=text)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("fps", [0, -1, float("nan"), float("inf")])
def test_a_frame_rate_that_is_none_is_refused(tmp_path, fps):
    with pytest.raises(SwaplibError, match="frames a second"):
        video.write_movie(tmp_path / "a.mp4", [PICTURE], fps)


def test_ctrl_c_leaves_nothing_behind(tmp_path, clip):
    source = clip("a.mp4")
    taken = []

    def interrupted():
        for k, frame in enumerate(video.read_frames(source)):
            if k == 12:
                raise KeyboardInterrupt
            taken.append(k)
            yield frame

    with pytest.raises(KeyboardInterrupt):
        video.write_movie(tmp_path / "b.mp4", interrupted(), 25, sound_from=source)
    assert len(taken) == 12 and list(tmp_path.iterdir()) == [source]
