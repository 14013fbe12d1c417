#!/bin/sh
# Makes .venv-render, the renderer's own environment, of data_scripts/renderer_requirements.txt.
#
# Blender's module is made for one Python each: this one needs Python 3.11 (PYTHON=... names one).
set -eu
cd "$(dirname "$0")/.."
stamp=.venv-render/.ready
if [ -e "$stamp" ] && [ ! data_scripts/renderer_requirements.txt -nt "$stamp" ]; then exit 0; fi
python=""
for candidate in "${PYTHON-}" python3.11 python3 python; do
    if [ -z "$python" ] && [ -n "$candidate" ] &&
        "$candidate" -c "import sys; sys.exit(sys.version_info[:2] != (3, 11))" 2>/dev/null; then
        python=$candidate
    fi
done
if [ -n "$python" ]; then
    "$python" -m venv .venv-render
    .venv-render/bin/python -m pip install --quiet --disable-pip-version-check -r data_scripts/renderer_requirements.txt
elif command -v uv >/dev/null 2>&1; then
    uv venv --quiet --python 3.11 .venv-render
    uv pip install --quiet --python .venv-render/bin/python -r data_scripts/renderer_requirements.txt
else
    echo "set-up: the renderer needs Python 3.11 (or uv, which can fetch it)." >&2
    exit 1
fi
touch "$stamp"
