"""A channel that delivers to a list, and fails when it is told to."""

from komek.rooms.channels.ports import NotDelivered, Receipt


class FakeChannel:
    """Delivers at once; `failing` failures come first, and nobody is behind an empty or a forbidden address."""

    speaks_outside = True

    def __init__(self, *, unreachable=frozenset(), failing=0):
        self.delivered = []
        self.unreachable = unreachable
        self.failing = failing

    def send(self, *, to, text):
        if not to or to in self.unreachable:
            raise NotDelivered("nobody is known there", permanent=True)
        if self.failing:
            self.failing -= 1
            raise NotDelivered("the line is down", permanent=False)
        self.delivered.append((to, text))
        return Receipt(outer_id=f"fake-{len(self.delivered)}")
