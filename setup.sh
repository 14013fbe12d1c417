#!/bin/sh
# Makes .venv what uv.lock says. `make` calls this; the arguments are the extras to install.
#
# Needs a Python and the network, nothing else: uv is taken from PATH, or fetched into .uv.
set -eu
cd "$(dirname "$0")"

say() { printf '%s\n' "$*" >&2; }
fail() { say "set-up: $*"; exit 1; }

# Run each candidate: pyenv, for one, has a `python3.12` on PATH even where it leads nowhere.
is_python() { "$1" -c "import sys; sys.exit(not $2 <= sys.version_info[:2] <= $3)" >/dev/null 2>&1; }

find_python() {  # from version, to version, candidates ...: the first that runs and fits
    from=$1 to=$2
    shift 2
    for candidate in "$@"; do
        if [ -n "$candidate" ] && is_python "$candidate" "$from" "$to"; then
            command -v "$candidate"
            return
        fi
    done
}

# `uv cache dir` also fails where uv is older than pyproject.toml asks for.
works() { "$1" cache dir >/dev/null 2>&1; }

# What a bare Linux container lacks, all named in one go: libraries that OpenCV and MediaPipe
# load from the system, and what makes a virtual environment to fetch uv into.
check_system() {  # any Python, "uv" if uv is there
    "$1" - "$2" <<'PYTHON' || fail "Install what is named above, then run this again."
import ctypes, importlib.util, sys
need = {"libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2",
        "libglib-2.0.so.0": "libglib2.0-0"}
missing = []
for library, package in need.items() if sys.platform == "linux" else ():
    try:
        ctypes.CDLL(library)
    except OSError:
        missing.append(package)
if not sys.argv[1] and not importlib.util.find_spec("ensurepip"):
    missing.append("python3-venv")
if missing:
    sys.exit("The course needs some system packages. On Debian or Ubuntu, as root:\n"
             "    apt-get install " + " ".join(missing))
PYTHON
}

fetch_uv() {  # any Python
    say "set-up: fetching uv into .uv"
    "$1" -m venv --clear .uv ||
        fail "'$1 -m venv' does not work, so uv can't be fetched. Repair that Python, or install uv."
    .uv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.8" ||
        fail "pip could not fetch uv. Is there a network?"
}

# As another user, who may read the course and not write into it.
for place in . .venv .uv; do
    if [ -e "$place" ] && [ ! -w "$place" ]; then
        fail "You may not write into $PWD/$place, where the packages go. Copy the course into a folder of your own."
    fi
done

[ -z "${PYTHON-}" ] || is_python "$PYTHON" "(3, 11)" "(3, 13)" ||
    fail "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13."

# The Python that made .venv comes first, so that a set-up never changes it unasked.
python=$(find_python "(3, 11)" "(3, 13)" "${PYTHON-}" .venv/bin/python \
    python3.13 python3.12 python3.11 python3 python)
if [ -n "$python" ]; then
    any_python=$python
    downloads=never
else
    # Only a newer or older one: uv may bring its own, where the network lets it.
    any_python=$(find_python "(3, 8)" "(3, 99)" python3 python)
    [ -n "$any_python" ] || works uv || fail "no Python found. Install Python 3.11, 3.12 or 3.13."
    say "set-up: found no Python 3.11, 3.12 or 3.13, so uv fetches one"
    python=3.13
    downloads=automatic
fi
uv=""
for candidate in uv .uv/bin/uv; do
    if [ -z "$uv" ] && works "$candidate"; then uv=$candidate; fi
done
[ -z "$any_python" ] || check_system "$any_python" "$uv"
if [ -z "$uv" ]; then
    fetch_uv "$any_python"
    uv=.uv/bin/uv
fi

export UV_PROJECT_ENVIRONMENT=.venv
export UV_PYTHON_DOWNLOADS="$downloads"
export UV_LINK_MODE="${UV_LINK_MODE-copy}"         # no warning where .venv and cache are on two disks
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS-true}"   # trust whom the system trusts, as pip does
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT-180}"    # seconds; tensorflow is large
extras=""
for extra in "$@"; do extras="$extras --extra $extra"; done
sync() { "$uv" sync --locked --python "$python" "$@"; }
# shellcheck disable=SC2086  # the extras are words
if ! sync $extras; then
    # Without a network a touched pyproject.toml is no reason to stop, if the packages are there.
    { sync $extras --offline --inexact --no-install-project --quiet &&
        .venv/bin/python -c "import swaplib"; } 2>/dev/null ||
        fail "uv could not install the packages (its message is above)." \
             "The course needs Python 3.11, 3.12 or 3.13 and, this once, the network."
    say "set-up: no network, but the packages are there; going on with them"
fi
