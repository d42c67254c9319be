"""The steps of a plan as forms: what a page shows of a draft to begin with, and what was typed as the verbs take it."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from command.core.problems import N_, Invalid, NotFound
from command.plans.asked import ChangeIn
from command.plans.drafting import TEXTS
from command.plans.views import WholeOut
from command.plans.words import FUNCTIONS
from command.resources.forms import valid

PLAIN = ("issued", "expires", "owner", "approved_by")
MOST_ROLES = 20


def filled(step: str, found: WholeOut) -> dict[str, Any]:
    """The fields of a step as a draft has them."""
    match step:
        case "goal":
            return _goal(found.head)
        case "team":
            lines = [f"{each.person.username if each.person else ''} | {each.duty}" for each in found.team]
            return {"team": "\n".join(lines)}
        case "data":
            lines = [f"{each['words']} | {each['link']}" if each["link"] else each["words"] for each in found.gathered]
            return {"gathered": "\n".join(lines)}
        case "risks":
            return {"risks": [risk.code for risk in found.risks], "assessment": found.assessment}
        case "measures":
            return {"body": found.body}
        case "readers":
            return {"targets": [each.target for each in found.targets]}
    raise NotFound(N_("There is no such step."), remedy=N_("Choose one of the steps of the plan."))


def _goal(head: Mapping[str, Any]) -> dict[str, Any]:
    fields = {f"{name}_{language}": head[name][language] for name in TEXTS for language in ("zh", "en")}
    fields |= {name: head[name] for name in PLAIN}
    return fields | {"roles": _roles(head["organisation"])}


def _roles(held: list[dict[str, Any]]) -> list[dict[str, str]]:
    """A row for each role there is, and an empty one for each function that nobody has."""
    rows = [
        {"function": each["function"], "post": each["post"], "zh": each["duty"]["zh"], "en": each["duty"]["en"]}
        for each in held
    ]
    there = {row["function"] for row in rows}
    return rows + [{"function": name, "post": "", "zh": "", "en": ""} for name in FUNCTIONS if name not in there]


def typed(step: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields of a step as somebody typed them, to show them again."""
    fields: dict[str, Any] = form.to_dict()
    if step == "goal":
        fields["roles"] = _typed_roles(form)
    if step in ("risks", "readers"):
        name = {"risks": "risks", "readers": "targets"}[step]
        fields[name] = form.getlist(name)
    return fields


def _typed_roles(form: MultiDict[str, str]) -> list[dict[str, str]]:
    return [
        {"function": function, **{name: form.get(f"role{at}_{name}", "").strip() for name in ("post", "zh", "en")}}
        for at in range(MOST_ROLES)
        if (function := form.get(f"role{at}_function", ""))
    ]


def change(step: str, form: MultiDict[str, str]) -> ChangeIn:
    """What a form asks for; raise Invalid at the field that cannot be used."""
    return valid(ChangeIn, {"edition": form.get("edition", ""), **_asked(step, form)})


def _asked(step: str, form: MultiDict[str, str]) -> dict[str, Any]:
    match step:
        case "goal":
            return {"head": _head(form)}
        case "team":
            return {"team": [{"person": who, "duty": duty} for who, duty in _pairs(form, "team")]}
        case "data":
            return {"gathered": [{"words": words, "link": link} for words, link in _pairs(form, "gathered")]}
        case "risks":
            return {"risks": form.getlist("risks"), "assessment": form.get("assessment", "")}
        case "measures":
            return {"body": form.get("body", "")}
        case "readers":
            return {"targets": [each for each in form.getlist("targets") if each]}
    raise NotFound(N_("There is no such step."), remedy=N_("Choose one of the steps of the plan."))


def _head(form: MultiDict[str, str]) -> dict[str, Any]:
    head: dict[str, Any] = {
        name: {language: form.get(f"{name}_{language}", "") for language in ("zh", "en")} for name in TEXTS
    }
    head |= {name: form.get(name, "").strip() for name in PLAIN}
    head["organisation"] = [
        {"function": row["function"], "post": row["post"], "duty": {"zh": row["zh"], "en": row["en"]}}
        for row in _typed_roles(form)
        if row["post"]
    ]
    return head


def _pairs(form: MultiDict[str, str], name: str) -> list[tuple[str, str]]:
    """Lines of two parts with | between; the second may be left out. Raise Invalid for a line with more."""
    found = []
    for number, line in enumerate(form.get(name, "").splitlines(), 1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > 2 or (not parts[0] and len(parts) > 1):
            raise Invalid(
                N_("Line %(number)d cannot be read."),
                field=name,
                remedy=N_("One a line, its two parts with | between."),
                number=number,
            )
        if parts[0]:
            found.append((parts[0], parts[1] if len(parts) > 1 else ""))
    return found


def step_of(field: str) -> str:
    """The step in which a field of a refusal is mended."""
    named = {"team": "team", "gathered": "data", "risks": "risks", "assessment": "risks", "targets": "readers"}
    return named.get(field, "measures" if field in ("body", "pre_approved", "needs_element", "tiers") else "goal")
