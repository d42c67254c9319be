"""What stands around every page: only what is served and allowed, in groups, the present page marked, an exercise unmistakable."""

import re

import pytest
from flask import render_template_string

from command.app import AT_HAND, LETTERS, NAVIGATION
from command.core.installation import Installation
from command.core.paths import TEMPLATES
from command.people.access import known
from tests.builders import application
from tests.people.conftest import Office
from tests.people.conftest import office as office

ENTRIES = [entry for _, entries in NAVIGATION for entry in entries]


def rail(page: str) -> dict[str, str]:
    """The words of the rail's links, each with what it says of being the present page."""
    nav = re.search(r'<nav class="rail".*?</nav>', page, re.DOTALL)
    assert nav
    links = re.findall(r'<li><a href="[^"]+"(?: aria-current="(\w+)")?[^>]*>.*?<span>([^<]+)</span>', nav[0])
    return {words: current for current, words in links}


def test_every_entry_has_an_icon_a_permission_and_letters_are_given_once() -> None:
    sprite = (TEMPLATES / "icons.svg").read_text("utf-8")
    for endpoint, words, permission, icon in ENTRIES:
        assert f'id="i-{icon}"' in sprite, words
        assert known(permission), endpoint
    assert len(set(LETTERS.values())) == len(LETTERS) and "m" not in LETTERS.values()
    assert {*LETTERS, *AT_HAND} <= {entry[0] for entry in ENTRIES}


def test_pages_that_are_not_served_or_not_allowed_are_left_out(office: Office) -> None:
    served = office.app.view_functions
    commander, auditor = (rail(office.browser(name).open("/me?lang=en").text) for name in ("ada", "aud"))
    assert set(commander) == {words for endpoint, words, *_ in ENTRIES if endpoint in served}
    assert "Report an incident" in commander and "Report an incident" not in auditor


def test_the_present_page_is_marked_and_so_is_the_one_above_it(office: Office) -> None:
    browser = office.browser("ada")
    assert rail(browser.open("/alarms?lang=en").text)["Alarms"] == "page"
    assert rail(browser.open("/board/exercise?lang=en").text)["Command board"] == "true"
    assert set(rail(browser.open("/me?lang=en").text).values()) == {""}


def test_an_exercise_is_named_in_title_banner_and_icon(office: Office) -> None:
    browser = office.browser("ada")
    for language, prefix in (("en", "[DRILL] "), ("zh", "【演练】 ")):
        drill = browser.open(f"/board/exercise?lang={language}").text
        assert f"<title>{prefix}" in drill and "bell-exercise.svg" in drill and "exercise-banner" in drill
        real = browser.open(f"/board?lang={language}").text
        assert prefix.strip() not in real and "bell-exercise.svg" not in real and "exercise-banner" not in real


def test_a_visitor_sees_no_pages_of_the_house(office: Office) -> None:
    page = office.browser().open("/sign-in?lang=en").text
    assert 'class="rail"' not in page and "palette.js" not in page and 'action="/look"' in page


def test_a_field_shows_its_own_mistake_only(installation: Installation) -> None:
    app = application(installation)
    template = (
        '{% import "components.html" as ui %}{{ ui.input("eta", "ETA", "<b>", problem=problem) }}'
        '{{ ui.input("why", "Why", problem=problem) }}'
    )
    problem = {"field": "eta", "detail": "No time.", "remedy": "Write one."}
    with app.test_request_context("/"):
        shown = render_template_string(template, problem=problem)
    assert shown.count('aria-invalid="true"') == 1 and 'aria-describedby="eta-error"' in shown
    assert shown.index("Write one.") < shown.index('name="why"')
    assert 'value="&lt;b&gt;"' in shown and "<b>" not in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_styleguide_shows_every_token_and_every_piece(office: Office, language: str) -> None:
    page = office.browser("ada").open(f"/styleguide?lang={language}").text
    pieces = re.findall(r"macro (\w+)\(", (TEMPLATES / "components.html").read_text("utf-8"))
    unnamed = {"card_head", "page_head", "csrf"}
    assert [piece for piece in pieces if piece not in unnamed and f"ui.{piece}" not in page] == []
    for token in ("--surface", "--bad-surface", "--text-figure", "--space-7"):
        assert f"<code>{token}</code>" in page
    assert page.count('class="tier tier-') >= 8
