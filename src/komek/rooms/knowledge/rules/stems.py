"""A light Kazakh stemmer of our own: enough for search, small enough to read.

Kazakh glues plural, possessive and case to the noun in this order, so they are cut from the end in the opposite one. It
works on folded letters only, because half of the residents type without the Kazakh ones.
"""

from itertools import chain

from komek.letters import VOWELS, WORD, from_latin

VOICELESS = frozenset("пткфсшщчцхбвгд")  # loan words end in б в г д and take the endings of voiceless letters
NASAL = frozenset("мн")
OPEN = frozenset(VOWELS)
THIRD = frozenset("ыи")  # the end of «his, her, its»
VOICED = frozenset("лмнрзжйу")
CLOSED = VOICELESS | VOICED
ANY = OPEN | CLOSED

# Each ending with the letters it may follow: the harmony of consonants tells «-та» from the end of «карта».
Endings = tuple[tuple[str, frozenset[str]], ...]


def endings(*rows: tuple[str, frozenset[str]]) -> Endings:
    """The rows one ending a line, longest first, so that «-ндағы» is cut before «-дағы»."""
    single = [(ending, after) for row, after in rows for ending in row.split()]
    return tuple(sorted(single, key=lambda row: -len(row[0])))


CASES = endings(
    ("нын нин", OPEN | NASAL),
    ("дын дин", VOICED - NASAL),
    ("тын тин та те тан тен ты ти ка ке пен тагы теги", VOICELESS),
    ("га ге да де дагы деги", OPEN | VOICED),
    ("дан ден", (OPEN | VOICED) - NASAL),
    ("нан нен", NASAL | THIRD),
    ("на не нда нде ндагы ндеги н", THIRD),
    ("ны ни", OPEN),
    ("ды ди", VOICED),
    ("мен менен", OPEN | VOICED),
    ("бен", frozenset("зж")),
    ("сыз сиз", ANY),
)
POSSESSIVES = endings(
    ("ымыз имиз ыныз иниз ым им ын ин ы и ыма име", CLOSED),
    ("мыз миз ныз низ", OPEN),
    ("сы си", frozenset("аеиоыэюя")),
)
PLURALS = endings(
    ("лар лер", OPEN | frozenset("рйу")),
    ("дар дер", frozenset("лмнзж")),
    ("тар тер", VOICELESS),
)

# «баласы» is «бала» + «сы», «адресі» would be «адрес» + «і»; «ауланы» is «аула» + «ны», «дүкені» is «дүкен» + «і».
AMBIGUOUS = frozenset({"сы", "си", "ны", "ни"})

# A stem has three letters; two are a word only when they are one of these.
SHORTEST = 3
SHORT = "су уй ит ай от ет ас ат ой ис из ел ер ак ок би бу шу ту"

# Words whose own end looks like an ending, and which would be cut down to another word.
WHOLE = """
акт асты бага билим болим бугин бурын буын дептер жакын жатын жетим жиын кейин келисим кесте киын когам контакт
кысым лифт мерзим муктаж мумкин обект орын отын проект пункт салем тагам таскын тизим толем тосын тургын тутин
шагым шешим шыгын
"""
SHORT_STEMS = frozenset(SHORT.split())
WHOLE_WORDS = frozenset(WHOLE.split())


def stems(text: str) -> tuple[str, ...]:
    """The stems of a text in the order of its words, each once; a word with two readings gives both."""
    return tuple(dict.fromkeys(chain.from_iterable(stems_of(word) for word in words(text))))


def words(text: str) -> list[str]:
    """The words of a text in folded Cyrillic letters."""
    return [word for word in WORD.findall(bare(from_latin(text))) if len(word) > 1]


def bare(folded: str) -> str:
    """Without the signs that people leave out or mix up: ъ, ь, э."""
    return folded.replace("ъ", "").replace("ь", "").replace("э", "е")


def stems_of(word: str) -> tuple[str, ...]:
    """The stem of one folded word, and the other reading where only a dictionary could decide."""
    stem, *others = readings(word)
    return tuple(dict.fromkeys(mutate(trim(each)) for each in (stem, *others)))


def readings(word: str) -> list[str]:
    """The word without its endings; «баласы» may be «бала» or «балас», «балам» may be «балам» or «бала»."""
    others = []
    previous = ""
    while word != previous and word not in WHOLE_WORDS:
        previous = word
        for table in (CASES, POSSESSIVES, PLURALS):
            if word[-2:] in AMBIGUOUS and word[-3:-2] in OPEN and word[:-1] not in WHOLE_WORDS:
                others.append(word[:-1])
            word = cut(word, table)
    if word not in WHOLE_WORDS and word[-2:] in ("ам", "ем") and len(word) > SHORTEST + 1:
        others.append(word[:-1])
    return [word, *others]


def cut(word: str, table: Endings) -> str:
    """The word without the longest ending of the table that leaves a stem; a listed word is left whole."""
    if word in WHOLE_WORDS:
        return word
    if word[-1] in THIRD and word[:-1] in WHOLE_WORDS:
        return word[:-1]
    left = [(word[: -len(ending)], after) for ending, after in table if word.endswith(ending)]
    possible = [stem for stem, after in left if stem[-1:] in after and is_stem(stem)]
    return next((stem for stem in possible if stem in WHOLE_WORDS), possible[0] if possible else word)


def is_stem(word: str) -> bool:
    """Three letters with a vowel, or one of the listed two."""
    return word in SHORT_STEMS or (len(word) >= SHORTEST and not OPEN.isdisjoint(word))


def trim(word: str) -> str:
    """Without the final vowel, which «көше» has and «көшем» shares with «көш»."""
    if len(word) > SHORTEST and word[-1] in "аеыи" and word not in WHOLE_WORDS:
        return word[:-1]
    return word


def mutate(word: str) -> str:
    """With the end the base form has: «мектебі», «есігі», «құдығы»; «подъезге» has lost its д as well."""
    if word.endswith("зд"):
        return word[:-1]
    return word[:-1] + {"б": "п", "г": "к"}.get(word[-1], word[-1])
