"""What the desks' tests share: files that are not what they seem, the words of a refusal, and more people."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.functional import Promise
from PIL import Image
from tests.fixtures.people import hired

from komek.platform.models import StoredFile
from komek.refusal import Refusal
from komek.registers.staff.rules import Role
from komek.rooms.cards import queries as cards
from komek.rooms.cards.models import Card
from komek.rooms.intake.models import Contact
from komek.ui.refusals import said

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def in_words():
    """How a refusal reads to somebody, in another language than English too: `in_words(TextEmpty(), "ru")`."""

    def spoken(what, language):
        with translation.override(language):
            text = _told(what)
        with translation.override("en"):
            assert language == "en" or text != _told(what), f"not said in {language}: {text}"
        return text

    def _told(what):
        if isinstance(what, Refusal):
            return said(what)
        return str(what) if isinstance(what, Promise) else translation.gettext(what)

    return spoken


@pytest.fixture
def kept():
    """How many cards, contacts and files there are: what must not be doubled, and what must not appear."""

    def count():
        return {"cards": Card.objects.count(), "contacts": Contact.objects.count(), "files": StoredFile.objects.count()}

    return count


@pytest.fixture
def renamed_program():
    return SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + b"\x00" * 4_000, content_type="image/jpeg")


@pytest.fixture
def bomb():
    """Ten thousand by ten thousand points in a few kilobytes."""
    picture = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(picture, "PNG")
    return SimpleUploadedFile("bomb.png", picture.getvalue(), content_type="image/png")


@pytest.fixture
def half_a_photo(photo):
    whole = photo("half.jpg").read()
    return SimpleUploadedFile("half.jpg", whole[: len(whole) // 2], content_type="image/jpeg")


@pytest.fixture
def gulnara(db):
    """Another controller of the second line."""
    return hired("gulnara", "Гүлнар Есімова", Role.CONTROLLER, language="ru")


@pytest.fixture
def asem(services):
    """A colleague of Dana's at Astana Su Arnasy."""
    return hired("asem", "Әсем Жұмабаева", Role.DISPATCHER, service="SU")


@pytest.fixture
def card(line, write, run_after):
    """What a resident has written, on its way to Astana Su Arnasy."""
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return cards.by_number(number)


@pytest.fixture
def bekzat(services):
    """One more of Astana Su Arnasy."""
    return hired("bekzat", "Бекзат Омаров", Role.DISPATCHER, service="SU")


@pytest.fixture
def erlan(db):
    """Another supervisor."""
    return hired("erlan", "Ерлан Досымов", Role.SUPERVISOR)


@pytest.fixture
def raushan(db):
    """The supervisor of the night."""
    return hired("raushan", "Раушан Төлеген", Role.SUPERVISOR, language="ru")


@pytest.fixture
def darya(db):
    """Another knowledge editor."""
    return hired("darya", "Дарья Шубина", Role.EDITOR, language="ru")


@pytest.fixture
def adilet(db):
    """One more knowledge editor."""
    return hired("adilet", "Әділет Жүніс", Role.EDITOR)


@pytest.fixture
def aliya(db):
    """Planner of shifts."""
    return hired("aliya", "Әлия Тілеубаева", Role.PLANNER)


@pytest.fixture
def bolat(db):
    """Looks at the numbers for the akimat."""
    return hired("bolat", "Болат Сейітов", Role.CITY, language="ru")


@pytest.fixture
def nurgul(db):
    """Another administrator."""
    return hired("nurgul", "Нұргүл Әбішева", Role.ADMIN)
