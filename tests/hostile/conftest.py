"""An operator at work, as somebody sees it who means harm."""

from typing import Any

from werkzeug.routing import IntegerConverter, Rule

from tests.incidents.conftest import desk as desk


def built(rule: Rule, **given: Any) -> str:
    """The address of a route: `given` in its places, and 1 or x in those that nobody named."""
    values = {
        name: given.get(name, 1 if isinstance(rule._converters[name], IntegerConverter) else "x")
        for name in rule.arguments
    }
    found = rule.build(values, append_unknown=False)
    assert found is not None, rule.rule
    return found[1]
