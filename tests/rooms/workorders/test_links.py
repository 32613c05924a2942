"""The foreman's link: it opens one order for three days, and nothing else."""

from datetime import timedelta

import pytest

from komek.rooms.workorders import actions, queries, rules

HOUR = timedelta(hours=1)


@pytest.fixture
def order(burst_main, order_of):
    return order_of(burst_main)


@pytest.fixture
def link(order, dana, at):
    return actions.link(order.id, foreman="Ерлан бригадир", by=dana, at=at)


def test_a_link_opens_its_order_and_knows_the_foreman(order, link, at):
    opened = actions.by_link(link, at=at + HOUR)

    assert opened == order
    assert opened.opened_by == actions.foreman_of(link) == "Ерлан бригадир"
    (entry,) = [entry for entry in queries.story(order.id) if entry.verb == "link_given"]
    assert (entry.foreman, entry.by.username) == ("Ерлан бригадир", "dana")


def test_a_foreman_without_an_account_works_and_reports(order, link, at):
    foreman = actions.foreman_of(link)
    actions.accept(order.id, foreman=foreman, at=at)
    actions.report_done(order.id, outcome="done", reason_code="planned", foreman=foreman, at=at + HOUR)

    done = queries.order(order.id)
    assert (done.status, done.accepted_by, done.foreman) == ("done", None, "Ерлан бригадир")
    assert {entry.foreman for entry in queries.story(order.id)[2:]} == {"Ерлан бригадир"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: link[:-1],
        lambda link: link[:-1] + ("A" if link[-1] != "A" else "B"),
        lambda link: "x" + link,
        lambda link: link.split(":")[0],
        lambda link: "",
        lambda link: "\0",
        lambda link: "a:b:c",
        lambda link: "é" * 50,
        lambda link: link * 500,
    ],
)
def test_a_forged_link_opens_nothing(link, at, spoil):
    with pytest.raises(rules.LinkExpired):
        actions.by_link(spoil(link), at=at)
    with pytest.raises(rules.LinkExpired):
        actions.foreman_of(spoil(link))


def test_a_link_signed_for_something_else_opens_nothing(order, at):
    from django.core.signing import Signer

    other = Signer(salt="komek.workorders.other").sign_object([order.id, 1, "x", int(at.timestamp())])

    with pytest.raises(rules.LinkExpired):
        actions.by_link(other, at=at)


def test_a_link_is_over_after_three_days(link, at):
    with pytest.raises(rules.LinkExpired):
        actions.by_link(link, at=at + timedelta(hours=73))


def test_a_link_is_over_when_the_order_was_taken_back(order, link, dana, at):
    actions.decline(order.id, reason="x", by=dana, at=at)

    with pytest.raises(rules.LinkExpired):
        actions.by_link(link, at=at)


def test_a_dispatcher_can_make_all_links_useless(order, link, dana, at):
    actions.revoke_links(order.id, by=dana, at=at)

    with pytest.raises(rules.LinkExpired):
        actions.by_link(link, at=at)
    assert actions.by_link(actions.link(order.id, foreman="Болат", by=dana, at=at), at=at) == order


def test_a_link_needs_a_name_and_the_right_to_give_it(order, marat, dana, at):
    with pytest.raises(rules.ForemanNeeded):
        actions.link(order.id, foreman=" ", by=dana, at=at)
    with pytest.raises(rules.NotYourOrder):
        actions.link(order.id, foreman="Ерлан", by=marat, at=at)


def test_a_link_is_found_again_until_it_is_old_or_taken_back(order, link, dana, at):
    newer = actions.link(order.id, foreman="Болат", by=dana, at=at + HOUR)

    found = actions.links_of(queries.order(order.id), at=at + 2 * HOUR)
    assert [(one.token, one.foreman, one.until) for one in found] == [
        (newer, "Болат", at + HOUR + rules.LINK_LASTS),
        (link, "Ерлан бригадир", at + rules.LINK_LASTS),
    ]
    assert [one.token for one in actions.links_of(queries.order(order.id), at=at + timedelta(hours=72.5))] == [newer]
    actions.revoke_links(order.id, by=dana, at=at + 2 * HOUR)
    assert actions.links_of(queries.order(order.id), at=at + 2 * HOUR) == []
    again = actions.link(order.id, foreman="Ерлан", by=dana, at=at + 3 * HOUR)
    assert [one.token for one in actions.links_of(queries.order(order.id), at=at + 3 * HOUR)] == [again]


def test_whoever_is_given_the_link_has_the_order(order, link, facts, dana, at):
    assert queries.order(order.id).foreman == "Ерлан бригадир"
    actions.link(order.id, foreman="Болат", by=dana, at=at)

    assert queries.order(order.id).foreman == "Болат"
    assert facts.names() == ["LinkGiven"]


def test_nothing_new_was_before_what_is_known(order, link, dana, at):
    assert queries.known_until(queries.order(order.id)) == at
    actions.accept(order.id, by=dana, at=at + HOUR)

    assert queries.known_until(queries.order(order.id)) == at + HOUR
