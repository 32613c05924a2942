"""What an operator makes of a contact: the kind, the topic and the place that the story knows, or that can be read."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.material import Material
from komek.desks.console.demo.stories import Stories, Story, is_ours
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.rooms.cards import queries as cards
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import queries as channels
from komek.rooms.knowledge import queries as knowledge

# A place that a text names by a house is often that very house; otherwise the same words come from another street.
AS_SAID = 0.35
HOUSES = range(1, 61)


@dataclass(frozen=True)
class Case:
    """A draft as an operator would have typed it."""

    draft: CardDraft
    kind: Kind
    received_id: int | None = None


class Cases:
    """Reads contacts."""

    def __init__(self, material: Material, stories: Stories, dice: Dice) -> None:
        self.material = material
        self.stories = stories
        self.dice = dice
        self._streets = places.street_ids()
        self._asked: dict[str, Place] = {}
        self._said: dict[str, Place] = {}
        self._articles: dict[tuple[str, str], int | None] = {}

    def draft(self, story: Story) -> CardDraft:
        """The card of a story, before anybody has thought about its topic."""
        return CardDraft(text=story.said.text, language=story.language, place=self.place(story))

    def of(self, contact: Any) -> Case | None:
        """What this contact is about; None when nobody has said a word."""
        key = contact.conversation.outer_id
        received = cards.received_of(contact) if contact.channel != "desk" else None
        if is_ours(key):
            story = self.stories.story(key)
            kind = story.said.kind
            draft = replace(self.draft(story), kind=kind, topic_code=story.said.topic)
            return Case(draft, kind, received.pk if received else None)
        text = channels.first_words([contact.conversation_id]).get(contact.conversation_id, "")
        found = catalog.search(text, contact.language, limit=1) if text else []
        if not found:
            return None
        place = _place_of(received) if received else places.locate("")
        draft = CardDraft(
            text=text, kind=Kind.REQUEST, language=contact.language, topic_code=found[0].code, place=place
        )
        return Case(draft, Kind.REQUEST, received.pk if received else None)

    def article(self, topic_code: str, language: str, *, at: datetime) -> int | None:
        """The article that answers a topic."""
        key = (topic_code, language)
        if key not in self._articles:
            found = knowledge.for_topic(topic_code, language, at)
            self._articles[key] = found[0].article_id if found else None
        return self._articles[key]

    def place(self, story: Story) -> Place:
        """Where it is; asked when it is told and once more when it is written down."""
        found = self._asked.pop(story.key, None)
        if found is None:
            found = self._find(story)
            if story.channel != "desk":
                self._asked[story.key] = found
        return found

    def _find(self, story: Story) -> Place:
        """Where the words say, or on some street of the city."""
        chance = self.dice.of("place", story.key)
        hint = story.said.place
        names_a_house = any(sign.isdigit() for sign in hint)
        if hint and (not names_a_house or chance.random() < AS_SAID):
            if hint not in self._said:
                self._said[hint] = places.locate(hint)
            return self._said[hint]
        road = self.material.road(chance) if hint or story.said.kind is not Kind.QUESTION else None
        if road is None:
            return Place(text="")
        number = str(chance.choice(HOUSES))
        name = road.names.get(story.language) or road.name
        return places.locate(f"{name}, {number}", street_id=self._streets.get(road.name), house_number=number)


def _place_of(card: Any) -> Place:
    return Place(
        text=card.place_text,
        street_id=card.street_id,
        house_id=card.house_id,
        house_number=card.house_number,
        district_code=card.district_code,
        lat=card.lat,
        lon=card.lon,
        landmark=card.landmark,
        outside=card.outside,
    )
