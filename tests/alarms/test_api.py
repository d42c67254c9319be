"""Alarms over HTTP: what is taken, what is refused and how, and what a list shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from command.alarms.models import Alarm
from command.core.installation import Installation
from tests.alarms.conftest import EAST, WEST, Network

URL = "/api/v1/alarms"


@pytest.fixture
def post(client: FlaskClient, token_of: Callable[..., str]) -> Callable[..., Any]:
    """Post to the intake as the source `nms`, or as somebody with a token."""
    token = token_of("alarms.write", source="nms")

    def send(body: Any = None, *, by: str = token, **sent: Any) -> Any:
        how = sent or {"json": body}
        return client.post(URL, headers={"Authorization": f"Bearer {by}"}, **how)

    return send


def item(network: Network, element: str = "W1", seconds: float = 0, **changes: Any) -> dict[str, Any]:
    """A good report, changed as a test wants it; a value None leaves the field out."""
    made = {
        "source": "nms",
        "element": element,
        "problem": "Down",
        "severity": "critical",
        "raised_at": network.at(seconds).isoformat(),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.proves("R13", "D1")
def test_a_storm_by_http_becomes_an_incident_for_each_component(network: Network, post: Callable[..., Any]) -> None:
    answer = post([item(network, name, n) for n, name in enumerate((*WEST, *EAST))])
    assert answer.status_code == 200
    assert answer.json == {
        "received": 10,
        "new": 10,
        "changed": 0,
        "unchanged": 0,
        "incidents": sorted(incident.number for incident in network.incidents()),
    }
    assert len(network.incidents()) == 2


def test_a_batch_may_be_an_object_or_a_list_alone(network: Network, post: Callable[..., Any]) -> None:
    assert post({"alarms": [item(network)]}).json["new"] == 1
    assert post([item(network)]).json["unchanged"] == 1
    assert post([]).json["received"] == 0


def test_a_machine_speaks_for_itself_only(network: Network, post: Callable[..., Any]) -> None:
    refused = post([item(network), item(network, source="probe")])
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "alarms.1.source"
    assert not network.alarms()
    assert post([item(network, source=None)]).status_code == 200
    assert network.alarms()[0].source == "nms"


def test_a_person_names_the_source(network: Network, post: Callable[..., Any], token_of: Callable[..., str]) -> None:
    by = token_of("*")
    assert post([item(network, source=None)], by=by).json["field"] == "alarms.0.source"
    assert post([item(network, source="anything")], by=by).status_code == 200


def test_without_the_permission_nothing_is_taken(
    network: Network, client: FlaskClient, token_of: Callable[..., str]
) -> None:
    assert client.post(URL, json=[item(network)]).status_code == 401
    reader = {"Authorization": f"Bearer {token_of('read')}"}
    assert client.post(URL, json=[item(network)], headers=reader).status_code == 403
    assert not network.alarms()


HOSTILE: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown field", {"colour": "red"}, "alarms.1.colour"),
    ("nothing for an element", {"element": None}, "alarms.1.element"),
    ("an empty element", {"element": "  "}, "alarms.1.element"),
    ("a number for a name", {"element": 7}, "alarms.1.element"),
    ("a control character", {"problem": "Do\x07wn"}, "alarms.1.problem"),
    ("a name too long", {"element": "W" * 201}, "alarms.1.element"),
    ("an unknown severity", {"severity": "terrible"}, "alarms.1.severity"),
    ("nothing for a severity", {"severity": None}, "alarms.1.severity"),
    ("a time that is none", {"raised_at": "yesterday"}, "alarms.1.raised_at"),
    ("a time without a zone", {"raised_at": "2026-11-21T08:00:00"}, "alarms.1.raised_at"),
    ("the year 1", {"raised_at": "0001-01-01T00:00:00+14:00"}, "alarms.1.raised_at"),
    ("the year 9999", {"raised_at": "9999-12-31T23:59:59-12:00"}, "alarms.1.raised_at"),
    ("a list for a text", {"text": ["x"]}, "alarms.1.text"),
]


@pytest.mark.parametrize(("case", "changes", "field"), HOSTILE, ids=[case for case, *_ in HOSTILE])
def test_a_bad_item_is_named_with_its_remedy_and_nothing_of_the_batch_is_used(
    network: Network, post: Callable[..., Any], case: str, changes: dict[str, Any], field: str
) -> None:
    refused = post([item(network), {**item(network, "W2"), **changes}, item(network, "W3")])
    assert refused.status_code == 422, case
    assert refused.content_type == "application/problem+json"
    assert [error["field"] for error in refused.json["errors"]] == [field]
    assert refused.json["errors"][0]["remedy"]
    assert not network.alarms()


@pytest.mark.parametrize(
    ("raised", "cleared", "field", "code"),
    [
        (400, None, "alarms.0.raised_at", "future-time"),
        (0, 400, "alarms.0.cleared_at", "future-time"),
        (-8 * 86_400, None, "alarms.0.raised_at", "ancient-time"),
        (0, -10, "alarms.0.cleared_at", "cleared-before-raised"),
    ],
)
def test_impossible_times_are_refused(
    network: Network, post: Callable[..., Any], raised: float, cleared: float | None, field: str, code: str
) -> None:
    cleared_at = None if cleared is None else network.at(cleared).isoformat()
    refused = post([item(network, seconds=raised, cleared_at=cleared_at)])
    assert refused.status_code == 422
    assert [(error["field"], error["code"]) for error in refused.json["errors"]] == [(field, code)]
    assert not network.alarms()


def test_a_clock_that_is_a_little_ahead_is_borne(network: Network, post: Callable[..., Any]) -> None:
    assert post([item(network, seconds=200)]).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'[{"text": "a\\u0000b"}]', 400),
        (b'{"alarms": [\xff\xfe]}', 400),
        (b"null", 422),
        (b"7", 422),
        (b'"alarms"', 422),
        (b'{"alarms": {}}', 422),
        (b'{"alarms": [null]}', 422),
        (b'{"alarm": []}', 422),
        (b'[{"element": "\\ud800"}]', 400),
        (b"[" * 100_000, 400),
    ],
)
def test_what_is_no_batch_is_refused_without_a_fault_of_ours(
    post: Callable[..., Any], network: Network, body: bytes, status: int
) -> None:
    refused = post(data=body, content_type="application/json")
    assert refused.status_code == status, refused.text
    assert refused.content_type == "application/problem+json"
    assert refused.json["remedy"]
    assert not network.alarms()


def test_more_than_a_thousand_at_once_are_refused_with_a_remedy(network: Network, post: Callable[..., Any]) -> None:
    refused = post([item(network, f"X{n}") for n in range(1001)])
    assert refused.status_code == 413
    assert "1000" in refused.json["remedy"]
    assert post([item(network, f"X{n}") for n in range(1000)]).json["new"] == 1000


def test_a_list_is_filtered_and_read_on(
    network: Network, post: Callable[..., Any], client: FlaskClient, token_of: Callable[..., str]
) -> None:
    reader = {"Authorization": f"Bearer {token_of('read')}"}

    def listed(query: str) -> list[str]:
        answer = client.get(f"{URL}?{query}", headers=reader)
        assert answer.status_code == 200, answer.text
        return [alarm["element"] for alarm in answer.json["items"]]

    post([item(network, "W1"), item(network, "W2"), item(network, "Nowhere"), item(network, "E1")])
    post([item(network, "E1", 10, severity="cleared")])
    (incident,) = network.incidents()
    assert listed("state=cleared") == ["E1"]
    assert listed("unknown=1") == ["Nowhere"]
    assert listed("loose=1") == ["Nowhere"]
    assert set(listed(f"incident={incident.number}")) == {"W1", "W2"}
    assert listed("element=W2") == ["W2"]
    assert listed("source=probe") == []
    first = client.get(f"{URL}?limit=3", headers=reader).json
    rest = client.get(f"{URL}?limit=3&after={first['next']}", headers=reader).json
    assert len(first["items"]) == 3
    assert len(rest["items"]) == 1
    assert rest["next"] is None
    assert client.get(f"{URL}?colour=red", headers=reader).json["errors"][0]["field"] == "colour"


def test_unknown_elements_are_shown_as_such(
    network: Network, post: Callable[..., Any], client: FlaskClient, token_of: Callable[..., str]
) -> None:
    post([item(network, "Nowhere"), item(network, "W1")])
    items = client.get(URL, headers={"Authorization": f"Bearer {token_of('read')}"}).json["items"]
    assert {alarm["element"]: alarm["known"] for alarm in items} == {"Nowhere": False, "W1": True}


@pytest.mark.parametrize(("language", "words"), [("en", "not in the records"), ("zh", "档案中无此网元")])
def test_the_alarms_page_shows_every_alarm_with_its_incident(
    network: Network,
    post: Callable[..., Any],
    client: FlaskClient,
    token_of: Callable[..., str],
    language: str,
    words: str,
) -> None:
    post([item(network, "W1"), item(network, "W2"), item(network, "<b>Nowhere</b>"), item(network, "E1")])
    page = client.get(f"/alarms?lang={language}", headers={"Authorization": f"Bearer {token_of('*')}"})
    assert page.status_code == 200
    assert words in page.text
    assert "&lt;b&gt;Nowhere&lt;/b&gt;" in page.text
    assert network.incidents()[0].number in page.text


def test_the_alarms_page_looks_for_some(
    network: Network, post: Callable[..., Any], client: FlaskClient, token_of: Callable[..., str]
) -> None:
    post([item(network, "W1"), item(network, "Nowhere"), item(network, "E1", severity="minor")])
    headers = {"Authorization": f"Bearer {token_of('*')}"}

    def elements(asked: str) -> set[str]:
        page = client.get(f"/alarms?lang=en&{asked}", headers=headers).text
        return {name for name in ("W1", "Nowhere", "E1") if f"<div>{name}" in page}

    assert elements("") == {"W1", "Nowhere", "E1"}
    assert elements("q=now") == elements("view=unknown") == {"Nowhere"}
    assert elements("severity=minor") == {"E1"}
    assert elements("state=cleared") == elements("q=%25") == set()
    assert elements("view=nonsense&severity=nonsense&after=x") == {"W1", "Nowhere", "E1"}
    found = client.get(f"{URL}?words=nowhere&severity=critical", headers=headers).json["items"]
    assert {alarm["element"] for alarm in found} == {"Nowhere"}


def test_how_old_a_time_may_be_is_the_operators_choice(
    network: Network, token_of: Callable[..., str], client: FlaskClient, installation: Installation
) -> None:
    intake = installation.settings.intake.model_copy(update={"oldest_days": 30})
    object.__setattr__(installation.settings, "intake", intake)
    bearer = {"Authorization": f"Bearer {token_of('*')}"}
    assert client.post(URL, json=[item(network, seconds=-8 * 86_400)], headers=bearer).status_code == 200
    assert network.alarms(Alarm.raised_at < network.now - timedelta(days=7))
