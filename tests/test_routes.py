"""Every address names who may use it."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from command.app import create_app
from command.core.installation import Installation
from command.people.access import access, known
from tests.builders import application

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
OPEN = {
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/sign-in",
    "/sign-out",
    "/look",
    "/api/v1/openapi.json",
    "/on-call/feed/<text>.ics",
    "/drills/feed/<text>.ics",
    "/case",
    "/complaints/new",
    "/status",
    "/status.json",
    "/status/banner.json",
    "/status/hotline.json",
    "/status/advice",
    "/status/reports/<public_id>",
}
"""What anybody may ask for, besides gateways' signed hooks and signed links; one more needs a reason and a line here."""


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


@pytest.mark.proves("R19")
def test_every_route_names_its_permission(installation: Installation) -> None:
    app = application(installation)
    nameless = [rule.rule for rule in rules(app) if not hasattr(app.view_functions[rule.endpoint], "permission")]
    assert nameless == []


@pytest.mark.proves("R19")
def test_what_is_open_to_everybody_says_why_and_is_expected(installation: Installation) -> None:
    app = application(installation)
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        if view.permission is None:
            assert len(view.public) > 10, f"{rule.rule} does not say why it is public"
            assert rule.rule in OPEN or rule.rule.startswith(("/hooks/", "/p/", "/c/", "/d/", "/b/", "/s/")), (
                f"{rule.rule} is open unexpectedly"
            )
        else:
            assert known(view.permission)


@pytest.mark.proves("R19")
def test_nobody_reaches_a_guarded_route_without_signing_in(installation: Installation) -> None:
    app = application(installation)
    client = app.test_client()
    for rule in rules(app):
        if app.view_functions[rule.endpoint].permission is None:
            continue
        address = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        for method in (rule.methods or set()) - {"OPTIONS"}:
            answer = client.open(address[1] if address else rule.rule, method=method)
            assert answer.status_code in (302, 401), f"{method} {rule.rule} answered {answer.status_code}"


def test_a_route_without_permission_is_closed(installation: Installation) -> None:
    app = create_app(installation)
    app.add_url_rule("/api/v1/forgotten", view_func=lambda: "secret")
    answer = app.test_client().get("/api/v1/forgotten")
    assert answer.status_code == 403 and "secret" not in answer.text


def test_a_permission_nobody_knows_stops_the_start() -> None:
    with pytest.raises(ValueError, match="no permission 'fly'"):
        access("fly")


def test_the_description_names_every_route_with_its_permission_and_problem_documents(
    installation: Installation,
) -> None:
    app = application(installation)
    spec = app.test_client().get("/api/v1/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    for rule in rules(app):
        if not rule.rule.startswith("/api/v1/") or rule.rule.endswith("openapi.json"):
            continue
        path = rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            operation = spec["paths"][path][method.lower()]
            assert operation["x-permission"] == app.view_functions[rule.endpoint].permission
            assert "application/problem+json" in operation["responses"]["401"]["content"]
