"""What may not be a family, and the page that ties and parts."""

import shutil
from pathlib import Path

import pytest

from tests.incidents.family.conftest import Families


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Forms and refusals see no difference between databases."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.mark.proves("R35")
def test_bad_families_are_refused_by_name_and_people_without_the_right_too(desk: Families) -> None:
    one, two, three = (desk.report(elements=[f"CELL-{n}"], area="80")["number"] for n in (1, 2, 3))
    desk.adopt(two, one)
    circle = desk.refused("ada", one, "adopt", child=two)
    assert (circle["status"], circle["code"], circle["field"]) == (409, "circle", "child")
    assert one in circle["detail"]
    assert desk.refused("ada", three, "adopt", child=one)["code"] == "two-parents"
    assert desk.refused("ada", three, "adopt", child="nonsense")["status"] == 404
    assert desk.refused("ada", three, "adopt")["status"] == 422
    leak = desk.report("ada", kind="information_security", area="8001")["number"]
    assert desk.refused("ada", three, "adopt", child=leak)["code"] == "restricted"
    assert desk.refused("dou", three, "adopt", child=leak)["status"] == 404, "who may not know of it learns nothing"
    drill = desk.report("tra", exercise=True)["number"]
    assert desk.refused("ada", three, "adopt", child=drill)["code"] == "exercise"
    assert desk.refused("kef", three, "adopt", child=two)["status"] == 403
    shown = desk.get("kef", f"/api/v1/incidents/{one}/family?lang=en").json
    assert (shown["parent"], shown["root"]["number"]) == (two, two)
    assert [each["number"] for each in shown["root"]["children"]] == [one]


def test_the_page_ties_and_parts_and_keeps_what_was_typed(desk: Families) -> None:
    one, two = (desk.report(elements=[f"CELL-{n}"], area="80")["number"] for n in (1, 4))
    page = desk.get("ada", f"/incidents/{two}/family?lang=en")
    assert page.status_code == 200
    assert "Meichuan" not in page.text
    answer = desk.form("ada", f"/incidents/{two}/family", do="adopt", child=one, reason="one cable")
    assert answer.status_code == 303, answer.text
    assert one in desk.get("kef", f"/incidents/{two}/family/part?lang=zh").text
    again = desk.form("ada", f"/incidents/{two}/family", do="adopt", child=one, reason="typed words")
    assert again.status_code == 409
    assert "typed words" in again.text
    assert desk.form("ada", f"/incidents/{one}/family", do="split", reason="no").status_code == 303
    assert desk.form("ada", f"/incidents/{one}/family", do="nonsense").status_code == 404
    made = desk.form("ada", f"/incidents/{two}/family", do="child", areas="800201", commander="cou")
    assert made.status_code == 303, made.text
    assert desk.see(made.location.split("/")[2])["commander"]["username"] == "cou"
