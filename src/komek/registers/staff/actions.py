"""Hiring and letting go, loading services, giving keys to partner systems."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from komek.platform.questions import Question
from komek.platform.transactions import together
from komek.registers.staff import queries, rules
from komek.registers.staff.models import Agent, Partner, Service
from komek.rows import Report, is_yes, numbered

# Writing down every use would make every call of a partner a write.
USE_NOTED_EVERY = timedelta(minutes=1)
LONGEST_CODE = 40
_door_open_to = Question(lambda prefix: Partner.objects.filter(key_prefix=prefix, active=True).order_by("id")[:1])
LOADED = (
    "kind", "name_kk", "name_ru", "name_en", "phone", "email", "parent_code", "district_code", "active", "works_round_the_clock",
)  # fmt: skip


@together
def hire(
    *,
    username: str,
    name: str,
    role: str,
    password: str | None = None,
    service_code: str = "",
    languages: Iterable[str] = ("kk", "ru"),
    language: str = "kk",
    email: str = "",
) -> Agent:
    """Let a person sign in, in one role; a dispatcher works for one service."""
    username = username.strip().lower()
    if Agent.objects.filter(username=username).exists():
        raise rules.NameTaken(username)
    if role == rules.Role.DISPATCHER and not service_code:
        raise rules.ServiceNeeded(username)
    return Agent.objects.create_user(
        username,
        password,
        name=name.strip(),
        role=rules.Role(role),
        service=queries.service(service_code) if service_code else None,
        languages=rules.spoken(list(languages)),
        language=language if language in rules.LANGUAGES else rules.LANGUAGES[0],
        email=email,
        is_staff=role == rules.Role.ADMIN,
    )


def dismiss(agent: Agent) -> None:
    """Let a person sign in no more; what they did stays under their name."""
    agent.is_active = False
    agent.save(update_fields=["is_active"])


@together
def set_password(agent: Agent, *, password: str) -> None:
    """A new password for somebody who has lost theirs; sessions of the old one end."""
    agent.set_password(password)
    agent.save(update_fields=["password"])


def choose_language(agent: Agent, *, language: str) -> None:
    """Keep the language a person wants their screens in."""
    if language in rules.LANGUAGES and agent.language != language:
        agent.language = language
        agent.save(update_fields=["language"])


@together
def load_services(rows: Iterable[Mapping[str, str | None]]) -> Report:
    """Take services by code; those not in the rows stay as they are, because cards may name them."""
    report = Report()
    found: dict[str, Service] = {}
    for line, row in numbered(rows):
        code, kind = row.get("code", ""), row.get("kind", "") or rules.Kind.CONTRACTOR
        if not code or len(code) > LONGEST_CODE or "+" in code or code.startswith("@"):
            report.refuse(
                line, f"«{code}» cannot be the code of a service.", f"Use up to {LONGEST_CODE} letters and digits."
            )
        elif kind not in set(rules.Kind):
            report.refuse(line, f"«{kind}» is not a kind of service.", f"Use one of: {', '.join(rules.Kind)}.")
        elif not any(row.get(f"name_{language}") for language in rules.LANGUAGES):
            report.refuse(line, f"The service {code} has no name.", "Fill name_kk, name_ru or name_en.")
        elif code in found:
            report.refuse(line, f"The service {code} stands here twice.", "Delete one of the two lines.")
        else:
            found[code] = _service(code, kind, row)
    report.loaded = len(found)
    Service.objects.bulk_create(found.values(), update_conflicts=True, unique_fields=["code"], update_fields=LOADED)
    return report


def _service(code: str, kind: str, row: dict[str, str]) -> Service:
    return Service(
        code=code,
        kind=kind,
        parent_code=row.get("parent", "") or ("OSI" if kind == rules.Kind.HOUSE else ""),
        district_code=row.get("district", ""),
        phone=row.get("phone", "")[:40],
        email=row.get("email", ""),
        active=is_yes(row.get("active", ""), empty=True),
        works_round_the_clock=is_yes(row.get("round_the_clock", ""), empty=kind == rules.Kind.EMERGENCY),
        **{f"name_{language}": row.get(f"name_{language}", "")[:300] for language in rules.LANGUAGES},
    )


@together
def register_partner(*, name: str, at: datetime) -> Partner:
    """Note another system that may ask for a key."""
    found, _ = Partner.objects.get_or_create(name=name.strip(), defaults={"created_at": at})
    return found


def issue_key(partner: Partner, *, scopes: Iterable[str]) -> str:
    """Give a partner a new key, shown this once; an earlier key is worth nothing from now on."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    key = f"komek_{prefix}_{secret}"
    partner.key_prefix = prefix
    partner.key_hash = _digest(key)
    partner.scopes = sorted(rules.Scope(scope).value for scope in scopes)
    partner.active = True
    partner.save(update_fields=["key_prefix", "key_hash", "scopes", "active"])
    return key


def withdraw_key(partner: Partner) -> None:
    """Close the door to a partner."""
    partner.active = False
    partner.save(update_fields=["active"])


def verify_key(key: str, *, scope: str, at: datetime) -> Partner:
    """The partner who holds this key, if it is theirs, in force and opens this door."""
    parts = key[:200].split("_", 2)
    prefix = parts[1] if len(parts) == 3 and parts[0] == "komek" else ""  # noqa: PLR2004 - name, prefix, secret
    found = _door_open_to.one(prefix=prefix) if prefix and "\0" not in key else None
    if found is None or not hmac.compare_digest(found.key_hash, _digest(key)):
        raise rules.KeyNotAccepted
    if scope not in found.scopes:
        raise rules.ScopeMissing(scope)
    if found.last_used_at is None or found.last_used_at < at - USE_NOTED_EVERY:
        Partner.objects.filter(id=found.id).update(last_used_at=at)
    return found


def _digest(key: str) -> str:
    """A plain digest is enough: the key is 256 random bits, not a word somebody chose."""
    return hashlib.sha256(key.encode()).hexdigest()
