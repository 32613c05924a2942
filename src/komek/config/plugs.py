"""Which adapters are plugged in."""

from importlib import import_module

ADAPTERS = ("webform", "desk", "api", "asterisk")


def plug_everything_in() -> None:
    """Call every adapter's `plug()`: its whole registration."""
    for name in ADAPTERS:
        import_module(f"komek.adapters.{name}.plug").plug()
