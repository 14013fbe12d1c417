"""The figures of README and docs/results.md are those that were measured: benchmarks/*.json."""

import re

import pytest
import results

TEXTS = results.read()
FOUND = results.figures()
# Numerals that are names and no figures: sizes in px, lesson 5 and 6, Meso-4, a blur of 0.7 px, intervals of
# 95%, the SSIM of a thing with itself, how many steps the ablation is called with, how few crops it takes.
NAMES = {"64", "128", "256", "4", "5", "6", "264", "0.7", "95", "2", "1", "900", "3000", "100"}
NAMES |= {"50", "33"}  # kinds of damage: JPEG at this quality, H.264 at this crf


def numerals(text):
    return re.findall(r"\d+(?:\.\d+)*", text)


def blocks(*texts):
    return [match[3] for text in texts for match in results.BLOCK.finditer(text)]


def every(value, number, words):
    """A copy in which each number is `number`, and each word of a version or lesson is `words`."""
    if isinstance(value, dict):
        return {name: every(one, number, words) for name, one in value.items()}
    if isinstance(value, list):
        return [every(one, number, words) for one in value]
    return value if value is None else words if isinstance(value, str) else number


def test_the_pages_say_what_was_measured():
    assert not results.differing(TEXTS, FOUND), "run `make figures`"


def test_no_figure_is_typed_in():
    """What is the same whatever was measured is a name, not a figure."""
    one, other = (
        {n for part in blocks(*results.rendered(TEXTS, every(FOUND, *to))) for n in numerals(part)}
        for to in ((7777, "7.7"), (5555, "5.5"))
    )
    assert one & other <= NAMES and len(one) > 15


def test_no_figure_stands_beside_the_parts_that_are_measured():
    readme, page = TEXTS
    section = re.search(r"^## How good it is\n(.*?)^## ", readme, re.M | re.S)[1]
    assert len(blocks(section)) == 1 and len(blocks(page)) == len(results.BLOCKS) - 2
    for text in (section, page):
        assert not numerals(results.BLOCK.sub("", text))


@pytest.mark.parametrize("name", results.BLOCKS)
def test_an_altered_figure_is_seen(name, tmp_path, monkeypatch):
    """Each digit of a part is held, and `--check` fails for it."""
    (k,) = [k for k, text in enumerate(TEXTS) if f"figures: {name} " in text]
    text = TEXTS[k]
    (part,) = [match for match in results.BLOCK.finditer(text) if match[2] == name]

    def differing(changed):
        return results.differing([changed if n == k else text for n, text in enumerate(TEXTS)], FOUND)

    places = [part.start(3) + found.start() for found in re.finditer(r"\d", part[3])]
    if not places:
        assert differing(text.replace(part[3], part[3].replace("minutes", "hours"))) == [name]
    for at in places:
        assert differing(f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}") == [name]
    copies = [tmp_path / page.name for page in results.PAGES]
    for copy, one in zip(copies, TEXTS, strict=True):
        copy.write_text(one, encoding="utf-8")
    boast = re.sub(r"\w+", "best", part[3])
    copies[k].write_text(text[: part.start(3)] + boast + text[part.end(3) :], encoding="utf-8")
    monkeypatch.setattr(results, "PAGES", copies)
    with pytest.raises(SystemExit, match=f"measured: {name}. Run `make figures`"):
        results.main(["--check"])
    results.main([])
    assert [copy.read_text(encoding="utf-8") for copy in copies] == TEXTS


def test_a_new_measurement_is_seen():
    other = every(FOUND, 7, "0.9")
    assert set(results.differing(TEXTS, other)) == set(results.BLOCKS)
    assert results.differing(TEXTS, FOUND | {"spot": other["spot"]}) == ["detect"]


def test_a_part_that_is_lost_is_said():
    lost = [text.replace("<!-- figures: movie -->", "") for text in TEXTS]
    with pytest.raises(ValueError, match="wanted, once each"):
        results.rendered(lost, FOUND)


def test_every_figure_says_with_what_it_was_measured():
    bench = FOUND["bench"]
    assert bench["measured"].keys() == bench.keys() - {"measured"}
    assert all({"version", "cores"} <= of_one.keys() for of_one in bench["measured"].values())
    assert all(row["measured"] for row in FOUND["ablation"].values())
