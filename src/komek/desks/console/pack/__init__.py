"""A city as a pack of data: read, checked with everything that is wrong at once, and loaded through the actions."""

from komek.desks.console.pack.contents import City, Pack
from komek.desks.console.pack.problems import BadPack, Problem, Problems
from komek.desks.console.pack.reader import read

__all__ = ["BadPack", "City", "Pack", "Problem", "Problems", "read"]
