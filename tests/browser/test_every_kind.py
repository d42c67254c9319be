"""Every kind of emergency by clicks, in both languages: a warning that shows on the command board, a surge of complaints decided on its
page, a leak worked from the report to its evidence, and two incidents that become one event."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from command.complaints import surges
from command.network.models import Element, Subscriber
from tests.boards.stage import Stage
from tests.browser.access import assert_accessible
from tests.browser.conftest import Site, sign_in
from tests.conftest import Time

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOG = b"10.0.0.7 GET /export?all=1\n"


class Desk:
    """A commander at a screen, who reads in one language or the other."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site, self.page = site, page

    def opens(self, address: str, language: str = "en") -> None:
        self.page.goto(f"{self.site.url}{address}{'&' if '?' in address else '?'}lang={language}")

    def path(self) -> str:
        """The address of the page that is open, within the site."""
        return self.page.url.removeprefix(self.site.url).partition("?")[0]

    def press(self, name: str) -> None:
        self.page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def sees(self, *words: str, within: str = "main") -> None:
        for each in words:
            expect(self.page.locator(within)).to_contain_text(each)

    def reads(self, language: str, *words: str) -> None:
        """The same page in a language."""
        self.opens(self.path(), language)
        self.sees(*words)


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, site)
    yield Desk(site, page)
    context.close()


def complaints(stage: Stage) -> None:
    """Thirty customers of one tariff plan complain within the hour, and the engine sees that they are many."""
    mine = select(Subscriber.id).join(Element).where(Element.name == "CELL-1")
    plan = update(Subscriber).where(Subscriber.id.in_(mine)).values(tariff_plan="Gold")
    stage.database.write(lambda session: session.execute(plan))
    each = {"channel": "app", "kind": "billing", "text": "Charged twice", "tariff_plan": "Gold", "area": "800101"}
    sent = stage.ask("kef", "POST", "/api/v1/complaints", json=[each] * 30)
    assert sent.status_code == 201, sent.text
    stage.database.write(lambda session: surges.look(session) and None, actor="system:complaints")


def warned(desk: Desk, time: Time) -> str:
    """Issue an orange warning on its form; the page it gets."""
    desk.opens("/warnings")
    desk.page.get_by_role("link", name="New warning").click()
    until = (time.now() + timedelta(days=1)).astimezone(desk.site.stage.installation.settings.tz)
    for label, typed in (
        ("Issuer", "Weather service"),
        ("Areas", "8001"),
        ("Valid until", f"{until:%Y-%m-%dT%H:%M}"),
        ("Headline in Chinese", "台风“海神”将登陆"),
        ("Headline in English", "Typhoon Poseidon makes landfall"),
    ):
        desk.page.get_by_label(label, exact=True).fill(typed)
    desk.page.get_by_label("Event", exact=True).select_option("typhoon")
    desk.page.get_by_label("Colour", exact=True).select_option("orange")
    desk.press("Issue the warning")
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Typhoon Poseidon makes landfall")
    desk.sees("Orange warning", "Preparedness tasks", "Stage crews and vehicles", "Reinforced duty")
    assert_accessible(desk.page)
    return desk.path()


def on_the_board(desk: Desk) -> None:
    for language, words in (("en", ("Orange warning", "Typhoon Poseidon")), ("zh", ("橙色预警", "台风“海神”将登陆"))):
        desk.opens("/board", language)
        desk.sees(*words, within=".side-warnings")


@pytest.mark.proves("R12", "R30", "D2")
def test_a_warning_shows_on_the_board_and_a_surge_becomes_an_incident(site: Site, desk: Desk, time: Time) -> None:
    page = warned(desk, time)
    desk.reads("zh", "橙色预警", "准备任务", "抢修队伍与车辆前置")
    on_the_board(desk)
    assert site.stage.get("kef", f"{page}?lang=en").status_code == 200

    complaints(site.stage)
    desk.opens("/complaints/surges", "zh")
    desk.sees("投诉激增", "Gold", "成立事件")
    desk.opens("/board")
    desk.page.locator("#decisions").get_by_role("link", name="Look and decide").click()
    desk.sees("Gold", "30 complaints", "threshold 30")
    assert_accessible(desk.page)
    desk.press("Make it an incident")
    desk.page.wait_for_url("**/incidents/*")
    desk.sees("Complaint surge · Meijiang", "Reported")
    desk.reads("zh", "投诉激增", "梅江区")
    desk.opens("/complaints/surges")
    desk.sees("Not under the threshold yet.", "Public opinion")


def leaked(desk: Desk) -> str:
    """Report a leak; the number that only those who are named know of."""
    desk.opens("/incidents/report")
    desk.page.get_by_label("What happened").fill("Customer records are for sale on a forum")
    desk.page.get_by_label("Kind").select_option("information_security")
    desk.page.locator("#send").click()
    desk.page.wait_for_url("**/incidents/20*")
    desk.page.locator("nav.tabs").get_by_role("link", name="Security").click()
    desk.sees("Restricted", "Only those named here know of this incident", "Ada")
    return desk.path().split("/")[2]


def worked(desk: Desk) -> None:
    """Say what it is, settle the first step, and take the log into custody."""
    desk.page.locator("summary", has_text="Say what it is").click()
    desk.press("Leak")
    desk.sees("Steps to take · Leak", "Contain", "Decide whether to tell")
    step = desk.page.locator(".secure-steps li", has_text="Contain").first
    step.locator("summary").click()
    step.get_by_label("What was done, or why?").fill("The export is closed")
    step.get_by_role("button", name="Done", exact=True).click()
    desk.sees("The export is closed")
    desk.page.locator("summary", has_text="Take evidence into custody").click()
    desk.page.get_by_label("What is it, and what does it show?").fill("The access log shows the export")
    desk.page.get_by_label("Where was it taken?").fill("Web server 3")
    desk.page.get_by_label("File", exact=True).set_input_files(
        {"name": "access.log", "mimeType": "text/plain", "buffer": LOG}
    )
    desk.press("Take into custody")
    desk.sees("E1 · access.log", "SHA-256", "Web server 3")
    assert_accessible(desk.page)


def one_event(desk: Desk) -> str:
    """Put a new incident over two; the page of their family."""
    first, second = (
        desk.site.stage.report(area=area, elements=[cell])
        for area, cell in (("800101", "CELL-1"), ("800201", "CELL-4"))
    )
    desk.opens(f"/incidents/{first}/family")
    desk.page.locator(f"input[name=children][value='{second}']").check()
    desk.page.get_by_label("What happened").fill("The storm took power in two prefectures")
    desk.press("Put it over them")
    expect(desk.page.locator(".kin")).to_have_count(3)
    expect(desk.page.locator(".kin").first).to_contain_text("Lingdong")
    expect(desk.page.locator(".kin").first).to_contain_text("30 users")
    desk.sees(first, second, "Not restored yet")
    assert_accessible(desk.page)
    return first


@pytest.mark.proves("R25", "R35", "D2")
def test_a_leak_is_worked_in_private_and_two_incidents_become_one_event(site: Site, desk: Desk) -> None:
    number = leaked(desk)
    worked(desk)
    desk.reads("zh", "信息泄露", "遏制", "处置步骤", "前完成", "证据", "保管链")
    assert site.stage.get("tra", f"/incidents/{number}/security").status_code == 404
    assert number not in site.stage.get("tra", "/archive?lang=en").text
    desk.opens("/board")
    desk.sees("No active incident.")
    desk.sees(number, within="#decisions")

    child = one_event(desk)
    desk.reads("zh", "关联事件", "尚未恢复")
    desk.opens(f"/incidents/{child}")
    desk.sees("Family", "Emergency group")
