"""The page of facts: what is announced, who reacts in the same transaction, who later, and which desks look again."""

from dataclasses import fields
from inspect import getdoc

from komek.platform import facts

HEAD = """\
# Facts

Made by `komek facts` (`make facts`) and compared in a test; do not edit by hand. **In the same transaction** means
that a failure undoes the fact; **afterwards** means in the same transaction too, but what fails there becomes a job and
holds nothing up; **shown by** means that these desks look again. Analytics follows every fact in batches.
"""


def text() -> str:
    """The whole page, a part for each room."""
    parts, room = [HEAD], ""
    for kind, at_once, afterwards, shown in facts.known():
        owner, name = facts.name_of(kind).split(".")
        if owner != room:
            room = owner
            parts.append(f"## {room}\n")
        parts.append(f"### {name}\n")
        if told := _told(kind):
            parts.append(f"{told}\n")
        lines = [f"- carries: {', '.join(f'`{field.name}`' for field in fields(kind))}"]
        lines += _line("in the same transaction", at_once)
        lines += _line("afterwards", afterwards)
        lines += _line("shown by", sorted({name.split(".")[2] for name in shown}))
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _told(kind: type) -> str:
    """The fact's own sentence; a dataclass without one gets its signature for a docstring, which says nothing new."""
    said = getdoc(kind) or ""
    return "" if said.startswith(f"{kind.__name__}(") else " ".join(said.split())


def _line(what: str, names: list[str]) -> list[str]:
    short = [name.removeprefix("komek.").removeprefix("rooms.") for name in names]
    return [f"- {what}: {', '.join(f'`{name}`' for name in short)}"] if names else []
