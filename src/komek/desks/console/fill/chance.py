"""Chance that can be repeated, drawn a hundred million times: the same card always falls the same way."""

from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")
# Several chances of one card lie so far apart that they never meet those of another.
CHANCES_A_CARD = 4
CARD, GIVEN_UP = range(2)


class Chance(Random):
    """As any other, with the usual question asked in the shortest way."""

    def one(self, listed: Sequence[T]) -> T:
        """One of these, all equally likely."""
        return listed[int(self.random() * len(listed))]


def number_of(seed: str) -> int:
    """A word as the number from which everything is drawn."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=7).digest(), "big") << 40


def of_card(seed_number: int, card: int, which: int = CARD) -> Chance:
    """The chance of one card."""
    return Chance(seed_number + card * CHANCES_A_CARD + which)


def of_all(seed_number: int, what: str) -> Chance:
    """The chance of something that is drawn once."""
    return Chance(f"{seed_number}|{what}")
