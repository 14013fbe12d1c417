"""The shipped files, and files that must agree with one another: no second list of packages."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKED = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
OPENCV = ("opencv-python", "opencv-contrib-python")
# Keras runs on the backend that is there; a picture is rendered in an environment of its own; onnx only
# serves a comparison.
ELSEWHERE = {"onnx", "torch", "jax", "bpy", "bmesh", "mathutils"}
HEAVY = {
    "tensorflow",
    "keras",
    "jax",
    "torch",
    "mediapipe",
    "cv2",
    "sklearn",
    "skimage",
    "scipy",
    "matplotlib",
    "av",
    "PIL",
    "IPython",
    "ipywidgets",
}


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def test_conda_lists_no_package_of_its_own():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *packages, pip = environment["dependencies"]
    assert packages == ["python" + PROJECT["requires-python"], "pip", "make"]
    (install,) = pip["pip"]
    extras = re.fullmatch(r"-e \.\[(.+)\]", install)[1].split(",")
    assert set(extras) <= set(PROJECT["optional-dependencies"])
    # The same extras, and the environment by its name, are what make uses.
    makefile = (ROOT / "Makefile").read_text()
    assert f"setup.sh {' '.join(extras)}\n" in makefile
    assert f"ifeq ($(CONDA_DEFAULT_ENV),{environment['name']})" in makefile


def test_lock_is_of_this_project():
    (own,) = [package for package in LOCKED if package["name"] == PROJECT["name"]]
    named = {(r["name"], r.get("specifier", "")) for r in own["metadata"]["requires-dist"]}
    listed = [*PROJECT["dependencies"], *sum(PROJECT["optional-dependencies"].values(), [])]
    assert named == {re.fullmatch(r"([\w-]+)([^;]*)(?:;.*)?", line).groups() for line in listed}


def imported(*places):
    """Names of the packages that Python files import, wherever in them; not of the library or each other."""
    files = [file for place in places for file in sorted((ROOT / place).rglob("*.py"))]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    own = {PROJECT["name"], *(file.stem for file in files), *(file.parent.name for file in files)}
    return {name.split(".")[0] for name in names} - own - sys.stdlib_module_names


@pytest.mark.slow
@pytest.mark.parametrize(
    "places, extras",
    [
        (["swaplib"], ["credentials"]),
        (["swaplib", "lessons", "tests", "benchmarks", "data_scripts", "docs/site"], ["lab", "test"]),
    ],
)
def test_each_package_that_is_imported_is_declared(places, extras):
    """What comes along with another package may stay away with its next version."""
    lines = [
        *PROJECT["dependencies"],
        *(x for extra in extras for x in PROJECT["optional-dependencies"][extra]),
    ]
    declared = {re.match(r"[\w-]+", line)[0].lower() for line in lines}
    providers = importlib.metadata.packages_distributions()
    for name in imported(*places) - ELSEWHERE:
        assert {p.lower() for p in providers.get(name, [])} & declared, f"{name} is not in pyproject.toml"


def test_one_opencv_in_the_lock():
    versions = {p["name"]: p["version"] for p in LOCKED if p["name"].startswith("opencv")}
    assert versions.keys() == set(OPENCV) and len(set(versions.values())) == 1


@pytest.mark.skipif("COLAB_RELEASE_TAG" in os.environ, reason="Colab brings its own pair")
def test_one_opencv_installed():
    assert len({importlib.metadata.version(name) for name in OPENCV}) == 1


def test_import_is_light():
    code = "import sys, swaplib; print(*{name.split('.')[0] for name in sys.modules})"
    done = run(sys.executable, "-c", code, cwd=ROOT, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_version_is_said_once():
    code = "import swaplib; print(swaplib.__version__)"
    assert run(sys.executable, "-c", code).stdout.strip() == PROJECT["version"]
    assert importlib.metadata.version("swaplib") == PROJECT["version"]


def test_what_ships_is_at_most_55_mb():
    """35 MB for lessons 1 to 5, and 20 MB for what lesson 6 takes beyond them."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git clone")
    listed = run(
        "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "swaplib", cwd=ROOT, check=True
    )
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    sizes = {file: file.stat().st_size for file in files if file.is_file()}
    largest = sorted(sizes, key=sizes.get)[-5:]
    assert sum(sizes.values()) <= 55e6, f"the largest: {[str(f) for f in largest]}"


def test_licences_are_there():
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n\nCopyright (c) 2026 ")
    cc0 = (ROOT / "LICENSE-DATA").read_text()
    assert "CC0 1.0 Universal" in cc0 and "3. Public License Fallback." in cc0
    assert PROJECT["license"] == "MIT AND CC0-1.0"
    assert set(PROJECT["license-files"]) == {"LICENSE", "LICENSE-DATA"}


def test_readme_and_ci_name_commands_that_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^ *|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.M))
    assert {"lab", "test", "swap"} <= named <= targets
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    phony = set(re.search(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)[1].split())
    assert phony == targets


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")
def test_setup_without_a_python_says_so(tmp_path):
    """Shims that fail, as pyenv leaves them, are not taken for a Python."""
    shutil.copy(ROOT / "setup.sh", tmp_path)
    for name in ("python3.13", "python3.12", "python3.11", "python3", "python", "uv"):
        shim = tmp_path / "bin" / name
        shim.parent.mkdir(exist_ok=True)
        shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
        shim.chmod(0o755)
    (tmp_path / "bin" / "dirname").symlink_to(shutil.which("dirname"))
    path = {"PATH": str(tmp_path / "bin")}
    done = run(shutil.which("sh"), "setup.sh", "lab", cwd=tmp_path, env=path)
    assert done.returncode == 1
    assert done.stderr == "set-up: no Python found. Install Python 3.11, 3.12 or 3.13.\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a Unix shell")
def test_setup_in_a_folder_of_another_user_says_so():
    nobody = {"user": 65534} if os.geteuid() == 0 else {}  # root may write everywhere
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(ROOT / "setup.sh", folder)
        os.chmod(folder, 0o555)
        done = run("/bin/sh", "setup.sh", "lab", cwd=folder, env={"PATH": os.environ["PATH"]}, **nobody)
        os.chmod(folder, 0o755)
        assert not Path(folder, ".uv").exists()
    assert done.returncode == 1 and "Copy the course into a folder of your own." in done.stderr


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_make_lists_its_commands_wherever_the_course_lies(tmp_path):
    folder = tmp_path / "my courses, two"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    done = run("make", "-f", str(folder / "Makefile"), "help", cwd=tmp_path, check=True)
    assert not done.stderr and re.search(r"^  quick +run the tests", done.stdout, re.MULTILINE)
