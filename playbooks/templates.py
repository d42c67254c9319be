"""The placeholder language of notices and bulletins. Pure text in, text out.

`{area}` is replaced by a field. `[预计{eta}前恢复，]` is a clause: it is left out when a field in it is not known
yet, so that a plan needs no second text for the minutes before an ETA exists. Clauses do not nest. Field values are
inserted as they are; braces in them mean nothing.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from playbooks.faults import Misfit

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

NOTICE_FIELDS: Mapping[str, str] = {
    "operator": "name of the operator, as subscribers know it",
    "area": "areas affected",
    "services": "services affected",
    "since": "local time at which the outage began",
    "eta": "local time at which restoration is expected",
    "eta_window": "the same as a range by the operator's policy, with its word: 16:30–17:30, between 16:30 and 17:30",
    "next_update": "local time of the next notice",
    "restored_at": "local time of restoration",
    "hotline": "customer-service number, or the page that says the same",
    "case": "number of the incident or case",
    "advice": "what users can do meanwhile",
}
BULLETIN_FIELDS: Mapping[str, str] = {
    **NOTICE_FIELDS,
    "title": "title of the incident",
    "tier": "severity tier",
    "users": "affected users now",
    "projected_users": "affected users expected at the ETA",
    "user_minutes": "user-minutes up to now",
    "measures": "measures taken",
    "cause": "cause, once confirmed",
}

_EXAMPLES: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "operator": "示例通信",
        "area": "梅江区、梅县区",
        "services": "上网、语音通话",
        "since": "14:05",
        "eta": "17:00",
        "eta_window": "16:30–17:30",
        "next_update": "16:00",
        "restored_at": "16:42",
        "hotline": "10000",
        "case": "2026-1121-007",
        "advice": "",
    },
    "en": {
        "operator": "Example Telecom",
        "area": "Meijiang and Meixian",
        "services": "mobile data and voice calls",
        "since": "14:05",
        "eta": "17:00",
        "eta_window": "between 16:30 and 17:30",
        "next_update": "16:00",
        "restored_at": "16:42",
        "hotline": "10000",
        "case": "2026-1121-007",
        "advice": "",
    },
}
_MARK = re.compile(r"\{([^{}]*)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")


class TemplateError(ValueError):
    """A template needs a field that was not given; `field` names it."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"the text needs the field {{{field}}}: give it, or put its sentence in [ ]")


def placeholders(template: str) -> frozenset[str]:
    """The fields a template mentions, required or not."""
    return frozenset(_MARK.findall(template))


def required(template: str) -> frozenset[str]:
    """The fields without which a template cannot be rendered: those outside every clause."""
    return placeholders(_CLAUSE.sub("", template))


def render(template: str, fields: Mapping[str, str | None]) -> str:
    """Fill a template. A field that is absent, None or empty is unknown: its clause goes, and outside a clause
    TemplateError names it."""

    def clause(match: re.Match[str]) -> str:
        return match[1] if all(fields.get(name) for name in placeholders(match[1])) else ""

    def value(match: re.Match[str]) -> str:
        known = fields.get(match[1])
        if not known:
            raise TemplateError(match[1])
        return known

    return _MARK.sub(value, _CLAUSE.sub(clause, template)).strip()


def example(template: str, language: Language, **fields: str | None) -> str:
    """The template filled with fields of ordinary length, to count the parts of an SMS and to show an author."""
    return render(template, {**_EXAMPLES[language], **fields})


def misfits(template: str, allowed: Mapping[str, str]) -> Iterator[Misfit]:
    """What is wrong with a template's own syntax and names."""
    bare = _MARK.sub("", template)
    if "{" in bare or "}" in bare:
        yield Misfit("a brace without its partner", "Write fields as {area}; braces have no other use.")
    if "[" in (flat := _CLAUSE.sub("", template)) or "]" in flat:
        yield Misfit("a bracket without its partner, or one inside another", "Write optional clauses as [until {eta}].")
    for clause in _CLAUSE.findall(template):
        if not placeholders(clause):
            yield Misfit(
                f"the clause [{clause}] has no field", "Take the brackets away; without a field it always stays."
            )
    for name in sorted(placeholders(template) - allowed.keys()):
        yield Misfit(f"unknown placeholder {{{name}}}", f"Use one of: {', '.join(allowed)}.")
