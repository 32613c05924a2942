"""Where message ids are found: in calls of gettext under any name, in refusals, in figures, in tables and templates."""

import pytest

from komek.desks.console.message_ids import MessageId, collect


@pytest.fixture
def found_in(tmp_path):
    def found_in(**files):
        for name, text in files.items():
            folder = tmp_path / ("templates" if name.startswith("page") else "rooms")
            folder.mkdir(exist_ok=True)
            (folder / f"{name}.{'html' if name.startswith('page') else 'py'}").write_text(text, encoding="utf-8")
        return set(collect(tmp_path, root=tmp_path))

    return found_in


REFUSAL = """
class Refusal(Exception):
    def __init__(self, code, text, **params):
        self.text = text
"""


def test_gettext_is_found_under_any_name(found_in):
    found = found_in(
        views="""
from django.utils.translation import gettext as _, gettext_noop as said, ngettext, pgettext
_("Hello" " there")
said("Later")
ngettext("%(n)s card", "%(n)s cards", n)
pgettext("month", "May")
_("Yes" if sure else "No")
""",
    )

    assert found == {
        MessageId("Hello there"),
        MessageId("Later"),
        MessageId("%(n)s card", plural="%(n)s cards"),
        MessageId("May", context="month"),
        MessageId("Yes"),
        MessageId("No"),
    }


def test_what_is_not_gettext_is_left_alone(found_in):
    assert found_in(views="def handle(_): ...\n_('Hello')\nprint('Hello')") == set()


def test_the_text_of_every_refusal_is_found(found_in):
    found = found_in(
        refusal=REFUSAL,
        rules="""
class NotYours(Refusal):
    def __init__(self, number):
        super().__init__("not_yours", "Card %(number)s is with "
            "somebody else.", number=number)

class StillNotYours(NotYours):
    def __init__(self):
        Refusal.__init__(self, "still", "Still not.")

class Unreadable(Refusal):
    def __init__(self, kind):
        if kind == "phone":
            text = "No phone."
        else:
            text = "No address."
        super().__init__("unreadable", text)

def act():
    raise Refusal("plain", "Said in place.")
""",
    )

    assert {message.text for message in found} == {
        "Card %(number)s is with somebody else.",
        "Still not.",
        "No phone.",
        "No address.",
        "Said in place.",
    }


def test_a_text_given_to_a_refusal_is_found_where_it_is_given(found_in):
    found = found_in(
        refusal=REFUSAL,
        broken="""
class BrokenRule(Refusal):
    def __init__(self, line, code, text, remedy, **params):
        super().__init__(code, text, line=line, **params)
        self.remedy = remedy
""",
        lines="""
from broken import BrokenRule
BrokenRule(1, "no_services", "No service is named.", "Name one.")
BrokenRule(2, "unknown", text="There is no topic.", remedy="Write another.")
""",
    )

    assert {message.text for message in found} == {
        "No service is named.",
        "Name one.",
        "There is no topic.",
        "Write another.",
    }


def test_figures_and_tables_of_texts_are_found(found_in):
    found = found_in(
        kpis="""
class Definition:
    name: str
    title: str
    formula: str
Definition("proof", "Proof", "with photo / all")
WHY_TEXTS = {"rule": "by rule %(line)s"}
LIMITS = {"rule": "never said"}
""",
    )

    assert {message.text for message in found} == {"Proof", "with photo / all", "by rule %(line)s"}


def test_templates_are_read_as_django_reads_them(found_in):
    found = found_in(
        page="""{% load i18n %}{% trans "It's 50% done" %}{% translate 'Save' as button %}
{% trans title %}{# {% trans "A comment" %} #}
{% blocktrans count n=count %}{{ n }} file{% plural %}{{ n }} files{% endblocktrans %}
{% blocktranslate trimmed with name=card.name %}
  Card {{ name }}
  is here
{% endblocktranslate %}
{{ value|default:_("nothing") }}""",
    )

    assert found == {
        MessageId("It's 50%% done"),
        MessageId("Save"),
        MessageId("%(n)s file", plural="%(n)s files"),
        MessageId("Card %(name)s is here"),
        MessageId("nothing"),
    }
