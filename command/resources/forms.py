"""What was typed into a form, as the addresses take it; a fault names its field."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from command.core.documents import Report, items
from command.core.problems import N_, Invalid

Model = TypeVar("Model", bound=BaseModel)


def given(form: Mapping[str, str], *names: str) -> dict[str, Any]:
    """The named fields that were not left empty."""
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}


def valid(model: type[Model], fields: Mapping[str, Any]) -> Model:
    """The input that the fields make; raise Invalid naming the first that cannot be used."""
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


def instant(form: Mapping[str, str], name: str, zone: tzinfo) -> datetime | None:
    """What was typed as a date and time on a wall clock; None for nothing. Raise Invalid."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("This is no date and time."), field=name, remedy=N_("Write it as 2026-11-21 08:30.")) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)
