"""Photos for the proofs: drawn, because nobody's photograph belongs in a demonstration."""

import io
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from random import Random

from PIL import Image, ImageDraw, ImageFont

from komek.desks.console.demo.dice import Dice
from komek.platform import files
from komek.platform.models import StoredFile

SIZE = (480, 360)
PURPOSE = "demo"
EACH = 4
BEFORE, AFTER = "before", "after"
GROUND = 250
GROUPS = ("WAT", "HEA", "ELE", "HOU", "WAS", "ROA", "SNO", "GRE", "TRA")
FONT = ImageFont.load_default(18)
SKIES = ("#8ecae6", "#a8dadc", "#ffd6a5", "#bde0fe", "#cdb4db", "#90be6d")
WALLS = ("#e07a5f", "#f2cc8f", "#81b29a", "#f4a261", "#e9c46a", "#d4a5a5", "#9bc1bc")


class Pictures:
    """A shelf of drawn photos, made once and used again."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self._shelf: dict[tuple[str, str], list[int]] = defaultdict(list)
        for file_id, name in (
            StoredFile.objects.filter(purpose=PURPOSE).order_by("id").values_list("id", "original_name")
        ):
            group, shows = name.split("-")[:2]
            self._shelf[group, shows].append(file_id)

    @staticmethod
    def number() -> int:
        """How many the shelf holds when it is full."""
        return len(GROUPS) * EACH * 2

    def fill(self, *, at: datetime, tell: Callable[[int], object]) -> None:
        """Draw what is missing."""
        for group in GROUPS:
            for shows in (BEFORE, AFTER):
                tell(len(self._shelf[group, shows]))
                for serial in range(len(self._shelf[group, shows]), EACH):
                    # One scene in two states: the chance behind it does not know which.
                    drawn = draw(group, shows, self.dice.of("picture", group, serial), stamp=shows.upper())
                    name = f"{group}-{shows}-{serial}.jpg"
                    self._shelf[group, shows].append(
                        files.receive(drawn, name=name, by=None, at=at, purpose=PURPOSE).pk
                    )
                    tell(1)

    def of(self, group: str, shows: str, *, scene: int) -> int | None:
        """A photo of the shelf; before and after of one scene are the same place."""
        shelf = self._shelf.get((group, shows)) or self._shelf.get(("HOU", shows))
        return shelf[scene % len(shelf)] if shelf else None

    def fresh(self, group: str, shows: str, *, number: str, at: datetime) -> int:
        """A photo of its own, with the number of the card on it."""
        stamp = f"{number}  {shows.upper()}  {at:%d.%m.%Y}"
        drawn = draw(group, shows, self.dice.of("picture", group, number), stamp=stamp)
        return files.receive(drawn, name=f"{number}-{shows}.jpg", by=None, at=at, purpose="proof").pk


def draw(group: str, shows: str, chance: Random, *, stamp: str) -> io.BytesIO:
    """One scene as a JPEG: a street of the city with the thing that is broken, or mended."""
    image = Image.new("RGB", SIZE, chance.choice(SKIES))
    pen = ImageDraw.Draw(image)
    _houses(pen, chance)
    pen.rectangle((0, GROUND, SIZE[0], SIZE[1]), fill="#8d99ae" if group in {"ROA", "TRA", "WAT"} else "#95b46a")
    SCENES.get(group, _windows)(pen, chance, broken=shows == BEFORE)
    pen.rectangle((0, SIZE[1] - 30, SIZE[0], SIZE[1]), fill="#22223b" if shows == BEFORE else "#1b4332")
    pen.text((10, SIZE[1] - 26), stamp, fill="#ffffff", font=FONT)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=82)
    kept.seek(0)
    return kept


def _houses(pen: ImageDraw.ImageDraw, chance: Random) -> None:
    left = -20
    while left < SIZE[0]:
        width, height = chance.randint(70, 130), chance.randint(90, 210)
        top = GROUND - height
        pen.rectangle((left, top, left + width, GROUND), fill=chance.choice(WALLS), outline="#5c4742")
        for x in range(left + 10, left + width - 16, 24):
            for y in range(top + 12, GROUND - 26, 30):
                pen.rectangle((x, y, x + 12, y + 16), fill=chance.choice(("#fefae0", "#457b9d", "#ffe066")))
        left += width + chance.randint(4, 30)


def _pipe(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    y = GROUND + 35
    pen.rectangle((0, y, SIZE[0], y + 22), fill="#577590", outline="#22333b")
    at = chance.randint(150, 330)
    if broken:
        pen.ellipse((at - 90, y + 12, at + 90, y + 48), fill="#4cc9f0")
        for lean in (-34, -14, 8, 30):
            pen.line((at, y, at + lean, y - 70 + abs(lean)), fill="#90e0ef", width=6)
    else:
        pen.rectangle((at - 26, y - 5, at + 26, y + 27), fill="#f9c74f", outline="#22333b")


def _radiator(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.rectangle((60, 60, 420, GROUND + 60), fill=chance.choice(("#faedcd", "#e9edc9", "#fde2e4")))
    for x in range(130, 350, 32):
        pen.rounded_rectangle(
            (x, 150, x + 24, 260), 8, fill="#a2d2ff" if broken else "#e76f51", outline="#5c4742", width=2
        )
    pen.text((190, 100), "+14 °C" if broken else "+22 °C", fill="#22223b", font=FONT)


def _lamp(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.rectangle((0, 0, SIZE[0], GROUND), fill="#14213d")
    for x in (chance.randint(60, 130), chance.randint(210, 270), chance.randint(350, 410)):
        if not broken:
            pen.polygon([(x + 30, 90), (x - 40, GROUND + 40), (x + 100, GROUND + 40)], fill="#ffd166")
        pen.line((x, GROUND + 40, x, 80, x + 30, 80), fill="#adb5bd", width=7)
        pen.ellipse((x + 20, 76, x + 42, 98), fill="#495057" if broken else "#fff3b0")


def _bins(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    for x in (110, 210, 310):
        pen.rectangle((x, 200, x + 76, 290), fill="#2a9d8f", outline="#1d3557", width=3)
        pen.rectangle((x - 4, 190, x + 80, 204), fill="#264653")
        for _ in range(9 if broken else 0):
            bag, top = chance.randint(x - 20, x + 70), chance.choice((170, 180, 280, 292))
            pen.ellipse((bag, top, bag + 28, top + 26), fill=chance.choice(("#6d597a", "#3d405b", "#b56576")))


def _road(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.polygon([(150, GROUND), (330, GROUND), (SIZE[0], SIZE[1]), (0, SIZE[1])], fill="#4a4e69")
    for y in range(GROUND + 8, SIZE[1] - 34, 26):
        pen.rectangle((236, y, 244, y + 13), fill="#f2e9e4")
    x = chance.randint(140, 270)
    if broken:
        pen.ellipse((x, 282, x + 110, 318), fill="#22223b", outline="#9a8c98", width=4)
    else:
        pen.rectangle((x, 282, x + 110, 318), fill="#343a40")


def _snow(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.rectangle((0, GROUND, SIZE[0], SIZE[1]), fill="#f8f9fa" if broken else "#6c757d")
    for _ in range(60 if broken else 12):
        x, y = chance.randint(0, SIZE[0]), chance.randint(0, GROUND)
        pen.ellipse((x, y, x + 5, y + 5), fill="#ffffff")
    for x in range(0, SIZE[0], 90):
        height = chance.randint(30, 60) if broken else 14
        pen.ellipse((x, GROUND - height, x + 130, GROUND + height), fill="#ffffff" if broken else "#dee2e6")


def _tree(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    x = chance.randint(160, 260)
    if broken:
        pen.line((x - 90, GROUND + 50, x + 150, GROUND + 10), fill="#7f5539", width=20)
        pen.ellipse((x + 90, GROUND - 50, x + 220, GROUND + 60), fill="#588157")
    else:
        pen.rectangle((x, GROUND + 10, x + 34, GROUND + 34), fill="#b08968", outline="#7f5539", width=3)
        pen.rectangle((x + 90, GROUND - 90, x + 104, GROUND + 20), fill="#7f5539")
        pen.ellipse((x + 50, GROUND - 170, x + 144, GROUND - 70), fill="#52b788")


def _bus(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.rounded_rectangle((110, 190, 400, 300), 14, fill=chance.choice(("#00a6a6", "#2b9348", "#3a86ff")))
    for x in range(126, 380, 44):
        pen.rectangle((x, 206, x + 34, 240), fill="#6c757d" if broken else "#fff3b0")
    for x in (150, 330):
        pen.ellipse((x, 284, x + 40, 324), fill="#22223b")


def _windows(pen: ImageDraw.ImageDraw, chance: Random, *, broken: bool) -> None:
    pen.rectangle((150, 110, 330, 310), fill=chance.choice(WALLS), outline="#5c4742", width=3)
    pen.rectangle((205, 180, 275, 310), fill="#5c677d" if broken else "#ffb703", outline="#22223b", width=3)
    pen.rectangle((190, 140, 290, 168), fill="#ffffff")
    if broken:
        pen.line((205, 180, 275, 310), fill="#d00000", width=6)
        pen.line((275, 180, 205, 310), fill="#d00000", width=6)


SCENES = {
    "WAT": _pipe,
    "HEA": _radiator,
    "ELE": _lamp,
    "HOU": _windows,
    "WAS": _bins,
    "ROA": _road,
    "SNO": _snow,
    "GRE": _tree,
    "TRA": _bus,
}
