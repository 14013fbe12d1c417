"""Public functions have type hints, so that editors can use them."""

import ast

import pytest
from test_rooms import MODULES

# Still without types. The checkers take whatever a reader may have written.
BARE = {
    *("swaplib.files.picture", "swaplib.face.align", "swaplib.face.landmarks"),
    *("swaplib.movie.paste", "swaplib.movie.swapping", "swaplib.training.callbacks"),
    *(name for name in MODULES if name.startswith("swaplib.exercises.lesson_")),
}


def bare(source):
    """The public functions and methods of a module that lack a type, by name."""
    for node in ast.parse(source).body:
        for function in node.body if isinstance(node, ast.ClassDef) and node.name[0] != "_" else [node]:
            if isinstance(function, ast.FunctionDef) and (
                not function.name.startswith("_") or function.name in ("__init__", "__call__")
            ):
                given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
                typed = all(a.annotation for a in given if a.arg not in ("self", "cls"))
                if not typed or function.returns is None:
                    yield function.name


@pytest.mark.parametrize("name", sorted(MODULES.keys() - BARE))
def test_public_functions_have_types(name):
    assert not [function for function in bare(MODULES[name].read_text()) if f"{name}.{function}" not in BARE]


def test_a_function_without_a_type_is_seen():
    assert list(
        bare("def f(x): return x\ndef _g(x): return x\nclass A:\n    def h(self, x: int): return x")
    ) == [
        "f",
        "h",
    ]
    assert not list(bare("def f(x: int) -> int: return x"))
