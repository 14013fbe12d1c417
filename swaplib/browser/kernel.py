"""The kernel that draws faces in a browser: C that is compiled to WebAssembly.

    python -m swaplib.browser.kernel      compile kernel.c anew to kernel.wasm (for developers)

The compiler is Clang, as the package `ziglang` brings it (`pip install ziglang`, 0.17.1). It isn't needed
to use the course: `kernel.wasm` is part of it, and a test compares the two where the compiler is there.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

from swaplib import SwaplibError
from swaplib.files.writing import replacing

HERE = Path(__file__).parent
SOURCE, COMPILED = HERE / "kernel.c", HERE / "kernel.wasm"
EXPORTS = ("dense", "up_f", "up_i", "last_f", "last_i", "__heap_base")
OPTIONS = (
    *("-target", "wasm32-freestanding", "-O3", "-msimd128", "-mbulk-memory", "-nostdlib"),
    *("-fno-sanitize=all", "-Wl,--no-entry", "-Wl,--import-memory", "-Wl,--strip-all"),
    "-Wl,-z,stack-size=16384",
    *(f"-Wl,--export={name}" for name in EXPORTS),
)


def has_compiler() -> bool:
    """Whether the package `ziglang` is installed."""
    return importlib.util.find_spec("ziglang") is not None


def build(path: Path) -> None:
    """Compile kernel.c to the file `path`. Raises SwaplibError without the compiler, or if it fails."""
    if not has_compiler():
        raise SwaplibError("the compiler is missing: pip install ziglang==0.17.1")
    with replacing(path) as part:
        command = [sys.executable, "-m", "ziglang", "cc", *OPTIONS, "-o", str(part), str(SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SwaplibError(f"{SOURCE} was not compiled:\n{done.stderr}")


if __name__ == "__main__":
    build(COMPILED)
    print(COMPILED, COMPILED.stat().st_size, "bytes")
