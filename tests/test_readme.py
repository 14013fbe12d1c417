"""README's figures are those that were measured: benchmarks/*.json and what lesson 6 prints."""

import re

import pytest
import readme

TEXT = readme.README.read_text(encoding="utf-8")
FOUND = readme.figures()
# Numerals that are names and no figures: sizes in px, lesson 5 and 6, crf 40, a blur of 2 px, the SSIM
# of a thing with itself, how many steps the ablation is called with and how few crops it takes.
NAMES = {"64", "128", "256", "5", "6", "264", "40", "2", "1", "900", "3000", "100"}


def numerals(text):
    return re.findall(r"\d+(?:\.\d+)*", text)


def blocks(text):
    return [match[3] for match in readme.BLOCK.finditer(text)]


def every(value, number, words):
    """A copy in which each number is `number`, and each word of a version or lesson is `words`."""
    if isinstance(value, dict):
        return {name: every(one, number, words) for name, one in value.items()}
    if isinstance(value, list):
        return [every(one, number, words) for one in value]
    return value if value is None else words if isinstance(value, str) else number


def test_readme_says_what_was_measured():
    assert not readme.differing(TEXT, FOUND), "run `make figures`"


def test_no_figure_is_typed_in():
    """What is the same whatever was measured is a name, not a figure."""
    one, other = (
        {n for part in blocks(readme.rendered(TEXT, every(FOUND, *to))) for n in numerals(part)}
        for to in ((7777, "7.7"), (5555, "5.5"))
    )
    assert one & other <= NAMES and len(one) > 15


def test_no_figure_stands_beside_the_parts_that_are_measured():
    section = re.search(r"^## How good it is\n(.*?)^## ", TEXT, re.M | re.S)[1]
    assert len(blocks(section)) == len(readme.BLOCKS) - 1  # the one is in another section
    assert not numerals(readme.BLOCK.sub("", section))


@pytest.mark.parametrize("name", readme.BLOCKS)
def test_an_altered_figure_is_seen(name, tmp_path, monkeypatch):
    """Each digit of a part is held, and `--check` fails for it."""
    (part,) = [match for match in readme.BLOCK.finditer(TEXT) if match[2] == name]
    places = [part.start(3) + found.start() for found in re.finditer(r"\d", part[3])]
    if not places:
        words = part[3].replace("minutes", "hours")
        assert readme.differing(TEXT.replace(part[3], words), FOUND) == [name]
    for at in places:
        altered = f"{TEXT[:at]}{(int(TEXT[at]) + 1) % 10}{TEXT[at + 1 :]}"
        assert readme.differing(altered, FOUND) == [name]
    copy = tmp_path / "README.md"
    boast = re.sub(r"\w+", "best", part[3])
    copy.write_text(TEXT[: part.start(3)] + boast + TEXT[part.end(3) :], encoding="utf-8")
    monkeypatch.setattr(readme, "README", copy)
    with pytest.raises(SystemExit, match=f"measured: {name}. Run `make figures`"):
        readme.main(["--check"])
    readme.main([])
    assert copy.read_text(encoding="utf-8") == TEXT


def test_a_new_measurement_is_seen():
    other = every(FOUND, 7, "0.9")
    assert set(readme.differing(TEXT, other | {"lesson": FOUND["lesson"]})) == set(readme.BLOCKS)
    assert readme.differing(TEXT, FOUND | {"lesson": other["lesson"] | {"people": 4}}) == ["detect"]


def test_a_part_that_is_lost_is_said():
    lost = TEXT.replace("<!-- figures: movie -->", "")
    with pytest.raises(ValueError, match="wanted, once each"):
        readme.rendered(lost, FOUND)


def test_every_figure_says_with_what_it_was_measured():
    bench = FOUND["bench"]
    assert bench["measured"].keys() == bench.keys() - {"measured"}
    assert all({"version", "cores"} <= of_one.keys() for of_one in bench["measured"].values())
    assert all(row["measured"] for row in FOUND["ablation"].values())
