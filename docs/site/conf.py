"""How Sphinx draws the site; `draw.py` puts together what it draws and calls it."""

import re
import sys
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

HERE = Path(__file__).resolve().parent  # a folder that draw.py has filled
sys.path.insert(0, str(Path.cwd()))

from swaplib import __version__  # noqa: E402

project = "Two Decoders"
author = copyright = "the authors of Two Decoders"
version = release = __version__
html_title = project
extensions = ["myst_nb", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "sphinx_book_theme"
html_theme_options = {
    "repository_url": (HERE / "address.txt").read_text(encoding="utf-8").strip(),
    "path_to_docs": "docs",
    "use_repository_button": True,
    "use_download_button": False,
    "show_navbar_depth": 1,
}
html_extra_path = ["extra"]
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
nb_execution_mode = "off"  # lessons as they are stored
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]
myst_dmath_double_inline = True
suppress_warnings = ["mystnb.unknown_mime_type", "misc.highlighting_failure"]
html_math_renderer = "mathml"  # browsers draw it; MathJax would be fetched from another host
default_role = "code"  # docstrings have names in single backticks
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = False
autodoc_default_options = {"members": True, "show-inheritance": True}


def _readable(app, what, name, thing, options, lines):
    """Docstrings are plain text: an example is set in after an empty line, and a star is a star."""
    out, example = [], False
    for line in lines:
        if line.startswith("    ") and not example and out and not out[-1].strip():
            out += ["::", ""]
            example = True
        elif line.strip() and not line.startswith(" "):
            example = False
        out.append(line if example else _plain(line))
    lines[:] = out


def _plain(line):
    """A line without what would be markup, but for names in backticks, behind which an s may stand."""
    parts = re.split(r"(`[^`]+`)", line)
    parts[::2] = [part.replace("*", r"\*") for part in parts[::2]]
    parts[2::2] = [rf"\ {part}" if re.match(r"\w", part) else part for part in parts[2::2]]
    return "".join(parts)


def _inline(translator, node):
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator, node):
    translator.body.append(tex2mathml(node.astext(), as_block=True))
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("autodoc-process-docstring", _readable)
