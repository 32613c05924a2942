"""Stored values in the words of people, and the tone each is shown in."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "status": {
        "received": (_("received"), "accent"),
        "registered": (_("registered"), "accent"),
        "routed": (_("passed on"), "accent"),
        "in_work": (_("in work"), "live"),
        "done": (_("done, being checked"), "warn"),
        "closed": (_("closed"), ""),
        "answered": (_("answered"), ""),
        "explained": (_("explained"), ""),
        "handed_over": (_("handed over"), "danger"),
        "withdrawn": (_("withdrawn"), ""),
    },
    "kind": {
        "question": (_("question"), ""),
        "request": (_("request"), "accent"),
        "appeal": (_("appeal"), "warn"),
        "not_ours": (_("not ours"), ""),
        "emergency": (_("emergency"), "danger"),
    },
    "contact": {
        "waiting": (_("waiting"), "warn"),
        "offered": (_("offered"), "accent"),
        "accepted": (_("in conversation"), "live"),
        "wrap_up": (_("wrap-up"), ""),
        "ended": (_("ended"), ""),
        "abandoned": (_("abandoned"), "danger"),
    },
    "seat": {
        "off": (_("away"), ""),
        "ready": (_("ready"), "live"),
        "offered": (_("offered"), "accent"),
        "talking": (_("in conversation"), "accent"),
        "wrap_up": (_("wrap-up"), "warn"),
        "break": (_("break"), ""),
    },
    "break": {
        "rest": (_("rest"), ""),
        "lunch": (_("lunch"), ""),
        "training": (_("training"), ""),
        "trouble": (_("technical trouble"), ""),
    },
    "urgency": {"urgent": (_("urgent"), "danger"), "normal": (_("normal"), "")},
    "priority": {
        "critical": (_("critical"), "danger"),
        "high": (_("high"), "warn"),
        "normal": (_("normal"), ""),
        "low": (_("low"), ""),
    },
    "order": {
        "sent": (_("new"), "accent"),
        "accepted": (_("accepted"), "live"),
        "on_the_way": (_("on the way"), "live"),
        "on_site": (_("on site"), "live"),
        "done": (_("done"), ""),
        "declined": (_("not ours, returned"), "warn"),
        "withdrawn": (_("withdrawn"), ""),
    },
    "outcome": {
        "done": (_("done"), "live"),
        "partly": (_("partly done"), "warn"),
        "not_done": (_("not done"), "danger"),
        "refused": (_("refused"), "danger"),
        "explained": (_("explained"), ""),
        "answered": (_("answered"), ""),
        "handed_over": (_("handed over"), "danger"),
        "withdrawn": (_("withdrawn"), ""),
    },
    "reason": {
        "not_confirmed": (_("not found on site"), ""),
        "no_access": (_("no access"), ""),
        "done_by_others": (_("done by others already"), ""),
        "planned": (_("planned works"), ""),
        "private_property": (_("private property"), ""),
        "weather": (_("weather"), ""),
        "answered_by_phone": (_("answered by phone"), ""),
        "nothing_to_show": (_("nothing to show on a photo"), ""),
    },
    "cause": {
        "unrouted": (_("no service found"), "warn"),
        "declined": (_("service says: not ours"), "warn"),
        "overdue": (_("overdue"), "danger"),
        "refuted": (_("resident says: not done"), "danger"),
        "not_done": (_("service says: not done"), "warn"),
    },
    # Why work is returned: chosen by a key, and sent to the service in words.
    "return": {
        "other_place": (_("The photo shows another place"), ""),
        "not_visible": (_("The photo does not show the result"), ""),
        "not_all": (_("Not everything is done"), ""),
        "not_cleaned": (_("The site was left uncleaned"), ""),
        "no_proof": (_("There is no photo, and the reason does not explain it"), ""),
    },
    "verdict": {
        "open": (_("to check"), "warn"),
        "accepted": (_("accepted"), "live"),
        "returned": (_("returned"), "danger"),
        "overtaken": (_("overtaken"), ""),
    },
    "channel": {
        "webform": (_("web form"), ""),
        "desk": (_("operator's entry"), ""),
        "api": (_("another system"), ""),
    },
    "role": {
        "operator": (_("operator"), ""),
        "controller": (_("controller"), ""),
        "dispatcher": (_("dispatcher"), ""),
        "supervisor": (_("supervisor"), ""),
        "planner": (_("planner"), ""),
        "watch": (_("camera watch"), ""),
        "editor": (_("knowledge editor"), ""),
        "city": (_("city"), ""),
        "partner": (_("another system"), ""),
        "admin": (_("administrator"), ""),
    },
    "verb": {
        "received": (_("received"), ""),
        "registered": (_("registered"), ""),
        "classified": (_("topic chosen"), ""),
        "corrected": (_("corrected"), ""),
        "routed": (_("passed on"), ""),
        "owned": (_("another owner"), ""),
        "assigned": (_("given to a service"), ""),
        "unassigned": (_("taken from a service"), ""),
        "redirected": (_("redirected"), ""),
        "taken_into_work": (_("in work"), ""),
        "paused": (_("clock paused"), ""),
        "resumed": (_("clock runs again"), ""),
        "extended": (_("promise moved"), ""),
        "legally_extended": (_("legal time extended"), ""),
        "done": (_("done"), ""),
        "sent_back": (_("returned for rework"), ""),
        "resolved": (_("decided"), ""),
        "closed": (_("closed"), ""),
        "reopened": (_("reopened"), ""),
        "withdrawn": (_("withdrawn"), ""),
        "answered": (_("answered"), ""),
        "explained": (_("explained"), ""),
        "handed_over": (_("handed over"), ""),
        "script_followed": (_("emergency script followed"), ""),
        "resident_wrote": (_("the resident wrote"), ""),
        "interim_answer": (_("interim answer"), ""),
        "sent": (_("order sent"), ""),
        "accepted": (_("accepted"), ""),
        "declined": (_("not ours, returned"), ""),
        "on_the_way": (_("on the way"), ""),
        "on_site": (_("on site"), ""),
        "reported": (_("reported"), ""),
        "returned": (_("returned for rework"), ""),
        "reminded": (_("reminded"), ""),
        "link_given": (_("link given to a foreman"), ""),
        "links_revoked": (_("links revoked"), ""),
    },
    "language": {"kk": ("Қазақша", ""), "ru": ("Русский", ""), "en": ("English", "")},
    "desk": {
        "operator": (_("operator"), ""),
        "controller": (_("second line"), ""),
        "service": (_("service"), ""),
        "supervisor": (_("supervisor"), ""),
    },
    "bulk": {
        "remind": (_("Remind the services"), ""),
        "extend": (_("Move the promise"), ""),
        "redirect": (_("Redirect to another service"), ""),
        "assign": (_("Add one more service"), ""),
        "pause": (_("Pause the clock"), ""),
        "resume": (_("Let the clock run again"), ""),
        "resolve": (_("Note what was decided"), ""),
    },
    "shows": {"before": (_("before"), ""), "after": (_("after"), ""), "place": (_("place"), "")},
}


def word(kind: str, value: str) -> str:
    found = WORDS.get(kind, {}).get(value)
    return gettext(found[0]) if found else value


def tone(kind: str, value: str) -> str:
    found = WORDS.get(kind, {}).get(value)
    return found[1] if found else ""


def choices(kind: str) -> list[tuple[str, str]]:
    """The values of a kind with their words, for a select."""
    return [(value, gettext(text)) for value, (text, _tone) in WORDS[kind].items()]
