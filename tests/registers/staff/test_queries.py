import pytest

from komek.registers.staff import actions, queries, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def akimats():
    actions.load_services(
        [
            {"code": "AKIM", "kind": "akimat", "name_kk": "Аудан әкімдігі", "name_ru": "Акимат района"},
            {
                "code": "AKIM-YESIL",
                "kind": "akimat",
                "name_ru": "Акимат района Есиль",
                "parent": "AKIM",
                "district": "yesil",
            },
        ]
    )


def test_the_akimat_of_a_district_is_found_by_the_district(akimats):
    assert queries.akimat("yesil") == "AKIM-YESIL"
    assert queries.akimat("atlantis") is None
    assert queries.akimat("") is None


def test_names_of_all_services_come_in_one_query_that_sees_whether_they_are_still_true(
    akimats, django_assert_num_queries
):
    queries.services()

    with django_assert_num_queries(1):
        services = queries.services()

    assert services["AKIM"].name("kk") == "Аудан әкімдігі"
    assert services["AKIM-YESIL"].name("kk") == "Акимат района Есиль"


def test_somebody_unknown_is_refused_by_name():
    with pytest.raises(rules.UnknownAgent):
        queries.agent(1)
    with pytest.raises(rules.UnknownService, match="SU"):
        queries.service("SU")
