"""Generators for a base station, by clicks and by SMS: from the start of the response until the use of one is evaluated. One person looks
at the incident's board all the while and never reloads it; another works on the pages of resources; the crew has nothing but a phone."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from command import parts
from command.core.settings import GatewaySettings, Settings
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.browser.access import assert_accessible
from tests.browser.conftest import PASSWORD, Site, sign_in
from tests.browser.crew_phone import Phone
from tests.messages.house import House

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (390, 1920)


class Scenario:
    """The steps of the story, each of which ends with what the board shows. Others can stand between them."""

    def __init__(self, site: Site, board: Page, desk: Page, phone: Phone) -> None:
        self.site, self.board, self.desk, self.phone = site, board, desk, phone
        self.number = site.stage.report(elements=["CELL-1"])
        self.taken = ""

    @property
    def card(self) -> Locator:
        return self.board.locator("[data-card=resources]")

    def watch(self) -> None:
        """The commander opens the board, and leaves it open."""
        self.board.goto(f"{self.site.url}/incidents/{self.number}?lang=en")
        expect(self.board.locator("[data-board][data-joined=yes]")).to_be_attached()
        self.board.evaluate("window.notReloaded = true")

    def activate(self) -> None:
        for action, name in (("assess", "Record the assessment"), ("activate", "Start the response")):
            self.board.click(f"#do-{action}")
            self.board.locator("#act").get_by_role("button", name=name, exact=True).click()
            expect(self.board.locator("#act")).to_be_hidden()
        expect(self.board.locator("[data-card=head] .state-responding")).to_be_visible()
        expect(self.card).to_have_count(0)

    def ask(self) -> None:
        """What is needed, on the incident's page; too few is refused, and what was typed stays."""
        self.desk.goto(f"{self.site.url}/incidents/{self.number}/resources?lang=en")
        self.desk.get_by_label("Where to").fill("CELL-1, north gate")
        self.desk.get_by_label(re.compile("^Needed by")).fill(tomorrow())
        self.desk.get_by_label("Quantity").evaluate("field => { field.removeAttribute('min'); field.value = '-1' }")
        self.desk.get_by_role("button", name="Ask", exact=True).click()
        expect(self.desk.locator(".problem").first).to_be_visible()
        expect(self.desk.get_by_label("Where to")).to_have_value("CELL-1, north gate")
        self.desk.get_by_label("Quantity").fill("2")
        self.desk.get_by_role("button", name="Ask", exact=True).click()
        expect(self.desk.get_by_role("heading", level=1)).to_contain_text("2 × Generator")
        expect(self.card).to_contain_text("2 × Generator")
        expect(self.card).to_contain_text("0/2")

    def approve(self) -> None:
        """On the board, for somebody else asked."""
        self.card.get_by_role("button", name="Approve: 2 × Generator").click()
        expect(self.card).to_contain_text("Incomplete")

    def fill(self, *serials: str) -> None:
        self.desk.reload()
        for serial in serials:
            self.desk.get_by_label(serial).check()
        self.desk.get_by_role("button", name=re.compile("^Hold for this request")).click()
        expect(self.card).to_contain_text("2/2")
        for serial in serials:
            self.shows(serial, "Held")

    def name_crew(self, serial: str) -> None:
        """Whom the unit is called by, on its page: never with the whole number."""
        self.desk.get_by_role("link", name=re.compile(serial)).click()
        self.taken = self.desk.url
        self.desk.locator("main").get_by_role("link", name=serial, exact=True).click()
        self.desk.get_by_label("or the name of somebody from outside").fill("Han Mei")
        self.desk.get_by_label("and their mobile number").fill("120 5555 0001")
        self.desk.get_by_label("Language of the SMS").select_option("en")
        self.desk.locator("form[action$='/contact']").get_by_role("button", name="Keep", exact=True).click()
        expect(self.desk.locator("main")).to_contain_text("+86 120****0001")

    def dispatch(self, serial: str) -> None:
        """The unit leaves, and its crew is told by SMS."""
        self.desk.goto(self.taken)
        self.press("Assign")
        self.shows(serial, "Assigned")
        self.desk.get_by_label(re.compile("^Arrives at")).fill(tomorrow())
        self.press("Dispatch")
        self.shows(serial, "En route")
        expect(self.out(serial).locator("small").filter(has_text="ETA")).to_be_visible()

        self.tells(f"{serial} (Generator) called out by SMS")
        (text,) = self.phone.texts()
        code = re.findall(r"Reply (\d{5}) and EN ROUTE, ON SCENE", text)
        assert code and all(part in text for part in (serial, "CELL-1, north gate", self.number)), text
        self.desk.reload()
        calls = self.desk.get_by_role("region", name="SMS to the crew")
        for part in ("Han Mei", "delivered", "no answer yet", f"Code {code[0]}"):
            expect(calls).to_contain_text(part)

    def check_in(self, serial: str) -> None:
        """By SMS: the crew has arrived, and the board knows it."""
        self.phone.reply("ON SCENE")
        self.shows(serial, "On scene")
        self.tells(f"{serial} (Generator) answered by SMS: on scene")
        assert f"Noted, {serial} is on scene" in self.phone.texts()[0]

    def pre_empt(self, serial: str) -> None:
        """An incident of tier I asks for what is only held here; somebody takes it away, with a reason, and there it is used."""
        higher = self.higher()
        self.desk.goto(f"{self.site.url}/resources/plan?lang=en")
        loss = self.desk.locator(".plan-loss").filter(has_text=serial)
        expect(loss).to_contain_text(f"{self.number}: request 1 loses 1")
        loss.get_by_label("Why it is taken away").fill("A hospital is cut off")
        loss.get_by_label(f"I have it taken from {self.number}").check()
        self.shows(serial, "Held")
        loss.get_by_role("button", name=re.compile("^Take it away")).click()
        expect(self.out(serial)).to_have_count(0)
        expect(self.card.locator("[data-request]")).to_contain_text("1/2")
        expect(self.card).to_contain_text("Incomplete")
        self.tells(f"decided: 1 of Generator go to {higher} (Tier I) instead: A hospital is cut off")
        self.serve(higher, serial)

    def serve(self, number: str, serial: str) -> None:
        """On the board of the incident that got it."""
        self.desk.goto(f"{self.site.url}/incidents/{number}?lang=en")
        expect(self.desk.locator("[data-board][data-joined=yes]")).to_be_attached()
        there = self.desk.locator("[data-card=resources] [data-out]").filter(has_text=serial)
        expect(there.locator(".pill")).to_have_text("Held")
        address = f"/api/v1/resources/out/{there.get_attribute('data-out')}/actions/assign"
        assert self.site.stage.post("dou", address).status_code == 200
        for button, state in (("Dispatch", "En route"), ("Check in", "On scene")):
            there.get_by_role("button", name=f"{button}: {serial}", exact=True).click()
            expect(there.locator(".pill")).to_have_text(state)

    def higher(self) -> str:
        """Another incident, of tier I, that has asked for one and was allowed it."""
        stage, number = self.site.stage, self.site.stage.responding("CELL-4")
        assert stage.act("ada", number, "regrade", tier=1, reason="A hospital is cut off") == 200
        need = {"resource": "generator", "quantity": 1, "place": "CELL-4", "need_by": f"{tomorrow()}:00+00:00"}
        asked = stage.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need).get_json()["id"]
        assert stage.post("ada", f"/api/v1/resources/requests/{asked}/actions/approve").status_code == 200
        return number

    def release(self, serial: str) -> None:
        self.desk.goto(self.taken)
        self.press("Release")
        self.shows(serial, "Released")

    def give_back(self, serial: str) -> None:
        self.desk.get_by_label("Good", exact=True).fill("1")
        self.desk.locator("form[action$='/return']").get_by_role("button").click()
        expect(self.out(serial)).to_have_count(0)

    def evaluate(self) -> None:
        self.desk.get_by_label(re.compile("^What it was worth")).select_option("5")
        self.press("Keep the evaluation")
        expect(self.desk.locator("main")).to_contain_text("rated 5 of 5")
        self.desk.get_by_role("link", name=re.compile("^Resource request")).click()
        expect(self.desk.locator("dl div").filter(has_text="Lost to higher tiers")).to_contain_text("1")
        self.press("Close the request")
        expect(self.desk.locator("main")).to_contain_text("Closed")
        expect(self.card).to_contain_text("Nothing is wanted any more.")

    def press(self, name: str) -> None:
        self.desk.get_by_role("button", name=name, exact=True).click()

    def out(self, serial: str) -> Locator:
        return self.card.locator("[data-out]").filter(has_text=serial)

    def shows(self, serial: str, state: str) -> None:
        expect(self.out(serial).locator(".pill")).to_have_text(state)

    def tells(self, words: str) -> None:
        """Among the latest entries of the board."""
        expect(self.board.locator("[data-card=latest]")).to_contain_text(words)

    def accessible(self, *pages: Page) -> None:
        """axe finds nothing on a phone and on a wall."""
        for page in pages:
            before = page.viewport_size
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                assert_accessible(page)
            page.set_viewport_size(before or {"width": 1280, "height": 900})


def tomorrow() -> str:
    return f"{datetime.now(UTC) + timedelta(days=1, hours=12):%Y-%m-%dT%H:%M}"


def depot(site: Site) -> None:
    """Two generators in a pool."""

    def done(address: str, **body: Any) -> Any:
        answer = site.stage.post("dou", f"/api/v1/resources{address}", **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    done("/catalogue", code="generator", kind="material", serial=True, name_zh="发电机", name_en="Generator")
    home = {"name_zh": "梅川备件库", "name_en": "Depot", "area": "8001", "place": "1 Road", "department": "operations"}
    pool = done("/pools", code="depot", **home)["id"]
    done(f"/pools/{pool}/actions/receive", resource="generator", type=2, serials=["GEN-01", "GEN-02"])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a gateway that brings replies."""
    return settings.model_copy(update={"gateways": (GatewaySettings(name="twilio", transport="simulated"),)})


@pytest.fixture
def phone(site: Site) -> Iterator[Phone]:
    stage = site.stage
    folder, keyring = site.settings.data, stage.installation.keyring
    with closing(House(stage.database, keyring, folder, handlers=parts.handlers())) as house:
        yield Phone(house)


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page of a deputy who has signed in."""
    hashed, who = passwords.hashed(PASSWORD), site.stage.people["dep"]
    site.stage.database.write(lambda session: people.set_password(session, session.get_one(Person, who), hashed))
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    found = context.new_page()
    sign_in(found, site, "dep")
    yield found
    context.close()


@pytest.mark.proves("D4", "R11", "D2")
def test_generators_are_asked_for_called_out_taken_away_given_back_and_evaluated_while_the_board_follows(
    site: Site, page: Page, desk: Page, phone: Phone
) -> None:
    depot(site)
    story = Scenario(site, page, desk, phone)
    story.watch()
    story.activate()
    story.ask()
    story.approve()
    story.fill("GEN-01", "GEN-02")
    story.name_crew("GEN-01")
    story.dispatch("GEN-01")
    story.accessible(page, desk)
    story.check_in("GEN-01")
    story.pre_empt("GEN-02")
    story.release("GEN-01")
    story.give_back("GEN-01")
    story.evaluate()
    assert page.evaluate("window.notReloaded")


@pytest.mark.proves("D2", "D4")
def test_the_command_board_counts_what_serves_incidents_without_moving_anything(site: Site, page: Page) -> None:
    depot(site)
    number = site.stage.responding("CELL-1")
    page.goto(f"{site.url}/board?lang=en")
    expect(page.locator("[data-board][data-joined=yes]")).to_be_attached()
    card = page.locator("[data-card=resources]")
    before = card.bounding_box()
    need = {"resource": "generator", "quantity": 1, "place": "CELL-1", "need_by": f"{tomorrow()}:00+00:00"}
    asked = site.stage.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need).get_json()["id"]
    tier = site.stage.get("dou", f"/api/v1/incidents/{number}").get_json()["tier"]
    expect(card.locator(f"[data-open='{tier}']")).to_have_text("1")
    base = f"/api/v1/resources/requests/{asked}/actions"
    assert site.stage.post("ada", f"{base}/approve").status_code == 200
    held = site.stage.post("dou", f"{base}/fill", take=[{"stock": 1, "unit": 2}]).get_json()["taken"][0]["id"]
    for step in ("assign", "dispatch"):
        assert site.stage.post("dou", f"/api/v1/resources/out/{held}/actions/{step}").status_code == 200
    expect(card.get_by_role("row", name="Material").locator("[data-en-route]")).to_have_text("1")
    expect(card.locator(f"[data-open='{tier}']")).to_have_text("0")
    assert card.bounding_box() == before
