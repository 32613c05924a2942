"""Numbers of callers."""

LONGEST_NUMBER = 20


def tidy_number(said: str) -> str:
    """A caller's number as it can be kept and dialled; nothing for who hides it, or sends anything else.

    What is left of other writing would be somebody else's number, so it is all or nothing.
    """
    kept = said.strip().translate(str.maketrans("", "", " -()"))
    digits = kept.removeprefix("+")
    return kept if digits.isascii() and digits.isdigit() and len(kept) <= LONGEST_NUMBER else ""
