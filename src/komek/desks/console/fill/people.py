"""The residents of the year: whoever reaches out has a language, a number, mostly a name, and a house of their own."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from komek.desks.console.fill.chance import Chance, of_all
from komek.desks.console.fill.city import SKEW, City, House
from komek.desks.console.fill.year import Year, owner_of_number, shares_number
from komek.desks.console.pack import Pack
from komek.registers.residents.rules import HandleKind

SPOKEN = {"kk": 50, "ru": 44, "en": 6}
NAMELESS = 0.35
# No telephone of the country has such a number.
NUMBERS = "+7 709 {:03d} {:04d}"


@dataclass(frozen=True)
class Person:
    """One resident; whoever is known to have no name is called by their number only."""

    id: int
    name: str
    language: str
    phone: str
    home: House | None


class People:
    """Everybody who may reach out in the year, drawn at once into columns of plain numbers."""

    def __init__(self, pack: Pack, city: City, year: Year) -> None:
        self.city = city
        self.year = year
        names: dict[str, list[list[str]]] = defaultdict(list)
        for row in pack.demo.residents:
            names[row["language"]].append(row["name"].split(" ", 1))
        self._spoken = [language for language in SPOKEN if language in names] or list(SPOKEN)
        self._first = [sorted({one[0] for one in names[language]}) or [""] for language in self._spoken]
        self._last = [sorted({one[-1] for one in names[language]}) or [""] for language in self._spoken]
        self._language, self._is_named = bytearray(), bytearray()
        self._name, self._home = array("L"), array("L")
        self._draw(of_all(year.seed_number, "people"))

    def _draw(self, chance: Chance) -> None:
        weights = list(accumulate(SPOKEN[language] for language in self._spoken))
        number = self.year.residents
        self._language.extend(chance.choices(range(len(self._spoken)), cum_weights=weights, k=number))
        self._is_named.extend(chance.random() >= NAMELESS or shares_number(resident) for resident in range(number))
        self._name.extend(chance.getrandbits(32) for _ in range(number))
        houses = len(self.city.houses)
        self._home.extend(int(houses * chance.random() ** SKEW) for _ in range(number))

    def person(self, resident: int) -> Person:
        """The same person every time."""
        place = self._language[resident]
        return Person(
            id=resident + 1,
            name=self._named(place, resident) if self._is_named[resident] else "",
            language=self._spoken[place],
            phone=phone(resident),
            home=self.city.houses[self._home[resident]] if self.city.houses else None,
        )

    def handle_of(self, resident: int, *, is_known: bool) -> int:
        """The entry of the number: their own, or the first of those who share it when nobody says who it is."""
        return (resident if is_known else self.year.on_number(resident)[0]) + 1

    def rows(self, cards: range) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Whoever first became known by one of these cards, as the register of residents keeps them, with their number."""
        for card in cards:
            resident = self.year.resident[card]
            if self.year.first_seen[resident] != card:
                continue
            person = self.person(resident)
            yield (
                {
                    "id": person.id,
                    "name": person.name,
                    "identity_number": None,
                    "language": person.language,
                    "note": "",
                    "created_at": self.year.arrived_at(card),
                },
                {
                    "id": person.id,
                    "resident_id": person.id,
                    "kind": HandleKind.PHONE.value,
                    "value": person.phone,
                    "normalized": "+" + "".join(filter(str.isdigit, person.phone)),
                },
            )

    def _named(self, language: int, resident: int) -> str:
        """A name; those who share a number have one first name after another, so that they can be told apart."""
        first, last = self._first[language], self._last[language]
        owner = owner_of_number(resident)
        number = self._name[owner]
        return f"{first[(number + resident - owner) % len(first)]} {last[number // len(first) % len(last)]}".strip()


def phone(resident: int) -> str:
    """The number somebody calls from; two of five share theirs."""
    owner = owner_of_number(resident)
    return NUMBERS.format(owner // 10_000 % 1_000, owner % 10_000)
