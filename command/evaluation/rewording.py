"""A plan with another text at one of its places, and the same as its draft is written: the top as fields, the rest as YAML. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from command.plans import drafting
from command.plans.drafting import Draft
from playbooks.faults import SourceError
from playbooks.places import KEYS, part
from playbooks.schema import Playbook, canonical
from playbooks.texts import Text


class Unfit(Exception):
    """The plan has no text at the place, or the new one does not fit it."""


@dataclass(frozen=True, slots=True)
class New:
    """What is to stand at a place that names a text, such as tiers.2.tasks.isolate.detail."""

    place: str
    zh: str
    en: str


def text_at(plan: Playbook, place: str) -> Text | None:
    """The text at a place of a plan; None where none stands there."""
    found = part(plan, place) if place else None
    return found if isinstance(found, Text) else None


def texts(plan: Playbook, place: str) -> Iterator[str]:
    """The places of the texts at a place of a plan, or one level below it (the title and the detail of a task)."""
    found: Any = part(plan, place) if place else plan
    if isinstance(found, Text):
        yield place
    elif isinstance(found, BaseModel):
        for name, field in type(found).model_fields.items():
            if isinstance(getattr(found, name), Text):
                yield ".".join(filter(None, (place, field.alias or name)))


def reworded(plan: Playbook, new: New) -> Playbook:
    """The plan with the new text; raise Unfit."""
    if text_at(plan, new.place) is None:
        raise Unfit
    content = plan.model_dump(mode="json", by_alias=True)
    node: Any = content
    for step in new.place.split("."):
        node = _step(node, step)
    node.update(zh=new.zh, en=new.en)
    try:
        return Playbook.model_validate(content)
    except ValidationError as error:
        raise Unfit from error


def _step(node: Any, step: str) -> Any:
    if isinstance(node, list):
        return next(each for each in node if step in (each.get(key) for key in KEYS))
    return node[step]


def draft(before: Draft, new: New) -> Draft:
    """The draft of a plan with the new text. Where the old words stand once in its YAML they are changed there, so that its comments stay;
    else the YAML is written anew. Raise Unfit."""
    plan = _read(before)
    after = reworded(plan, new)
    if new.place.split(".")[0] in drafting.TOP:
        return replace(before, head={**before.head, **drafting.head_of(after)})
    old = text_at(plan, new.place)
    assert old is not None  # reworded asked for it
    body = _put(_put(before.body, old.zh, new.zh), old.en, new.en)
    changed = replace(before, body=body)
    if _same(changed, after):
        return changed
    written = replace(before, body=drafting.written(after))
    if not _same(written, after):
        raise Unfit
    return written


def _put(body: str, old: str, new: str) -> str:
    return body.replace(old, new) if body.count(old) == 1 else body


def _same(given: Draft, plan: Playbook) -> bool:
    try:
        return canonical(_read(given)) == canonical(plan)
    except Unfit:
        return False


def _read(given: Draft) -> Playbook:
    try:
        return drafting.sheet(given).playbook
    except SourceError as error:
        raise Unfit from error
