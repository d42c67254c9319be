"""CAP 1.2 messages: an alert issues, an update raises, lowers or changes, a cancel lifts; what is unsafe or no warning is refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from command.core.problems import Invalid
from command.warnings import cap, feeds, xml_tree
from command.warnings.colours import Colour
from command.warnings.table import table
from tests.warnings.conftest import API, SENT, Weather, alert

pytestmark = pytest.mark.proves("R12", "B9")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REF = f"met@example.cn,w1,{SENT}"


def test_the_colour_is_that_of_the_parameter_else_of_the_severity() -> None:
    def colour(**said: str) -> Colour:
        return cap.read(alert(**said).encode(), table()).colour

    assert [colour(severity=each) for each in ("Minor", "Moderate", "Severe", "Extreme")] == list(Colour)
    assert colour(level="4; red; Extreme", severity="Minor") == Colour.RED
    assert colour(level="黄色", severity="Extreme") == Colour.YELLOW
    assert colour(level="green", severity="Severe") == Colour.ORANGE, "an unknown word says nothing"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no XML"),
        (b"\xff\xfe<", "no XML"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', "no XML"),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>', "no XML"),
        (b"<a>" * 40 + b"</a>" * 40, "no XML"),
        (b"<x>" + b" " * xml_tree.LARGEST + b"</x>", "larger"),
        (b"<alert/>", "no CAP 1.2"),
        (alert(status="Test").encode(), "status Test"),
        (alert(status="Draft").encode(), "status Draft"),
        (alert(kind="Ack").encode(), "type Ack"),
        (alert(kind="Update").encode(), "which one it follows"),
        (alert(kind="Update", references="w1").encode(), "no reference"),
        (alert(sent="2026-11-21T08:00:00").encode(), "no usable time in sent"),
        (alert(expires="tomorrow").encode(), "no usable time in expires"),
        (alert(sent="9999-12-31T23:59:59+00:00").encode(), "no usable time in sent"),
        (alert(event="大雾").replace("Typhoon<", "Fog<").encode(), "no event that warnings are kept of"),
    ],
)
def test_what_is_no_warning_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        cap.read(data, table())
    assert said in str(refused.value) and refused.value.remedy


def test_an_alert_is_updated_and_cancelled_by_its_references_and_each_message_counts_once(weather: Weather) -> None:
    first = weather.cap(alert()).json
    assert first["did"] == ["issued"] and first["unmatched"] == []
    code = first["warning"]
    made = weather.warning(code)
    assert made["colour"] == "orange" and made["event"] == "typhoon" and made["issuer"] == "省气象台"
    assert made["headline_zh"] == "台风“海神”将登陆" and made["headline_en"] == "Typhoon makes landfall"
    assert [area["code"] for area in made["areas"]] == ["8001"] and made["source"] == "cap"
    assert weather.cap(alert()).json["did"] == ["known"]
    grown = alert(
        kind="Update",
        identifier="w2",
        references=REF,
        severity="Extreme",
        area="<areaDesc>沿海各县</areaDesc><geocode><valueName>county</valueName><value>800200</value></geocode></area>"
        "<area><areaDesc>梅川市、云雾山</areaDesc>",
    )
    second = weather.cap(grown).json
    assert second == {"warning": code, "did": ["raised", "changed"], "unmatched": ["云雾山"]}
    now = weather.warning(code)
    assert now["colour"] == "red" and [area["code"] for area in now["areas"]] == ["8001", "8002"]
    assert now["unmatched"] == ["云雾山"] and "CAP Update" in now["history"][-2]["said"]
    cancel = alert(kind="Cancel", identifier="w3", references=f"{REF} met@example.cn,w2,{SENT}")
    assert weather.cap(cancel).json["did"] == ["lifted"] and weather.warning(code)["state"] == "lifted"
    astray = weather.cap(alert(kind="Cancel", identifier="w9", references=f"met@example.cn,w8,{SENT}"))
    assert astray.status_code == 422 and "never taken in" in astray.json["detail"]


@ONE
def test_an_exercise_stays_one_and_areas_of_nobody_are_named(weather: Weather) -> None:
    drill = weather.cap(alert(status="Exercise")).json["warning"]
    assert drill.startswith("D-W-") and weather.warning(drill)["exercise"]
    assert weather.flags("8001")["warnings"] == [] and weather.flags("8001", exercise="1")["warnings"] == [drill]
    crossed = weather.cap(alert(kind="Update", identifier="w2", references=REF))
    assert crossed.status_code == 409 and "never one" in crossed.json["detail"]
    elsewhere = weather.cap(alert(identifier="w5", area="<areaDesc>云雾山</areaDesc>"))
    assert elsewhere.status_code == 422 and "云雾山" in elsewhere.json["detail"]
    over = weather.cap(alert(identifier="w6", expires="2026-11-20T08:00:00+08:00"))
    assert over.status_code == 422
    assert weather.cap(alert(identifier="w7")).json["did"] == ["issued"]
    twice = weather.cap(alert(identifier="w8"))
    assert twice.status_code == 409 and twice.json["field"] == "confirm"
    assert weather.cap(alert(identifier="w8"), query="&confirm=1").json["did"] == ["issued"]
    assert weather.cap(alert(identifier="w10"), by="kef").status_code == 403


class _Index(BaseHTTPRequestHandler):
    """Serves `pages` by path, with an ETag."""

    pages: dict[str, str] = {}
    asked: list[str] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        body, tag = self.pages.get(self.path), f'"{hash(self.pages.get(self.path))}"'
        if body is None or self.headers.get("If-None-Match") == tag:
            self.send_response(404 if body is None else 304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Index)
    _Index.pages, _Index.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@ONE
def test_a_feed_is_polled_by_its_mark_and_links_of_its_own_host_alone_are_followed(
    weather: Weather, index: str
) -> None:
    entry = '<entry><link type="application/cap+xml" href="{}"/></entry>'
    links = "".join(entry.format(each) for each in ("/bad.xml", "http://127.0.0.2:9/evil.xml", "w1.xml"))
    _Index.pages["/feed"] = f'<feed xmlns="http://www.w3.org/2005/Atom">{links}</feed>'
    _Index.pages |= {"/w1.xml": alert(), "/bad.xml": alert(status="Test", identifier="t")}
    found = feeds.poll(weather.database, f"{index}/feed")
    assert found.taken == 1 and len(found.wrong) == 1 and "status Test" in found.wrong[0]
    assert _Index.asked == ["/feed", "/w1.xml", "/bad.xml"]
    assert feeds.poll(weather.database, f"{index}/feed") == feeds.Polled(0, ())
    assert _Index.asked[3:] == ["/feed"], "it has not changed"
    page = weather.sign_in("dou").see("/warnings")
    assert "台风" in page or "Typhoon makes landfall" in page
    assert "something is wrong" in page and "status Test" in page
    del _Index.pages["/feed"]
    assert feeds.poll(weather.database, f"{index}/feed").wrong == ("HTTP 404",)
    assert weather.get("ada", f"{API}?state=all").json["items"][0]["source"] == "feed"


@ONE
def test_a_folder_is_a_feed_too(weather: Weather, tmp_path: Path) -> None:
    folder = tmp_path / "cap"
    assert "There is no folder" in feeds.poll(weather.database, str(folder)).wrong[0]
    folder.mkdir()
    (folder / "w1.xml").write_text(alert(), "utf-8")
    assert feeds.poll(weather.database, str(folder)).taken == 1
    assert feeds.poll(weather.database, str(folder)).taken == 0
    (folder / "w2.xml").write_text(alert(kind="Cancel", identifier="w2", references=REF), "utf-8")
    assert feeds.poll(weather.database, str(folder)).taken == 1
    assert [each["state"] for each in weather.get("ada", f"{API}?state=all").json["items"]] == ["lifted"]
