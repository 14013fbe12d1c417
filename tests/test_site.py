"""The site: links work, pictures have alt text, and the pages match the stored notebooks."""

from pathlib import Path

import draw as site
import nbformat
import pytest

from swaplib.browser import document
from swaplib.page import write

ADDRESS = "https://example.org/two"


def test_a_link_to_what_the_site_lacks_leads_to_the_repository():
    there = {Path("docs/glossary.md"), Path("lessons/01_autoencoder.ipynb")}
    text = "[a](glossary.md#code) [b](../lessons/01_autoencoder.ipynb)"
    text += " [c](../tests) [d](../Makefile#x) [e](#y)"
    version = site.project()["version"]
    assert site.linked(text, site.ROOT / "docs", there, ADDRESS) == (
        "[a](glossary.md#code) [b](../lessons/01_autoencoder.ipynb) "
        f"[c]({ADDRESS}/tree/v{version}/tests) [d]({ADDRESS}/blob/v{version}/Makefile#x) [e](#y)"
    )
    with pytest.raises(SystemExit, match="docs: a link to nowhere.md"):
        site.linked("[f](nowhere.md)", site.ROOT / "docs", there, ADDRESS)


def test_a_lessons_pictures_keep_their_texts(tmp_path):
    alt = "a &quot;wide&quot; &amp; open mouth"
    data = {"text/html": f'<img alt="{alt}" src="data:image/png;base64,aGk=">', "text/plain": "x"}
    output = nbformat.v4.new_output("display_data", data)
    cell = nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": ["answer"]})
    site.drawn(nbformat.v4.new_notebook(cells=[cell]), tmp_path, "07")
    assert (tmp_path / "07_00.png").read_bytes() == b"hi" and "hide-output" in cell.metadata.tags
    page = site.Page(cell.outputs[0].data["text/html"])
    assert page.links == ["../pictures/07_00.png"] and not page.silent
    assert f'alt="{alt}"' in cell.outputs[0].data["text/html"]
    assert set(cell.outputs[0].data) == {"text/html"}


def test_broken_links_and_silent_pictures_are_named(tmp_path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="b.html#there">b</a><a href="a.html#gone">a</a><a href="#top">t</a>'
        '<a href="c.html">c</a><a href="https://example.org">d</a>'
        '<img src="b.html"><img src="b.html" alt="x">'
    )
    (tmp_path / "b.html").write_text('<p id="there"></p><a href="/">root</a>')
    assert site.faults(tmp_path)[:3] == [
        "a.html: a picture without a text: b.html",
        "a.html: a.html#gone has no such place",
        "a.html: c.html isn't there",
    ]


def article():
    """The page with its links, and 1 for each figure."""
    texts = [write.HERE / f"{name}.html" for name in ("article", *write.MORE)]
    links = write.links() | {f"{name}_section": "" for name in write.MORE}
    return write.FIELD.sub(lambda m: links.get(m[1], "1"), "".join(path.read_text() for path in texts))


def test_the_page_leads_to_what_lies_beside_it(tmp_path):
    path, address = tmp_path / "index.html", document.site()
    path.write_text(f'<a href="{address}course/a.html">a</a><a href="https://example.org/">b</a>{address}')
    site.beside(path)
    assert site.Page(path.read_text()).links == ["course/a.html", "https://example.org/"]
    assert path.read_text().endswith(address) and site.faults(tmp_path) == [
        "index.html: course/a.html isn't there"
    ]


def test_the_sites_address_follows_from_the_repositorys():
    assert site.project()["urls"]["Repository"] == document.REPOSITORY
    assert document.site("https://github.com/Ada/Faces/") == "https://ada.github.io/Faces/"


@pytest.mark.slow
def test_the_site_is_whole(tmp_path):
    """Every lesson is there with all its pictures; Sphinx, the links and the pictures have no faults."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text(article())
    site.build(tmp_path / "site", tmp_path / "page")
    for path in (site.ROOT / "lessons").glob("[0-9]*.ipynb"):
        page = (tmp_path / "site" / "course" / "lessons" / f"{path.stem}.html").read_text(encoding="utf-8")
        stored = sum(
            'src="data:image/' in output.get("data", {}).get("text/html", "")
            for cell in nbformat.read(path, 4).cells
            for output in cell.get("outputs", [])
        )
        assert page.count(f"../pictures/{path.stem}_") == stored > 5
    assert 'id="swaplib.networks.swap.build_swap"' in (tmp_path / "site/course/api/networks.html").read_text()
