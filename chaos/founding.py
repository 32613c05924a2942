"""What makes a city of the trial, in one process with the database at hand: `komek shell` runs it."""

import json
import secrets
from pathlib import Path

OPERATORS = 3
PARTNERS = 4
SCOPES = ("intake:write", "cards:read", "catalog:read")


def found(pack: Path, told: Path) -> None:
    """Load a city, hire its people, give keys to its partners; what they need to come in is written to a file."""
    from django.conf import settings

    from komek.config import prepare
    from komek.desks.console.pack import loading, read
    from komek.platform import audit
    from komek.platform.clock import now
    from komek.registers.staff import actions as staff

    prepare.main()
    people = [(f"operator{number}", "operator", "") for number in range(OPERATORS)]
    people += [("dispatcher", "dispatcher", "SU"), ("controller", "controller", ""), ("supervisor", "supervisor", "")]
    accounts = {}
    with audit.acting("console:chaos"):
        city = read(pack)
        for _ in loading.load(city, at=now()):
            pass
        loading.keep(city, settings.HOME)
        for name, role, service in people:
            accounts[name] = (role, secrets.token_urlsafe(12))
            staff.hire(
                username=name,
                name=name.title(),
                role=role,
                password=accounts[name][1],
                service_code=service,
                languages=["kk", "ru", "en"],
                language="ru",
            )
        partners = [staff.register_partner(name=f"Partner {number}", at=now()) for number in range(PARTNERS)]
        keys = [staff.issue_key(partner, scopes=list(SCOPES)) for partner in partners]
    told.write_text(json.dumps({"accounts": accounts, "keys": keys}))
