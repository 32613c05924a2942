import csv
from collections import defaultdict
from pathlib import Path

import pytest

from komek.rooms.knowledge import rules

LEMMAS = Path(__file__).parent / "lemmas.tsv"


def lemmas(part):
    with LEMMAS.open(encoding="utf-8") as file:
        return {
            row["lemma"]: row["forms"].split() for row in csv.DictReader(file, delimiter="\t") if row["part"] == part
        }


def recall(part, written=str):
    pairs = [(lemma, form) for lemma, forms in lemmas(part).items() for form in forms]
    found = [(lemma, form) for lemma, form in pairs if set(rules.stems(lemma)) & set(rules.stems(written(form)))]
    return len(found) / len(pairs)


def test_the_list_is_long_enough_to_mean_something():
    known, held_out = lemmas("dev"), lemmas("held")

    assert len(known) + len(held_out) >= 60
    assert len(held_out) >= 25
    assert sum(map(len, [*known.values(), *held_out.values()])) >= 350
    assert sum(map(len, held_out.values())) >= 150


def test_a_form_finds_its_word():
    assert recall("dev") >= 0.98


def test_a_form_of_a_word_the_rules_were_not_made_on_finds_it_too():
    assert recall("held") >= 0.95


def test_a_form_typed_without_kazakh_letters_finds_the_word():
    assert recall("dev", written=rules.fold) >= 0.98
    assert recall("held", written=rules.fold) >= 0.95


def test_no_two_words_of_the_list_share_a_stem():
    owners = defaultdict(set)
    for lemma, forms in (lemmas("dev") | lemmas("held")).items():
        for word in [lemma, *forms]:
            for stem in rules.stems(word):
                owners[stem].add(lemma)

    assert {stem: words for stem, words in owners.items() if len(words) > 1} == {}


@pytest.mark.parametrize(
    "typed", ["көшеде", "кошеде", "koshede", "KÓSHEDE", "köşede", "kowede", "Көшеміздегі", "көшелердің"]
)
def test_the_street_is_found_in_whatever_letters(typed):
    assert set(rules.stems(typed)) & set(rules.stems("көше"))


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ("үйдің", "үй"),
        ("суды", "су"),
        ("иттің", "ит"),
        ("мектебінде", "мектеп"),
        ("есігі", "есік"),
        ("құдығының", "құдық"),
        ("подъезге", "подъезд"),
        ("су қысымына", "қысым"),
        ("әжемнің пәтерінен", "пәтер"),
    ],
)
def test_short_words_and_changed_ends_are_known(form, word):
    assert set(rules.stems(word)) <= set(rules.stems(form))


@pytest.mark.parametrize(
    ("one", "other"),
    [("қысым", "қыс"), ("карта", "қар"), ("тұрғын", "тұр"), ("отын", "от"), ("билет", "бил"), ("баға", "бақ")],
)
def test_a_word_that_only_ends_like_a_form_is_left_whole(one, other):
    assert not set(rules.stems(one)) & set(rules.stems(other))


def test_letters_that_residents_cannot_type_cost_a_few_words_that_differ_by_them_only():
    assert rules.stems("қол") == rules.stems("көл")


def test_a_text_gives_each_stem_once_and_no_single_letters():
    stems = rules.stems("Көшеде су жоқ, көшелерде су а!")

    assert stems == ("кош", "су", "жок")


@pytest.mark.parametrize("rubbish", ["", "   ", "12 34/5", "\0\u202e", "—!?", "ъ", "ь" * 50, "а" * 100_000])
def test_rubbish_has_stems_or_none_but_never_an_error(rubbish):
    assert isinstance(rules.stems(rubbish), tuple)
