"""The pages of drills as people use them: plan, agree, begin, run, play, stop, and what is real. All without scripts."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.drills.models import State
from command.drills.runs import reporting
from command.incidents.intake import Report
from tests.drills.scene import Stage, line, scenario

CHOICES = [{"id": "hold", "text": {"zh": "等待", "en": "Hold"}}, {"id": "go", "text": {"zh": "出发", "en": "Go"}}]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages see no difference between databases."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)


def page(stage: Stage, who: str, address: str) -> TestResponse:
    sign = "&" if "?" in address else "?"
    return stage.get(who, f"{address}{sign}lang=en")


def send(stage: Stage, who: str, address: str, **fields: Any) -> TestResponse:
    return stage.ask(who, "POST", f"{address}?lang=en", data=fields)


def plan_fields(**given: Any) -> dict[str, Any]:
    return {
        "scenario": "tariff_complaints",
        "name": "Afternoon drill",
        "mode": "tabletop",
        "area": "80",
        "due_at": "2099-05-04T14:00",
        "zone": "Asia/Shanghai",
        "duration_minutes": "75",
        "announced": "yes",
        "window_days": "7",
        "grace_minutes": "15",
        "late": "miss",
        "supervisors.0": "ada",
        "supervisors.1": "person:dep",
        **given,
    }


def parts(stage: Stage) -> dict[str, str]:
    """The lines for people that the form has, each given to somebody."""
    form = page(stage, "tra", "/drills/new?scenario=tariff_complaints").text
    roles = re.findall(r'name="parts\.(\w+)\.0"', form)
    assert {"controller", "evaluator"} < set(roles)
    return {f"parts.{role}.0": "Person: Eng" for role in roles if role not in ("controller", "evaluator")}


@pytest.mark.proves("R9")
def test_a_drill_is_planned_by_the_form_and_warnings_are_said_before_it_is_kept(stage: Stage) -> None:
    assert "Complaints after a change of tariff" in page(stage, "tra", "/drills/new").text
    given = plan_fields(**parts(stage))
    warned = send(stage, "tra", "/drills/new", **given)
    assert warned.status_code == 200 and "Before it is kept" in warned.text and "none of the posts" in warned.text
    kept = send(stage, "tra", "/drills/new", **given, accept="1")
    assert kept.status_code == 303, kept.text
    code = kept.location.rsplit("/", 1)[1]
    mine = page(stage, "eng", f"/drills/{code}").text
    assert "Afternoon drill" in mine and "I take part" in mine and "Player" in mine
    assert "Afternoon drill" in page(stage, "kef", "/drills").text


def test_a_form_that_was_opened_in_one_language_may_come_back_in_the_other(stage: Stage) -> None:
    filled = stage.ask("tra", "POST", "/drills/new?lang=zh", data=plan_fields(do="fill")).text
    labels = dict(re.findall(r'name="(parts\.\w+\.0)" type="text" value="([^"]+)"', filled))
    assert any(label.startswith("人员：") for label in labels.values())
    lines = parts(stage) | {name: label for name, label in labels.items() if label}
    assert send(stage, "tra", "/drills/new", **plan_fields(**lines, accept="1")).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"due_at": "2001-01-01T10:00"}, "This time is past."),
        ({"due_at": "soon"}, "This is not a time."),
        ({"zone": "Mars"}, "This is no time zone."),
        ({"supervisors.1": "ada"}, "two different people"),
        ({"supervisors.1": "nobody at all"}, "Nobody is called nobody at all"),
        ({"duration_minutes": "x"}, "This is no whole number."),
        ({"mode": "live"}, "This scenario cannot be held in this mode."),
        ({"name": ""}, "A drill needs a name"),
    ],
)
def test_a_plan_that_cannot_be_kept_says_why_at_its_field_and_loses_nothing(
    stage: Stage, wrong: dict[str, str], said: str
) -> None:
    given = plan_fields(**parts(stage), accept="1") | {"freeze_reason": "A typed reason"} | wrong
    refused = send(stage, "tra", "/drills/new", **given)
    assert refused.status_code == 422 and said in refused.text
    assert 'value="Person: Eng"' in refused.text and "A typed reason" in refused.text
    assert page(stage, "tra", "/drills").text.count("drill-what") == 0


def test_who_fits_is_proposed_and_people_are_found_by_name(stage: Stage) -> None:
    filled = send(stage, "tra", "/drills/new", **plan_fields(), do="fill").text
    assert len(re.findall(r'name="parts\.\w+\.0" type="text" value="Person: \w+', filled)) >= 3
    assert 'data-value="Person: Kef"' in page(stage, "tra", "/drills/new/people?q=kef").text
    assert "Post" not in page(stage, "tra", "/drills/new/people?q=&only=person").text
    assert page(stage, "kef", "/drills/new").status_code == 403


@pytest.mark.proves("R9")
def test_it_begins_on_the_page_once_both_supervisors_agreed_there(stage: Stage) -> None:
    code = stage.plan(scenario(line(1)))
    assert "2 of 2 supervisors have not agreed yet" in page(stage, "tra", f"/drills/{code}").text
    for who in ("ada", "dep"):
        assert send(stage, who, f"/drills/{code}", do="acknowledge").status_code == 303
    assert send(stage, "tra", f"/drills/{code}", do="begin").status_code == 303
    assert stage.drill(code).state == State.RUNNING
    listed = page(stage, "eng", "/drills").text
    assert f"/drills/{code}/play" in listed and f"/drills/{code}/console" not in listed
    assert f'href="/drills/{code}/play"' in page(stage, "eng", "/on-call").text, "the frame of every page leads there"
    assert "drill-strip" not in page(stage, "kef", "/on-call").text


def test_a_drill_without_notice_is_nowhere_to_be_seen_by_its_players(stage: Stage) -> None:
    code = stage.plan(scenario(line(1)), announced=False)
    assert "Cable drill" not in page(stage, "eng", "/drills").text
    for address in ("", "/play", "/console", "/real", "/report-incident", "/play/part", "/console/part"):
        assert page(stage, "eng", f"/drills/{code}{address}").status_code == 404, address
    assert send(stage, "eng", f"/drills/{code}", do="acknowledge").status_code == 404
    assert "No-notice" in page(stage, "dep", f"/drills/{code}").text


@pytest.mark.proves("R9")
def test_the_console_shows_what_is_due_and_does_what_is_pressed(stage: Stage) -> None:
    code = stage.begun(
        scenario(line(1), line(2, method="phone"), line(3), line(9, method="discussion", choices=CHOICES))
    )
    stage.minutes(2.5)
    console = f"/drills/{code}/console"
    seen = page(stage, "tra", console).text
    assert "Something happens 1" in seen and "Do something about it" in seen and "Due now" in seen
    mark = re.search(r"seen=(\w+)", seen)
    assert mark and page(stage, "tra", f"{console}/part?seen={mark[1]}").status_code == 204
    assert send(stage, "tra", console, do="deliver", number="2").status_code == 303
    assert send(stage, "tra", console, do="skip", number="3").status_code == 303
    assert send(stage, "tra", console, do="answer", number="1", words="They called the crew").status_code == 303
    assert stage.states(code) == {1: "answered", 2: "delivered", 3: "skipped", 9: "pending"}
    changed = page(stage, "tra", f"{console}/part?seen={mark[1]}")
    assert changed.status_code == 200 and "They called the crew" in changed.text
    assert send(stage, "tra", console, do="pause").status_code == 303
    assert stage.drill(code).state == State.PAUSED
    assert send(stage, "tra", console, do="resume").status_code == 303
    assert send(stage, "tra", console, do="speed", speed="20").status_code == 303
    assert stage.drill(code).speed == 20
    assert send(stage, "tra", console, do="end").status_code == 303
    assert stage.drill(code).state == State.ENDED and "Left out" in page(stage, "tra", console).text


def test_a_refusal_on_the_console_keeps_what_was_typed(stage: Stage) -> None:
    code = stage.begun(scenario(line(1)))
    console = f"/drills/{code}/console"
    typed = {"to": "desk", "sender": "Hospital", "content": "We are cut off", "method": "screen", "at_minutes": "soon"}
    refused = send(stage, "tra", console, do="extra", **typed)
    assert refused.status_code == 422 and "This is no number." in refused.text and "We are cut off" in refused.text
    assert send(stage, "tra", console, do="extra", **(typed | {"at_minutes": ""})).status_code == 303
    stage.minutes(0.1)
    assert stage.states(code)[2] == "delivered"
    wrong = send(stage, "tra", console, do="stop", word="halt")
    assert wrong.status_code == 422 and "This is not the stop word" in wrong.text
    assert send(stage, "tra", console, do="fly").status_code == 404
    assert send(stage, "tra", console, do="skip", number="99999999999").status_code == 404
    by_htmx = stage.ask("tra", "POST", console, data={"do": "skip", "number": "1"}, headers={"HX-Request": "true"})
    assert by_htmx.status_code == 200 and 'id="live"' in by_htmx.text and "<html" not in by_htmx.text


@pytest.mark.proves("R9")
def test_players_see_what_was_put_to_them_and_not_what_is_expected(stage: Stage) -> None:
    code = stage.begun(scenario(line(1, method="discussion", choices=CHOICES), line(2, to="field"), line(30)))
    stage.minutes(3)
    play = f"/drills/{code}/play"
    seen = page(stage, "dou", play).text
    assert "Something happens 1" in seen and "Something happens 2" not in seen and "Something happens 30" not in seen
    assert "Do something about it" not in seen and "STOPDRILL" in seen
    nothing = send(stage, "dou", play, do="answer", number="1", words="")
    assert nothing.status_code == 422 and "Nothing was answered." in nothing.text
    assert send(stage, "dou", play, do="answer", number="1", choice="hold", words="Wind").status_code == 303
    after = page(stage, "dou", play).text
    assert "Hold" in after and "Wind" in after and stage.states(code)[1] == "answered"
    assert page(stage, "dou", f"/drills/{code}/console").status_code == 403
    assert page(stage, "kef", play).status_code == 403


@pytest.mark.proves("R9")
def test_a_player_reports_the_incident_of_the_drill_and_answers_its_page_on_the_screen(stage: Stage) -> None:
    code = stage.begun(scenario(line(1)))
    form = f"/drills/{code}/report-incident"
    empty = send(stage, "eng", form, area="800101", kind="network_fault")
    assert empty.status_code == 422 and "The report says nothing yet." in empty.text
    sent = send(stage, "eng", form, area="800101", kind="network_fault", summary="Cable cut", affected="CELL-1")
    assert sent.status_code == 303 and sent.location.startswith("/incidents/D-")
    number = sent.location.rsplit("/", 1)[1]
    stage.engine()
    assert number in page(stage, "eng", f"/drills/{code}/play").text
    assert number in page(stage, "tra", f"/drills/{code}/console").text


@pytest.mark.proves("B3", "I3")
def test_a_real_event_stops_the_drill_and_opens_a_clean_live_incident_from_a_page_without_marks(stage: Stage) -> None:
    code = stage.begun(scenario(line(1)))
    given = Report(kind="network_fault", area="800101", elements=("CELL-1",), summary="Of the drill")
    stage.run(code, lambda s, d: reporting.report(s, d, stage.principal("dou"), given), "dou")
    real = f"/drills/{code}/real"
    asked = page(stage, "eng", real).text
    assert "REAL EVENT" in asked and "exercise-banner" not in asked and "<title>[DRILL]" not in asked
    assert "Of the drill" not in asked
    assert page(stage, "kef", real).status_code == 403
    empty = send(stage, "eng", real, do="real", area="800201", summary="")
    assert empty.status_code == 422 and stage.drill(code).state == State.RUNNING
    sent = send(stage, "eng", real, do="real", area="800201", summary="Fire in the exchange", affected="CELL-4")
    assert sent.status_code == 303, sent.text
    (live,) = stage.incidents(exercise=False)
    assert sent.location == f"/incidents/{live.number}" and not live.number.startswith("D-")
    assert stage.drill(code).state == State.STOPPED and stage.incidents()[0].state == "cancelled"
    again = page(stage, "eng", real).text
    assert "nothing has to be stopped" in again


def test_whoever_takes_part_stops_it_by_its_word_in_any_case(stage: Stage) -> None:
    code = stage.begun(scenario(line(1)))
    assert send(stage, "eng", f"/drills/{code}/play", do="stop", word=" stopdrill! ").status_code == 303
    assert stage.drill(code).state == State.STOPPED
    assert "The drill was stopped" in page(stage, "dou", f"/drills/{code}/play").text
