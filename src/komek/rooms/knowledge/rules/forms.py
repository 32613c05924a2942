"""The forms of a word: «пахнет» and «пахнуть», «қалды» and «қалып», «leak» and «leaking» are one word to a listener.

Stems alone would not do here, where a false alarm takes an operator's eye from a caller: «қала» (a city) has the stem
of «қалды» (stayed), «газета» begins as «газ». So a word is cut to what all its forms share, and a form is that
beginning with one of the endings its language gives to such words. Kazakh says by a case where something happens,
and only such a case is one: «лифтіде қалды» is somebody inside and «лифт бұзылып қалды» is not, «мұз құлады» is falling
ice and «мұзда құладым» is somebody who slipped.
"""

from dataclasses import dataclass
from itertools import product

from komek.letters import WORD, fold
from komek.rooms.knowledge.rules.stems import THIRD, bare, readings

SHORTEST = 3

# Said between the words that mean something; nobody has to say them.
SMALL_WORDS = frozenset(
    word
    for row in (
        "в во на с со у из от под по за и к о же мой моя мои наш наша наши нас мне",
        "a an the of in into on at from is are was were to and my our there it",
        "мен бен пен",
    )
    for word in row.split()
)


@dataclass(frozen=True)
class Forms:
    """A beginning, and the endings with which it is still the same word."""

    beginning: str
    endings: frozenset[str]


def meaning(trigger: str, language: str) -> tuple[tuple[Forms, ...], ...]:
    """What each word of a trigger may look like; words that mean nothing by themselves are left out."""
    words = [bare(word).rstrip("'’ʼ`") for word in WORD.findall(fold(trigger))]
    return tuple(forms(word, language) for word in words if word not in SMALL_WORDS)


def forms(word: str, language: str) -> tuple[Forms, ...]:
    """The forms of one folded word."""
    if language == "en":
        return (Forms(_cut(word, ENGLISH), ENGLISH),)
    if language == "ru":
        return (*_russian_noun(word), *_russian_verb(word))
    return (*_kazakh_noun(word), *_kazakh_verb(word))


def _cut(word: str, endings: frozenset[str]) -> str:
    """The word without the longest of these endings."""
    return next((word[:at] for at in range(SHORTEST, len(word)) if word[at:] in endings), word)


def _russian_noun(word: str) -> list[Forms]:
    """Cases of nouns and adjectives, with Kazakh endings as well: «лифтке», «запахы»."""
    stem = _cut(word, RUSSIAN_NOUN)
    # «запах» ends like «домах»: the whole word is a beginning too.
    stems = {stem, word}
    if stem.endswith("к") and stem[-2:-1] not in VOWELS:
        stems.add(f"{stem[:-1]}ок")
    if stem.endswith(("ок", "ек")):
        stems.add(f"{stem[:-2]}к")
    return [Forms(each, NOUN) for each in sorted(stems)]


def _russian_verb(word: str) -> list[Forms]:
    """Persons and times; «потерялся» is not «потерял»."""
    reflexive = word.endswith(("ся", "с")) and _cut(word, RUSSIAN_REFLEXIVE) != word
    endings = RUSSIAN_REFLEXIVE if reflexive else RUSSIAN_VERB
    stem = _cut(word, endings)
    return [Forms(stem, endings)] if stem != word else []


def _kazakh_noun(word: str) -> list[Forms]:
    """Owners, numbers and cases; a word that tells where something happens keeps its case, another takes none such."""
    for endings in KAZAKH_WHERE:
        stem = _cut(word, endings)
        if stem != word:
            # «лифтіде» and «лифтте» are the same place.
            stems = {stem, stem[:-1]} if stem[-1] in THIRD and len(stem) > SHORTEST else {stem}
            return [Forms(word, KAZAKH_NAMED), *(Forms(each, endings) for each in sorted(stems))]
    return [Forms(each, KAZAKH_NAMED | RUSSIAN_NOUN) for each in dict.fromkeys(readings(word))]


def _kazakh_verb(word: str) -> list[Forms]:
    """Times, persons and participles of what is said to have happened; not its denial."""
    for cut in KAZAKH_CUTS:
        stem = _cut(word, cut)
        if stem != word:
            stems = dict.fromkeys((stem, stem[:-1] + {"г": "к", "к": "г", "б": "п", "п": "б"}.get(stem[-1], stem[-1])))
            return [Forms(each, KAZAKH_VERB) for each in stems]
    return []


def _each(*rows: str) -> frozenset[str]:
    """The endings of some rows."""
    return frozenset(ending for row in rows for ending in row.split())


VOWELS = "аеиоуыюя"
BARE = frozenset({""})

ENGLISH = BARE | _each("s es ed d e ing ings y")

RUSSIAN_NOUN = BARE | _each(
    "а у ом ой е ы и ов ам ами ах о я ю ем ей ев ям ями ях ия ии ию ием иям",
    "ый ий ая яя ое ее ые ие ого его ому ему ым им ых их ыми ими ую юю",
)
RUSSIAN_VERB = _each(
    *(
        " ".join(f"{vowel}{end}" for end in ("л", "ла", "ло", "ли", "т", "вший", "вшая", "вшие", "вшего"))
        for vowel in ("", *"аеиуяы")
    ),
    "ет ут ют ит ат ят еш иш у ю ем им нет нут",
    "ан ана ано аны анный анная анные ен ена ено ены енный енная енные",
)
RUSSIAN_REFLEXIVE = frozenset(f"{ending}{'с' if ending[-1] in VOWELS else 'ся'}" for ending in RUSSIAN_VERB)

# By the person whose it is: the third differs in its cases.
OWNERS = (("", ""), ("1", "ым им м ымыз имиз мыз миз"), ("2", "ын ин н ыныз иниз ныз низ"), ("3", "ы и сы си"))
CASES = {
    "where": ("да де та те", "нда нде"),
    "from": ("дан ден тан тен нан нен", "нан нен"),
    "to": ("га ге ка ке", "на не"),
    "other": ("нын нин дын дин тын тин ны ни ды ди ты ти мен бен пен менен", "нын нин н мен"),
}


def _kazakh(case: str) -> frozenset[str]:
    """Number, owner and case in the order in which Kazakh glues them on."""
    found: set[str] = set()
    numbers = BARE | _each("лар лер дар дер тар тер")
    for number, (person, owners) in product(numbers, OWNERS):
        for owner in owners.split() or [""]:
            ends = CASES[case][person == "3"].split() if case else [""]
            if case == "to" and person in {"1", "2"}:
                ends = [*ends, "а", "е"]
            found.update(f"{number}{owner}{end}" for end in ends)
    return frozenset(found)


KAZAKH_WHERE = (_kazakh("where"), _kazakh("from"), _kazakh("to"))
KAZAKH_NAMED = _kazakh("") | _kazakh("other")
NOUN = RUSSIAN_NOUN.union(KAZAKH_NAMED, *KAZAKH_WHERE)

KAZAKH_PAST = _each("ды дым дын дыныз дык ди дим дин диниз дик ты тым тын тыныз тык ти тим тин тиниз тик")
KAZAKH_PARTICIPLE = _each("ган ген кан кен")
KAZAKH_CONVERB = _each("ып ип п")
PERSONS = _each("мын мин пын пин быз биз пыз пиз мыз миз сыз сиз сын син")
KAZAKH_VERB = (
    KAZAKH_PAST
    | KAZAKH_CONVERB
    | KAZAKH_PARTICIPLE
    | {f"{end}{told}" for end in KAZAKH_CONVERB for told in PERSONS | {"ты", "ти"}}
    | {f"{end}{told}" for end in KAZAKH_PARTICIPLE for told in PERSONS | _each("да де ы и дар дер")}
    | {f"{vowel}{person}" for vowel in "аей" for person in PERSONS | {"ды", "ди"}}
    | _each("у уда уде")
)
# In this order: «басып» ends in «ып», «құлап» in «п»; «құлады» ends in «ды» and not, as «барады», in «ады».
KAZAKH_CUTS = (KAZAKH_PARTICIPLE, KAZAKH_CONVERB, KAZAKH_PAST, frozenset({"у"}))
