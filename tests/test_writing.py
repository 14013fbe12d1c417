"""A file appears complete or not at all, under its own name, and the user's files are untouched."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from swaplib import SwaplibError
from swaplib.files.writing import check_output, check_writable, replacing


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_of_the_user_with_likely_names_survive(tmp_path):
    likely = ("a.part.mp4", "a.part.png", "a.mp4.part", ".a.mp4", "a.tmp")
    for name in likely:
        (tmp_path / name).write_text("the user's")
    check_output(tmp_path / "a.mp4")
    check_writable(tmp_path / "a.png")
    with replacing(tmp_path / "a.mp4") as part:
        assert part.suffix == ".mp4" and part.parent == tmp_path
        part.write_text("ours")
    assert names(tmp_path) == sorted([*likely, "a.mp4"])
    assert all((tmp_path / name).read_text() == "the user's" for name in likely)


def test_two_writers_of_one_file_both_end_well(tmp_path):
    def write(k):
        with replacing(tmp_path / "a.txt") as part:
            part.write_text(f"{k}" * 1000)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(set((tmp_path / "a.txt").read_text())) == 1 and names(tmp_path) == ["a.txt"]


def test_a_block_that_fails_leaves_what_was_there(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a.txt") as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "a.txt").read_text() == "old" and names(tmp_path) == ["a.txt"]


def test_a_full_disk_is_named_and_a_source_that_is_missing_keeps_its_own_error(tmp_path):
    for number, word in ((errno.ENOSPC, "No space"), (errno.EIO, "error"), (errno.EROFS, "ead-only")):
        with pytest.raises(SwaplibError, match=f"Can't write .*a.txt: .*{word}"):
            with replacing(tmp_path / "a.txt"):
                raise OSError(number, os.strerror(number))
    with pytest.raises(FileNotFoundError, match="source"), replacing(tmp_path / "a.txt"):
        open(tmp_path / "source")
    assert not names(tmp_path)


def test_a_new_file_has_the_rights_that_files_get(tmp_path):
    (tmp_path / "plain").touch()
    with replacing(tmp_path / "ours"):
        pass
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")]
    assert rights[0] == rights[1]


@pytest.mark.parametrize("name", ["", ".", "a\0.png", "x" * 300 + ".png", "file/a.png", "folder.png"])
def test_what_cannot_be_written_is_said_before_and_leaves_nothing(name, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    before = names(tmp_path)
    for attempt in (check_writable, lambda path: replacing(path).__enter__()):
        with pytest.raises(SwaplibError, match="Can't write"):
            attempt(tmp_path / name)
    assert names(tmp_path) == before


def test_looking_makes_no_folder(tmp_path):
    check_output(tmp_path / "new" / "newer" / "a.mp4")
    assert not names(tmp_path)
    with pytest.raises(SwaplibError, match="must end in"):
        check_output(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["a:b.png", "a\nb.png", "künstlich.png", "-a.png", "a b.png"])
def test_unusual_names_are_names(name, tmp_path):
    with replacing(tmp_path / name) as part:
        part.write_text("whole")
    assert names(tmp_path) == [name]
