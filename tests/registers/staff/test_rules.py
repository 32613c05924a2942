from komek.registers.staff import rules
from komek.registers.staff.rules import Right, Role, may


def test_every_role_has_its_rights_listed():
    assert set(rules.RIGHTS) == set(Role)


def test_every_right_belongs_to_somebody():
    given = frozenset().union(*rules.RIGHTS.values())

    assert given == set(Right)


def test_an_operator_takes_contacts_but_manages_no_staff():
    assert may(Role.OPERATOR, Right.TAKE_CONTACTS)
    assert not may(Role.OPERATOR, Right.MANAGE_STAFF)


def test_a_dispatcher_sees_the_orders_of_the_own_service_and_no_residents():
    assert may(Role.DISPATCHER, Right.WORK_ORDERS_OF_OWN_SERVICE)
    assert not may(Role.DISPATCHER, Right.SEE_ALL_ORDERS)
    assert not may(Role.DISPATCHER, Right.READ_RESIDENTS)


def test_who_administers_does_not_read_residents():
    assert may(Role.ADMIN, Right.READ_AUDIT)
    assert not may(Role.ADMIN, Right.READ_RESIDENTS)


def test_a_role_nobody_knows_may_nothing():
    assert not any(may("emperor", right) for right in Right)


def test_languages_are_kept_once_and_in_the_order_of_the_house():
    assert rules.spoken(["EN", "ru", "kk", "ru", "de", " "]) == ["kk", "ru", "en"]
    assert rules.spoken("ru") == []
