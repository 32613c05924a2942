"""What the numbers do by the clock."""

from komek.platform import facts, jobs


@jobs.every("* * * * * */2")
def catch_up() -> int:
    """Let the followers of the log read what is new, so that the wallboard is never more than seconds behind."""
    return facts.catch_up()
