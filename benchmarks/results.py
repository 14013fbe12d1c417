"""Write what was measured into README.md and docs/results.md: `make figures`.

    python benchmarks/results.py             the pages say what the files below say
    python benchmarks/results.py --check     do they? Changes nothing; names the parts that don't and fails

Whatever stands between `<!-- figures: NAME -->` and `<!-- end -->` is made here, words and figures.
The figures come from

- `bench.json`, which `make bench` writes;
- `ablation.json`, which `ablation.py` writes;
- `spot.json`, which `spot.py --write` writes;
- `marks.json`, which `marks.py --write` writes;
- `page.json`, which `page.py --write` writes.
"""

import argparse
import json
import math
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "README.md", ROOT / "docs" / "results.md"
MEASURED = [ROOT / "benchmarks" / f"{name}.json" for name in ("bench", "ablation", "spot", "marks", "page")]
STEPS = 900  # of the ablation that the pages quote
LONGER = 3000  # of the ablation, where eyes have learnt to close
BLOCK = re.compile(r"(<!-- figures: (\w+) -->)(.*?)(<!-- end -->)", re.DOTALL)
WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()


def figures():
    """All that the pages quote: the content of each file of `MEASURED`, by its name."""
    return {path.stem: json.loads(path.read_text()) for path in MEASURED}


def paragraph(text):
    """Lines of a page; what stands in backticks stays together."""
    text = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", "\0"), " ".join(text.split()))
    lines = textwrap.fill(text, 102, break_long_words=False, break_on_hyphens=False)
    return lines.replace("\0", " ")


def table(head, rows):
    """A table in Markdown: lists of cells."""
    lines = [f"| {' | '.join(row)} |".replace("|  |", "| |").replace("|  |", "| |") for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def bold(cells):
    return [f"**{cell}**" for cell in cells]


def decimals(value, digits):
    """A number as it is printed; nothing for None, and 1 for what is 1 by definition."""
    if value is None:
        return ""
    return "1" if abs(value - 1) < 1e-9 else f"{value:z.{digits}f}".replace("-", "−")


def percent(value):
    return "" if value is None else f"{100 * value:z.0f}%".replace("-", "−")


def word(number):
    return WORDS[number] if number < len(WORDS) else f"{number}"


def versions(found):
    """The versions that figures were measured with, in words."""
    found = sorted(set(found))
    return f"version{'s' * (len(found) > 1)} {' and '.join(found)}"


def job(found):
    bench = found["bench"]
    minutes, cores = math.ceil(bench["job"]["make_swap_seconds"] / 60), bench["measured"]["job"]["cores"]
    return f"It takes under {word(minutes)} minutes on {word(cores)} cores."


def short(found):
    """The figures that README shows."""
    part, of_movie = found["bench"]["pairs"]["64 px"]["rows"], found["bench"]["movie"]["128 px"]
    steps = found["bench"]["steering"]
    whole = [steps[who][name]["whole"] for who in "AB" for name in steps[who]]
    ours, wrong, as_he_is = (
        decimals(part[name]["ssim_face"], 3)
        for name in ("from scratch", "two separate autoencoders", "B as it is")
    )
    swap, ceiling = (decimals(of_movie["rows"][name]["ssim_face"], 3) for name in ("swap", "ceiling"))
    seconds = found["bench"]["pairs"]["seconds"]
    rows = [
        [
            f"a swap trained from scratch for {seconds:.0f} s: similarity to the truth (SSIM, at most 1)",
            f"**{ours}**",
            f"unswapped B: {as_he_is}; two separate autoencoders: {wrong}",
        ],
        [
            "the movie swapped with the shipped weights: similarity to the truth (SSIM)",
            f"**{swap}**",
            f"the true face of A, pasted by the same code: {ceiling}",
        ],
        [
            "the change in the face when a slider is dragged: measured ÷ requested",
            f"**{min(whole):.2f} to {max(whole):.2f}**",
            "a slider that does exactly what its label says: 1",
        ],
    ]
    return table(["measured", "result", "baseline or ceiling"], rows)


def setting(found):
    measured = found["bench"]["measured"].values()
    cores = " or ".join(word(n) for n in sorted({m["cores"] for m in measured}))
    return paragraph(
        f"Measured on {cores} CPU cores with {versions(m['version'] for m in measured)}. SSIM is "
        "structural similarity with the true picture, inside the face; 1 is the true picture itself."
    )


def pairs(found):
    part = found["bench"]["pairs"]
    seconds = f"{part['seconds']:.0f} s"
    titles = {
        ("64 px", "from scratch"): f"swap, 64 px, trained from scratch for {seconds}",
        ("64 px", "two separate autoencoders"): f"two separate autoencoders, {seconds}",
        ("64 px", "mean picture of A"): "mean picture of A",
        ("64 px", "nearest picture of A"): "nearest training picture of A",
        ("64 px", "shipped weights"): "swap, 64 px, shipped weights",
        ("128 px", "shipped weights"): "swap, 128 px, shipped weights",
    }
    ours = [("64 px", "from scratch"), ("128 px", "shipped weights")]
    looks = []
    for (size, name), title in titles.items():
        rows = part[size]["rows"]
        row, as_he_is = rows[name], rows["B as it is"]["ssim_face"]
        cells = [title, decimals(row["ssim_face"], 3)]
        cells = bold(cells) if (size, name) in ours else cells
        # what an older measurement lacks stays empty
        cells += [decimals(as_he_is, 3), percent(row.get("gap_closed")), decimals(row.get("gap"), 3)]
        looks.append([*cells, decimals(row.get("fine_detail"), 2), percent(row["is_a"])])
    right = min(part[size]["identity_accuracy"] for size in ("64 px", "128 px"))
    of = "every test picture" if right == 1 else f"{100 * right:.1f}% of the test pictures"
    head = [f"{part['64 px']['pairs']} test pairs", "SSIM", "unswapped B", "share of the gap closed"]
    text = f"""
        "Unswapped B" is the SSIM of B's picture with the true A, and the "share of the gap closed" is how
        much of the distance from there to 1 the swap covers. The "cost of the swap" is how much higher the
        same model scores when it reconstructs A from A's own picture. "Fine detail" is the power in the
        upper half of the spectrum inside the face, relative to the truth (median). "Classified as A" is the
        share of pictures that a small classifier assigns to A; the classifier is right on {of} of A and B.
        The shipped weights were trained for longer, and on more pictures of A and B than the course
        contains; `DATA_CARD.md` gives the numbers."""
    read = """Pose and expression as measured by MediaPipe, compared with the true picture of A (r:
        correlation). Each picture is measured twice, as it is and mirrored, and the mean is taken. "A, the
        truth" is the ceiling: the true picture compared with its own mirror image."""
    titles |= {(size, "A, the truth"): f"A, the truth, {size}" for size in ("64 px", "128 px")}
    tables = [
        table([*head, "cost of the swap", "fine detail", "classified as A"], looks),
        paragraph(text),
        paragraph(read),
        performance(part, titles),
    ]
    return "\n\n".join(tables)


def performance(part, titles):
    """The table of what MediaPipe reads. titles: {(size, row): its title}."""
    expressions = ("jaw open", "blink", "smile", "pucker", "brow inner")
    rows = []
    for (size, name), title in titles.items():
        row = part[size]["rows"].get(name, {})
        yaw = row.get("yaw_error")  # None where no face is found
        r = [decimals(row.get(f"{expression.replace(' ', '_')}_r"), 2) for expression in expressions]
        rows.append([title, "" if yaw is None else f"{yaw:.1f}°", *r])
    return table(["read by MediaPipe", "yaw off", *(f"{expression}, r" for expression in expressions)], rows)


def movie(found):
    part = found["bench"]["movie"]
    scores = part["128 px"]["rows"]
    of = {name: scores[name] for name in ("swap", "ceiling")}
    of |= {"unswapped B": scores["B as it is"], "A, the truth": scores["A, the truth"]}
    head = [f"the movie, {part['width']} × {part['height']}, 128 px weights", *of]
    rows = [
        ["SSIM", *(decimals(row["ssim_face"], 3) for row in of.values())],
        ["frames classified as A", *(percent(row["is_a"]) for row in of.values())],
        [
            "flicker: mean change of a pixel from frame to frame",
            *(decimals(row["flicker"], 3) for row in of.values()),
        ],
    ]
    rows.append(["seam: median, mean of the worst tenth", *map(seam, of.values())])
    return table(head, rows)


def seam(row):
    return f"{decimals(row['seam'], 2)} / {decimals(row['seam_worst'], 2)}"


def pasting(found):
    part = found["bench"]["pasting"]
    head = ["pasted, 128 px", "SSIM, swap", "ceiling", "seam, swap", "ceiling", "ms a frame"]
    rows = []
    for name, title in (
        ("bands, light", "several bands, the frame's light (the default)"),
        ("bands, none", "several bands, colours as decoded"),
        ("bands, frame", "several bands, the frame's colours"),
        ("soft, light", "soft mask, the frame's light"),
        ("gradients, light", "gradients, the frame's light"),
    ):
        of = [part["rows"][f"{who}, {name}"] for who in ("swap", "ceiling")]
        ms = f"{part['ms'][name.split(',')[0]]:.0f}"
        rows.append([title, *(decimals(row["ssim_face"], 3) for row in of), *map(seam, of), ms])
    text = f"""
        The faces of the {part["pairs"]} test pairs, pasted. The "ceiling" is the true face of A pasted into
        B's picture by the same code; it shows what pasting costs without any network. The "seam" is the step
        in colour along the rim, divided by that of a true picture at the same place (median, and mean of the
        worst tenth); a true picture has 1."""
    return f"{table(head, rows)}\n\n{paragraph(text)}"


def speed(found):
    bench = found["bench"]
    large, small = (bench["movie"][size]["report"]["fps"] for size in ("128 px", "64 px"))
    start = bench["start"]
    light, more = start["import_seconds"], f"{start['import_faces_seconds']:.1f} s"
    takes = "less than a twentieth of a second" if light < 0.05 else f"{light:.2f} s"
    return paragraph(
        f"""It processes {large:.0f} frames a second, from the search for the face to the written file
        ({small:.0f} at 64 px). `import swaplib` takes {takes}, and `import swaplib.crops.dataset` {more}."""
    )


def sliders(found):
    part = found["bench"]["sliders"]
    ours, usual = part["ours_ms"], part["interact_ms"]
    return paragraph(
        f"""When a slider moves, the new picture of both faces (128 px, shown at 256) is ready after
        {ours:.0f} ms; `interact` with `predict` and Matplotlib takes {usual / ours:.0f} times as long. In
        JupyterLab in a browser, the picture changes {part["browser_ms"]:.0f} ms after a key is pressed."""
    )


def steering(found):
    part = found["bench"]["steering"]
    titles = {
        "mouth_open": "mouth open",
        "gaze_yaw": "gaze, by the judge",
        "brow_inner": "inner brows, by the judge",
    }
    ways = {
        "quarter": "a quarter of the range",
        "half": "half",
        "true_half": "half, true pictures",
        "whole": "the whole range",
    }
    head = ["change measured ÷ requested, decoder A / B", *ways.values(), "spill, median", "spill, worst"]

    def cells(name):
        for figure in (*ways, "spill_median", "spill"):
            yield " / ".join(decimals(part[who][name].get(figure), 2) or "–" for who in "AB")

    rows = [[titles.get(name, name), *cells(name)] for name in part["A"]]
    text = """
        Sliders are moved across their whole range or a part of it (128 px, mean over the starting pictures),
        and the change that MediaPipe measures in the decoded pictures is divided by the change that it
        measures in true pictures. A slider that does exactly what its label says has 1. The column of true
        pictures at half range shows how inaccurate the measurement itself is. "Spill" is the change of the
        other factors, divided by their usual spread, beyond the change in true pictures. A dash marks a
        change too small to measure."""
    return f"{table(head, rows)}\n\n{paragraph(text)}"


def detect(found):
    spot = found["spot"]
    rows, people = spot["detectors"], word(spot["measured"]["people"])
    columns = {
        "linear_both_0": "simple features",
        "meso4_both_0": "Meso-4",
        "highpass_swaps_0": "small network, on swaps",
        "highpass_blends_0": "on self-blends",
        "highpass_both_0": "on both",
    }
    titles = {
        "paste alone": "the true other face, pixel on pixel: the paste alone",
        "gradients": "the same, gradients blended",
        "sharp, bands": "sharp decoder, bands, resampled",
        "sharp, box": "sharp decoder, a box",
        "student, bands": "a decoder of minutes, bands",
        "blurred": "real, blurred by 0.7 px",
        "smoothed": "real, skin smoothed",
    }

    def cell(name, key):
        one = rows[name]["by_condition"][key]
        return f"{one['auc']:.2f} ({one['low']:.2f} to {one['high']:.2f})"

    head = [f"spotting it: AUC by clip against real clips, {people} people", *columns.values()]
    lines = [[title, *(cell(name, key) for name in columns)] for key, title in titles.items()]
    best = rows["highpass_both_0"]
    at, movie = best["at_threshold"], best["movie"]
    differences = " and ".join(
        f"{decimals(d, 3)} ({decimals(low, 3)} to {decimals(high, 3)})"
        for name, (d, low, high) in spot["compared"].items()
        if "swaps_loose" in name
    )
    text = f"""
        Nobody of those people was trained or tuned on; in brackets the 95% interval over people. "Simple
        features" and Meso-4 are trained on both, swaps and self-blends. The network on both finds
        {percent(best["by_condition"]["sharp, bands"]["found"])} of the clips with bands where at most a
        twentieth of the real ones is flagged. At a threshold chosen on other people it flags
        {percent(at["accused"])} of the real frames, {percent(min(at["by_person"]))} to
        {percent(max(at["by_person"]))} by person, and finds {percent(at["found"]["sharp, bands"])} of the
        swapped; in lesson 5's movie it finds {percent(movie["found"])} and flags {percent(movie["b"])} of
        B's frames and {percent(movie["a"])} of A's. Each real picture beside its own fake in a batch changes
        the AUC on kinds of swaps that no training had by {differences}, with one seed and another."""
    return f"{table(head, lines)}\n\n{paragraph(text)}"


def marks(found):
    part = found["marks"]
    told = {
        "movies": marks_damage,
        "sizes": marks_sizes,
        "unmarked": marks_unmarked,
        "cost": marks_cost,
        "scores": marks_scores,
        "detectors": marks_detectors,
    }
    # what hasn't been measured yet is left out
    texts = [tell(part) for name, tell in told.items() if name in part]
    return "\n\n".join([*texts, paragraph(f"`benchmarks/marks.py`, with version {part['version']}.")])


def marks_damage(part):
    of_movies, sheets = part["movies"], part.get("pictures")
    head = ["bits right: share read correctly"]
    head += [f"movie of {which.upper()}, a frame / whole" for which in of_movies]
    rows = []
    for name in of_movies["a"]["damages"]:
        of = [one["damages"][name] for one in of_movies.values()]
        rows.append(
            [name, *(f"{decimals(r['bits right'], 3)} / {decimals(r['whole movie'], 3)}" for r in of)]
        )
        if sheets:
            row = sheets["damages"][name]
            rows[-1].append(f"{decimals(row['bits right'], 3)} ({percent(row['found'])})")
    text = ""
    if sheets:
        head.append("contact sheets")
        text = f"""In brackets: the share of sheets in which the reader finds all bits by itself. The sheets
            have a PSNR of {sheets["alike"]["psnr"]:.1f} dB and an SSIM of
            {decimals(sheets["alike"]["ssim"], 3)}. """
    both = [one["alike"] for one in of_movies.values()]
    walls = [one["walls"] for one in both]
    text += f"""The movies have a PSNR of {min(one["psnr"] for one in both):.1f} dB and an SSIM of
        {decimals(min(one["ssim"] for one in both), 3)}. On plain walls, the bits change one frame by
        {max(one["one"] for one in walls):.2f} levels (root mean square), but the mean of two successive
        frames, which is nearer to what the eye sees, by {max(one["pairs"] for one in walls):.2f}. The marked
        files are {max(one["size"] for one in both):.1f} times as large."""
    return f"{table(head, rows)}\n\n{paragraph(text)}"


def marks_sizes(part):
    rows = [
        [f"{one['px']} px", *(decimals(row["bits right"], 3) for row in one["damages"].values())]
        for one in part["sizes"]
    ]
    return table(["square pictures: bits right", *part["sizes"][0]["damages"]], rows)


def marks_unmarked(part):
    taken, of = (sum(one[key] for one in part["unmarked"].values()) for key in ("taken", "of"))
    return paragraph(f"Of {of} pictures and frames without bits, {taken} are taken for marked.")


def marks_cost(part):
    rates = [
        f"{one['marks']:.1f} frames a second in place of {one['no marks']:.1f} at {size}"
        for size, one in part["cost"].items()
    ]
    return paragraph(f"With all marks, the swap of a movie processes {' and '.join(rates)}.")


def marks_scores(part):
    before, after = (decimals(part["scores"][name]["ssim_face"], 3) for name in ("before", "with"))
    return paragraph(
        f"Scores are measured before the marks are added: an SSIM of {before} becomes {after} with them."
    )


def marks_detectors(part):
    most = max(one["flagged"] for one in part["detectors"].values())
    return paragraph(
        f"""At thresholds where the three detectors of lesson 6 flag a twentieth of the real pictures, they
        flag {percent(most)} with the bits, at most. The detectors are measured without marks."""
    )


def ablation(found):
    titles = (
        ("as it is", "control"),
        ("loss: neither edges nor detail", "loss: without edges and fine detail"),
        ("loss: no detail", "loss: without fine detail"),
        ("loss: no edges", "loss: without edges"),
        ("loss: absolute error only", "loss: absolute error only"),
        ("no critic", "without the critic"),
        ("neither scales nor critic", "without per-person normalization and critic"),
        ("shared: the encoder only", "decoders without a shared stem"),
        ("encoder, no scales, no critic", "one encoder, two decoders, nothing else"),
        ("two autoencoders", "two autoencoders"),
        ("noise of 0.4 on the code", "noise on the code"),
        ("flip", "augmentation: flip"),
        ("turn, zoom, shift", "augmentation: rotation, zoom and shift"),
        ("100 crops", "100 crops of each person"),
        ("100 crops, flip, light and a small turn", "100 crops, augmentation: flip, light, small rotation"),
        ("no focus on eyes and mouth", "no focus on eyes and mouth"),
    )

    def row_of(name, steps):
        return found["ablation"].get(f"{name}, {steps} steps", {})

    quoted = [(title, row_of(name, STEPS)) for name, title in titles]
    figures = (("ssim_face", 3), ("again", 3), ("gap", 3), ("fine_detail", 2))
    rows = [[title, *(decimals(row.get(name), digits) for name, digits in figures)] for title, row in quoted]
    said = versions(row["measured"] for _, row in quoted if row)
    text = f"""`make bench` prints all of the figures above and more, and writes `benchmarks/bench.json`.
        `benchmarks/ablation.py --steps {STEPS}` measures the contribution of each component at 64 px, with
        {said}:"""
    head = ["the one change", "SSIM of the swap", "of A reconstructed", "cost of the swap", "fine detail"]
    with_focus, without = (
        decimals(row_of(name, LONGER).get("blink_r"), 2)
        for name in ("as it is", "no focus on eyes and mouth")
    )
    why = f"""The focus on eyes and mouth lowers SSIM, which weights all parts of the face alike. It is kept
        because of a difference that viewers see and SSIM hardly measures: after {LONGER} steps, the blinks
        measured by MediaPipe correlate with the true ones at {with_focus}, but only at {without} without the
        focus, where the eyes stay half open."""
    return f"{paragraph(text)}\n\n{table(head, rows)}\n\n{paragraph(why)}"


def page(found):
    here, both = found["page"], "AB"
    speed, size, fox, puppet = here["speed"], here["size"], here["firefox"], here["puppet"]
    worst = min(row[which] for row in here["pictures"].values() for which in ("random", "pairs"))
    ours, theirs = (
        " / ".join(decimals(here["pictures"][who][name], 4) for who in both) for name in ("page", "keras")
    )
    ratios = [ratio for who in both for ratio in here["sliders"][who].values()]
    calls = sum(part["others"] for part in (size, fox, here["alone"], puppet))

    def times(row):
        return f"{row['median']:.1f} / {row['late']:.1f} ms"

    def followed(name):
        return " / ".join(decimals(puppet[who][name], 2) for who in both)

    names = {"yaw": "turn", "mouth_open": "mouth", "blink": "blink", "smile": "smile"}
    rows = [
        ["both decoders against Keras's", f"{worst:.1f} dB", ""],
        ["SSIM with the truth, A / B", ours, f"Keras: {theirs}"],
        [
            "from a slider to both pictures, Chromium",
            times(speed["whole numbers"]),
            f"single precision: {times(speed['single precision'])}; onnxruntime-web: {times(speed['onnx'])}; "
            f"Keras in a kernel, without its way to the browser: {times(speed['kernel'])}",
        ],
        ["the same, Firefox", times(fox), ""],
        ["first faces after", f"{size['first']:.0f} ms", ""],
        ["loaded before scrolling, and in all", f"{size['before']:.1f} / {size['all']:.1f} MB", ""],
        ["the single file", f"{here['alone']['size']:.1f} MB", ""],
        ["requests to other hosts", f"{calls}", ""],
        ["serious findings of axe-core", f"{here['axe']['serious']}", ""],
        [
            "sliders: change measured ÷ requested",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
            "a slider that does exactly what its label says: 1",
        ],
        *(
            [
                f"puppet, {words}: correlation of source and drawn face, A / B",
                followed(name),
                f"true movies of both: {decimals(puppet['true'][name], 2)}",
            ]
            for name, words in names.items()
        ),
        ["puppet: pictures a second", f"{puppet['rate']:.0f}", ""],
    ]
    text = f"""`benchmarks/page.py --write` measures the course on one page, in headless browsers and with
        {versions([here["measured"]["version"]])}. Times are the median and the 95th percentile. The
        machine's load average was {here["measured"]["load"]:.1f} at the start; on an idle machine times are
        shorter. The puppet
        is moved by the movie of B, played as a camera; its ceiling is the correlation of MediaPipe's readings
        of the two true movies."""
    return f"{table(['the page', 'result', 'baseline or ceiling'], rows)}\n\n{paragraph(text)}"


BLOCKS = {
    f.__name__: f
    for f in (
        *(job, short, setting, pairs, pasting, movie, speed, sliders),
        *(steering, page, detect, marks, ablation),
    )
}


def read():
    """The pages' texts."""
    return [page.read_text(encoding="utf-8") for page in PAGES]


def rendered(texts, found):
    """The pages' texts with the figures found. Raises ValueError if a part is not in them just once."""
    names = [match[2] for text in texts for match in BLOCK.finditer(text)]
    if sorted(names) != sorted(BLOCKS):
        raise ValueError(
            f"the pages have figures: {', '.join(names)}; wanted, once each: {', '.join(BLOCKS)}"
        )

    def filled(match):
        begin, name, old, end = match.groups()
        line = "\n" if "\n" in old else ""  # a sentence within a paragraph stays there
        return f"{begin}{line}{BLOCKS[name](found)}{line}{end}"

    return [BLOCK.sub(filled, text) for text in texts]


def differing(texts, found):
    """The names of the parts that don't say what was measured."""
    return [
        old[2]
        for before, after in zip(texts, rendered(texts, found), strict=True)
        for old, new in zip(BLOCK.finditer(before), BLOCK.finditer(after), strict=True)
        if old[3] != new[3]
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only look")
    options = parser.parse_args(arguments)
    texts, found = read(), figures()
    differ = differing(texts, found)
    if options.check and differ:
        sys.exit(f"Not what was measured: {', '.join(differ)}. Run `make figures`.")
    for page, text in zip(PAGES, rendered(texts, found), strict=True):
        page.write_text(text, encoding="utf-8")
    print(f"{', '.join(differ)} written anew" if differ else "the pages say what was measured")


if __name__ == "__main__":
    main()
