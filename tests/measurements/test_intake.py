"""Values as systems send them: out of order, twice, corrected, absurd; and series that cannot be."""

from datetime import timedelta

import pytest

from command.core.journal import Entry
from command.measurements.models import Point
from tests.measurements.conftest import SERIES, Probe

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_order_and_repetition_change_nothing_and_a_correction_is_on_record(probe: Probe) -> None:
    probe.series()
    answer = probe.send((3, 70), (1, 90), (2, 80), (2, 80))
    assert (answer["kept"], answer["same"], answer["errors"]) == (3, 1, [])
    with probe.database.read() as session:
        kept = [(point.at, point.value) for point in session.query(Point).order_by(Point.at)]
    assert [value for _, value in kept] == [70, 80, 90]
    again = probe.send_raw({"series": "attach-mj", "at": kept[0][0].isoformat(), "value": 75})
    assert (again["kept"], again["corrected"]) == (0, 1)
    with probe.database.read() as session:
        entry = session.query(Entry).filter(Entry.kind == "measurement.corrected").one()
    assert "70.0,75.0" in entry.data


def test_each_bad_value_is_named_with_its_remedy_and_good_ones_are_kept(probe: Probe) -> None:
    probe.series()
    now = probe.now()
    at = now.isoformat()
    bad = [
        {"series": "nowhere", "at": at, "value": 1},
        {"series": "attach-mj", "at": at, "value": 101},
        {"series": "attach-mj", "at": (now + timedelta(hours=1)).isoformat(), "value": 50},
        {"series": "attach-mj", "at": (now - timedelta(days=400)).isoformat(), "value": 50},
        {"series": "attach-mj", "at": "yesterday", "value": 50},
        {"series": "attach-mj", "at": "2026-11-27T08:00:00", "value": 50},
        {"series": "attach-mj", "at": at, "value": "50"},
        {"series": "attach-mj", "at": at, "value": True},
        {"series": "attach-mj", "at": at},
        {"series": "attach-mj", "at": at, "value": 1, "colour": "red"},
        "what",
        None,
    ]
    answer = probe.send_raw(*bad, {"series": "attach-mj", "at": at, "value": 99})
    assert answer["kept"] == 1 and len(answer["errors"]) == len(bad)
    assert all(each["detail"] and each["remedy"] for each in answer["errors"])
    assert [each["field"].split(".")[1] for each in answer["errors"]] != []
    fields = {each["field"] for each in answer["errors"]}
    assert {"measurements.0.series", "measurements.1.value", "measurements.2.at", "measurements.9.colour"} <= fields


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_value_that_is_no_number_is_refused(probe: Probe, value: str) -> None:
    probe.series()
    body = f'{{"measurements": [{{"series": "attach-mj", "at": "{probe.now().isoformat()}", "value": {value}}}]}}'
    answer = probe.ask("dou", "POST", "/api/v1/measurements", data=body, content_type="application/json")
    assert answer.status_code in (400, 422), answer.text
    assert answer.json["detail"] and answer.json["remedy"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"warn": 70}, "warn"),
        ({"bad": 95}, "warn"),
        ({"low": 100}, "high"),
        ({"recover": 101}, "recover"),
        ({"none_at": 0, "all_at": 100}, "all_at"),
        ({"service": "fax"}, "service"),
        ({"area": "999"}, "area"),
        ({"name_en": "", "name_zh": ""}, "name_zh"),
        ({"bad_minutes": 0}, "bad_minutes"),
        ({"code": "13800138000"}, "code"),
        ({"bad": 1e300}, "bad"),
    ],
)
def test_a_series_that_cannot_be_names_the_field(probe: Probe, changes: dict[str, object], field: str) -> None:
    answer = probe.post("dou", "/api/v1/measurements/series", **{**SERIES, **changes})
    assert (answer.status_code, answer.json["field"]) == (422, field), answer.text


def test_who_may_send_may_not_set_thresholds(probe: Probe) -> None:
    assert probe.post("eng", "/api/v1/measurements/series", **SERIES).status_code == 403
    assert probe.post("kef", "/api/v1/measurements", measurements=[]).status_code == 403
