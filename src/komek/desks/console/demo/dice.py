"""Chance that can be repeated: the same key always falls the same way."""

from datetime import timedelta
from random import Random


class Dice:
    """A killed history goes on as it would have gone, because nothing is drawn in a row."""

    def __init__(self, seed: str) -> None:
        self.seed = seed

    def of(self, *key: object) -> Random:
        """Chance for one question about one thing."""
        return Random("|".join(map(str, (self.seed, *key))))  # noqa: S311 - a story, not a secret


def between(chance: Random, least: float, most: float, *, unit: float = 1.0) -> timedelta:
    """A stretch of time between two lengths, the short ones likelier."""
    return timedelta(seconds=unit * (least + (most - least) * chance.random() ** 1.6))
