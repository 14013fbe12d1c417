"""The library's rooms: imports run one way, and every module stays short."""

import ast
from pathlib import Path

import pytest

SWAPLIB = Path(__file__).parents[1] / "swaplib"
MODULES = {
    ".".join(path.relative_to(SWAPLIB.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in SWAPLIB.rglob("*.py")
}
# From the ground up: a room imports from the rooms below it only, a module from those before it in its room.
ROOMS = {
    "": "",
    "files": "writing arrays picture media colour sound extras _unmarked badge bits credentials provenance "
    "video marks stretch",
    "face": "align mask searching landmarks",
    "crops": "stretches . dataset pairs readings sources capture selection sheet coverage_picture coverage "
    "listing sampling databases windows",
    "training": "losses augmentation device degradation camera self_blending batches occlusion callbacks",
    "networks": "weights autoencoder swap detector judge identity cover embedding .",
    "latent": "directions probes values .",
    "browser": "kernel document packing swap_pack .",
    "notebook": "budget show charts code_charts swap_charts live verdicts preview panels explorer explore .",
    "movie": "stopwatch spill path cover smoothing grouping sightings people track paste composing prepared "
    "front swapping .",
    "scoring": "damage likeness pose blending traces evaluation spotting reader steadiness sliders tables",
    "page": "claims film spot puppet write .",
    "job": "surroundings read options source folder inputs train report run dry",
    "__main__": "",
    "exercises": " ".join(
        [".", "alt", *sorted(path.stem for path in SWAPLIB.glob("exercises/lesson_*.py")), "__main__"]
    ),
}


def order():
    """The modules by name, each with its place from the ground up."""
    names = []
    for room, modules in ROOMS.items():
        house = f"swaplib.{room}".rstrip(".")
        inside = [house if m == "." else f"{house}.{m}" for m in modules.split()]
        names += inside if house in inside else [house, *inside]
    return {name: place for place, name in enumerate(names)}


FLOOR = order()
LONGEST = 300  # lines
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
    """What a module imports from above it."""
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
    dataset = "swaplib.crops.dataset"
    assert up(dataset, "from swaplib import job, SwaplibError") == ["swaplib.job"]
    assert up(dataset, "def f():\n    import swaplib.movie.track") == ["swaplib.movie.track"]
    assert up(dataset, "from swaplib.crops.capture import cut") == ["swaplib.crops.capture"]  # its neighbour
    assert not up(dataset, "from swaplib.face import mask\nfrom swaplib.files import video")


def test_nothing_is_loose_and_each_room_says_what_it_is_for():
    loose = {path.stem for path in SWAPLIB.glob("*.py")} - {"__init__", "__main__"}
    rooms = [path for path in SWAPLIB.iterdir() if path.is_dir() and path.name not in {"data", *GENERATED}]
    assert not loose and len(rooms) <= 13  # with the data, fourteen: a floor plan that is seen at a glance
    assert all(ast.get_docstring(ast.parse((room / "__init__.py").read_text())) for room in rooms)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_read_in_one_sitting(name):
    assert len(MODULES[name].read_text().splitlines()) <= LONGEST
