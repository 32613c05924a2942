"""The walls of the house, checked as part of the tests."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parents[2]


def room_of(model):
    """`komek.rooms.cards` of a model there; our own parts only."""
    return ".".join(model.__module__.split(".")[:3])


def ours():
    return [model for model in apps.get_models() if model.__module__.startswith("komek.")]


def test_the_import_contracts_hold():
    pytest.importorskip("importlinter")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_room_can_look_down_the_line_through_a_foreign_key():
    peepholes = [
        f"{field.model.__name__}.{field.name}"
        for model in ours()
        for field in model._meta.get_fields()
        if (field.many_to_one or field.one_to_one)
        and getattr(field, "remote_field", None)
        and not field.auto_created
        and field.related_model.__module__.startswith("komek.")
        and room_of(field.model) != room_of(field.related_model)
        and not field.remote_field.hidden
    ]
    assert peepholes == []


def test_every_table_says_how_it_is_audited():
    """Append-only, unaudited on purpose, or audited by trigger: nothing in between."""
    both = [m.__name__ for m in ours() if getattr(m, "append_only", False) and getattr(m, "unaudited", False)]
    assert both == []


def test_personal_columns_exist():
    missing = [
        f"{model.__name__}.{name}"
        for model in ours()
        for name in (*getattr(model, "personal", ()), *getattr(model, "unsaid", ()))
        if name not in {field.column for field in model._meta.concrete_fields}
    ]
    assert missing == []
