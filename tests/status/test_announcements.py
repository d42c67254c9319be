"""What the hotline says and the app shows: the approved words, corrected with them, gone with the all-clear; never what is not public."""

from typing import Any

import pytest

from command.core.installation import Installation
from command.core.settings import Settings
from command.status.announcing import for_banner, for_ear
from tests.status.test_status import Public


class Heard(Public):
    """What somebody hears who calls the hotline, and sees who opens the app."""

    def banner(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask_public("/status/banner.json").json
        return found

    def hotline(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask_public("/status/hotline.json").json
        return found

    def silent(self) -> bool:
        heard = self.hotline()
        return not self.banner()["items"] and not heard["items"] and heard["speech"] == {"zh": "", "en": ""}

    def notice(self, number: str, kind: str) -> dict[str, Any]:
        return [each for each in self.notices(number) if each["kind"] == kind][-1]


@pytest.fixture
def heard(installation: Installation) -> Heard:
    return Heard(installation)


@pytest.mark.proves("B4", "R5", "R15")
def test_the_words_of_the_first_notice_are_shown_and_said_in_both_languages(heard: Heard) -> None:
    assert heard.silent()
    number = heard.responding()
    told = heard.notice(number, "first")
    (shown,) = heard.banner()["items"]
    (said,) = heard.hotline()["items"]
    assert shown["kind"] == "first" and shown["issued_at"] and not shown["outdated"]
    for language in ("zh", "en"):
        text = told["texts"][language]
        assert (
            text.endswith(shown["text"][language]) and shown["text"][language] and "【" not in shown["text"][language]
        )
        assert heard.hotline()["speech"][language] == said["speech"][language] != ""
        assert "http" not in said["speech"][language] and ":" not in said["speech"]["zh"]


@pytest.mark.proves("B4", "B10")
def test_a_correction_stands_in_for_what_it_corrects(heard: Heard) -> None:
    number = heard.responding()
    first = heard.notice(number, "first")
    answer = heard.post("dou", f"/api/v1/notices/{first['id']}/actions/correct", reason="the wrong district")
    assert answer.status_code == 200, answer.text
    waits = heard.banner()["items"]
    assert all(each["kind"] != "first" for each in waits), "what was taken back is not said any more"
    correction = heard.notice(number, "correction")
    if correction["state"] == "submitted":
        count = correction["audience"]
        heard.post("ada", f"/api/v1/notices/{correction['id']}/actions/approve", count=count)
    (shown,) = heard.banner()["items"]
    assert shown["kind"] == "correction" and correction["texts"]["zh"].endswith(shown["text"]["zh"])
    heard.get("ada", "/announcements")


@pytest.mark.proves("B4", "R15")
def test_with_the_end_of_the_outage_nothing_is_said_any_more(heard: Heard) -> None:
    number = heard.responding()
    assert not heard.silent()
    heard.act("ada", number, "restore", evidence="test calls succeed")
    assert heard.silent()


def test_a_withdrawn_notice_is_not_said(heard: Heard) -> None:
    number = heard.responding()
    first = heard.notice(number, "first")
    answer = heard.post("dou", f"/api/v1/notices/{first['id']}/actions/withdraw", reason="not true")
    assert answer.status_code == 200, answer.text
    assert heard.silent()


def test_what_was_no_incident_is_not_said(heard: Heard) -> None:
    number = heard.responding()
    heard.act("ada", number, "cancel", reason="a mistake", override=True)
    assert heard.silent()


@pytest.mark.proves("B3", "I3")
def test_no_exercise_is_ever_said(heard: Heard) -> None:
    number = heard.report("tra", elements=["AGG-1"], exercise=True)["number"]
    heard.act("dou", number, "assess")
    heard.act("dou", number, "activate")
    assert heard.silent()


@pytest.mark.proves("R19")
def test_nothing_restricted_is_ever_said_nor_shown_to_who_works_here(heard: Heard) -> None:
    number = heard.report("ada", elements=["AGG-1"], restricted=True, summary="a leak")["number"]
    heard.act("ada", number, "assess")
    heard.act("ada", number, "activate")
    assert heard.silent()
    assert number not in heard.get("dou", "/announcements").text


def test_what_is_older_than_its_promise_says_so(heard: Heard, time: Any) -> None:
    heard.responding()
    time.forward(hours=30)
    assert heard.banner()["items"][0]["outdated"]
    page = heard.get("dou", "/announcements").text
    assert "an update is due" in page or "应有新进展" in page


def test_the_answers_are_the_same_for_everybody_and_cached(heard: Heard) -> None:
    heard.responding()
    for address in ("/status/banner.json", "/status/hotline.json"):
        answer = heard.ask_public(address)
        assert answer.status_code == 200 and "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers and answer.headers["ETag"]
        again = heard.ask_public(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304, "nothing came or went, so nothing is sent again"


@pytest.mark.proves("R27")
def test_nobodys_name_leaves_the_house_but_the_desk_sees_who_approved(heard: Heard) -> None:
    heard.responding()
    public = heard.ask_public("/status/banner.json").text + heard.ask_public("/status/hotline.json").text
    for secret in ("approved", "person:", "playbook:", "CELL-1", "notice_id"):
        assert secret not in public
    page = heard.get("ada", "/announcements").text
    assert "data-copy" in page and ("预先批准" in page or "beforehand" in page)


def test_words_for_the_ear_and_for_the_eye() -> None:
    settings = Settings(env="test")
    sms = "【示例通信】梅江区自14:05起无法上网，预计17:00前恢复。详见 https://example.net/s"
    shown = for_banner(sms, settings)
    assert shown.startswith("梅江区")
    assert (
        for_ear(shown, "14:10", "zh") == "以下为14点10分发布的通知。梅江区自14点05分起无法上网，预计17点整前恢复。详见"
    )
    english = for_banner("Example Telecom: Outage since 14:05, back by 17:00.", settings)
    assert for_ear(english, "9:30", "en") == "This was announced at 9 30. Outage since 14 05, back by 17 o'clock."
