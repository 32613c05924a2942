"""The page about the API: made from the schema itself, on our own server, without a script."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One parameter or field."""

    name: str
    kind: str
    required: bool
    said: SafeString


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    summary: str
    said: SafeString
    parameters: tuple[Row, ...]
    body_type: str
    body: tuple[Row, ...]
    answer_status: str
    answer: tuple[Row, ...]
    refusals: tuple[str, ...]


class Reference(DocsBase):
    """Shows the operations as a plain page."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page; what it shows is the same for everybody and is made once."""
        shown = {
            "description": _marked(api.description),
            "operations": _operations(api),
            "schema_url": self.get_openapi_url(api, kwargs),
        }
        return render(request, "partner/reference.html", shown)


@cache
def _operations(api: NinjaAPI) -> tuple[Operation, ...]:
    schema = api.get_openapi_schema()
    return tuple(
        _operation(path, method, told, schema["components"]["schemas"])
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    )


def _operation(path: str, method: str, told: Schema, known: Schema) -> Operation:
    body_type, body = _content(told.get("requestBody", {}))
    status = next(str(status) for status in told["responses"] if int(status) < 300)  # noqa: PLR2004 - it worked
    parameters = [
        Row(one["name"], f"{_kind(one['schema'], known)}, {one['in']}", one["required"], _said(one["schema"], known))
        for one in told["parameters"]
    ]
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told["summary"],
        said=_marked(told.get("description", "")),
        parameters=tuple(parameters),
        body_type=body_type,
        body=tuple(_rows(body, known)),
        answer_status=status,
        answer=tuple(replace(row, required=False) for row in _rows(_content(told["responses"][int(status)])[1], known)),
        refusals=tuple(str(one) for one in told["responses"] if str(one) != status),
    )


def _content(part: Schema) -> tuple[str, Schema]:
    content: dict[str, Any] = part.get("content", {})
    media_type = next(iter(content), "")
    return media_type, content[media_type]["schema"] if content else {}


def _rows(schema: Schema, known: Schema, under: str = "") -> Iterator[Row]:
    """The fields of an object, and under each the fields of what it holds."""
    schema = _resolved(schema, known)
    for name, told in schema.get("properties", {}).items():
        inner = _inner(told, known)
        yield Row(f"{under}{name}", _kind(told, known), name in schema.get("required", ()), _said(told, known))
        yield from _rows(inner, known, f"{under}{name}.")


def _inner(schema: Schema, known: Schema) -> Schema:
    """What a field holds: the object itself, the one that is not null, or what the list is of."""
    choice = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    return _resolved(choice.get("items", choice), known)


def _kind(schema: Schema, known: Schema) -> str:
    if choices := schema.get("anyOf"):
        return " | ".join(_kind(one, known) for one in choices)
    resolved = _resolved(schema, known)
    if "enum" in resolved:
        return " | ".join(str(value) for value in resolved["enum"])
    if resolved.get("type") == "array":
        return f"[{_kind(resolved['items'], known)}]"
    return str(resolved.get("format") or resolved.get("type", ""))


def _said(schema: Schema, known: Schema) -> SafeString:
    inner = _inner(schema, known)
    limits = [
        f"{sign} {inner[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"), ("minLength", "length ≥"), ("maxLength", "length ≤"))
        if name in inner
    ]
    pattern = [str(inner["pattern"])] if "pattern" in inner else []
    described = schema.get("description") or inner.get("description", "")
    return _marked(" · ".join([part for part in (described,) if part] + limits + pattern))


def _marked(text: str) -> SafeString:
    """Paragraphs without the line ends of the source, and what stands between backticks as code."""
    unbroken = re.sub(r"(?<!\n)\n(?!\n)", " ", text)
    return format_html_join("", "{}", ((_code(part) if n % 2 else part,) for n, part in enumerate(unbroken.split("`"))))


def _code(text: str) -> SafeString:
    return format_html("<code>{}</code>", text)


def _resolved(schema: Schema, known: Schema) -> Schema:
    reference = schema.get("$ref")
    found: Schema = known[reference.rpartition("/")[2]] if reference else schema
    return found
