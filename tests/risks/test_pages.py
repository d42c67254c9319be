"""The pages of the register: the matrix, one risk, the form, and the register as a file."""

import io
import re

import pytest

from tests.risks.test_register import Register, facts, house

__all__ = ["house"]
pytestmark = [pytest.mark.proves("R12"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def test_a_risk_is_added_changed_and_its_sign_told_by_page(house: Register) -> None:
    visitor = house.sign_in("dou")
    assert "No risk like this" in visitor.see("/risks") and "风险台账" in visitor.see("/risks", "zh")
    typed = {name: str(value) for name, value in facts(code="bridge", areas="8001; 9999").items()}
    typed |= {"measures": "Third route | ops | 2027-01-31", "review_months": "12", "drill_months": ""}
    refused = visitor.send("/risks/new", "/risks/new", **typed)
    assert refused.status_code == 422 and "There is no area 9999." in refused.text
    assert "Third route | ops | 2027-01-31</textarea>" in refused.text
    refused = visitor.send("/risks/new", "/risks/new", **typed | {"areas": "8001", "measures": "x | y | z"})
    assert refused.status_code == 422 and "Line 1 is no counter-measure." in refused.text
    assert visitor.send("/risks/new", "/risks/new", **typed | {"areas": "8001"}).headers["Location"] == "/risks/bridge"
    shown = visitor.see("/risks/bridge")
    assert "not drilled" in shown and "source=risk:bridge&amp;title=Third%20route&amp;owner=ops" in shown
    cell = re.search(r'<td class="risk-severe">(?:(?!</td>).)*href="/risks/bridge"', visitor.see("/risks"), re.DOTALL)
    assert cell, "it stands in the matrix"
    form = visitor.see("/risks/bridge/edit")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version and "Third route | ops | 2027-01-31</textarea>" in form
    changed = typed | {"areas": "8001", "residual_likelihood": "1", "version": version[1]}
    assert visitor.send("/risks/bridge/edit", "/risks/bridge/edit", **changed).status_code == 303
    stale = visitor.send("/risks/bridge/edit", "/risks/bridge/edit", **changed | {"name_en": "Mine"})
    assert stale.status_code == 409 and "Somebody has changed this risk" in stale.text and 'value="Mine"' in stale.text
    assert "The sign is there" in house.sign_in("kef").see("/risks/bridge")
    assert visitor.send("/risks/bridge/sign", "/risks/bridge", words="Excavators").status_code == 303
    page = visitor.see("/risks/bridge")
    assert "The early-warning sign is there." in page and "Excavators" in page
    refused = visitor.send("/risks/bridge/turn", "/risks/bridge", state="retired")
    assert refused.status_code == 422 and "needs a reason" in refused.text
    assert "征兆" in visitor.see("/risks/bridge", "zh") and "has-sign" in visitor.see("/risks?with_measures=1")
    assert visitor.send("/risks/bridge/dance", "/risks/bridge").status_code == 404
    assert visitor.client.get("/risks/nothing").status_code == 404


def test_the_register_goes_out_as_a_file_and_comes_in_with_its_bad_rows_named(house: Register) -> None:
    house.added()
    visitor = house.sign_in("dou")
    taken = visitor.client.get("/risks/export.csv")
    assert taken.status_code == 200 and taken.data.startswith(b"\xef\xbb\xbfcode,name_zh")
    file = taken.data.decode("utf-8-sig") + taken.text.splitlines()[1].replace("bridge", "other").replace(
        "eng", "nobody"
    )
    back = visitor.send("/risks/import", "/risks", file=(io.BytesIO(file.encode()), "risks.csv"))
    assert back.status_code == 200 and "1 rows kept, 1 with errors" in back.text
    assert "Nobody active has the username nobody." in back.text and "Download the errors" in back.text
    for name, body in (("risks.xlsx", b"PK"), ("risks.csv", b"\xff\xfe"), ("risks.csv", b"a,b\n")):
        assert visitor.send("/risks/import", "/risks", file=(io.BytesIO(body), name)).status_code == 422
