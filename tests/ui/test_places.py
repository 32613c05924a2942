"""The list under the field of a place: whoever may read cards is helped with where it is, and nobody else."""

import pytest

ADDRESS = "/desk/places/"


@pytest.mark.parametrize("name", ["aigerim", "olzhas", "saule"])
def test_whoever_reads_cards_is_suggested_places(line, browser, request, name):
    answer = browser(request.getfixturevalue(name)).get(ADDRESS, {"q": "Кенесары 12"})

    assert 'role="option"' in answer.content.decode()
    assert 'data-house="' in answer.content.decode()


def test_others_are_not(line, browser, charlie, dana):
    assert {browser(person).get(ADDRESS, {"q": "x"}).status_code for person in (charlie, dana)} == {403}
    assert browser().get(ADDRESS)["Location"].startswith("/accounts/login/")


def test_a_supervisor_corrects_a_place_by_its_suggestions(line, write, run_after, browser, saule):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()

    assert f'data-suggests="{ADDRESS}"' in browser(saule).get(f"/controller/card/{number}/").content.decode()
