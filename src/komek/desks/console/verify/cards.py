"""Cards: their numbers, their statuses, and a history that leads there."""

from komek.desks.console.verify.check import Check
from komek.rooms.cards.rules import FINAL, OPEN, TRANSITIONS, Status

# Damm's quasigroup, row after row. Written out once more: read from the code, it would repeat the code's mistakes.
_DAMM = (
    "0,3,1,7,5,9,8,6,4,2, 7,0,9,2,1,5,4,8,6,3, 4,2,0,6,8,7,1,3,5,9, 1,7,5,0,9,8,3,4,2,6, 6,1,2,3,0,4,5,9,7,8,"
    "3,6,7,4,2,0,9,5,8,1, 5,8,6,9,7,2,0,1,3,4, 8,9,4,5,3,6,2,0,1,7, 9,4,3,8,6,1,7,2,0,5, 2,5,8,1,4,3,6,7,9,0"
)
_FORM = r"^\d{{2}}-\d{{4,6}}-\d{{4}}$"


def _state_after(digits: int) -> str:
    """The state of the check after so many digits, as one expression; a right number ends in 0."""
    state = "0"
    for place in range(1, digits + 1):
        state = f"quasigroup[1 + 10 * {state} + substr(digits, {place}, 1)::int]"
    return state


_MOVES = [f"{was.value}>{to.value}" for was, allowed in TRANSITIONS.items() for to in allowed]
# A history begins with one of these: received, registered, or told in the contact itself.
_BIRTHS = [
    f">{status.value}"
    for status in (Status.RECEIVED, Status.REGISTERED, Status.ANSWERED, Status.EXPLAINED, Status.HANDED_OVER)
]
_OPEN = sorted(status.value for status in OPEN)
_FINAL = sorted(status.value for status in FINAL)
_STATUSES = {"open": _OPEN, "final": _FINAL}

CHECKS = (
    Check(
        "number_twice",
        "Numbers that more than one card has",
        # Grouped by an expression, so that the answer comes from the cards and not from the index that should prevent it.
        "SELECT min(number) AS who FROM cards_card GROUP BY number || '' HAVING count(*) > 1",
    ),
    Check(
        "number_wrong",
        "Cards whose number is none: its form or its check digit is wrong",
        f"""
        SELECT number AS who
        FROM (SELECT number, replace(number, '-', '') AS digits FROM {{cards}}) card,
             (SELECT ARRAY[{_DAMM}] AS quasigroup) damm
        WHERE CASE WHEN number !~ '{_FORM}' THEN true
                   WHEN length(digits) = 10 THEN {_state_after(10)} <> 0
                   WHEN length(digits) = 11 THEN {_state_after(11)} <> 0
                   ELSE {_state_after(12)} <> 0 END
        """,  # noqa: S608 - our own digits
    ),
    Check(
        "numbers_behind",
        "The counter of numbers would give a number that was given before",
        f"""
        SELECT 'the counter stands at ' || last_value || ', the newest number has ' || newest AS who
        FROM card_numbers,
             (SELECT max(left(substr(replace(number, '-', ''), 3), -1)::bigint) AS newest
              FROM cards_card WHERE number ~ '{_FORM}') cards
        WHERE newest >= last_value + is_called::int
        """,  # noqa: S608 - our own form
    ),
    Check(
        "status_unlike_history",
        "Cards that stand otherwise than the last line of their history says",
        """
        SELECT card.number || ' is ' || card.status || ', its history ends with ' || coalesce(last.status, 'nothing') AS who
        FROM {cards} card
        LEFT JOIN (SELECT card_id, max(id) AS id FROM {entries} entry GROUP BY card_id) newest ON newest.card_id = card.id
        LEFT JOIN cards_entry last ON last.id = newest.id
        WHERE last.status IS DISTINCT FROM card.status
        """,
    ),
    Check(
        "move_forbidden",
        "Lines of history that make a move which is not allowed",
        """
        SELECT card.number || ': ' || coalesce(nullif(entry.was, ''), 'nothing') || ' to ' || entry.status AS who
        FROM {entries} entry JOIN cards_card card ON card.id = entry.card_id
        WHERE entry.was <> entry.status AND entry.was || '>' || entry.status <> ALL(%(moves)s)
        """,
        given={"moves": [*_MOVES, *_BIRTHS]},
    ),
    Check(
        "history_torn",
        "Lines of history that do not go on where the line before ended",
        """
        SELECT card.number || ': ' || coalesce(nullif(line.before, ''), 'nothing') || ', then from '
               || coalesce(nullif(line.was, ''), 'nothing') AS who
        FROM (SELECT card_id, was, lag(status, 1, '') OVER (PARTITION BY card_id ORDER BY id) AS before
              FROM {entries} entry) line
        JOIN cards_card card ON card.id = line.card_id
        WHERE line.was <> line.before
        """,
    ),
    Check(
        "owner_unknown",
        "Open cards whose owner does not exist",
        """
        SELECT number || ' belongs to ' || owner_code AS who FROM {cards} card
        WHERE closed_at IS NULL AND NOT EXISTS (SELECT FROM staff_service service WHERE service.code = card.owner_code)
        """,
    ),
    Check(
        "end_unlike_status",
        "Cards whose end and status contradict each other",
        """
        SELECT number || ' is ' || status || CASE WHEN closed_at IS NULL THEN ' without an end' ELSE ' with an end' END
               || CASE WHEN outcome = '' THEN ' and without an outcome' ELSE ' and an outcome' END AS who
        FROM {cards} card
        WHERE (status = ANY(%(final)s)) <> (closed_at IS NOT NULL) OR (closed_at IS NULL) <> (outcome = '')
        """,
        given=_STATUSES,
    ),
    Check(
        "reopened_unlike_history",
        "Cards that were reopened more or less often than their history says",
        """
        SELECT card.number || ' says ' || card.reopened || ', its history ' || coalesce(told.times, 0) AS who
        FROM {cards} card
        LEFT JOIN (SELECT card_id, count(*) AS times FROM {entries} entry WHERE verb = 'reopened' GROUP BY card_id) told
               ON told.card_id = card.id
        WHERE card.reopened <> coalesce(told.times, 0)
        """,
    ),
)
