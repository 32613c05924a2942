"""What was said: contacts and the seats beside them, drafts, messages, notices, surveys."""

from komek.desks.console.verify.check import Check

# What a contact has lived through by its state; every other time is empty.
_LIVED = {
    "waiting": (),
    "offered": ("offered_to_id", "offered_at"),
    "accepted": ("accepted_by_id", "accepted_at"),
    "wrap_up": ("accepted_by_id", "accepted_at", "ended_at"),
    "ended": ("ended_at", "wrapped_up_at"),
    "abandoned": ("abandoned_at",),
}
_TIMES = ("offered_to_id", "offered_at", "accepted_by_id", "accepted_at", "ended_at", "wrapped_up_at", "abandoned_at")
# A contact that ended by itself was never accepted, one that an operator ended was.
_EITHER = {"ended": ("accepted_by_id", "accepted_at")}


def _contradicted() -> str:
    """That the times of a contact are not those of its state."""
    cases = []
    for state, lived in _LIVED.items():
        wrong = [f"{column} IS NULL" for column in lived]
        wrong += [f"{column} IS NOT NULL" for column in _TIMES if column not in (*lived, *_EITHER.get(state, ()))]
        cases.append(f"WHEN '{state}' THEN {' OR '.join(wrong)}")
    return f"CASE state {' '.join(cases)} ELSE true END"


_DELIVER = "komek.rooms.channels.actions.delivering.deliver"

CHECKS = (
    Check(
        "contact_unlike_state",
        "Contacts whose times contradict their state",
        f"SELECT 'contact ' || id || ' is ' || state AS who FROM {{contacts}} contact WHERE {_contradicted()}",  # noqa: S608
    ),
    Check(
        "seat_for_nobody",
        "Seats that are held by a contact which is not there",
        """
        SELECT agent.username || ' is ' || seat.state AS who
        FROM intake_seat seat JOIN staff_agent agent ON agent.id = seat.agent_id
        WHERE seat.state = 'offered' AND NOT EXISTS (
                SELECT FROM intake_contact contact WHERE contact.state = 'offered' AND contact.offered_to_id = seat.agent_id)
           OR seat.state = 'talking' AND NOT EXISTS (
                SELECT FROM intake_contact contact WHERE contact.state = 'accepted' AND contact.accepted_by_id = seat.agent_id)
           OR seat.state = 'wrap_up' AND NOT EXISTS (
                SELECT FROM intake_contact contact WHERE contact.state = 'wrap_up' AND contact.accepted_by_id = seat.agent_id)
        """,
    ),
    Check(
        "draft_unlike_revision",
        "Drafts whose revision and times contradict each other",
        """
        SELECT 'contact ' || contact_id || ', revision ' || revision AS who FROM {drafts} draft
        WHERE (revision = 0) <> (saved_at IS NULL) OR (saved_at IS NULL) <> (saved_by_id IS NULL)
        """,
    ),
    Check(
        "draft_lost",
        "Drafts that are older than what was announced as saved",
        """
        SELECT 'contact ' || draft.contact_id || ', revision ' || draft.revision || ' of ' || said.revision AS who
        FROM intake_draft draft
        JOIN (SELECT (data->>'contact_id')::bigint AS contact_id, max((data->>'revision')::int) AS revision
              FROM {facts} fact WHERE name = 'intake.DraftSaved' GROUP BY 1) said ON said.contact_id = draft.contact_id
        WHERE draft.revision < said.revision
        """,
    ),
    Check(
        "message_forgotten",
        "Messages that are to be sent and that no job and no next attempt will send",
        f"""
        SELECT 'message ' || message.id AS who FROM {{messages}} message
        WHERE message.state = 'queued' AND message.next_attempt_at IS NULL AND NOT EXISTS (
            SELECT FROM procrastinate_jobs job
            WHERE job.status IN ('todo', 'doing') AND job.task_name = '{_DELIVER}'
              AND (job.args->>'message_id')::bigint = message.id)
        """,  # noqa: S608 - our own name of a task
    ),
    Check(
        "message_late",
        "Messages whose next attempt is long due",
        """
        SELECT 'message ' || message.id || ', attempt ' || message.attempts || ', due ' || message.next_attempt_at AS who
        FROM {messages} message, {lived} lived
        WHERE message.state = 'queued' AND message.next_attempt_at < lived.until - make_interval(secs => %(patience)s)
        """,
    ),
    Check(
        "message_unlike_state",
        "Messages whose times contradict their state",
        """
        SELECT 'message ' || id || ' is ' || direction || ' and ' || state AS who FROM {messages} message
        WHERE (direction = 'in') <> (state = 'received') OR (state = 'sent') <> (sent_at IS NOT NULL)
           OR state = 'failed' AND failure = '' OR state <> 'queued' AND next_attempt_at IS NOT NULL
        """,
    ),
    Check(
        "notice_without_message",
        "Notices whose message is another one, and messages about a card without their notice",
        """
        SELECT 'message ' || message.id || ', ' || message.key AS who FROM {messages} message
        WHERE message.key LIKE 'card:%%'
          AND NOT EXISTS (SELECT FROM feedback_notice notice WHERE notice.message_id = message.id)
        UNION ALL
        SELECT 'notice ' || notice.id || ', ' || notice.occasion
        FROM {notices} notice JOIN channels_message message ON message.id = notice.message_id
        WHERE message.key IS DISTINCT FROM 'card:' || notice.card_id || ':' || notice.occasion
        """,
    ),
    Check(
        "survey_unlike_answer",
        "Surveys whose answer and time contradict each other, or that ask about a round which never was",
        """
        SELECT card.number || ', round ' || survey.round AS who
        FROM {surveys} survey JOIN cards_card card ON card.id = survey.card_id
        WHERE (survey.answer = '') <> (survey.answered_at IS NULL) OR survey.round > card.reopened
        """,
    ),
)
