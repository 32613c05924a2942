"""Residents: they reach out, and who calls loses patience."""

from datetime import datetime
from functools import partial

from komek.desks.console.demo.cases import Cases
from komek.desks.console.demo.pictures import BEFORE
from komek.desks.console.demo.stage import Stage
from komek.desks.console.demo.stories import Story, is_ours
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.intake import actions as intake
from komek.rooms.intake import facts, queries
from komek.rooms.intake.rules import Arrival, State, Urgency


class Residents:
    """All the residents of the stories."""

    def __init__(self, stage: Stage, cases: Cases) -> None:
        self.stage = stage
        self.cases = cases
        self._served: set[int] = set()
        stage.listen(facts.ContactArrived, self.waits)
        stage.listen(facts.ContactAccepted, self.is_served)

    def reach_out(self, key: str, at: datetime) -> None:
        """Begin a story."""
        story = self.stage.stories.story(key)
        photo = self._photo(story, at=at) if story.sends_photo else None
        arrival = Arrival(
            channel=story.channel,
            text=story.said.text,
            language=story.language,
            urgency=Urgency(story.said.urgency),
            handle_kind="phone",
            handle_value=story.phone,
            name=story.name,
            outer_id=story.key,
            partner_id=self.stage.partner_id if story.channel == "api" else None,
            file_ids=(photo,) if photo else (),
            topic_code=story.said.topic if story.knows_topic else None,
        )
        if story.channel == "desk":
            intake.arrive(arrival, at=at)
        else:
            self._write(story, arrival, at=at)

    def _write(self, story: Story, arrival: Arrival, *, at: datetime) -> None:
        written = self.cases.draft(story)
        draft = CardDraft(written.text, language=written.language, topic_code=arrival.topic_code, place=written.place)
        cards.take_in(arrival, draft=draft, at=at)

    def waits(self, fact: object) -> None:
        """Who calls does not wait for ever; who has written does."""
        if isinstance(fact, facts.ContactArrived) and fact.channel == "desk":
            patience = self.stage.pace.patience(self.stage.dice.of("patience", fact.contact_id))
            self.stage.plan(fact.at + patience, partial(self._give_up, fact.contact_id))

    def is_served(self, fact: object) -> None:
        """Whoever speaks with somebody has no need of patience."""
        if isinstance(fact, facts.ContactAccepted):
            self._served.add(fact.contact_id)

    def _give_up(self, contact_id: int, at: datetime) -> None:
        if contact_id in self._served:
            self._served.discard(contact_id)
            return
        contact = queries.contact(contact_id)
        if contact.state == State.WAITING and is_ours(contact.conversation.outer_id):
            intake.abandon(contact_id, at=at)

    def _photo(self, story: Story, *, at: datetime) -> int | None:
        group = story.said.topic.partition("-")[0]
        scene = self.stage.dice.of("scene", story.key).randrange(100)
        return self.stage.pictures.of(group, BEFORE, scene=scene)
