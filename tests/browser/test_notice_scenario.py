"""A notice told to a whole area, by clicks: somebody puts it together and sees what it costs, a second person types the count, both watch
it leave over a gateway of six messages a second, it is paused and goes on, and it is recalled: exactly those told are corrected."""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from command import parts
from command.core.settings import GatewaySettings, Settings
from command.engine import fan_out
from command.messages.models import TOLD, Delivery, State
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.browser.access import assert_accessible
from tests.browser.conftest import PASSWORD, Site, sign_in
from tests.builders import add_subscribers
from tests.messages.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
RATE = 6
MORE = {"CELL-4": 200}
"""Subscribers besides, so that it takes a while to tell all."""
ZH = "【示例通信】梅川市部分用户通话困难，正在抢修，预计18:00前恢复。详询10000。"
EN = "Example Telecom: calls may fail in Meichuan, being repaired, expected back by 18:00. Help: 10000."
WIDTHS = (390, 1920)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a gateway whose segments have a price."""
    priced = GatewaySettings(name="twilio", transport="simulated", rate=RATE, sms_price=Decimal("0.05"))
    return settings.model_copy(update={"gateways": (priced,)})


@pytest.fixture
def house(site: Site) -> Iterator[House]:
    """The roads, slow enough to be watched."""
    stage, folder = site.stage, site.settings.data
    slow = {"rate": RATE, "window": 2}
    made = House(stage.database, stage.installation.keyring, folder, gateway=slow, handlers=parts.handlers())
    with closing(made) as opened:
        yield opened


@pytest.fixture
def author(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page of the duty officer, who writes the notice."""
    hashed, who = passwords.hashed(PASSWORD), site.stage.people["dou"]
    site.stage.database.write(lambda session: people.set_password(session, session.get_one(Person, who), hashed))
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    found = context.new_page()
    sign_in(found, site, "dou")
    yield found
    context.close()


@contextmanager
def engine(house: House) -> Iterator[None]:
    """Recipients are listed and messages leave, until the block ends."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            while fan_out.run_once(house.installation):
                pass
            house.sender.run(over.is_set)
            house.apply()
            over.wait(0.05)

    thread = threading.Thread(target=work, name="engine")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def _price(text: str) -> Decimal:
    found = re.search(r"([\d.]+)\s?CNY", text)
    assert found
    return Decimal(found[1])


class Scenario:
    """The steps of the story, each of which ends with what the pages show."""

    def __init__(self, site: Site, author: Page, second: Page, house: House, pictures: Path | None = None) -> None:
        self.pictures = pictures
        self.site, self.author, self.second, self.house = site, author, second, house
        stage = site.stage
        stage.do(lambda session: add_subscribers(session, stage.installation.keyring, stage.network, MORE, 40_000_000))
        self.number = stage.responding("CELL-1")
        self.id, self.count, self.seen = 0, 0, ("", 0)

    def address(self, language: str = "en") -> str:
        return f"{self.site.url}/notices/{self.id}?lang={language}"

    def compose(self) -> None:
        """From the incident to the form; places are offered while one types, and what it costs follows the text."""
        page = self.author
        page.goto(f"{self.site.url}/incidents/{self.number}?lang=en")
        page.get_by_role("link", name="New notice").click()
        page.get_by_label("Kind of notice").select_option("advisory")
        areas = page.get_by_role("combobox", name="Areas", exact=True)
        areas.fill("80")
        page.locator("#areas-list [role=option]").first.click()
        expect(areas).to_have_value(re.compile(r"^80 .+; $"))
        page.get_by_label("Text in Chinese").fill(ZH)
        page.get_by_label("Text in English").fill(EN)
        for tongue in ("Chinese", "English"):
            page.get_by_label(f"Correction in {tongue}").fill("更正 Correction: our last message was wrong.")
        count = page.locator("#count")
        expect(count).to_contain_text("people by twilio")
        expect(count).to_contain_text("CNY")
        expect(count).to_contain_text("Through in")
        expect(count).to_contain_text(f"UCS-2, {len(ZH)} characters")
        expect(count).to_contain_text(f"GSM-7, {len(EN)} characters")
        price = _price(count.inner_text())
        page.get_by_label("Text in Chinese").fill(ZH * 3)
        expect(count).to_contain_text(f"UCS-2, {len(ZH * 3)} characters")
        assert _price(count.inner_text()) > price
        page.get_by_label("Text in Chinese").fill(ZH)
        expect(count).to_contain_text(f"UCS-2, {len(ZH)} characters")
        assert _price(count.inner_text()) == price
        page.get_by_role("button", name="Write it down").scroll_into_view_if_needed()
        self.picture(page, "compose", "en")
        self.fits(page)
        page.get_by_role("button", name="Write it down").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Advisory #")
        self.id = int(page.url.partition("?")[0].rpartition("/")[2])

    def submit(self) -> None:
        self.press(self.author, "Submit")
        expect(self.author.locator("#progress")).to_contain_text("Waiting for approval")
        expect(self.author.locator("#progress")).to_contain_text("CNY")

    def approve(self) -> None:
        """In Chinese, by somebody else, who types the count; a wrong one is refused and stays in its field."""
        page = self.second
        page.goto(self.address("zh"))
        page.locator("summary", has_text="批准").click()
        self.count = int(re.sub(r"\D", "", page.locator("label[for=approve-count]").inner_text()))
        page.fill("#approve-count", str(self.count + 1))
        page.locator("form[action$='/approve'] button").click()
        expect(page.locator("#approve-count")).to_have_value(str(self.count + 1))
        expect(page.locator(".problem").first).to_be_visible()
        page.goto(self.address("zh"))
        page.locator("summary", has_text="批准").click()
        page.fill("#approve-count", str(self.count))
        page.locator("form[action$='/approve'] button").scroll_into_view_if_needed()
        self.picture(page, "approve", "zh")
        self.fits(page)
        page.locator("form[action$='/approve'] button").click()
        expect(page.locator("#approve-count")).to_have_count(0)

    def told(self, page: Page) -> int:
        return int(page.locator("#progress").get_attribute("data-told") or 0)

    def moves(self, page: Page) -> None:
        """The count of the page rises without anybody loading it again."""
        page.evaluate("window.notReloaded = true")
        before = self.told(page)
        expect(page.locator("#progress")).not_to_have_attribute("data-told", str(before), timeout=20_000)
        assert self.told(page) > before
        assert page.evaluate("window.notReloaded")

    def pause(self) -> None:
        """Nothing more is called, however often the page looks."""
        page = self.second
        page.goto(self.address())
        self.press(page, "Pause", reason="The core is overloaded")
        expect(page.locator("#progress")).to_contain_text("Held back")
        self.house.wait(self.nothing_called)
        for _ in range(2):
            with page.expect_response(lambda answer: "/progress" in answer.url):
                pass
        stood = self.told(page)
        with page.expect_response(lambda answer: "/progress" in answer.url):
            pass
        assert 0 < stood == self.told(page) < self.count
        self.picture(page, "pause", "en")

    def nothing_called(self) -> bool:
        with self.site.stage.database.read() as session:
            leaving = Delivery.state.in_((State.LEASED, State.CALLING)) & (Delivery.notice_id == self.id)
            return session.scalar(select(Delivery.id).where(leaving).limit(1)) is None

    def go_on(self) -> None:
        self.press(self.second, "Go on", reason="This one cannot wait")
        expect(self.second.locator("#progress")).not_to_contain_text("Held back")
        self.moves(self.second)
        self.picture(self.second, "watch", "en")

    def recall(self) -> None:
        page = self.author
        page.goto(self.address())
        self.press(page, "Recall and correct", reason="It was the wrong city")
        expect(page.locator("#progress")).to_contain_text("Withdrawn")
        assert self.told(page) < self.count
        expect(page.get_by_role("heading", name="What you can do")).to_have_count(0)
        self.picture(page, "recall", "en")

    def correct(self) -> None:
        """The correction waits for the second person too, and goes to exactly those who were told, those included whose message was in the
        air when it was recalled."""
        page = self.second
        found = self.site.stage.get("ada", f"/api/v1/notices?incident={self.number}").get_json()["items"]
        correction = next(each for each in found if each["corrects"] == self.id)
        self.house.wait(self.nothing_called)
        told = self.addressees(self.id, *TOLD)
        assert correction["state"] == "submitted" and 0 < correction["audience"] <= len(told) < self.count
        page.goto(self.address())
        page.get_by_role("link", name=f"It is corrected by notice #{correction['id']}").click()
        expect(page.get_by_role("link", name=f"It corrects notice #{self.id}")).to_be_visible()
        page.locator("summary", has_text="Approve").click()
        page.fill("#approve-count", str(correction["audience"]))
        page.locator("form[action$='/approve'] button").click()
        expect(page.locator("#progress")).to_contain_text("Finished", timeout=120_000)
        assert self.addressees(correction["id"], *TOLD) == told, "exactly those told are corrected"
        self.picture(page, "correct", "en")

    def addressees(self, notice_id: int, *states: State) -> set[int]:
        with self.site.stage.database.read() as session:
            mine = select(Delivery.addressee).where(Delivery.notice_id == notice_id, Delivery.state.in_(states))
            return set(session.scalars(mine))

    def press(self, page: Page, name: str, reason: str = "") -> None:
        """Open what a button unfolds, say why, and do it."""
        doing = page.locator("details.act-do").filter(has=page.locator("summary", has_text=re.compile(f"^{name}$")))
        doing.locator("summary").click()
        if reason:
            doing.locator("[name=reason]").fill(reason)
        doing.get_by_role("button", name=name, exact=True).click()

    def picture(self, page: Page, name: str, language: str) -> None:
        """Keep what is seen now for docs/tour.md, where pictures are asked for (--pictures docs/images)."""
        if self.pictures:
            image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            few = image.quantize(96, dither=Image.Dither.NONE)
            few.save(self.pictures / f"notice-{name}-{language}.png", optimize=True)

    def fits(self, page: Page) -> None:
        """At a phone's and a wall's width nothing overflows, and everybody can use it."""
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            assert_accessible(page)
        if before:
            page.set_viewport_size(before)


@pytest.mark.proves("B10", "B11", "R16", "I2", "I9")
@pytest.mark.timeout(300)
def test_a_notice_is_put_together_approved_watched_paused_recalled_and_corrected(
    site: Site, page: Page, author: Page, house: House, pytestconfig: pytest.Config
) -> None:
    story = Scenario(site, author, page, house, pytestconfig.getoption("pictures"))
    story.compose()
    story.submit()
    story.approve()
    with engine(house):
        author.goto(story.address())
        story.moves(author)
        story.pause()
        story.go_on()
        story.recall()
        story.correct()
