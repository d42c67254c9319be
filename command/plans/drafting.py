"""A plan while it is written: its top as fields of a form, the rest as YAML. Both together are a playbook, or faults that say where to mend
it. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from playbooks.faults import Fault, SourceError
from playbooks.loader import Sheet, load_tree
from playbooks.nodes import Node, read
from playbooks.schema import Function, Playbook

NAME = "measures"
"""Stands for the file of the YAML."""
TEXTS = ("title", "scope", "objects", "goal", "public_advice")
"""Fields of the top in both languages."""
PLAIN = ("issued", "expires", "owner", "approved_by")
TOP = (*TEXTS, *PLAIN, "organisation")
GIVEN = ("code", "version", "kind", "approved_on")
"""Fields that the work knows: nobody writes them."""
BODY = ("pre_approved", "needs_element", "all_tiers", "tiers")
_KEY = re.compile(r"^([a-z_]+):")

SKELETON = """# What notices may leave without a second person, and to how many subscribers at most.
pre_approved:
  audience_cap: 0
  notices: []
needs_element: false
# What the tiers have in common; a tier below writes only what differs.
all_tiers:
  default_duration_minutes: 240
  quiet_hours: pass
  tasks: []
  pages: []
  resources: []
tiers:
  1: {echelon: head_office, cadence_minutes: 30}
  2: {echelon: province, cadence_minutes: 60}
  3: {echelon: prefecture, cadence_minutes: 120}
  4: {echelon: county, cadence_minutes: null}
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is being written. `approved_on` (as 2026-11-27) once it is approved."""

    code: str
    kind: str
    version: int
    head: Mapping[str, Any]
    body: str
    approved_on: str | None = None


def sheet(draft: Draft) -> Sheet:
    """The plan that a draft is. Raises SourceError: faults of line 0 are of the top and name its field, others lines of the YAML."""
    fixed = (draft.code, draft.kind, draft.version, draft.approved_on)
    return _sheet(fixed, json.dumps(draft.head, ensure_ascii=False, sort_keys=True), draft.body)


@lru_cache(maxsize=32)
def _sheet(fixed: tuple[str, str, int, str | None], top: str, text: str) -> Sheet:
    """The same of values that can be kept: reading a long YAML takes a tenth of a second, and a page asks for it more than once."""
    body, head = read(text, NAME), json.loads(top)
    fields = dict(body.value) if isinstance(body.value, dict) else {}
    known = [
        Fault(NAME, node.line, name, "this is written in the form, not in the YAML", "Take it out here.")
        for name, node in fields.items()
        if name in (*TOP, *GIVEN)
    ]
    if known:
        raise SourceError(*known)
    given = dict(zip(("code", "kind", "version", "approved_on"), fixed, strict=True))
    tree = {name: _node(value) for name, value in {**given, **head}.items() if name in (*TOP, *GIVEN)}
    return load_tree(Node({**tree, **fields}, 0), NAME)


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return Node({str(name): _node(each) for name, each in value.items()}, 0)
    if isinstance(value, list | tuple):
        return Node([_node(each) for each in value], 0)
    return Node(value, 0)


def faults(draft: Draft) -> tuple[Fault, ...]:
    """What keeps a draft from being a plan; nothing where it is one."""
    try:
        sheet(draft)
    except SourceError as error:
        return error.faults
    return ()


def head_of(plan: Playbook) -> dict[str, Any]:
    """The top of a plan as the form has it."""
    content = plan.model_dump(mode="json", by_alias=True)
    return {name: content[name] for name in TOP}


def empty_head() -> dict[str, Any]:
    """The top of a plan of which nothing is known."""
    blank = {"zh": "", "en": ""}
    return {
        **{name: dict(blank) for name in TEXTS},
        "issued": "",
        "expires": "",
        "owner": "technical",
        "approved_by": "commander",
        "organisation": [{"function": str(Function.command), "post": "commander", "duty": dict(blank)}],
    }


def body_of(text: str) -> str:
    """The rest of a plan file, with its comments: the top-level fields that the form does not have."""
    kept: list[str] = []
    waiting: list[str] = []
    inside = False
    for line in text.splitlines():
        key = _KEY.match(line)
        if key is None and (not line.strip() or line.startswith("#")):
            waiting.append(line)
            continue
        if key is not None:
            inside = key[1] in BODY
        if inside:
            kept += [*waiting, line]
        waiting = []
    return "\n".join(kept).strip("\n") + "\n"


def written(plan: Playbook) -> str:
    """The rest of a plan of which there is no file: as YAML, each tier in full. JSON's texts are YAML's too."""
    content = plan.model_dump(mode="json", by_alias=True)
    return "".join(_lines({name: content[name] for name in BODY if name in content}, 0))


def _lines(value: Mapping[str, Any], depth: int) -> list[str]:
    found = []
    for name, each in value.items():
        begins = f"{'  ' * depth}{name}:"
        if isinstance(each, Mapping) and each and depth < 3:
            found += [f"{begins}\n", *_lines(each, depth + 1)]
        elif isinstance(each, list) and each and isinstance(each[0], Mapping):
            found.append(f"{begins}\n")
            found += [f"{'  ' * (depth + 1)}- {_flow(item)}\n" for item in each]
        else:
            found.append(f"{begins} {_flow(each)}\n")
    return found


def _flow(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def mark(*parts: Any) -> str:
    """SHA-256, in hex, of a work's content."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
