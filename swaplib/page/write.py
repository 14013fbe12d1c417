"""Write the page: as a folder, each section loaded when it comes near, or as one file for sections 1 to 5."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from swaplib import SwaplibError, latent, networks
from swaplib.browser import document, packing, swap_pack
from swaplib.files.writing import check_writable, replacing
from swaplib.page import claims, film, puppet, spot

HERE = Path(__file__).parent
MORE = ("movie", "spot", "puppet")  # sections that only a folder has
SCRIPTS = tuple(HERE / "js" / f"{n}.mjs" for n in ("middle", "many", "one", "two", *MORE, "page"))
TITLE = "Two Decoders: one code, two faces"
DESCRIPTION = "How a face swap works, as an article you can touch: move a slider, and two faces follow."
SHIPPED = "swap_128"
# What a slider is good for, the first three of which the reader is asked to do.
TRIES = {
    "smile": "remove the smile",
    "yaw": "turn the head",
    "blink": "close the eyes",
    "mouth_open": "open the mouth",
    "pitch": "nod",
}
PERCENT = {"kept_8", "seen_straight", "seen_bent"}  # figures that are shares
FIELD = re.compile(r"\{\{(\w+)\}\}")


def write(
    out: Path, model: Path | None = None, with_puppet: bool = True, say: Callable[[str], None] = print
) -> None:
    """Write the page to a folder, or to a file whose name ends in .html.

    model: a swap of the shipped people, such as lesson 4's, in place of the shipped one. with_puppet: a
    folder gets the puppet, for which MediaPipe for the web is fetched once. Raises SwaplibError for a model
    that can't be read, is no swap or doesn't draw the shipped people, where nothing can be written, and where
    MediaPipe can't be had.
    """
    alone = out.suffix.lower() in (".html", ".htm")
    if not alone and out.is_file():
        raise SwaplibError(f"{out} is a file: name a folder, or a file that ends in .html")
    check_writable(out if alone else out / "index.html", *([model] if model else []))
    if with_puppet and not alone:
        puppet.archive()  # first, as it may need a network
    swap, values, figures = _drawn_by(model, say)
    packs: dict[str, bytes] = {}
    for section, make in {
        "both": lambda: claims.both(swap, values),
        "middle": claims.middle,
        "many": claims.many,
        "one": claims.one,
        "two": lambda: claims.two(swap),
    }.items():
        say(f"measure section “{section}”")
        meta, arrays, some = make()
        packs[section], figures = packing.pack(meta, arrays), figures | some
    if alone:
        _save(out, _html(figures, packs, {}))
    else:
        more: dict[str, dict] = {}
        say("swap the movie")
        more["movie"], some = film.film(swap.model, out / "movie.mp4")
        say("put faces into pictures, and let detectors judge them")
        more["spot"], (meta, arrays, others) = {}, spot.spot()
        packs["spot"], some = packing.pack(meta, arrays), some | others
        if with_puppet:
            say("read faces for the puppet")
            puppet.add_files(out)
            more["puppet"], others = puppet.puppet(swap, values)
            some |= others
        for section, data in packs.items():
            _save(out / f"{section}.pack", data)
        _save(out / "index.html", _html(figures | some, {}, more))
    say(f"written: {out if alone else out / 'index.html'}")


def _drawn_by(model, say):
    """(the swap that draws the faces, with codes; its sliders; what the text says of them)."""
    say("encode the pictures")
    if not model:
        swap, values = swap_pack.coded(networks.shipped(SHIPPED)), latent.shipped(SHIPPED)
    else:
        swap = swap_pack.coded(networks.load(model))
        _check(swap, model)
        say("calibrate the sliders")
        values = swap_pack.values_of(swap)
        if missing := [name.replace("_", " ") for name in values.left_out]:
            say(f"no slider for {', '.join(missing)}: this swap hardly draws the change")
    loaded = f'load("{model.name}")' if model else f'shipped("{SHIPPED}")'
    size = swap.model.input_shape[0][1]
    return swap, values, {"loaded": loaded, "size": size, "to_try": _to_try(values.names)}


def _check(swap, model):
    """Raise SwaplibError for a swap that can't draw the shipped people, such as one of other people."""
    found = claims.swapped(swap)
    if found["swap"] <= found["unswapped"]:
        raise SwaplibError(
            f"{model} can't turn the shipped B into A: its pictures are no closer to the truth (SSIM "
            f"{found['swap']:.2f}) than B unswapped ({found['unswapped']:.2f}). The page needs a swap of the "
            "two shipped people, trained for a minute or longer"
        )


def _to_try(names):
    """Name what the reader is asked to do, as far as there are sliders for it."""
    words = ", ".join([words for name, words in TRIES.items() if name in names][:3]) or "move a slider"
    return words[0].upper() + words[1:]


def _save(path, data):
    """Bytes or text to a file, whole or not at all."""
    with replacing(path) as part:
        part.write_bytes(data if isinstance(data, bytes) else data.encode())


def _html(figures: dict[str, Any], packs: dict[str, bytes], more: dict[str, dict]) -> str:
    """The page with its figures filled in.

    packs: those that it holds itself. more: of the sections in `MORE` that it has, what they must know.
    """
    body = (HERE / "article.html").read_text(encoding="utf-8")
    for name in MORE:
        section = (HERE / f"{name}.html").read_text(encoding="utf-8") if name in more else ""
        body = body.replace(f"{{{{{name}_section}}}}", section)
        if name not in more:
            body = re.sub(rf'<a href="#{name}">[^<]*</a>', "", body)
    words = _worded(figures) | links()
    body = FIELD.sub(lambda match: words[match[1]], body)
    parts = [document.inline(f"pack-{name}", data) for name, data in packs.items()]
    parts += [document.inline(f"{name}-facts", json.dumps(facts)) for name, facts in more.items() if facts]
    style = (document.HERE / "page.css").read_text("utf-8") + (HERE / "article.css").read_text("utf-8")
    script = document.bundle((*document.ENGINE, *SCRIPTS))
    return document.page(TITLE, DESCRIPTION, style, body + document.engine() + "".join(parts), script)


def links() -> dict[str, str]:
    """Where the text's links lead: the repository, the site, and the folder of its lessons."""
    site = document.site()
    return {"repository": document.REPOSITORY, "site": site, "lesson": f"{site}course/lessons/"}


def _worded(figures):
    """Figures as the text has them: whole numbers, shares in per cent, others with three decimals."""
    out = {}
    for name, value in figures.items():
        if isinstance(value, str):
            out[name] = html.escape(value, quote=False)
        elif name in PERCENT:
            out[name] = f"{100 * value:.0f}%"
        elif isinstance(value, int):
            out[name] = f"{value:,}"
        else:
            out[name] = f"{value:.3f}".replace("-", "−")
    out["age"] = f"{figures['age']:.2f}"
    out |= {f"{n}_percent": f"{max(100 * figures[n], 0):.0f}%" for n in ("age", "age_shuffled")}
    out |= {n: f"{figures[n]:.2f}" for n in figures if n.startswith(("seam_", "auc_"))}
    return out
