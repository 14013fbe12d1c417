"""One address and one version in all files, and a set-up cell that installs them."""

import importlib.util
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
release = importlib.util.module_from_spec(spec)
spec.loader.exec_module(release)

OLD, VERSION = release.project(ROOT)
needs_git = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git clone"
)


@pytest.fixture
def clone(tmp_path):
    """A repository with one lesson and every file of the project that names its address or version."""
    names = [p.relative_to(ROOT).as_posix() for p, text in release.texts(ROOT) if OLD in text]
    names = [n for n in names if not n.endswith(".ipynb")] + [*release.DECLARED, "CHANGELOG.md"]
    for name in [*names, "lessons/01_autoencoder.ipynb"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def git(folder, *arguments):
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def outputs(folder):
    book = nbformat.read(folder / "lessons" / "01_autoencoder.ipynb", 4)
    return [cell.outputs for cell in book.cells if cell.cell_type == "code"]


@needs_git
def test_every_file_names_one_version():
    """A lesson that names another version than pyproject.toml would install another library."""
    assert release.differing(ROOT) == []
    named = re.findall(r"github(?:\.com)?/([\w-]+/[\w-]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(named) == {OLD}
    for number in range(1, 7):
        (source,) = (ROOT / "lessons" / "src").glob(f"{number:02d}_*.py")
        assert f'"https://github.com/{OLD}", "{VERSION}"' in source.read_text(encoding="utf-8")


@needs_git
def test_an_address_is_changed_in_all_files_and_no_output_is(clone):
    before = outputs(clone)
    site, page = clone / "site.md", OLD.replace("/", ".github.io/")
    site.write_text(f"{page}/ and github.com/{OLD}-too\n")
    release.set_address("https://github.com/someone/faces.git", clone)
    left = [p.name for p, text in release.texts(clone) if re.search(rf"{OLD}(?![\w-])|{page}", text)]
    assert left == [] and release.project(clone)[0] == "someone/faces"
    assert site.read_text() == f"someone.github.io/faces/ and github.com/{OLD}-too\n"
    assert outputs(clone) == before and any(before)
    assert "github/someone/faces" in (clone / "README.md").read_text(encoding="utf-8")
    release.check(root=clone)
    with pytest.raises(SystemExit, match="which Colab can open"):
        release.set_address("https://example.org/faces", clone)


@needs_git
def test_a_lesson_with_another_version_or_a_branch_is_named(clone):
    lesson = clone / "lessons" / "src" / "02_many_faces.py"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace(f'"{VERSION}"', '"0.0.9"').replace(f"/blob/v{VERSION}/", "/blob/main/"))
    assert release.differing(clone) == [f"lessons/src/02_many_faces.py names {x}" for x in ("0.0.9", "main")]
    with pytest.raises(SystemExit, match="the tag is v9.9.9"):
        release.check("v9.9.9", clone)


@needs_git
def test_a_release_sets_the_version_everywhere_and_tags_it(clone, monkeypatch):
    for name in ("user.name=A", "user.email=a@b.c"):
        git(clone, "config", *name.split("="))
    with pytest.raises(SystemExit, match="CHANGELOG.md has no heading '## 7.8.9'"):
        release.release("7.8.9", clone)
    changes = clone / "CHANGELOG.md"
    changes.write_text("## 7.8.9, unreleased\n" + changes.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(SystemExit, match="aren't committed"):
        release.release("7.8.9", clone)
    git(clone, "commit", "--all", "--message", "changes")
    release.release("7.8.9", clone)
    assert git(clone, "tag", "--list").split() == ["v7.8.9"] and not git(clone, "status", "--porcelain")
    release.check("v7.8.9", clone)
    assert re.match(r"## 7\.8\.9 \(\d{4}-\d\d-\d\d\)\n", changes.read_text(encoding="utf-8"))
    for name in [*release.DECLARED, "README.md", "lessons/01_autoencoder.ipynb"]:
        assert "7.8.9" in (clone / name).read_text(encoding="utf-8"), name
    with pytest.raises(SystemExit, match="exists already"):
        release.release("7.8.9", clone)


SETUP = re.search(
    r'# %% tags=\["setup"\]\n(.*?)\n# %%',
    (ROOT / "lessons" / "src" / "01_autoencoder.py").read_text(encoding="utf-8"),
    re.DOTALL,
)[1]


def set_up(monkeypatch, works, stderr=""):
    """Run the set-up cell where only sources with a word of `works` install; returns what pip was asked."""
    asked = []

    def run(command, **options):
        asked.append(command[-1])
        assert options["capture_output"] and command[0] == sys.executable  # pip's talk isn't shown
        assert "--no-color" in command  # a kernel makes pip colour its errors
        return types.SimpleNamespace(stderr=stderr, returncode=1)

    def find_spec(name):
        assert name == "swaplib"
        return asked and any(kind in asked[-1] for kind in works) or None

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    exec(SETUP, {})
    return asked


def test_the_set_up_takes_the_wheel_and_else_git(monkeypatch, capsys):
    base = f"https://github.com/{OLD}"
    (wheel,) = set_up(monkeypatch, [".whl"])
    assert wheel == f"swaplib @ {base}/releases/download/v{VERSION}/swaplib-{VERSION}-py3-none-any.whl"
    assert set_up(monkeypatch, ["git+"])[1] == f"swaplib @ git+{base}@v{VERSION}"
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2 and all(line.startswith(f"Installed swaplib {VERSION} from ") for line in said)
    assert ".whl" in said[0] and "git+" in said[1]


def test_the_set_up_stops_with_the_reason(monkeypatch):
    for stderr, reason in (
        ("  noise\n  fatal: no such host\nnote", r"\(fatal: no such host\)"),
        # a tag that isn't there, by the pip of Colab
        (
            "error: subprocess-exited-with-error\n  error: pathspec 'v9' did not match\nnote: it isn't pip",
            r"\(error: pathspec 'v9' did not match\)",
        ),
        ("/bin/python: No module named pip", r"\(/bin/python: No module named pip\)"),
        ("", r"\(pip gave no reason\)"),
    ):
        with pytest.raises(RuntimeError, match=f"could not be installed {reason}. Check the network"):
            set_up(monkeypatch, [], stderr)


def test_a_release_is_checked_before_its_wheel_is_made():
    flow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
    commands = [step["run"] for step in flow["jobs"]["release"]["steps"] if "run" in step]
    assert 'release.py check --tag "$GITHUB_REF_NAME"' in commands[0]
    assert "lessons/*.ipynb" in commands[-1] and "dist/*.whl" in commands[-1]
