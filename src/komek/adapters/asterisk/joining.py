"""A supervisor's telephone rings; whoever answers it is in the call."""

from komek.adapters.asterisk.ami import Client, Message
from komek.adapters.asterisk.layout import seat_name
from komek.rooms.calls.queries import Rung
from komek.rooms.calls.rules import Ear

JOIN = "join"
RING_SECONDS = 20
# What ChanSpy calls them.
OPTIONS = {Ear.LISTEN: "", Ear.WHISPER: "w", Ear.BARGE: "B"}


async def ring(client: Client, rung: Rung) -> None:
    """Ring the supervisor; raises AMIError when the switch cannot be asked."""
    values = {
        "TARGET": f"PJSIP/{seat_name(rung.agent_seat)}",
        "EAR": OPTIONS[Ear(rung.ear)],
        # Their browser answers by itself: they have asked for it.
        "PJSIP_HEADER(add,X-CC-Join)": rung.ear,
    }
    await client.action(
        "Originate",
        ("Channel", f"PJSIP/{seat_name(rung.seat)}"),
        ("Context", JOIN),
        ("Exten", str(rung.id)),
        ("Priority", "1"),
        ("CallerID", f"{seat_name(rung.agent_seat)} <{seat_name(rung.agent_seat)}>"),
        ("Timeout", str(RING_SECONDS * 1000)),
        ("Async", "true"),
        *(("Variable", f"{name}={value}") for name, value in values.items()),
    )


def failed(message: Message) -> int | None:
    """Which joining an answer to Originate says could not be."""
    joining = message.get("Exten")
    return int(joining) if message.get("Context") == JOIN and joining.isdigit() else None
