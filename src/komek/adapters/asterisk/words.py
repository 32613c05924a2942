"""Asterisk's words in the centre's: lines of the journal, members of queues, and back."""

from komek.adapters.asterisk.queue_log import Line
from komek.rooms.calls.rules import Entry, What

MEANING = {
    "URGENT": What.URGENT,
    "ENTERQUEUE": What.ENTERED,
    "CONNECT": What.ANSWERED,
    "RINGNOANSWER": What.NOT_ANSWERED,
    "COMPLETEAGENT": What.ENDED,
    "COMPLETECALLER": What.ENDED,
    "ABANDON": What.ABANDONED,
    "CALLBACK": What.CALLBACK_ASKED,
    "CALLEDBACK": What.CALLED_BACK,
    "BULLETIN": What.INCIDENT_HEARD,
    "JOINED_INCIDENT": What.INCIDENT_JOINED,
    "LEFT": What.OPERATOR_LEFT,
    "SERVICE_ASKED": What.SERVICE_ASKED,
    "SERVICE_RINGING": What.SERVICE_RINGING,
    "SERVICE_SILENT": What.SERVICE_SILENT,
    "SERVICE_ANSWERED": What.SERVICE_ANSWERED,
    "SERVICE_LEFT": What.SERVICE_LEFT,
    "COLLEAGUE_ASKED": What.COLLEAGUE_ASKED,
    "COLLEAGUE_ANSWERED": What.COLLEAGUE_ANSWERED,
    "COLLEAGUE_SILENT": What.COLLEAGUE_SILENT,
    "SPY_BEGAN": What.SPY_BEGAN,
    "SPY_ENDED": What.SPY_ENDED,
    "RECORDED": What.RECORDED,
    "RESIDENT_DIALLED": What.RESIDENT_DIALLED,
    "RESIDENT_CAME": What.RESIDENT_CAME,
    "GONE": What.GONE,
}
AGENT = "agent-"


def entry(line: Line) -> Entry | None:
    """What a line of the journal means here; None for what only the switch itself needs."""
    what = MEANING.get(line.event)
    if what is None or not line.call:
        return None
    return Entry(line.at, line.call, what, line.queue, agent_id(line.agent), line.data)


def member_name(agent_id: int) -> str:
    """Under this name somebody stands in the queues and in the journal."""
    return f"{AGENT}{agent_id}"


def agent_id(name: str) -> int | None:
    """Whose name this is; None for a member that somebody else has put into a queue."""
    number = name.removeprefix(AGENT)
    return int(number) if name.startswith(AGENT) and number.isdigit() else None
