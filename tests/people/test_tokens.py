"""API tokens: shown once, kept as a hash, limited and ending."""

import hashlib

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import Invalid
from command.people import service, tokens
from command.people.models import ApiToken
from tests.conftest import Time
from tests.people.conftest import Office


def rows(office: Office) -> list[ApiToken]:
    with office.database.read() as session:
        found = list(session.scalars(select(ApiToken).order_by(ApiToken.id)))
        session.expunge_all()
        return found


def test_a_token_is_shown_once_and_only_its_hash_is_kept(office: Office) -> None:
    made = office.ask(office.token("ada", "*"), "POST", "/api/v1/tokens", json={"name": "script", "scopes": ["read"]})
    text = made.json["token"]
    assert made.status_code == 201 and text.startswith("tcs_") and len(text) > 40
    assert rows(office)[-1].token_hash == hashlib.sha256(text.encode()).digest()
    listed = office.ask(text, "GET", "/api/v1/tokens")
    assert listed.status_code == 200 and text not in listed.text
    assert [item["name"] for item in listed.json["items"]] == ["script", "test"]


def test_a_token_does_no_more_than_its_scopes(office: Office) -> None:
    token = office.token("ada", "read")
    assert office.ask(token, "GET", "/api/v1/people").status_code == 200
    target = f"/api/v1/people/{office.person('eng').id}/actions/unmask"
    refused = office.ask(token, "POST", target, json={"reason": "call him"})
    assert refused.status_code == 403 and "scopes lack unmask" in refused.json["detail"]
    assert office.ask(office.token("ada", "*"), "POST", target, json={"reason": "call him"}).status_code == 200


def test_a_token_ends_on_its_day(office: Office, time: Time) -> None:
    token = office.token("ada", "read", days=2)
    time.forward(days=1, hours=23)
    assert office.ask(token, "GET", "/api/v1/me").status_code == 200
    time.forward(hours=1, minutes=1)
    assert office.ask(token, "GET", "/api/v1/me").status_code == 401


def test_a_revoked_token_and_one_of_a_locked_person_are_dead(office: Office) -> None:
    token, other = office.token("ada", "*"), office.token("dou", "read")
    own = rows(office)[0].id
    assert office.ask(token, "DELETE", f"/api/v1/tokens/{own}").status_code == 204
    assert office.ask(token, "GET", "/api/v1/me").status_code == 401
    office.database.write(lambda session: service.lock_person(session, service.find(session, office.person("dou").id)))
    assert office.ask(other, "GET", "/api/v1/me").status_code == 401


def test_nobody_revokes_a_token_of_another_but_an_administrator(office: Office) -> None:
    office.token("ada", "read")
    of_ada = rows(office)[0].id
    assert office.ask(office.token("dou", "*"), "DELETE", f"/api/v1/tokens/{of_ada}").status_code == 404
    assert office.ask(office.token("adm", "*"), "DELETE", f"/api/v1/tokens/{of_ada}").status_code == 204


def test_the_last_use_is_written_once_a_minute(office: Office, time: Time) -> None:
    token = office.token("ada", "read")
    office.ask(token, "GET", "/api/v1/me")
    first = rows(office)[0].used_at
    time.forward(seconds=30)
    office.ask(token, "GET", "/api/v1/me")
    assert first is not None and rows(office)[0].used_at == first
    time.forward(seconds=31)
    office.ask(token, "GET", "/api/v1/me")
    used = rows(office)[0].used_at
    assert used is not None and used > first


def test_nobody_hands_out_more_than_they_have(office: Office) -> None:
    def asked(token: str, *scopes: str, source: str | None = None) -> int:
        wanted = {"name": "x", "scopes": scopes, "source": source}
        return office.ask(token, "POST", "/api/v1/tokens", json=wanted).status_code

    assert asked(office.token("aud", "*"), "read") == 201
    assert asked(office.token("aud", "*"), "activate") == 403, "auditors only read"
    assert asked(office.token("ada", "read"), "read") == 403, "a read token may not prolong itself"
    assert asked(office.token("adm", "manage_tokens", "read"), "*") == 403, "a limited token makes no unlimited one"
    assert asked(office.token("ada", "*"), "alarms.write", source="nms") == 403, "sources belong to administrators"
    assert asked(office.token("adm", "*"), "alarms.write", source="nms") == 201


def test_a_machine_may_feed_and_nothing_else(office: Office) -> None:
    token = office.token("adm", "alarms.write", source="nms")
    assert office.ask(token, "GET", "/api/v1/people").status_code == 403
    assert office.ask(token, "GET", "/api/v1/me").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "days", "source", "field"),
    [
        (["fly"], 90, None, "scopes"),
        ([], 90, None, "scopes"),
        (["*"], 90, "nms", "scopes"),
        (["read"], 90, "nms", "scopes"),
        (["read"], 0, None, "expires_in_days"),
        (["read"], 731, None, "expires_in_days"),
    ],
)
def test_a_bad_wish_names_its_field(
    office: Office, scopes: list[str], days: int, source: str | None, field: str
) -> None:
    def work(session: Session) -> None:
        owner = service.find(session, office.person("adm").id)
        tokens.create_token(session, owner, "x", scopes, days=days, source=source)

    with pytest.raises(Invalid) as refused:
        office.database.write(work)
    assert refused.value.field == field and refused.value.remedy


def test_a_token_text_of_any_bytes_is_simply_not_valid(office: Office) -> None:
    for text in ("", "tcs_", "é", "x" * 5000, "tcs_\ud800"):
        header = {"Authorization": f"Bearer {text}".encode("utf-8", "surrogatepass").decode("latin-1")}
        assert office.app.test_client().get("/api/v1/me", headers=header).status_code == 401
    assert office.app.test_client().get("/api/v1/me", headers={"Authorization": "Basic YTpi"}).status_code == 401
