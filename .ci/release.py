"""The course's address and its version, in every file that names them.

    python .ci/release.py address https://github.com/OWNER/NAME   set the address (make address ADDRESS=...)
    python .ci/release.py version 0.3.0                           set the version
    python .ci/release.py check --tag v0.3.0                      do all files name one version, the tag's?
    python .ci/release.py release 0.3.0                           set, check, commit and tag (make release)

pyproject.toml holds both. Lessons, README and guides link to the tag of the version that they install, so
that whoever opens a lesson online gets the library it was written for. Only text is replaced, so the
outputs of the notebooks stay as they are. Nothing here uses the network: `git push --follow-tags` does,
and .github/workflows/release.yml then makes the wheel.
"""

import argparse
import datetime
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSION = r"\d+\.\d+\.\d+"
# Where the version is declared, besides pyproject.toml itself.
DECLARED = {
    "pyproject.toml": r'(?m)^(version = ")([^"]+)',
    "swaplib/__init__.py": r'(?m)^(__version__ = ")([^"]+)',
    "uv.lock": r'(name = "swaplib"\nversion = ")([^"]+)',
    "CITATION.cff": r"(?m)^(version: )(\S+)",
}


def project(root):
    """(OWNER/NAME of the address, version) that pyproject.toml declares."""
    found = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found["urls"]["Repository"].removeprefix("https://github.com/"), found["version"]


def texts(root):
    """(path, text) of each file of the project that is text, tracked by git or about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    for name in sorted({name for name in listed.split("\0") if name}):
        path = root / name
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content[:8192]:
                yield path, content.decode("utf-8", "surrogateescape")


def write(path, text):
    path.write_bytes(text.encode("utf-8", "surrogateescape"))


def set_address(address, root=ROOT):
    """Name another repository in all files; returns those that changed. SystemExit: a bad address."""
    found = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?", address)
    if not found:
        sys.exit(f"The address {address!r} is not like https://github.com/OWNER/NAME, which Colab can open.")
    old, new = project(root)[0], found[1]
    plain = re.compile(rf"(github(?:\.com|usercontent\.com)?/){re.escape(old)}(?![\w-])")
    owner, name = map(re.escape, old.split("/"))
    site = re.compile(rf"\b{owner}\.github\.io/{name}(?![\w-])")
    changed = []
    for path, text in texts(root):
        moved = site.sub(new.replace("/", ".github.io/"), plain.sub(rf"\g<1>{new}", text))
        if moved != text:
            write(path, moved)
            changed.append(path)
    return changed


def patterns(name, path):
    """Patterns (what stands before, version) for a file: where it declares the version or links to one."""
    link = r"/(?:blob|tree|raw|releases/download|releases/tag)/v?"
    yield rf'({re.escape(path)}(?:{link}|@v?|\\?", \\?"))([\w.]+)'  # a link, git's address, the set-up cell
    yield r"(swaplib-)(\d[\w.]*)(?=-py3)"  # a wheel
    if name in DECLARED:
        yield DECLARED[name]


def set_version(version, root=ROOT):
    """Name another version in all files; returns the files that changed."""
    if not re.fullmatch(VERSION, version):
        sys.exit(f"The version {version!r} is not three numbers, such as 0.3.0.")
    address, changed = project(root)[0], []
    for path, text in texts(root):
        new = text
        for pattern in patterns(path.relative_to(root).as_posix(), address):
            new = re.sub(pattern, rf"\g<1>{version}", new)
        if new != text:
            # A link to a branch becomes one to the tag.
            write(path, re.sub(rf"/(blob|tree|raw)/{re.escape(version)}/", rf"/\1/v{version}/", new))
            changed.append(path)
    return changed


def differing(root=ROOT):
    """["file names VERSION"] of the files that name another version than pyproject.toml, or a branch."""
    address, version = project(root)
    out = []
    for path, text in texts(root):
        name = path.relative_to(root).as_posix()
        for pattern in patterns(name, address):
            others = {found[2] for found in re.finditer(pattern, text)} - {version}
            out += [f"{name} names {other}" for other in sorted(others)]
    return out


def check(tag=None, root=ROOT):
    """Raises SystemExit where a file, or the tag, names another version than pyproject.toml."""
    version = project(root)[1]
    wrong = differing(root)
    if tag and tag != f"v{version}":
        wrong.append(f"the tag is {tag}")
    if wrong:
        sys.exit("\n".join([f"pyproject.toml declares {version}, but", *wrong]))


def release(version, root=ROOT):
    """Set the version and the day of the release, check them, commit, and tag. Pushes nothing."""

    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"git {arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    if git("status", "--porcelain"):
        sys.exit("There are changes that aren't committed. Commit them first, so that the tag has them.")
    if git("tag", "--list", f"v{version}"):
        sys.exit(f"The tag v{version} exists already.")
    changes = root / "CHANGELOG.md"
    text = changes.read_text(encoding="utf-8")
    heading = re.search(rf"(?m)^## {re.escape(version)}\b.*$", text)
    if not heading:
        sys.exit(f"CHANGELOG.md has no heading '## {version}'. Write what has changed first.")
    write(changes, text.replace(heading[0], f"## {version} ({datetime.date.today()})", 1))
    set_version(version, root)
    check(root=root)
    git("commit", "--all", "--allow-empty", "--message", f"Version {version}")
    git("tag", "--annotate", f"v{version}", "--message", version)
    print(f"Committed and tagged v{version}. Now: git push --follow-tags")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("address").add_argument("address", metavar="https://github.com/OWNER/NAME")
    commands.add_parser("version").add_argument("version", metavar="X.Y.Z")
    commands.add_parser("check").add_argument("--tag", metavar="vX.Y.Z")
    commands.add_parser("release").add_argument("version", metavar="X.Y.Z")
    options = vars(parser.parse_args())
    command = options.pop("command")
    done = {"address": set_address, "version": set_version, "check": check, "release": release}[command](
        **options
    )
    if done is not None:
        print(f"{len(done)} files changed")


if __name__ == "__main__":
    main()
