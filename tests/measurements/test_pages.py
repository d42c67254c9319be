"""Measurements by page: set up, seen with thresholds, decided, brought in and taken away as a file."""

from io import BytesIO

import pytest

from tests.measurements.conftest import SERIES, Probe

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def get(probe: Probe, who: str, address: str) -> str:
    answer = probe.get(who, address)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_series_is_set_up_shown_and_changed_by_page(probe: Probe) -> None:
    form = {name: str(value) for name, value in SERIES.items()} | {"bad_when": "below", "active": "1"}
    wrong = probe.ask("dou", "POST", "/measurements/new", data=form | {"warn": "70"})
    assert wrong.status_code == 422 and "attach-mj" in wrong.text and "out of order" in wrong.text
    assert probe.ask("dou", "POST", "/measurements/new", data=form).status_code == 303
    probe.measure(60, 7)
    shown = get(probe, "ada", "/measurements/attach-mj?lang=en")
    assert "polyline" in shown and shown.count("threshold threshold-") == 3 and "style=" not in shown
    assert "Open an incident" in get(probe, "dou", "/measurements?lang=en")
    assert "附着成功率" in get(probe, "ada", "/measurements?lang=zh")
    changed = probe.ask("dou", "POST", "/measurements/attach-mj/edit", data=form | {"bad": "70", "version": "1"})
    assert changed.status_code == 303 and probe.stands()["bad"] == 70
    stale = probe.ask("dou", "POST", "/measurements/attach-mj/edit", data=form | {"bad": "60", "version": "1"})
    assert stale.status_code == 409 and "Somebody has changed" in stale.text
    assert probe.get("ada", "/measurements/nothing").status_code == 404


def test_the_board_offers_the_decision_and_the_incident_shows_its_chart(probe: Probe) -> None:
    probe.series()
    probe.measure(60, 6)
    assert "/measurements/attach-mj" in get(probe, "dou", "/board/part/decisions?lang=en")
    assert "/measurements/attach-mj" not in get(probe, "kef", "/board/part/decisions?lang=en")
    taken = probe.ask("dou", "POST", "/measurements/attach-mj/decide", data={"outcome": "taken"})
    number = taken.location.rpartition("/")[2]
    assert "polyline" in get(probe, "ada", f"/incidents/{number}/measurements?lang=en")
    assert "Degraded" in get(probe, "ada", "/board?lang=en")
    kept = probe.ask("dou", "POST", f"/incidents/{number}/measurements", data={"series": "attach-mj", "reason": ""})
    assert kept.status_code == 422
    assert probe.ask("dou", "POST", f"/incidents/{number}/measurements", data={"series": "nowhere"}).status_code == 422


def test_a_share_is_declared_by_page_in_both_languages(probe: Probe) -> None:
    number = probe.report(kind="service_interruption")["number"]
    form = f"/incidents/{number}/do/impact"
    assert "百分比" in get(probe, "dou", f"{form}?lang=zh") and "in percent" in get(probe, "dou", f"{form}?lang=en")
    said = {"kind": "degradation", "area": "800101", "services": ["voice", "mobile_data"], "percent": "150"}
    wrong = probe.ask("dou", "POST", form, data=said)
    assert wrong.status_code == 422 and 'value="150"' in wrong.text
    assert probe.ask("dou", "POST", form, data=said | {"percent": "40 %"}).status_code == 303
    assert {(row["service"], row["users"]) for row in probe.see(number)["impact"]} == {
        ("voice", 12),
        ("mobile_data", 12),
    }


def test_series_go_out_as_a_file_and_come_back_unchanged(probe: Probe) -> None:
    probe.series()
    text = get(probe, "dou", "/measurements/export.csv")
    more = text.replace("attach-mj", "attach-new").splitlines()[1]
    broken = more.replace("attach-new", "attach-bad").replace("800101", "999999")
    sent = {"file": (BytesIO("\n".join([*text.splitlines(), more, broken]).encode()), "series.csv")}
    answer = probe.ask("dou", "POST", "/measurements/import?lang=en", data=sent, content_type="multipart/form-data")
    assert "2 rows kept, 1 with errors" in answer.text, answer.text
    assert probe.stands()["version"] == 1 and probe.stands("attach-new")["recover"] == 95
