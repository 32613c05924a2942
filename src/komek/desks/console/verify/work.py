"""The work on a card: its clock, its services, their orders, the check of the second line."""

from komek.desks.console.verify.check import Check
from komek.rooms.cards.rules import FINAL, SECOND_LINE
from komek.rooms.workorders.rules import GONE, OPEN, TRANSITIONS, Status

_CARD_FINAL = sorted(status.value for status in FINAL)
_OPEN = sorted(status.value for status in OPEN)
_GONE = sorted(status.value for status in GONE)
_MOVES = [f"{was.value}>{to.value}" for was, allowed in TRANSITIONS.items() for to in allowed]

CHECKS = (
    Check(
        "clock_missing",
        "Cards with a service but without a clock",
        """
        SELECT card.number || ' is ' || card.status AS who FROM {cards} card
        WHERE card.status IN ('routed', 'in_work', 'done')
          AND NOT EXISTS (SELECT FROM routing_clock clock WHERE clock.card_id = card.id)
        """,
    ),
    Check(
        "clock_unlike_card",
        "Clocks that stand on an open card or run on one that is over",
        """
        SELECT card.number || ' is ' || card.status || CASE WHEN clock.stopped_at IS NULL THEN ', its clock runs'
               ELSE ', its clock stands' END AS who
        FROM {clocks} clock JOIN cards_card card ON card.id = clock.card_id
        WHERE (card.status = ANY(%(final)s)) <> (clock.stopped_at IS NOT NULL)
        """,
        given={"final": _CARD_FINAL},
    ),
    Check(
        "pause_unlike_clock",
        "Clocks that pause without an open pause, or the other way round",
        """
        SELECT card.number AS who
        FROM {clocks} clock
        JOIN cards_card card ON card.id = clock.card_id
        LEFT JOIN routing_pause pause ON pause.clock_id = clock.card_id AND pause.ended_at IS NULL
        WHERE (clock.paused_at IS NULL) <> (pause.id IS NULL)
        """,
    ),
    Check(
        "assignment_without_order",
        "Services that were given a card but never sent an order",
        """
        SELECT card.number || ' at ' || assignment.service_code AS who
        FROM {assignments} assignment
        JOIN cards_card card ON card.id = assignment.card_id
        LEFT JOIN workorders_order sent ON sent.assignment_id = assignment.id
        WHERE sent.id IS NULL
        """,
    ),
    Check(
        "order_twice",
        "Services that were sent the same order more than once",
        # By an expression, for the same reason as the numbers of cards.
        "SELECT min(service_code) || ' of assignment ' || assignment_id + 0 AS who FROM {orders} sent"
        " GROUP BY assignment_id + 0 HAVING count(*) > 1",
    ),
    Check(
        "order_unlike_assignment",
        "Orders that are for another card or service than their assignment",
        """
        SELECT 'order ' || sent.id || ' for ' || sent.service_code || ', assigned to ' || assignment.service_code AS who
        FROM {orders} sent JOIN routing_assignment assignment ON assignment.id = sent.assignment_id
        WHERE sent.card_id <> assignment.card_id OR sent.service_code <> assignment.service_code
        """,
    ),
    Check(
        "service_unknown",
        "Services with a card that do not exist",
        """
        SELECT card.number || ' at ' || assignment.service_code AS who
        FROM {assignments} assignment JOIN cards_card card ON card.id = assignment.card_id
        WHERE NOT EXISTS (SELECT FROM staff_service service WHERE service.code = assignment.service_code)
        """,
    ),
    Check(
        "work_after_end",
        "Cards that are over while somebody still has them or still works on them",
        """
        SELECT card.number || ' is ' || card.status || ', ' || assignment.service_code || ' has it' AS who
        FROM {assignments} assignment
        JOIN cards_card card ON card.id = assignment.card_id
        LEFT JOIN workorders_order sent ON sent.assignment_id = assignment.id
        WHERE card.status = ANY(%(final)s)
          AND (assignment.withdrawn_at IS NULL AND assignment.ended_at IS NULL OR sent.id IS NOT NULL AND sent.ended_at IS NULL)
        """,
        given={"final": _CARD_FINAL},
    ),
    Check(
        "work_for_nobody",
        "Open orders of services that do not have the card any more",
        """
        SELECT card.number || ' at ' || sent.service_code AS who
        FROM {orders} sent
        JOIN routing_assignment assignment ON assignment.id = sent.assignment_id
        JOIN cards_card card ON card.id = sent.card_id
        WHERE sent.ended_at IS NULL AND (assignment.withdrawn_at IS NOT NULL OR assignment.ended_at IS NOT NULL)
        """,
    ),
    Check(
        "done_while_working",
        "Cards that count as done while an order is open",
        """
        SELECT DISTINCT card.number AS who
        FROM {orders} sent JOIN cards_card card ON card.id = sent.card_id
        WHERE card.status = 'done' AND sent.ended_at IS NULL
        """,
    ),
    Check(
        "nobody_works",
        "Cards with a service that nobody works on and nobody decides about",
        """
        SELECT card.number || ' is ' || card.status || ' and belongs to ' || card.owner_code AS who
        FROM {cards} card
        WHERE card.status IN ('routed', 'in_work') AND card.owner_code <> %(second_line)s
          AND NOT EXISTS (SELECT FROM workorders_order sent WHERE sent.card_id = card.id AND sent.ended_at IS NULL)
        """,
        given={"second_line": SECOND_LINE},
    ),
    Check(
        "order_end_unlike_status",
        "Orders whose times and status contradict each other",
        """
        SELECT 'order ' || id || ' is ' || status AS who FROM {orders} sent
        WHERE (status = ANY(%(open)s)) <> (ended_at IS NULL)
           OR status = %(done)s AND done_at IS NULL
           OR status <> ALL(%(gone)s) AND status <> %(sent)s AND accepted_at IS NULL
        """,
        given={"open": _OPEN, "gone": _GONE, "done": Status.DONE.value, "sent": Status.SENT.value},
    ),
    Check(
        "order_unlike_history",
        "Orders that stand otherwise than the last line of their history says",
        """
        SELECT 'order ' || sent.id || ' is ' || sent.status || ', its history ends with ' || coalesce(last.status, 'nothing')
               AS who
        FROM {orders} sent
        LEFT JOIN (SELECT order_id, max(id) AS id FROM {order_entries} entry GROUP BY order_id) newest
               ON newest.order_id = sent.id
        LEFT JOIN workorders_orderentry last ON last.id = newest.id
        WHERE last.status IS DISTINCT FROM sent.status
        """,
    ),
    Check(
        "order_move_forbidden",
        "Lines in the history of an order that make a move which is not allowed",
        """
        SELECT 'order ' || order_id || ': ' || coalesce(nullif(before, ''), 'nothing') || ' to ' || status AS who
        FROM (SELECT order_id, status, lag(status, 1, '') OVER (PARTITION BY order_id ORDER BY id) AS before
              FROM {order_entries} entry) line
        WHERE before <> status AND before || '>' || status <> ALL(%(moves)s)
        """,
        given={"moves": [*_MOVES, f">{Status.SENT.value}"]},
    ),
    Check(
        "done_without_report",
        "Orders that are done without a report",
        """
        SELECT 'order ' || sent.id || ' of ' || sent.service_code AS who FROM {orders} sent
        WHERE sent.status = %(done)s
          AND NOT EXISTS (SELECT FROM workorders_report report WHERE report.order_id = sent.id)
        """,
        given={"done": Status.DONE.value},
    ),
    Check(
        "done_without_check",
        "Cards that are done and that nobody is asked to check",
        """
        SELECT card.number AS who FROM {cards} card
        WHERE card.status = 'done'
          AND NOT EXISTS (SELECT FROM control_check one WHERE one.card_id = card.id AND one.decided_at IS NULL)
        """,
    ),
    Check(
        "check_unlike_card",
        "Open checks of cards that are not done",
        """
        SELECT card.number || ' is ' || card.status AS who
        FROM {checks} one JOIN cards_card card ON card.id = one.card_id
        WHERE one.decided_at IS NULL AND card.status <> 'done'
        """,
    ),
    Check(
        "check_undecided",
        "Checks that are decided without a verdict, or the other way round",
        """
        SELECT card.number || ': ' || one.verdict AS who
        FROM {checks} one JOIN cards_card card ON card.id = one.card_id
        WHERE (one.verdict = 'open') <> (one.decided_at IS NULL)
        """,
    ),
    Check(
        "escalation_after_end",
        "Open escalations of cards that are over",
        """
        SELECT card.number || ': ' || escalation.cause AS who
        FROM {escalations} escalation JOIN cards_card card ON card.id = escalation.card_id
        WHERE escalation.resolved_at IS NULL AND card.status = ANY(%(final)s)
        """,
        given={"final": _CARD_FINAL},
    ),
)
