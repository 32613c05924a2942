"""Who stands in the queues: what is wrong is corrected, what is right is left alone."""

from komek.adapters.asterisk.ami import Message
from komek.adapters.asterisk.members import Standing, corrections, found, wanted
from komek.rooms.calls.queries import Member

AIGERIM = Member(agent_id=7, seat=1, queues=(("q109-kk", 0), ("q109-ru", 1)), paused="")
RU, KK = ("q109-ru", "PJSIP/op001"), ("q109-kk", "PJSIP/op001")


def told(queue, *, name="agent-7", paused="0", reason="", penalty="0"):
    pairs = {"Event": "QueueMember", "Queue": queue, "Location": "PJSIP/op001", "Name": name}
    pairs |= {"Paused": paused, "PausedReason": reason, "Penalty": penalty}
    return Message(tuple(pairs.items()))


def actions(now, ought):
    return [(action, dict(pairs)) for action, pairs in corrections(now, ought)]


def test_somebody_who_sits_down_is_put_into_the_queues_of_their_languages():
    made = actions({}, wanted([AIGERIM]))

    assert [(action, pairs["Queue"], pairs["Penalty"], pairs["Paused"]) for action, pairs in made] == [
        ("QueueAdd", "q109-kk", "0", "false"),
        ("QueueAdd", "q109-ru", "1", "false"),
    ]


def test_nothing_is_done_where_all_is_right():
    now = found([told("q109-kk"), told("q109-ru", penalty="1"), Message((("Event", "QueueStatusComplete"),))])

    assert actions(now, wanted([AIGERIM])) == []


def test_a_pause_goes_with_its_reason_and_ends():
    busy = Member(7, 1, (("q109-ru", 0),), "wrap_up")

    (made,) = actions(found([told("q109-ru")]), wanted([busy]))
    assert made[0] == "QueuePause"
    assert (made[1]["Paused"], made[1]["Reason"]) == ("true", "wrap_up")

    free = Member(7, 1, (("q109-ru", 0),), "")
    (made,) = actions(found([told("q109-ru", paused="1", reason="wrap_up")]), wanted([free]))
    assert (made[0], made[1]["Paused"]) == ("QueuePause", "false")


def test_who_has_a_turn_is_rung_for_one_language_and_for_lives_in_danger():
    queues = (("q109-kk", 0), ("q109-kk-urgent", 0), ("q109-ru", 1), ("q109-ru-urgent", 1))
    ought = wanted([Member(7, 1, queues, "", turn="ru")])

    assert {queue: standing.paused for (queue, _), standing in ought.items()} == {
        "q109-kk": "turn",
        "q109-kk-urgent": "",
        "q109-ru": "",
        "q109-ru-urgent": "",
    }


def test_whoever_has_gone_home_is_taken_out():
    assert actions({RU: Standing("agent-7", 0, "")}, {}) == [
        ("QueueRemove", {"Queue": "q109-ru", "Interface": "PJSIP/op001"})
    ]


def test_a_line_that_has_changed_hands_is_taken_from_the_one_and_given_to_the_other():
    made = actions({RU: Standing("agent-3", 0, "")}, {RU: Standing("agent-7", 0, "")})

    assert [action for action, _ in made] == ["QueueRemove", "QueueAdd"]


def test_a_member_that_somebody_else_put_in_is_left_alone():
    assert found([told("q109-ru", name="PJSIP/reception")]) == {}


def test_who_learns_a_language_stands_elsewhere_in_its_queue():
    (made,) = actions({KK: Standing("agent-7", 1, "")}, {KK: Standing("agent-7", 0, "")})

    assert made == ("QueuePenalty", {"Queue": "q109-kk", "Interface": "PJSIP/op001", "Penalty": "0"})
