"""Reports by page and by command line."""

import re
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from command.core.installation import Installation
from command.periodic.commands import report
from tests.improvement.conftest import Works
from tests.periodic.conftest import Office

pytestmark = [pytest.mark.proves("R20"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


class Bureau(Works, Office):
    """Reports, with visitors who sign in."""


@pytest.fixture
def bureau(installation: Installation) -> Bureau:
    return Bureau(installation)


def test_a_report_is_made_read_replaced_and_left_by_page(bureau: Bureau) -> None:
    number = bureau.responding(elements=["CELL-1"])
    visitor = bureau.sign_in("dou")
    assert "No report yet" in visitor.see("/reports") and "尚无报告" in visitor.see("/reports", "zh")
    assert 'value="20' in visitor.see("/reports/new?code=monthly")
    day = str(bureau.now().astimezone(bureau.installation.settings.tz).date())
    typed = {"code": "weekly", "from": day, "to": "2999-01-01", "tell": "1"}
    refused = visitor.send("/reports/new", "/reports/new", **typed)
    assert refused.status_code == 422 and "ends after today" in refused.text
    assert 'value="2999-01-01"' in refused.text and "checked" in refused.text
    who = {"code": "weekly", "username": "dou", "language": "en"}
    assert visitor.send("/reports/subscriptions", "/reports/subscriptions", **who).status_code == 303
    made = visitor.send("/reports/new", "/reports/new", **typed | {"to": day})
    page = made.headers["Location"]
    shown = visitor.see(page)
    assert f'href="/incidents/{number}"' in shown and "as it was counted" in shown
    assert "no mailbox is known" in shown and "本期概况" in visitor.see(page, "zh")
    assert "For you to read" in visitor.see("/reports")
    assert visitor.send(f"{page}/read", page).status_code == 303
    assert "For you to read" not in visitor.see("/reports") and "I have read it" not in visitor.see(page)
    again = visitor.send("/reports/new", "/reports/new", **typed | {"to": day, "reason": "a number was wrong"})
    assert again.status_code == 303
    assert "A later edition has replaced this one." in visitor.see(page)
    assert "a number was wrong" in visitor.see(again.headers["Location"])
    assert visitor.client.get(f"{page}/export/pdf?language=zh").data.startswith(b"%PDF")
    left = visitor.send("/reports/subscriptions/end", "/reports/subscriptions", code="weekly")
    assert left.status_code == 303 and "Nobody gets a report yet" in visitor.see("/reports/subscriptions")
    assert visitor.client.get("/reports/99").status_code == 404
    assert visitor.client.get("/reports?before=moon").status_code == 422
    reader = bureau.sign_in("kef")
    assert "Make a report" not in reader.see("/reports") and reader.client.get("/reports/new").status_code == 403
    assert re.search(r"<option[^>]*>", reader.see("/reports/subscriptions")) is None


def test_the_command_line_writes_the_archives_edition_or_counts_and_says_so(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("command.periodic.commands.opened", lambda: bureau.installation)
    number = bureau.responding(elements=["CELL-1"])
    day = str(bureau.now().astimezone(bureau.installation.settings.tz).date())
    days = ["--from", day, "--to", day]
    counted = CliRunner().invoke(report, [*days, "--format", "json"])
    assert counted.exit_code == 0, counted.output
    assert orjson.loads(counted.stdout)["edition"] is None and number in counted.stdout
    html = CliRunner().invoke(report, [*days, "--format", "html", "--language", "en"])
    assert "NOT IN THE ARCHIVE" in html.stdout
    made = bureau.make(code="weekly", **{"from": day, "to": day})
    kept = CliRunner().invoke(report, [*days, "--format", "json", "--code", "weekly"])
    assert orjson.loads(kept.stdout)["sha256"] == made["sha256"] and "edition 1 of the archive" in kept.stderr
    fresh = CliRunner().invoke(report, [*days, "--format", "json", "--code", "weekly", "--fresh"])
    assert orjson.loads(fresh.stdout)["edition"] is None
    file = tmp_path / "report.pdf"
    assert CliRunner().invoke(report, [*days, "-o", str(file)]).exit_code == 0
    assert file.read_bytes().startswith(b"%PDF")
    for wrong in (["--code", "daily"], ["--to", "2999-01-01"], ["-o", str(tmp_path / "no" / "such" / "x.pdf")]):
        refused = CliRunner().invoke(report, [*days, *wrong])
        assert refused.exit_code == 1 and refused.stderr.startswith("Error: "), refused.output
    assert CliRunner().invoke(report, ["--from", "soon", "--to", day]).exit_code == 2
