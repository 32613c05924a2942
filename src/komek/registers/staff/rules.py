"""Roles, rights and kinds of service: what a person may do, decided without asking a table."""

from enum import StrEnum

from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")


class Role(StrEnum):
    """Where a person sits; one person has one role."""

    OPERATOR = "operator"
    CONTROLLER = "controller"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    PLANNER = "planner"
    WATCH = "watch"
    EDITOR = "editor"
    CITY = "city"
    ADMIN = "admin"
    PARTNER = "partner"


class Right(StrEnum):
    """One thing a desk may let a person do."""

    TAKE_CONTACTS = "take_contacts"
    REGISTER_CARDS = "register_cards"
    READ_CARDS = "read_cards"
    READ_RESIDENTS = "read_residents"
    CHECK_WORK = "check_work"
    REROUTE_CARDS = "reroute_cards"
    SEE_ALL_ORDERS = "see_all_orders"
    WORK_ORDERS_OF_OWN_SERVICE = "work_orders_of_own_service"
    CALL_RESIDENTS = "call_residents"
    MANAGE_ROUTING = "manage_routing"
    MANAGE_CATALOG = "manage_catalog"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_PLACES = "manage_places"
    READ_KNOWLEDGE = "read_knowledge"
    EDIT_KNOWLEDGE = "edit_knowledge"
    ANNOUNCE_BULLETINS = "announce_bulletins"
    SEE_WALLBOARD = "see_wallboard"
    SEE_NUMBERS = "see_numbers"
    MANAGE_QUEUES = "manage_queues"
    JOIN_CALLS = "join_calls"
    HEAR_OWN_CALLS = "hear_own_calls"
    HEAR_CALLS = "hear_calls"
    HEAR_CALLS_BY_REASON = "hear_calls_by_reason"
    EXPORT_RECORDINGS = "export_recordings"
    HOLD_RECORDINGS = "hold_recordings"
    SET_RETENTION = "set_retention"
    REVIEW_CONTACTS = "review_contacts"
    PLAN_SHIFTS = "plan_shifts"
    WATCH_CAMERAS = "watch_cameras"
    MANAGE_STAFF = "manage_staff"
    MANAGE_PARTNERS = "manage_partners"
    READ_AUDIT = "read_audit"


FLOOR = frozenset({Right.READ_CARDS, Right.READ_KNOWLEDGE})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: FLOOR | {Right.TAKE_CONTACTS, Right.REGISTER_CARDS, Right.READ_RESIDENTS, Right.HEAR_OWN_CALLS},
    Role.CONTROLLER: FLOOR
    | {
        Right.TAKE_CONTACTS,
        Right.REGISTER_CARDS,
        Right.READ_RESIDENTS,
        Right.CHECK_WORK,
        Right.REROUTE_CARDS,
        Right.SEE_ALL_ORDERS,
        Right.HEAR_OWN_CALLS,
    },
    Role.DISPATCHER: frozenset({Right.WORK_ORDERS_OF_OWN_SERVICE, Right.CALL_RESIDENTS, Right.READ_KNOWLEDGE}),
    Role.SUPERVISOR: FLOOR
    | {
        Right.READ_RESIDENTS,
        Right.CHECK_WORK,
        Right.REROUTE_CARDS,
        Right.SEE_ALL_ORDERS,
        Right.MANAGE_ROUTING,
        Right.MANAGE_CALENDAR,
        Right.MANAGE_QUEUES,
        Right.JOIN_CALLS,
        Right.HEAR_CALLS,
        Right.HOLD_RECORDINGS,
        Right.REVIEW_CONTACTS,
        Right.ANNOUNCE_BULLETINS,
        Right.SEE_WALLBOARD,
        Right.SEE_NUMBERS,
    },
    Role.PLANNER: frozenset({Right.SEE_WALLBOARD, Right.SEE_NUMBERS, Right.PLAN_SHIFTS}),
    Role.WATCH: FLOOR | {Right.REGISTER_CARDS, Right.WATCH_CAMERAS},
    Role.EDITOR: frozenset({Right.READ_KNOWLEDGE, Right.EDIT_KNOWLEDGE, Right.ANNOUNCE_BULLETINS}),
    Role.CITY: frozenset({Right.SEE_WALLBOARD, Right.SEE_NUMBERS}),
    Role.ADMIN: frozenset(
        {
            Right.MANAGE_STAFF,
            Right.MANAGE_PARTNERS,
            Right.MANAGE_ROUTING,
            Right.MANAGE_CATALOG,
            Right.MANAGE_CALENDAR,
            Right.MANAGE_PLACES,
            Right.READ_AUDIT,
            Right.HEAR_CALLS_BY_REASON,
            Right.EXPORT_RECORDINGS,
            Right.HOLD_RECORDINGS,
            Right.SET_RETENTION,
            Right.READ_KNOWLEDGE,
            Right.SEE_WALLBOARD,
            Right.SEE_NUMBERS,
        }
    ),
    Role.PARTNER: frozenset(),
}


class Kind(StrEnum):
    """What sort of body a service is; `house` is an organisation that serves single houses."""

    SELF = "self"
    UTILITY = "utility"
    CONTRACTOR = "contractor"
    DEPARTMENT = "department"
    AKIMAT = "akimat"
    EMERGENCY = "emergency"
    HOUSE = "house"


class Scope(StrEnum):
    """What a partner's key opens."""

    INTAKE_WRITE = "intake:write"
    CARDS_READ = "cards:read"
    CATALOG_READ = "catalog:read"


class UnknownAgent(Refusal):
    """Nobody of that id works here."""

    def __init__(self, agent: object) -> None:
        super().__init__("unknown_agent", "Nobody here is known as %(agent)s.", agent=agent)


class UnknownService(Refusal):
    """No service has that code."""

    def __init__(self, service: str) -> None:
        super().__init__("unknown_service", "There is no service with the code %(service)s.", service=service)


class NameTaken(Refusal):
    """Two people may not sign in under one name."""

    def __init__(self, username: str) -> None:
        super().__init__("username_taken", "The sign-in name %(username)s is taken.", username=username)


class ServiceNeeded(Refusal):
    """A dispatcher without a service would see either nothing or everything."""

    def __init__(self, username: str) -> None:
        super().__init__(
            "service_needed", "A dispatcher works for a service: name it for %(username)s.", username=username
        )


class KeyNotAccepted(Refusal):
    """The key is unknown or withdrawn; the two are not told apart to the outside."""

    def __init__(self) -> None:
        super().__init__("key_not_accepted", "This key is not accepted.")


class ScopeMissing(KeyNotAccepted):
    """The key is good, but was not given for this door: its holder is told what to ask for."""

    def __init__(self, scope: str) -> None:
        Refusal.__init__(self, "scope_missing", "This key lacks the scope %(scope)s.", scope=str(scope))


class RightMissing(Refusal):
    """The person is known but may not do this."""

    def __init__(self, right: str) -> None:
        super().__init__("right_missing", "Your role does not include the right %(right)s.", right=right)


def may(role: str, right: Right) -> bool:
    """Whether a role includes a right; an unknown role may nothing."""
    try:
        return right in RIGHTS[Role(role)]
    except ValueError:
        return False


def spoken(languages: object) -> list[str]:
    """The known languages among those given, in the order of the house, each once."""
    given = (
        {str(language).strip().lower() for language in languages}
        if isinstance(languages, (list, tuple, set))
        else set()
    )
    return [language for language in LANGUAGES if language in given]
