"""The network over HTTP: lists that go on, and what would be affected if elements failed."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.network import area_import, imports
from command.network.subscriber_import import subscribers
from command.people import service as people
from command.people import tokens
from command.people.roster import PersonCard
from tests.builders import application
from tests.network.test_imports import AREAS, ELEMENTS, HEADER, SERVICES


class Caller:
    """A program with a duty officer's token."""

    def __init__(self, installation: Installation) -> None:
        card = PersonCard.model_validate(
            {
                "username": "dou",
                "name": {"zh": "张三", "en": "Dou"},
                "posts": ("duty_officer",),
                "area": "80",
                "number": "+8612000000000",
                "language": "en",
            }
        )

        def work(session: Session) -> str:
            person = people.create_person(session, installation.keyring, card)
            return tokens.create_token(session, person, "test", ["read"], days=1)[1]

        self.token = installation.database.write(work)
        self.client = application(installation).test_client()

    def get(self, path: str, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.get(f"/api/v1/{path}", query_string=query, headers=headers)


@pytest.fixture
def caller(installation: Installation, tmp_path: Any) -> Caller:
    def write(text: str) -> Any:
        path = tmp_path / "in.csv"
        path.write_text(text)
        return path

    area_import.areas(installation.database, write(AREAS))
    imports.services(installation.database, write(SERVICES))
    imports.elements(installation.database, write(ELEMENTS))
    rows = "13800138000,zh,BTS-1,voice;data,,hospital\n13800138001,zh,BTS-1,voice,,\n"
    subscribers(installation.database, installation.keyring, write(HEADER + rows))
    return Caller(installation)


def test_lists_go_on_where_they_ended(caller: Caller) -> None:
    first = caller.get("areas", limit=1).json
    assert [area["code"] for area in first["items"]] == ["80"]
    rest = caller.get("areas", after=first["next"]).json
    assert [(area["code"], area["parent"]) for area in rest["items"]] == [("8001", "80")] and rest["next"] is None
    assert [service["code"] for service in caller.get("services").json["items"]] == ["voice", "data", "110"]


def test_elements_are_found_by_the_beginning_of_their_name(caller: Caller) -> None:
    found = caller.get("elements", name="BTS").json["items"]
    assert [(e["name"], e["area"], e["services"], e["core"]) for e in found] == [
        ("BTS-1", "8001", ["voice", "data"], False)
    ]
    assert caller.get("elements", name="%").json["items"] == []


@pytest.mark.proves("B1")
def test_a_preview_says_who_would_be_affected(caller: Caller) -> None:
    answer = caller.get("impact", elements="CORE-1").json
    assert (answer["cut_off"], answer["users"], answer["critical_customers"]) == (2, 2, 1)
    assert {(row["service"], row["users"]) for row in answer["rows"]} == {("voice", 2), ("data", 1)}


def test_an_unknown_element_is_a_problem_that_names_it(caller: Caller) -> None:
    answer = caller.get("impact", elements="CORE-1,NOPE")
    assert answer.status_code == 422 and "NOPE" in answer.text
    assert caller.get("impact").status_code == 422


def test_without_a_token_nothing_is_shown(caller: Caller) -> None:
    assert caller.client.get("/api/v1/elements").status_code == 401
