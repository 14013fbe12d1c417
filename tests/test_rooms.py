"""The library's rooms: imports run one way, and nothing grows beyond what is read in one sitting."""

import ast
from pathlib import Path

import pytest

SWAPLIB = Path(__file__).parents[1] / "swaplib"
MODULES = {
    ".".join(path.relative_to(SWAPLIB.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in SWAPLIB.rglob("*.py")
}
# From the ground up: what stands on a floor imports from the floors below it only.
FLOORS = [
    "swaplib swaplib.face swaplib.files swaplib.training swaplib.scoring swaplib.detection",
    "swaplib.budget swaplib.face.align swaplib.face.mask swaplib.files.picture swaplib.files.writing "
    "swaplib.face.landmarks",
    "swaplib.files.provenance swaplib.files.weights swaplib.faces swaplib.show swaplib.face.paste",
    "swaplib.files.video swaplib.training.batches swaplib.training.augmentation swaplib.training.callbacks "
    "swaplib.training.losses",
    "swaplib.face.track swaplib.capture swaplib.metrics",
    "swaplib.autoencoder swaplib.latent.directions swaplib.latent.probes",
    "swaplib.latent.values",
    "swaplib.latent swaplib.swap swaplib.scoring.judge",
    "swaplib.movie swaplib.explore.live swaplib.explore.panels swaplib.detection.degradation "
    "swaplib.detection.self_blending "
    "swaplib.detection.evaluation swaplib.detection.databases",
    "swaplib.detector swaplib.scoring.identity swaplib.scoring.steadiness swaplib.explore.explorer "
    "swaplib.scoring.steering",
    "swaplib.explore",
    "swaplib.scoring.tables",
    "swaplib.job",
    "swaplib.__main__ swaplib.exercises",
    *[" ".join(sorted(name for name in MODULES if name.startswith("swaplib.exercises.")))],
]
FLOOR = {name: k for k, names in enumerate(FLOORS) for name in names.split()}
LONGEST = {"swaplib.detection.databases": 450}  # lines; three databases of one kind
GENERATED = {"__pycache__"}


def imported(source):
    """Names of the modules of swaplib that a text imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "swaplib")
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide on which floor a module stands"
            if node.module and node.module.split(".")[0] == "swaplib":
                for alias in node.names:
                    name = f"{node.module}.{alias.name}"
                    yield name if name in MODULES else node.module


def up(name, source):
    """What a module imports from its own floor or from above it."""
    return sorted(
        {
            other
            for other in imported(source)
            if other != name and FLOOR[other] >= FLOOR[name] and other != "swaplib"
        }
    )


@pytest.mark.parametrize("name", MODULES)
def test_imports_run_one_way(name):
    assert name in FLOOR, "a new module wants a floor"
    assert not up(name, MODULES[name].read_text())


def test_an_import_that_runs_up_is_seen():
    assert up("swaplib.faces", "from swaplib import swap, SwaplibError") == ["swaplib.swap"]
    assert up("swaplib.faces", "def f():\n    import swaplib.files.video") == ["swaplib.files.video"]
    assert up("swaplib.latent", "from swaplib.swap import load") == ["swaplib.swap"]  # its neighbour


def test_a_dozen_modules_and_a_few_rooms():
    top = [path for path in SWAPLIB.glob("*.py") if not path.name.startswith("__")]
    rooms = [
        path
        for path in SWAPLIB.iterdir()
        if path.is_dir() and path.name not in {"data", "exercises", *GENERATED}
    ]
    assert len(top) <= 12 and len(rooms) <= 7
    assert all(ast.get_docstring(ast.parse((room / "__init__.py").read_text())) for room in rooms)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_read_in_one_sitting(name):
    assert len(MODULES[name].read_text().splitlines()) <= LONGEST.get(name, 300)
