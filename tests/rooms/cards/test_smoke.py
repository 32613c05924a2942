from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


def test_it(city, aigerim, madina, at, facts):
    intake.take_seat(aigerim, at=at)
    c = intake.arrive(
        Arrival(channel="desk", text="салем", handle_kind="phone", handle_value="87015550101", topic_code="WAT-02"),
        at=at,
    )
    intake.accept(c.id, by=aigerim, at=at)
    card = cards.register(
        CardDraft(text="труба", topic_code="WAT-02", place=city.place),
        contact=c,
        channel="desk",
        by=aigerim,
        at=at,
        key="k",
    )
    card = cards.register(
        CardDraft(text="труба", topic_code="WAT-02", place=city.place),
        contact=c,
        channel="desk",
        by=aigerim,
        at=at,
        key="k",
    )
    intake.wrap_up(c.id, by=aigerim, at=at)
    print(card.number, facts.names(), card.district_code, c.resident_id)
