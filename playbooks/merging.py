"""`all_tiers`: what the tiers of a plan have in common is written once, and a tier writes only what differs.

The rule: mappings are merged field by field; tasks, resources and answers are merged by `id`, pages by `target`, in the order
of `all_tiers` with a tier's own items behind; every other value of a tier (other lists, numbers, null) takes the place
of the common one. A bilingual text is one value: a tier that changes it writes both languages. Each merged value keeps
the line where it was written.
"""

from collections.abc import Iterator

from playbooks.faults import Fault, SourceError
from playbooks.nodes import Node

COMMON = "all_tiers"
_KEYS = {"tasks": "id", "resources": "id", "pages": "target", "answers": "id"}
_LANGUAGES = {"zh", "en"}


def merge(plan: Node, name: str) -> Node:
    """The plan with `all_tiers` spread over its tiers; other mistakes of form are left for validation.

    `name` is the file. Raises SourceError if `all_tiers` holds no fields.
    """
    fields = plan.value
    if not isinstance(fields, dict) or COMMON not in fields:
        return plan
    common = fields[COMMON]
    if not isinstance(common.value, dict):
        remedy = "Write 'name: value' lines under it, or remove it."
        raise SourceError(Fault(name, common.line, COMMON, "the value should hold fields of a tier", remedy))
    rest = {field: child for field, child in fields.items() if field != COMMON}
    tiers = rest.get("tiers")
    if tiers is not None and isinstance(tiers.value, dict):
        merged = {number: _over(common, tier, "") for number, tier in tiers.value.items()}
        rest["tiers"] = Node(merged, tiers.line)
    return Node(rest, plan.line)


def _over(common: Node, own: Node, name: str) -> Node:
    if isinstance(common.value, dict) and isinstance(own.value, dict):
        return own if _is_text(own.value) else _fields(common.value, own.value, own.line)
    key = _KEYS.get(name)
    if key and isinstance(common.value, list) and isinstance(own.value, list):
        return Node(_items(common.value, own.value, key), own.line)
    return own


def _is_text(value: dict[str, Node]) -> bool:
    return bool(value) and value.keys() <= _LANGUAGES


def _fields(common: dict[str, Node], own: dict[str, Node], line: int) -> Node:
    merged = dict(common)
    for name, child in own.items():
        merged[name] = _over(common[name], child, name) if name in common else child
    return Node(merged, line)


def _items(common: list[Node], own: list[Node], key: str) -> list[Node]:
    """Own items replace or extend the common one of the same key. Doubles stay, for validation to name."""
    merged = list(common)
    places = {_key(item, key): index for index, item in enumerate(common)}
    for item in own:
        index = places.pop(_key(item, key), None)
        if index is None:
            merged.append(item)
        else:
            merged[index] = _over(merged[index], item, "")
    return merged


def _key(item: Node, key: str) -> object:
    child = item.child(key)
    return child.value if child is not None and isinstance(child.value, str) else id(item)


def common_lines(plan: Node) -> frozenset[int]:
    """Every line on which something is written under `all_tiers`."""
    common = plan.child(COMMON)
    return frozenset(_lines(common)) if common is not None else frozenset()


def _lines(node: Node) -> Iterator[int]:
    yield node.line
    children = node.value.values() if isinstance(node.value, dict) else node.value
    if isinstance(children, str | int | float | None):
        return
    for child in children:
        yield from _lines(child)
