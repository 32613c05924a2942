"""The browser's third-party files come by a lock without addresses, carry the Kazakh letters and their licences."""

import json
import re
from pathlib import Path

import pytest

from frontend import building

ALPHABET = "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя"
BUILT = pytest.mark.skipif(not building.VENDOR.is_dir(), reason="THE BROWSER'S FILES WERE NOT BROUGHT: make setup")


@pytest.mark.parametrize("name", [*building.NEEDED, "../requirements/frontend.txt"])
def test_no_file_names_the_address_of_a_registry(name):
    text = Path(building.HERE, name).read_text(encoding="utf-8")

    assert re.findall(r'"resolved"|\w+://|\bregistry\s*=', text) == []


def test_the_lock_holds_every_package_to_its_hash():
    told = json.loads((building.HERE / building.LOCK).read_text(encoding="utf-8"))
    asked = json.loads((building.HERE / "package.json").read_text(encoding="utf-8"))

    assert [place for place, package in told["packages"].items() if place and not package.get("integrity")] == []
    wanted = asked["dependencies"] | asked["devDependencies"]
    assert {name: told["packages"][f"node_modules/{name}"]["version"] for name in wanted} == wanted


@BUILT
@pytest.mark.parametrize("family", ["Inter", "Mono"])
def test_every_kazakh_letter_comes_from_a_font_that_we_serve(family):
    css = (building.VENDOR / "fonts.css").read_text(encoding="utf-8")
    faces = re.findall(r'font-family: "([^"]+)";.*?url\("([^"]+)"\).*?unicode-range: ([^;]+);', css, re.DOTALL)
    spans = [_span(part) for name, _, ranges in faces if family in name for part in ranges.split(",")]

    assert [letter for letter in ALPHABET if not any(first <= ord(letter) <= last for first, last in spans)] == []
    assert [file for _, file, _ in faces if not (building.VENDOR / file).is_file()] == []
    assert "://" not in css


@BUILT
def test_what_is_served_has_its_licences_beside_it():
    notices = (building.VENDOR / "THIRD-PARTY.txt").read_text(encoding="utf-8")

    for part in ("maplibre-gl 5.24.1", "pmtiles 4.5.0", "jssip 3.13.8", "SIL OPEN FONT LICENSE", "Mapbox", "earcut"):
        assert part in notices
    assert "axe-core" not in notices
    assert not (building.VENDOR / "axe.min.js").exists()


def _span(part):
    first, _, last = part.strip().removeprefix("U+").partition("-")
    return int(first, 16), int(last or first, 16)
