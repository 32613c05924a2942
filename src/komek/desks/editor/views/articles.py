"""The shelves of articles, and one article in three languages side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from komek.desks.editor.forms import ArticleForm
from komek.platform.clock import now
from komek.platform.live import Since
from komek.refusal import Refusal
from komek.registers.catalog import queries as catalog
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import LANGUAGES, Kind, Right
from komek.rooms.knowledge import actions
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.rules import ArticleIsNewer, plain, snippet
from komek.ui.refusals import said, status_of
from komek.ui.regions import Region, began, page
from komek.ui.rights import me, needs

editors = needs(Right.EDIT_KNOWLEDGE)
EDITORS = "editors"
FIELDS = ("owner", "topics", "groups", "seasons", "valid_from", "valid_to")


@editors
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The shelves: what is valid, what is not translated, what has ended or will end, what the floor doubts."""
    asked = {
        name: request.GET.get(name, "").replace("\0", "")[:80].strip() for name in ("owner", "topic", "words", "after")
    }
    state = next((one for one in knowledge.SHELVES if one == request.GET.get("state")), "")
    language = get_language() or "kk"
    shelf = Region(
        "shelf",
        "editor/shelf.html",
        ("shelves",),
        lambda: {
            "shelf": knowledge.shelf(now(), language, state=state, **asked),
            "asked": asked,
            "state": state,
            "today": localdate(),
            "languages": LANGUAGES,
            "owners": staff.services(),
        },
        EDITORS,
    )
    counts = Region(
        "shelves",
        "editor/shelves.html",
        ("shelves",),
        lambda: {"counts": list(knowledge.shelves(now()).items()), "state": state},
        EDITORS,
    )
    return page(
        request,
        "editor/home.html",
        [counts, shelf],
        asked=asked,
        state=state,
        around=lambda: {"owners": [(code, staff.services().get(code)) for code in knowledge.owners()]},
    )


@editors
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An article that is not there yet; from a search in vain it begins with the words that were searched."""
    code = knowledge.next_code()
    if request.method == "POST":
        return _written(request, code, None)
    about, language = request.GET.get("about", "").replace("\0", "")[:80], request.GET.get("language", "")
    words = {f"words_{language}": about} if about and language in LANGUAGES else {}
    start = {"version": 0, "valid_from": localdate(), **words}
    return _shown(request, code, None, ArticleForm(initial=start), about=about)


@editors
@require_http_methods(["GET", "POST"])
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One article: its languages side by side, from when to when, whose, and who has changed it."""
    since, found = began(request), knowledge.whole(code)
    if request.method == "POST":
        return _written(request, code, found)
    return _shown(request, code, found, ArticleForm(initial=_as_it_is(found)), since=since)


@editors
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    """Take an article off the floor."""
    try:
        actions.retire(knowledge.whole(code), by=me(request), at=now())
    except Refusal as refusal:
        messages.error(request, said(refusal))
    else:
        messages.success(request, _("%(article)s is no longer shown to the floor.") % {"article": code})
    return redirect("editor:article", code=code)


def _written(request: HttpRequest, code: str, found: Any) -> HttpResponse:
    form = ArticleForm(request.POST)
    if not form.is_valid():
        return _shown(request, code, found, form, status=422)
    draft = form.draft(code)
    if "preview" in request.POST:
        return _shown(request, code, found, form, previewed=True)
    try:
        published = actions.publish(draft, by=me(request), at=now(), on_version=form.cleaned_data["version"])
    except ArticleIsNewer as newer:
        if found is None:
            # Another article took the number meanwhile: ours takes the next one.
            return _written(request, knowledge.next_code(), None)
        form.add_error(None, said(newer))
        # Whoever publishes once more has seen both.
        form.data = {**request.POST.dict(), "version": str(newer.version)}
        return _shown(request, code, knowledge.whole(code), form, status=409, theirs=True)
    except Refusal as refusal:
        form.add_error(None, said(refusal))
        return _shown(request, code, found, form, status=status_of(refusal))
    if request.POST.get("about"):
        actions.forget_missed(request.POST["about"][:80])
    told = {"article": published.code, "version": published.version}
    messages.success(request, _("%(article)s is on the floor, version %(version)s.") % told)
    return redirect("editor:article", code=published.code)


def _shown(
    request: HttpRequest,
    code: str,
    found: Any,
    form: ArticleForm,
    *,
    status: int = 200,
    since: Since | None = None,
    about: str = "",
    previewed: bool = False,
    theirs: bool = False,
) -> HttpResponse:
    on = str(found.version) if found else "0"
    address = reverse("editor:article", args=[code]) + f"?on={on}" if found else reverse("editor:new")
    regions = [Region("newer", "editor/newer.html", ("shelves",), lambda: _newer(request, code, on))] if found else []
    texts = {text.language: text for text in found.texts.all()} if found else {}
    return page(
        request,
        "editor/article.html",
        regions,
        status=status,
        since=since,
        address=address,
        around=lambda: {
            "services": [one for one in staff.services().values() if one.kind != Kind.HOUSE],
            "history": _history(found),
            "about_topics": list(catalog.topics().filter(code__in=found.topics)) if found else [],
        },
        code=code,
        found=found,
        form=form,
        about=about or request.POST.get("about", ""),
        previewed=previewed,
        theirs=theirs,
        columns=[_column(form, language, texts.get(language), theirs=theirs) for language in LANGUAGES],
        is_expired=bool(found and found.valid_to and found.valid_to < localdate()),
    )


def _column(form: ArticleForm, language: str, published: Any, *, theirs: bool) -> dict[str, Any]:
    """One language of the page: its fields, how the operator would see it, and what stands on the floor."""
    title, body = (str(form[f"{name}_{language}"].value() or "") for name in ("title", "body"))
    differs = theirs and (published is None or (published.title, published.body) != (title, body.replace("\r\n", "\n")))
    return {
        "language": language,
        "title": form[f"title_{language}"],
        "words": form[f"words_{language}"],
        "body": form[f"body_{language}"],
        "seen": {"title": title, "snippet": snippet(body, title), "text": body, "length": len(plain(body))},
        "is_empty": not body,
        "published": published if differs else None,
        "differs": differs,
    }


def _newer(request: HttpRequest, code: str, on: str) -> dict[str, Any]:
    """Whether somebody has published this article since the page was opened."""
    version = knowledge.whole(code).version
    opened = request.GET.get("on", on)
    return {"newer": version if opened.isdecimal() and int(opened) < version else None, "code": code}


def _as_it_is(found: Any) -> dict[str, Any]:
    start = {"version": found.version, **{name: getattr(found, name) for name in FIELDS}}
    for text in found.texts.all():
        start |= {f"{name}_{text.language}": getattr(text, name) for name in ("title", "words", "body")}
    return start


def _history(found: Any) -> list[tuple[str, Any]]:
    if found is None:
        return []
    changes = knowledge.changes(found)
    ids = {int(one.actor.removeprefix("agent:")) for one in changes if one.actor.startswith("agent:")}
    names = {f"agent:{key}": name for key, name in staff.names_of(ids).items()} if ids else {}
    return [(names.get(one.actor, _("the city pack")), one) for one in changes]
