"""How people really type: Kazakh without its letters, Kazakh and Russian in Latin letters, look-alikes of the keyboard.

Plain Python beside the layers, so that an address and an article are folded by the same letters everywhere. A fold is
for comparing, never for showing.
"""

import re
import unicodedata

# The letters a resident without a Kazakh keyboard types instead; in SQL the same: translate(lower(text), *SQL_FOLD).
SQL_FOLD = ("әғқңөұүһіё", "агкноуухие")
FOLDED = str.maketrans(*SQL_FOLD)

# Letters that one sees as Cyrillic inside a Cyrillic word: «cвeт» typed half on the wrong keyboard.
LOOKALIKES = str.maketrans("abcehikmnoptuxy", "авсеникмпортиху")

# Official and older Kazakh Latin letters that lose more than an accent.
LATIN_LETTERS = str.maketrans(
    {"ş": "sh", "š": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ý": "u", "ŋ": "n", "ı": "i", "ə": "a"}
)

PAIRS = {
    "shch": "щ", "sch": "щ", "zh": "ж", "sh": "ш", "ch": "ч", "kh": "х", "gh": "г", "ts": "ц", "ph": "ф", "ck": "к",
    "ya": "я", "yu": "ю", "yo": "е", "ye": "е",
}  # fmt: skip

# `w` is ш as residents write it («kowe»), `j` is ж («joq»), `c` is ц («ulica»), `x` is х («xolodno»).
SINGLES = dict(zip("abcdefghijklmnopqrstuvwxz", "абцдефгхижклмнопкрстувшхз", strict=True))

WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*['’ʼ`]?")
LATIN = re.compile(r"[a-zäöüñáéíóúýāēīōūâêîôûàèìòùğşšçčžŋıəǵń]")
CYRILLIC = re.compile(r"[а-яёәғқңөұүһі]")
APOSTROPHES = re.compile(r"['’ʼ`]")
VOWELS = "аеиоуыэюя"
HIDDEN = ("Cf", "Cc")


def fold(text: str) -> str:
    """The text as typed by someone without Kazakh letters: lower case, ә→а ғ→г қ→к ң→н ө→о ұ,ү→у һ→х і→и ё→е."""
    composed = unicodedata.normalize("NFC", text.replace("İ", "i"))
    if not composed.isprintable():
        composed = "".join(sign for sign in composed if sign in "\t\n\r" or unicodedata.category(sign) not in HIDDEN)
    return composed.lower().translate(FOLDED)


def from_latin(text: str) -> str:
    """The folded text with its Latin words read as Kazakh or Russian: «jaryq joq» → «жарык жок»; other signs stay."""
    return WORD.sub(lambda found: read_word(found.group()), fold(text))


def read_word(word: str) -> str:
    """One word of folded text: wholly Latin is read by sound, mixed is repaired by looks, Cyrillic is left."""
    if not LATIN.search(word):
        return word
    if CYRILLIC.search(word):
        return fold(word.translate(LOOKALIKES))
    return by_sound(APOSTROPHES.sub("", without_accents(word)))


def without_accents(word: str) -> str:
    """Plain Latin letters, with ş and its kin spelled out."""
    spelled = word.translate(LATIN_LETTERS)
    return "".join(sign for sign in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(sign))


def by_sound(word: str) -> str:
    """Cyrillic letters for one plain Latin word, deciding `y` and `i` by their neighbours."""
    read = ""
    at = 0
    while at < len(word):
        pair = next((pair for pair in PAIRS if word.startswith(pair, at)), None)
        after_vowel = read[-1:] in VOWELS if read else False
        if pair:
            read += PAIRS[pair]
            at += len(pair)
        elif word[at] == "y":
            read += "й" if after_vowel else "ы"
            at += 1
        elif word[at] == "i" and after_vowel and word[at + 1 : at + 2] in ("a", "u"):
            read += "я" if word[at + 1] == "a" else "ю"
            at += 2
        elif word[at] == "i" and after_vowel:
            read += "й"
            at += 1
        else:
            read += SINGLES.get(word[at], word[at])
            at += 1
    return read
