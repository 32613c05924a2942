"""Configuration files from their templates: the ones of the proof and the ones of the handbook are the same."""

from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"


def filled(name: str, /, **values: object) -> str:
    """The template with its values; a missing or a superfluous value is an error, not an empty place."""
    template = Template((TEMPLATES / name).read_text(encoding="utf-8"))
    if superfluous := values.keys() - set(template.get_identifiers()):
        message = f"{name} has no place for {', '.join(sorted(superfluous))}"
        raise KeyError(message)
    return template.substitute({key: str(value) for key, value in values.items()})


def variables(text: str) -> dict[str, str]:
    """What an environment file says, as systemd reads it."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
