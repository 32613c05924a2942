"""What can stop a server from starting, said with the next step."""


class CannotStart(Exception):
    """The server cannot run here; the message names the remedy."""
