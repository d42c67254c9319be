"""The marks of an exercise: whatever a request shows of one says so. One place decides, and every page's frame asks it.

A request is of an exercise when its address names one: an incident whose number begins with D-, a board or a drill of exercises. A view
whose address does not tell (`/resources/out/7`) says it by `of_exercise`."""

from typing import Any

from flask import Flask, g, has_request_context, request

NUMBER = "D-"
"""What numbers of exercise incidents begin with; no others do."""
ALWAYS = ("/drills", "/board/exercise", "/on-call/drills", "/d/")
"""Beginnings of addresses below which everything is of exercises."""
NAMED = ("number", "name")
"""Variables of routes that hold an incident's number or a board's name."""


def install(app: Flask) -> None:
    """Let an application's pages know whether they are of an exercise."""
    app.url_value_preprocessor(_look)
    app.jinja_env.globals["exercise"] = exercise


def of_exercise(is_it: bool = True) -> None:
    """What this request shows is of an exercise; False says nothing."""
    if is_it:
        g.exercise = True


def of_real() -> None:
    """What this request shows is real though its address names an exercise: the page by which somebody in a drill reports a real event."""
    g.exercise = False


def exercise() -> bool:
    """Whether what this request shows is of an exercise."""
    return has_request_context() and bool(g.get("exercise", False))


def named(address: str, values: dict[str, Any]) -> bool:
    """Whether an address, with the values of its route's variables, names an exercise."""
    if any(address == start or address.startswith(start.rstrip("/") + "/") for start in ALWAYS):
        return True
    said = (str(values.get(name, "")).removeprefix("incident:") for name in NAMED)
    return any(each == "exercise" or each.startswith(NUMBER) for each in said)


def _look(endpoint: str | None, values: dict[str, Any] | None) -> None:
    of_exercise(named(request.path, values or {}))
