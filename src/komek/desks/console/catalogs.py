"""The catalogs of translations as text: what each has to hold, what it lacks, and what nobody says any more."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib
from django.conf import settings

import komek
from komek.desks.console import message_ids
from komek.desks.console.message_ids import MessageId

PACKAGE = Path(komek.__file__).parent
LANGUAGES = ("kk", "ru")
# As Django has it for Kazakh; for Russian one, two to four, and the rest.
PLURALS = {
    "kk": "nplurals=2; plural=(n!=1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
}
# The parts of the libraries that people see through our screens. Where a library does not speak a language, we do.
BORROWED = (
    "django/contrib/auth/password_validation.py",
    "django/core/validators.py",
    "django/forms",
    "django/template/defaultfilters.py",
    "django/utils/dateformat.py",
    "django/utils/dates.py",
    "django/utils/text.py",
    "django/utils/timesince.py",
    "allauth/account/adapter.py",
    "allauth/account/fields.py",
    "allauth/account/forms.py",
    "allauth/mfa/adapter.py",
    "allauth/mfa/models.py",
    "allauth/mfa/recovery_codes",
    "allauth/mfa/totp",
    "allauth/templates/account",
    "allauth/templates/allauth",
    "allauth/templates/mfa/authenticate.html",
    "allauth/templates/mfa/index.html",
    "allauth/templates/mfa/messages",
    "allauth/templates/mfa/reauthenticate.html",
    "allauth/templates/mfa/recovery_codes",
    "allauth/templates/mfa/totp",
)
# Ways in that this installation does not open.
CLOSED = ("already_exists", "login_code", "passkey", "phone", "signup.html", "verified_email_required", "webauthn")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdrf]|%[sd]|\{\w*\}")
SPOKEN_BY = ("django/conf/locale", "django/contrib/auth/locale", "allauth/locale")


@dataclass(frozen=True)
class State:
    """How one catalog stands against the code."""

    language: str
    added: tuple[MessageId, ...]
    untranslated: tuple[MessageId, ...]
    unused: tuple[MessageId, ...]


def path(language: str) -> Path:
    """Where a language is kept as text."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> polib.POFile:
    """The catalog of a language, an empty one before it was ever written."""
    file = path(language)
    catalog = polib.pofile(str(file)) if file.exists() else polib.POFile()
    catalog.metadata = {
        "Project-Id-Version": "Komek",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    return catalog


@cache
def said_here() -> dict[MessageId, list[str]]:
    """Every id of our own code, with the files it stands in."""
    return message_ids.collect(PACKAGE, root=PACKAGE)


@cache
def borrowed() -> dict[MessageId, list[str]]:
    """Every id of the libraries that people see here; what has no word in it needs no translation."""
    found = message_ids.collect(*(_installed(part) for part in BORROWED), root=_installed("django").parent)
    seen = {
        message: [file for file in files if not any(part in file for part in CLOSED)]
        for message, files in found.items()
    }
    return {message: files for message, files in seen.items() if files and has_words(message.text)}


def needed(language: str) -> dict[MessageId, list[str]]:
    """What the catalog has to hold: our own words, and those the libraries do not say in this language."""
    spoken = {
        message_id(entry)
        for part in SPOKEN_BY
        if (file := _installed(part) / language / "LC_MESSAGES" / "django.po").exists()
        for entry in polib.pofile(str(file)).translated_entries()
    }
    return {**{message: files for message, files in borrowed().items() if message not in spoken}, **said_here()}


def state(language: str, catalog: polib.POFile) -> State:
    """What the catalog lacks and what it holds for nobody; correcting a library's own translation is no fault."""
    wanted, known = needed(language), {message_id(entry): entry for entry in catalog if not entry.obsolete}
    return State(
        language,
        added=tuple(sorted(wanted.keys() - known.keys())),
        untranslated=tuple(
            sorted(message for message in wanted if message not in known or not known[message].translated())
        ),
        unused=tuple(sorted(known.keys() - wanted.keys() - borrowed().keys())),
    )


def bring_up_to_date(language: str, *, drop_unused: bool = False) -> State:
    """Add what is missing and write the catalog in one order, by file and text, so that two hands write the same."""
    catalog = read(language)
    before = state(language, catalog)
    files = {**borrowed(), **said_here()}
    entries = {message_id(entry): entry for entry in catalog}
    if drop_unused:
        for message in before.unused:
            del entries[message]
    for message in before.added:
        entries[message] = _empty(message, forms=int(PLURALS[language].split("=")[1][0]))
    for message, entry in entries.items():
        entry.occurrences = [(file, "") for file in files.get(message, ())]
        entry.flags = [flag for flag in entry.flags if flag != "python-format"]
        if "%(" in entry.msgid:
            entry.flags.append("python-format")
    catalog[:] = [entries[message] for message in _in_order(entries, files)]
    path(language).parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(path(language)))
    return before


def has_words(text: str) -> bool:
    """Whether anything is left to say once the placeholders are taken out."""
    return any(letter.isalpha() for letter in PLACEHOLDER.sub("", text))


def placeholders(text: str) -> set[str]:
    """What a text is filled in with: `%(name)s`, `%d` and `{name}`."""
    return set(PLACEHOLDER.findall(text))


def message_id(entry: polib.POEntry) -> MessageId:
    """What an entry is looked up by."""
    return MessageId(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def _in_order(messages: Iterable[MessageId], files: dict[MessageId, list[str]]) -> list[MessageId]:
    return sorted(messages, key=lambda message: (files.get(message, [""])[0], message))


def _empty(message: MessageId, *, forms: int) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = dict.fromkeys(range(forms), "")
    return entry


def _installed(part: str) -> Path:
    package, *rest = part.split("/")
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(package)
    return Path(found.origin).parent.joinpath(*rest)
