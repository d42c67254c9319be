"""The figures a director signs, of incidents that people handled: what the page, the file and the interface say."""

from typing import Any

import pytest

from command.core.installation import Installation
from tests.incidents.conftest import Desk

API = "/api/v1/insights/figures"


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def figures(desk: Desk, query: str = "", by: str = "ada") -> dict[tuple[str, str], dict[str, Any]]:
    answer = desk.get(by, f"{API}?{query}")
    assert answer.status_code == 200, answer.text
    return {(each["code"], each["key"]): each for each in answer.json["figures"]}


def test_it_answers(desk: Desk) -> None:
    desk.responding(elements=["CELL-1"])
    desk.send()
    import rich.traceback as rt; import structlog; structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    found = figures(desk)
    for key, each in found.items():
        print(key, each["value"], each["good"], each["of"], each["verdict"], each["more"])
    for lang in ("en", "zh"):
        page = desk.get("ada", f"/figures?lang={lang}")
        assert page.status_code == 200
    assert desk.get("ada", "/figures.csv").status_code == 200
    assert desk.get("ada", "/figures/response").status_code == 200
    assert desk.get("ada", "/figures/tasks_in_time").status_code == 200
    assert desk.get("ada", "/figures/sla_resolve?key=general").status_code == 200
