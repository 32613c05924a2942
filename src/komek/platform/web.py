"""What every web request carries: an id, the actor for the audit, metrics; and the three addresses for machines."""

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

from komek.platform import audit, outage, remembered

Next = Callable[[HttpRequest], HttpResponse]

REQUESTS = Counter("komek_http_requests_total", "Web requests", ["method", "view", "status"])
SECONDS = Histogram("komek_http_request_seconds", "Time a web request took", ["method", "view"])
FACTS = Gauge("komek_last_fact_id", "Id of the newest fact in the log")
JOBS = Gauge("komek_jobs", "Jobs by status", ["status"])
UNREAD = Gauge("komek_unread_facts", "Facts that a follower has not read yet", ["follower"])

log = structlog.get_logger("komek.web")
_given_id = re.compile(r"^[\w.-]{8,64}$")


class RequestMiddleware:
    """Give every request an id that stands in its logs, its answer and the audit; measure it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _given_id.match(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        if settings.BEHIND_PROXY and (hops := request.headers.get("X-Forwarded-For", "")):
            # The last hop is the one our own proxy has seen; those before it anybody may write.
            request.META["REMOTE_ADDR"] = hops.rpartition(",")[2].strip()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        view = request.resolver_match.view_name or "unnamed" if request.resolver_match else "none"
        method = request.method or "GET"
        REQUESTS.labels(method, view, response.status_code).inc()
        SECONDS.labels(method, view).observe(took)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        log.info("request", method=method, view=view, status=response.status_code, ms=round(took * 1000, 1))
        return response


class ActorMiddleware:
    """Tell the database who changes rows in this request; one that only reads is one look at the city."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            with remembered.reading():
                return self.get_response(request)
        user = getattr(request, "user", None)
        actor = f"agent:{user.pk}" if user is not None and user.is_authenticated else "public"
        with audit.acting(actor, request.request_id):  # type: ignore[attr-defined]
            return self.get_response(request)


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: its database answers and takes writes. For a proxy, which asks every second."""
    if not outage.answers():
        return HttpResponse("the database does not answer or takes no writes", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics; only from this machine, because counts of a city are not for everybody."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1", "", None}:
        return HttpResponse(status=404)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM platform_fact")
        FACTS.set(cursor.fetchone()[0])
        cursor.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1")
        for status, count in cursor.fetchall():
            JOBS.labels(status).set(count)
        cursor.execute("SELECT follower, count(*) FROM platform_unread GROUP BY 1")
        for follower, count in cursor.fetchall():
            UNREAD.labels(follower).set(count)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
