"""How names of streets and numbers of houses are brought to one form for comparing."""

from komek import letters
from komek.registers.places.rules.words import CODED, CORPUS, LANES, NUMBER, ORDINAL, SHORTENED, TOKEN, TYPES


def fold(text: str) -> str:
    """The name of a street as it is compared: letters folded, type words, points and case dropped."""
    joined = CODED.sub(r"\1\2", ORDINAL.sub(r"\1", plain(text)))
    words = [word for word in TOKEN.findall(joined) if word != ","]
    named = [word for word in words if word not in TYPES]
    return " ".join(word.replace(" ", "") for word in named or words)


def is_lane(name: str) -> bool:
    """Whether a street is a lane: named only when the resident says so."""
    return not LANES.isdisjoint(TOKEN.findall(plain(name)))


def house_number(text: str) -> str:
    """A house number in the one way it is kept: «55 Б» → «55б», «5 корпус 2» → «5/2»; empty when there is none."""
    read = CORPUS.sub(r"\1/\2", letters.from_latin(text[:40]))
    found = NUMBER.search(read.replace(" ", "").replace("\\", "/").replace("-", "/"))
    return found.group() if found else ""


def plain(text: str) -> str:
    """The text in folded letters with shortened type words written out."""
    text = letters.from_latin(text).replace("«", " ").replace("»", " ")
    for pattern, full in SHORTENED:
        text = pattern.sub(full, text)
    return text
