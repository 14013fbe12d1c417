"""Build the site: `make site`. Needs no network.

    python docs/site/draw.py                 into build/site
    python docs/site/draw.py --out FOLDER --page FOLDER

In front is the page that `make page` has written; without it, visitors are led on to the course.

The lessons as they are stored, the texts of `docs/`, the data card and the library's docstrings are put
together in a folder that is laid out as the project is, so that a link between two of them holds; a link to
any other file leads to the repository. Then Sphinx draws it, and every link and picture of what it drew is
looked at: one that leads nowhere, or a picture that says nothing to a screen reader, fails the build.
"""

import argparse
import base64
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat

from swaplib.browser import document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = ("docs/*.md", "swaplib/data/DATA_CARD.md", "CONTRIBUTING.md", "CHANGELOG.md")
PICTURES = ("docs/*.jpg", "docs/*.webp", "docs/*.gif")
IMAGE = re.compile(r'<img alt="([^"]*)" src="data:image/(\w+);base64,([^"]*)">')  # as in a lesson
LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
TITLES = {"files": "Files", "face": "Faces", "crops": "Crops", "training": "Training", "networks": "Networks"}
TITLES |= {"latent": "Codes", "notebook": "In a notebook", "movie": "Movies", "scoring": "Scoring"}
TITLES |= {"browser": "In a browser", "job": "Jobs", "page": "The page"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def prepare(source):
    """Fill the folder that Sphinx draws."""
    address = project()["urls"]["Repository"]
    (source / "static").mkdir(parents=True)
    shutil.copy(HERE / "conf.py", source)
    shutil.copy(HERE / "site.css", source / "static")
    (source / "address.txt").write_text(address, encoding="utf-8")
    for pattern in PICTURES:
        for path in ROOT.glob(pattern):
            _into(source, path).write_bytes(path.read_bytes())
    pages = [path for pattern in PAGES for path in ROOT.glob(pattern)]
    lessons = sorted((ROOT / "lessons").glob("[0-9]*.ipynb"))
    there = {path.relative_to(ROOT) for path in (*pages, *lessons)}
    there |= {path.relative_to(source) for path in source.glob("docs/*")}
    for path in pages:
        text = path.read_text(encoding="utf-8")
        _into(source, path).write_text(linked(text, path.parent, there, address), encoding="utf-8")
    index = linked((HERE / "index.md").read_text(encoding="utf-8"), ROOT, there, address)
    (source / "index.md").write_text(index, encoding="utf-8")
    for path in lessons:
        book = nbformat.read(path, 4)
        for cell in book.cells:
            if cell.cell_type == "markdown":
                cell.source = linked(cell.source, path.parent, there, address)
        drawn(book, source / "extra" / "pictures", path.stem)
        nbformat.write(book, _into(source, path))
    for room, title in TITLES.items():
        _api(source / "api" / f"{room}.md", room, title)


def _into(source, path):
    target = source / path.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def linked(text, folder, there, address):
    """A page whose links to what the site doesn't have lead to the repository. there: what it has."""
    version = project()["version"]

    def of(match):
        begin, target, part, end = match.groups()
        if urlsplit(target).scheme or target.startswith("/"):
            return match[0]
        path = (folder / target).resolve()
        if path.is_relative_to(ROOT) and path.relative_to(ROOT) in there:
            return match[0]
        if not path.exists():
            raise SystemExit(f"{folder.relative_to(ROOT)}: a link to {target}, which isn't there")
        kind = "tree" if path.is_dir() else "blob"
        where = path.relative_to(ROOT).as_posix()
        return f"{begin}{address}/{kind}/v{version}/{where}{part or ''}{end}"

    return LINK.sub(of, text)


def drawn(book, folder, name):
    """Take a notebook's pictures out into files, each with its text; answers are folded."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for cell in book.cells:
        tags = cell.metadata.setdefault("tags", [])
        if "answer" in tags:
            tags.append("hide-output")
        if "setup" in tags:
            tags.append("hide-input")
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            image = IMAGE.fullmatch(data.get("text/html", ""))
            if image is None:
                continue
            alt, kind, encoded = image.groups()
            file = f"{name}_{number:02d}.{kind}"
            (folder / file).write_bytes(base64.b64decode(encoded))
            data.clear()
            data["text/html"] = f'<img src="../pictures/{file}" alt="{alt}" loading="lazy">'
            number += 1


def _api(path, room, title):
    """A page with the docstrings of a room's modules."""
    path.parent.mkdir(exist_ok=True)
    modules = sorted(p.stem for p in (ROOT / "swaplib" / room).glob("*.py"))
    names = [f"swaplib.{room}" if m == "__init__" else f"swaplib.{room}.{m}" for m in modules]
    parts = [f"# {title}: `swaplib.{room}`"]
    parts += [f"## `{name}`\n\n```{{eval-rst}}\n.. automodule:: {name}\n```" for name in names]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


class Page(HTMLParser):
    """What a page of the site refers to: `links`, `ids`, and the pictures without a text."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.silent = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        self.ids |= {about[name] for name in ("id", "name") if about.get(name)}
        self.links += [about[name] for name in ("href", "src") if about.get(name)]
        if tag == "img" and not about.get("alt", "").strip():
            self.silent.append(about.get("src", "")[:80])


def faults(out):
    """What is wrong with a site that was drawn, a line each."""
    drawn = [path for path in out.rglob("*.html") if "_static" not in path.parts]
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in drawn}
    lines = []
    for path, page in pages.items():
        name = path.relative_to(out)
        lines += [f"{name}: a picture without a text: {src}" for src in page.silent]
        for link in page.links:
            target, part = urldefrag(link)
            if urlsplit(target).scheme or target.startswith("//"):
                continue
            to = (path.parent / unquote(target.split("?")[0])).resolve() if target else path
            to = to / "index.html" if to.is_dir() else to
            if not to.exists():
                lines.append(f"{name}: {link} isn't there")
            elif part and to in pages and unquote(part) not in pages[to].ids:
                lines.append(f"{name}: {link} has no such place")
    return sorted(set(lines))


def beside(path):
    """The page's links to the published site lead to what lies beside it, where they are looked at too."""
    address = document.site(project()["urls"]["Repository"])
    path.write_text(path.read_text(encoding="utf-8").replace(f'href="{address}', 'href="'), encoding="utf-8")


LEAD_ON = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Two Decoders</title>
<meta http-equiv="refresh" content="0; url=course/index.html"></head>
<body><a href="course/index.html">Two Decoders: the course</a></body></html>
"""


def build(out, page=ROOT / "build" / "page"):
    """Draw the site into the folder `out`. Raises SystemExit where something is wrong with it."""
    out, source = out.resolve(), out.resolve().with_name(f"{out.name}-source")
    for folder in (out, source):
        shutil.rmtree(folder, ignore_errors=True)
    prepare(source)
    if (page / "index.html").exists():
        shutil.copytree(page, out)
        beside(out / "index.html")
    else:
        out.mkdir(parents=True)
        (out / "index.html").write_text(LEAD_ON, encoding="utf-8")
    sphinx = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    if subprocess.run([*sphinx, str(source), str(out / "course")], cwd=ROOT).returncode:
        raise SystemExit("Sphinx has named what is wrong.")
    if found := faults(out):
        raise SystemExit("\n".join(found))
    print(f"{len(list(out.rglob('*.html')))} pages in {out}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--page", type=Path, default=ROOT / "build" / "page")
    options = parser.parse_args()
    build(options.out, options.page)


if __name__ == "__main__":
    main()
