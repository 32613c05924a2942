"""What becomes of messages: residents answer, the other system fetches, and the first line calls back."""

from datetime import datetime
from functools import partial

from komek.desks.console.demo.stage import Stage
from komek.desks.console.demo.stories import is_ours
from komek.rooms.cards import actions as cards
from komek.rooms.channels import actions, facts, queries
from komek.rooms.channels.rules import Direction, State
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback import queries as surveys
from komek.rooms.feedback.rules import Moment

ASKS_WHETHER = frozenset({Moment.DONE, Moment.CLOSED})
ANSWERS, CONFIRMS, IN_WORDS, NOT_REACHED = 0.48, 0.88, 0.4, 0.07


class Messages:
    """Everybody who does something about a message."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        stage.listen(facts.MessageSent, self.is_told)
        stage.listen(facts.MessageKept, self.is_kept)

    def is_told(self, fact: object) -> None:
        """Half of those who are asked answer."""
        if not isinstance(fact, facts.MessageSent) or fact.kind not in ASKS_WHETHER:
            return
        chance = self.stage.dice.of("reply", fact.message_id)
        if chance.random() < ANSWERS:
            wait = self.stage.pace.reply(chance)
            at = self.stage.by_day(fact.at + wait, wait)
            self.stage.plan(at, partial(self._reply, fact.conversation_id, fact.message_id))

    def is_kept(self, fact: object) -> None:
        """Somebody has to carry it on: the other system, or a voice."""
        if not isinstance(fact, facts.MessageKept):
            return
        chance = self.stage.dice.of("kept", fact.message_id)
        if fact.channel == "api":
            self.stage.plan(fact.at + self.stage.pace.fetch(chance), partial(self._fetch, fact.message_id))
        elif fact.channel == "desk":
            wait = self.stage.pace.call_back(chance)
            self.stage.plan(self.stage.by_day(fact.at + wait, wait), partial(self._call_back, fact.message_id))

    def _fetch(self, message_id: int, at: datetime) -> None:
        actions.fetched(self.stage.partner_id, message_ids=[message_id], at=at)

    def _call_back(self, message_id: int, at: datetime) -> None:
        message = queries.message(message_id)
        chance = self.stage.dice.of("calls", message_id)
        by = self.stage.cast.operator(chance)
        if message.state != State.KEPT or by is None or not is_ours(message.conversation.outer_id):
            return
        if chance.random() < NOT_REACHED:
            reason = self.stage.material.sentence("not_reached", chance=chance, language=by.language)
            actions.not_reached(message_id, reason=reason, by=by, at=at)
        else:
            actions.called_back(message_id, by=by, at=at)

    def _reply(self, conversation_id: int, message_id: int, at: datetime) -> None:
        conversation = queries.conversation(conversation_id)
        survey = surveys.open_survey_of_conversation(conversation_id, at=at)
        if survey is None or not is_ours(conversation.outer_id) or _has_gone_on(conversation_id, message_id):
            return
        chance = self.stage.dice.of("answer", message_id)
        reply = self.stage.material.reply(
            confirms=chance.random() < CONFIRMS, chance=chance, language=conversation.language
        )
        if reply.confirms and conversation.channel == "api" and chance.random() < IN_WORDS:
            cards.hear(conversation_id, text=reply.text, at=at)
        elif reply.confirms:
            feedback.confirm(survey.token, score=reply.score, comment=reply.text, at=at)
        else:
            feedback.refute(survey.token, reason=reply.text, at=at)


def _has_gone_on(conversation_id: int, message_id: int) -> bool:
    """Whether somebody has answered in words or asked anew since: nobody says twice what was said before a new start."""
    since = queries.said_after(conversation_id, after=message_id).messages
    return any(message.direction == Direction.IN or message.kind in ASKS_WHETHER for message in since)
