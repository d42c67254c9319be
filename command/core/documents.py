"""Errors at the edge as RFC 9457 problem documents, in the reader's language, leaking nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import gettext
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from command.core.names import Words
from command.core.problems import N_, Problem

TITLES = {
    400: N_("The request cannot be read"),
    401: N_("Nobody is signed in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Method not allowed"),
    408: N_("The request took too long"),
    409: N_("Not possible in this state"),
    413: N_("The request is too large"),
    415: N_("Unsupported content type"),
    422: N_("A value cannot be used"),
    429: N_("Too many tries"),
    500: N_("Something went wrong here"),
    503: N_("Not available now"),
}


class Report(Problem):
    """A problem with a status of its own and, where a whole input was read, every wrong field (`items`)."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        remedy: str,
        *,
        items: Iterable["Item"] = (),
        field: str = "",
        **values: Any,
    ) -> None:
        super().__init__(detail, field=field, remedy=remedy, code=code, **values)
        self.status = status
        self.items = tuple(items)


@dataclass(frozen=True, slots=True)
class Item:
    """One wrong field of an input."""

    field: str
    code: str
    detail: str
    remedy: str
    values: dict[str, Any]


def filled(message: str, values: dict[str, Any]) -> str:
    """A message id in the reader's language with its figures; lists of words are translated too."""
    shown = {
        name: value.translated(gettext, gettext(", ")) if isinstance(value, Words) else value
        for name, value in values.items()
    }
    text: str = gettext(message)
    return text % shown if shown and message else text


def document(problem: Problem, trace: str) -> dict[str, Any]:
    """The problem document of an error."""
    made: dict[str, Any] = {
        "type": f"urn:tocsin:problem:{problem.code}",
        "title": gettext(TITLES.get(problem.status, TITLES[400])),
        "status": problem.status,
        "detail": filled(problem.detail, problem.values),
        "code": problem.code,
        "trace": trace,
    }
    if problem.field:
        made["field"] = problem.field
    if problem.remedy:
        made["remedy"] = filled(problem.remedy, problem.values)
    if isinstance(problem, Report) and problem.items:
        made["errors"] = [_shown(item) for item in problem.items]
    return made


def _shown(item: Item) -> dict[str, str]:
    return {
        "field": item.field,
        "code": item.code,
        "detail": filled(item.detail, item.values),
        "remedy": filled(item.remedy, item.values),
    }


_NUMBER = N_("Write a number without quotes.")
_TIME = N_("Write a time with its zone, such as 2026-11-21T08:00:00+08:00.")
_LENGTH = N_("Correct its length.")
_KINDS = {
    "missing": (N_("This field is missing."), N_("Add it.")),
    "extra_forbidden": (N_("There is no such field."), N_("Remove it, or correct its name.")),
    "string_type": (N_("This must be text."), N_("Write it in quotes.")),
    "string_too_short": (N_("The text is shorter than %(min_length)s."), _LENGTH),
    "string_too_long": (N_("The text is longer than %(max_length)s."), _LENGTH),
    "string_pattern_mismatch": (N_("The text does not have the expected form (%(pattern)s)."), N_("Correct it.")),
    "int_type": (N_("This must be a whole number."), _NUMBER),
    "int_parsing": (N_("This must be a whole number."), _NUMBER),
    "int_from_float": (N_("This must be a whole number."), _NUMBER),
    "float_type": (N_("This must be a number."), _NUMBER),
    "float_parsing": (N_("This must be a number."), _NUMBER),
    "finite_number": (N_("This must be a number."), _NUMBER),
    "bool_type": (N_("This must be true or false."), N_("Write true or false without quotes.")),
    "bool_parsing": (N_("This must be true or false."), N_("Write true or false without quotes.")),
    "list_type": (N_("This must be a list."), N_("Write it in square brackets.")),
    "tuple_type": (N_("This must be a list."), N_("Write it in square brackets.")),
    "dict_type": (N_("This must be an object."), N_("Write it in curly brackets.")),
    "model_type": (N_("This must be an object."), N_("Write it in curly brackets.")),
    "model_attributes_type": (N_("This must be an object."), N_("Write it in curly brackets.")),
    "greater_than": (N_("This must be more than %(gt)s."), N_("Correct it.")),
    "greater_than_equal": (N_("This must be %(ge)s or more."), N_("Correct it.")),
    "less_than": (N_("This must be less than %(lt)s."), N_("Correct it.")),
    "less_than_equal": (N_("This must be %(le)s or less."), N_("Correct it.")),
    "too_short": (N_("There are %(actual_length)s items; at least %(min_length)s are needed."), N_("Add the others.")),
    "too_long": (N_("At most %(max_length)s items are allowed."), N_("Send them in several requests.")),
    "literal_error": (N_("This value is not allowed."), N_("Use one of: %(expected)s.")),
    "enum": (N_("This value is not allowed."), N_("Use one of: %(expected)s.")),
    "timezone_aware": (N_("This time has no zone."), _TIME),
    "timezone_naive": (N_("This time has no zone."), _TIME),
    "datetime_type": (N_("This is not a time."), _TIME),
    "datetime_parsing": (N_("This is not a time."), _TIME),
    "datetime_from_date_parsing": (N_("This is not a time."), _TIME),
    "datetime_object_invalid": (N_("This is not a time."), _TIME),
}


M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], values: Mapping[str, Any]) -> M:
    """The input that a form's values make; raise Report for the first fault, at its field."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=first.field, **first.values) from error


def items(errors: Iterable[ErrorDetails]) -> list[Item]:
    """What pydantic found, field by field, each with its remedy."""
    return [_item(error) for error in errors]


def _item(error: ErrorDetails) -> Item:
    field = ".".join(str(step) for step in error["loc"])
    context = {name: str(value) for name, value in error.get("ctx", {}).items()}
    if error["type"] in ("value_error", "assertion_error"):
        return Item(field, error["type"], context.get("error", ""), N_("Correct it."), {})
    if error["type"] not in _KINDS:
        return Item(field, error["type"], error["msg"], N_("Correct it."), {})
    detail, remedy = _KINDS[error["type"]]
    return Item(field, error["type"], detail, remedy, context)
