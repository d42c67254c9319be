"""While the database does not answer, every page and every program is told so, and in their language: the answer itself asks nothing."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from command.app import create_app
from command.core.installation import Installation
from tests.builders import Operator

ADDRESSES = ("/board", "/nowhere", "/api/v1/incidents", "/board/state/command", "/alarms")


@pytest.fixture(params=[OperationalError("SELECT", {}, Exception("gone")), NoConnectionFree("no connection is free")])
def away(request: pytest.FixtureRequest) -> Exception:
    """A server that is gone, and one that has no connection left."""
    found: Exception = request.param
    return found


class Away:
    """A database that answers so many times."""

    def __init__(self, read: Any, left: int, error: Exception) -> None:
        self.read, self.left, self.error = read, left, error

    def __call__(self, **how: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return self.read(**how)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("after", range(4))
@pytest.mark.proves("D5")
def test_a_database_that_goes_away_in_the_middle_of_a_request(
    installation: Installation, away: Exception, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers `after` times, so that whoever asks is known already and what may be done is not."""
    operator = Operator(installation)
    token, app = operator.token("ada"), create_app(installation)
    app.extensions["tocsin.authority"].now(installation.database)
    for address in ADDRESSES:
        app.extensions["tocsin.authority"].forget()
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"}
        with monkeypatch.context() as patched:
            gone = Away(installation.database.read, after, away)
            patched.setattr(installation.database, "read", gone)
            answer = app.test_client().get(address, headers=headers)
        assert answer.status_code < 500 or answer.status_code == 503, f"{address}: {answer.text[:300]}"
        if answer.status_code == 503:
            assert answer.headers["Retry-After"] == "5"
            told = answer.get_json(silent=True) or {}
            assert told.get("code") == "unavailable" if address.startswith("/api/") else "数据库" in answer.text
        else:
            assert after, f"{address} answered without a database"
