"""The course in a clean environment: its unit tests, and lessons, each in its own folder.

    python tests/environments/run.py lowest      Python 3.11, the oldest packages pyproject.toml allows
    python tests/environments/run.py colab       Python 3.13, Colab's packages (colab.txt), then the wheel
    python tests/environments/run.py newest      Python 3.13, the newest packages
    python tests/environments/run.py colab --lessons 01 02 03 04 05 06 07      all lessons, not only three

`make test-environments` runs all three, a quarter of an hour each on two cores; a workflow runs them every
week. Needs uv and the network. The environment is created in build/environments. At the end it lists
packages that installing the course changed, failed tests, failing cells, and lines on the standard error.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
LESSONS = ("01", "04", "05")
PYTHON = {"lowest": "3.11", "colab": "3.13", "newest": "3.13"}
OPTIONS = {"lowest": ["--resolution", "lowest-direct"], "newest": ["--upgrade"]}
MAY_CHANGE = {"absl-py"}  # among Colab's packages: MediaPipe needs a newer one
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "GLOG_minloglevel": "3", "KERAS_BACKEND": "tensorflow"}
# Runs in the environment: executes a notebook at the budget for tests and prints what `faults_of` reads.
RUN = """
import json, sys, nbclient, nbformat
book = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(book, timeout=1800, kernel_name="python3", allow_errors=True).execute()
print(json.dumps([{"k": k, "outputs": c.outputs} for k, c in enumerate(book.cells) if c.cell_type == "code"]))
"""


def uv(*arguments):
    """Run uv and return its output. Uses the one on the path, or the one downloaded by make."""
    found = shutil.which("uv") or shutil.which(str(ROOT / ".uv" / "bin" / "uv"))
    if not found:
        sys.exit(
            "There is no uv: install it (https://docs.astral.sh/uv/), or run `make setup`, which fetches it."
        )
    done = subprocess.run([found, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"uv {' '.join(arguments[:2])} failed; what it says is above.")
    return done.stdout


def listed(names, current):
    """Return the lines of colab.txt, updated to the versions in a newer list (lines of `pip freeze`)."""
    versions = dict(line.split("==") for line in current if line.count("==") == 1)
    versions = {name.lower(): version.strip() for name, version in versions.items()}
    out = []
    for line in names:
        name = line.split("#")[0].split("==")[0].strip()
        if name:
            out.append(f"{name}=={versions[name]}" if name in versions else line.strip())
    return out


def colab_packages(address):
    """Return requirements: Colab's packages at the versions of colab.txt, or of the list at an address."""
    names, current = (HERE / "colab.txt").read_text().splitlines(), []
    if address:
        with urllib.request.urlopen(address, timeout=60) as reply:
            current = reply.read().decode().splitlines()
    return listed(names, current)


def moved(before, after):
    """Return ["name old -> new"] for the packages, {name: version}, whose version changed."""
    return [
        f"{name} {version} -> {after.get(name, 'removed')}"
        for name, version in sorted(before.items())
        if after.get(name) != version
    ]


def direct_packages():
    """Return the lines of pyproject.toml that list the library's requirements."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


def installed(place):
    """Return {package: version} of an environment."""
    found = json.loads(uv("pip", "list", "--python", str(place), "--format", "json"))
    return {package["name"]: package["version"] for package in found}


def make(name, address):
    """Recreate the environment. Returns (its Python, faults of the installation)."""
    place = ROOT / "build" / "environments" / name
    shutil.rmtree(place, ignore_errors=True)
    uv("venv", "--quiet", "--python", PYTHON[name], str(place))
    install = ["pip", "install", "--quiet", "--python", str(place)]
    wheels = place / "dist"
    uv("build", "--quiet", "--wheel", "--out-dir", str(wheels))
    (wheel,) = wheels.glob("*.whl")
    faults = []
    if name == "colab":
        uv(*install, *colab_packages(address))
        before = installed(place)
        uv(*install, str(wheel))
        for change in moved(before, installed(place)):
            print(f"{name}: {change}")
            if change.split()[0] not in MAY_CHANGE:
                faults.append(f"installing the course changes {change}")
        # The test tools are installed after the packages under test, and must not change them either.
        kept = [f"{package}=={version}" for package, version in installed(place).items()]
        constraints = wheels / "constraints.txt"
        constraints.write_text("\n".join(line for line in kept if not line.startswith("swaplib")))
        uv(*install, "--constraints", str(constraints), f"{wheel}[test]")
    else:
        # From pyproject.toml, which lists the direct packages; a wheel's list would be longer.
        uv(*install, *OPTIONS[name], "--requirements", "pyproject.toml", "--extra", "lab", "--extra", "test")
        uv(*install, "--no-deps", str(wheel))
    versions = installed(place)
    direct = [re.match(r"[\w-]+", line)[0] for line in direct_packages()]
    print(f"{name}: {', '.join(f'{p} {versions[p]}' for p in direct)}", flush=True)
    return place / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), faults


def faults_of(cells):
    """Return ["cell 12: ValueError: ..."] for an executed notebook, [{"k": number, "outputs": [...]}]."""
    out = []
    for cell in cells:
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                out.append(f"cell {cell['k']}: {output['ename']}: {output['evalue'][:300]}")
            if output["output_type"] == "stream" and output["name"] == "stderr":
                out.append(f"cell {cell['k']}, standard error: {output['text'][:300].strip()}")
    return out


def lesson(python, number):
    """Run a student's notebook, such as "04", by itself in an empty folder; returns its faults."""
    (book,) = (ROOT / "lessons").glob(f"{number}_*.ipynb")
    stem = book.stem
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(book, folder)
        settings = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", *QUIET)}
        done = subprocess.run(
            [str(python), "-c", RUN, f"{stem}.ipynb"],
            cwd=folder,
            env={**settings, "SWAPLIB_BUDGET": "ci"},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        return [f"{stem} could not be run: {done.stderr[-500:]}"]
    return [f"{stem}, {fault}" for fault in faults_of(json.loads(done.stdout.splitlines()[-1]))]


def unit_tests(python, name, chosen):
    """Run the unit tests; returns the failed ones."""
    there = {"COLAB_RELEASE_TAG": "its list"} if name == "colab" else {}
    done = subprocess.run(
        [
            str(python),
            "-m",
            "pytest",
            "tests",
            "-q",
            "-m",
            "not slow",
            "-n",
            "2",
            "--dist",
            "loadfile",
            *chosen,
        ],
        cwd=ROOT,
        env={**os.environ, **QUIET, **there},
        stdout=subprocess.PIPE,
        text=True,
    )
    print(done.stdout.strip().splitlines()[-1])
    failed = re.findall(r"^(?:FAILED|ERROR) (.+)", done.stdout, re.MULTILINE)
    return failed or (
        [] if done.returncode == 0 else [f"pytest ends with {done.returncode}:\n{done.stdout[-2000:]}"]
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("environment", choices=PYTHON)
    parser.add_argument(
        "--colab-list", metavar="URL", help="Colab's pip-freeze.txt: versions newer than colab.txt's"
    )
    parser.add_argument("--lessons", nargs="+", default=LESSONS, metavar="NN", help="by default: 01 04 05")
    parser.add_argument("--pytest", default="", metavar="OPTIONS", help="further options for the unit tests")
    options = parser.parse_args()
    name = options.environment
    python, faults = make(name, options.colab_list)
    faults += unit_tests(python, name, options.pytest.split())
    for number in options.lessons:
        found = lesson(python, number)
        print(f"{name}: lesson {number}: {len(found)} faults", flush=True)
        faults += found
    print("\n".join([f"{name}: {len(faults)} faults", *faults]))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
