"""Where people's words stand in the code: every message id, found by reading Python and templates without running them.

Rules may not know Django, so besides the calls of gettext these count too: the text of a refusal, the remedy of a
broken rule, the title and formula of a figure, and every table named `…_TEXTS`.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

TRANSLATION = "django.utils.translation"
# Which arguments of a function of gettext are the id, its plural and its context.
GETTEXT: dict[str, tuple[int, int | None, int | None]] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_"), (0, None, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, None, 0)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (1, 2, 0)),
}
# The values that plain rules hand to a desk to be said, by the class that carries them.
CARRIED = {"Definition": {"title", "formula"}}
REFUSAL = "Refusal"
REMEDY = "remedy"
TABLE = "_TEXTS"

LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# Calls as Django's own reading of a template writes them; whatever else stood there is blanked out.
TEMPLATE_CALL = re.compile(rf"\b(?P<name>_|n?p?gettext)\((?P<arguments>{LITERAL}(?:\s*,\s*{LITERAL})*)", re.DOTALL)


@dataclass(frozen=True, order=True)
class MessageId:
    """What a translation is looked up by."""

    text: str
    plural: str = ""
    context: str = ""


def collect(*places: Path, root: Path) -> dict[MessageId, list[str]]:
    """Every message id in these files and folders, with the files it stands in, as seen from `root`."""
    found: dict[MessageId, set[str]] = defaultdict(set)
    trees: dict[str, ast.Module] = {}
    for path in sorted(path for place in places for path in _files(place)):
        name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            trees[name] = ast.parse(text, filename=name)
        else:
            for message in in_template(text):
                found[message].add(name)
    said = _said(list(trees.values()))
    for name, tree in trees.items():
        for message in in_python(tree, said):
            found[message].add(name)
    return {message: sorted(names) for message, names in found.items()}


def in_template(text: str) -> Iterator[MessageId]:
    """The ids in one template, as `trans`, `blocktrans` and `_("…")` will look them up."""
    for call in TEMPLATE_CALL.finditer(templatize(text)):
        words = [ast.literal_eval(literal) for literal in re.findall(LITERAL, call["arguments"])]
        yield _message(call["name"], words)


def in_python(tree: ast.Module, said: Mapping[str, Mapping[str, int]]) -> Iterator[MessageId]:
    """The ids in one module; `said` tells which arguments of which class are said to people."""
    names = _names_of_gettext(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in said:
            yield from (MessageId(text) for text in _texts_of_refusal(node))
        if isinstance(node, ast.Call):
            yield from _in_call(node, names, said)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict) and _is_table(node):
            yield from (MessageId(text) for value in node.value.values for text in _texts(value))


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for path in place.rglob("*"):
        if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
            yield path


def _message(function: str, words: list[str]) -> MessageId:
    text, plural, context = GETTEXT[function]
    return MessageId(
        words[text],
        words[plural] if plural is not None else "",
        words[context] if context is not None else "",
    )


def _names_of_gettext(tree: ast.Module) -> dict[str, str]:
    """What this module calls the functions of gettext."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == TRANSLATION
        for alias in node.names
        if alias.name in GETTEXT
    }


def _in_call(node: ast.Call, names: Mapping[str, str], said: Mapping[str, Mapping[str, int]]) -> Iterator[MessageId]:
    function, called = _function_of_gettext(node.func, names), _name(node.func)
    if function:
        last = max(position for position in GETTEXT[function] if position is not None)
        words = [_texts(argument) for argument in node.args[: last + 1]]
        if len(words) > last and all(words):
            # A choice between two texts is two ids; plurals and contexts are never chosen.
            yield from (_message(function, [word, *(rest[0] for rest in words[1:])]) for word in words[0])
        return
    for name, position in said.get(called, {}).items():
        given = node.args[position : position + 1] or [word.value for word in node.keywords if word.arg == name]
        yield from (MessageId(text) for argument in given for text in _texts(argument))


def _function_of_gettext(called: ast.expr, names: Mapping[str, str]) -> str:
    """Which function of gettext this is: by the name the module gave it, or as `translation.gettext`."""
    if isinstance(called, ast.Name):
        return names.get(called.id, "")
    return called.attr if isinstance(called, ast.Attribute) and called.attr in GETTEXT else ""


def _name(node: ast.expr) -> str:
    """The last word of a name: `BrokenRule` of `rules.BrokenRule`."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _said(trees: list[ast.Module]) -> dict[str, dict[str, int]]:
    """Every class whose arguments people read, with the places of these arguments; refusals of refusals included."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    refusals = {REFUSAL}
    while more := {node.name for node in classes if refusals & _bases(node)} - refusals:
        refusals |= more
    said: dict[str, dict[str, int]] = {}
    for node in classes:
        if node.name in CARRIED:
            fields = [
                line.target.id
                for line in node.body
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            ]
            said[node.name] = {name: fields.index(name) for name in CARRIED[node.name]}
        elif node.name in refusals:
            given = _parameters(node)
            said.setdefault(node.name, {}).update(
                {name: at for at, name in enumerate(given) if name in _handed_on(node, given)}
            )
    return said


def _bases(node: ast.ClassDef) -> set[str]:
    return {_name(base) for base in node.bases}


def _init(node: ast.ClassDef) -> ast.FunctionDef | None:
    return next((line for line in node.body if isinstance(line, ast.FunctionDef) and line.name == "__init__"), None)


def _parameters(node: ast.ClassDef) -> list[str]:
    init = _init(node)
    return [argument.arg for argument in init.args.args[1:]] if init else []


def _handed_on(node: ast.ClassDef, given: list[str]) -> set[str]:
    """The parameters of a refusal that are its text, or that it keeps as a remedy for a desk to say."""
    if node.name == REFUSAL:
        return {"text"}
    text = _text_argument(node)
    handed_on = {text.id} if isinstance(text, ast.Name) else set()
    kept = {line.attr for line in ast.walk(node) if isinstance(line, ast.Attribute) and isinstance(line.ctx, ast.Store)}
    return (handed_on | ({REMEDY} & kept)) & set(given)


def _texts_of_refusal(node: ast.ClassDef) -> list[str]:
    """The text a refusal hands on to its parent: written there, or in a variable of its own."""
    text, init = _text_argument(node), _init(node)
    if text is None or init is None:
        return []
    if isinstance(text, ast.Name):
        return [
            found
            for line in ast.walk(init)
            if isinstance(line, ast.Assign) and any(isinstance(t, ast.Name) and t.id == text.id for t in line.targets)
            for found in _texts(line.value)
        ]
    return _texts(text)


def _text_argument(node: ast.ClassDef) -> ast.expr | None:
    for call in ast.walk(_init(node) or ast.Module([], [])):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
            # `super().__init__(code, text)`, or `Refusal.__init__(self, code, text)` past a parent with words of its own.
            at = 2 if isinstance(call.func.value, ast.Name) else 1
            return call.args[at] if len(call.args) > at else None
    return None


def _is_table(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id.endswith(TABLE) for target in targets)


def _texts(node: ast.expr) -> list[str]:
    """The texts an expression may have when it is written out; both of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return []
