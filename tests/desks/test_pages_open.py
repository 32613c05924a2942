"""Every page opens for those who may, and for nobody else."""

import pytest

PAGES = {
    "/operator/": {"aigerim", "olzhas"},
    "/controller/": {"olzhas", "saule"},
    "/controller/checks/": {"olzhas", "saule"},
    "/controller/escalations/": {"olzhas", "saule"},
    "/service/": {"dana"},
    "/supervisor/": {"saule", "timur"},
    "/supervisor/wall/": {"saule", "timur"},
    "/supervisor/waiting/": {"saule", "timur"},
    "/supervisor/answered/": {"saule", "timur"},
    "/supervisor/overdue/": {"saule", "timur"},
    "/supervisor/people/": {"saule", "timur"},
    "/supervisor/contacts/": {"saule"},
    "/supervisor/thresholds/": {"saule"},
    "/supervisor/numbers/": {"saule", "timur"},
    "/supervisor/numbers/download/": {"saule", "timur"},
    "/supervisor/rules/": {"saule", "timur"},
    "/supervisor/calendar/": {"saule", "timur"},
    "/operator/reviews/": {"aigerim", "olzhas"},
    "/editor/": {"zarina"},
    "/editor/new/": {"zarina"},
    "/editor/missed/": {"zarina"},
    "/editor/scripts/": {"zarina"},
    "/editor/bulletins/": {"zarina", "saule"},
}
PUBLIC = (
    *("/", "/write/", "/status/", "/works/", "/numbers/", "/service/link/"),
    *("/accounts/login/", "/healthz", "/readyz"),
)
PEOPLE = ("aigerim", "olzhas", "dana", "saule", "timur", "zarina", "charlie")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("page", PUBLIC)
def test_a_public_page_opens_in_every_language(browser, line, page, language):
    answer = browser(language=language).get(page)
    assert answer.status_code == 200


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("page", PAGES)
def test_a_desk_opens_for_those_who_may_and_refuses_the_others(request, browser, line, page, person):
    answer = browser(request.getfixturevalue(person)).get(page)
    assert answer.status_code == (200 if person in PAGES[page] else 403)


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_asked_to_sign_in(browser, line, page):
    answer = browser().get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
