"""How pages look is the reader's choice: it is kept, and it never needs a script."""

import re

import pytest

from tests.people.conftest import Office


def theme_of(page: str) -> str:
    found = re.search(r'data-bs-theme="(\w+)"( data-theme="system")?', page)
    assert found
    return "system" if found[2] else found[1]


def test_a_visitor_who_chose_a_theme_and_a_language_finds_them_again(office: Office) -> None:
    browser = office.browser()
    first = browser.open("/sign-in", headers={"Accept-Language": "zh-CN"}).text
    assert theme_of(first) == "dark" and 'lang="zh-CN"' in first
    browser.client.post("/look", data={"theme": "light", "back": "/sign-in"})
    browser.client.post("/look", data={"language": "en", "back": "/sign-in"})
    again = browser.open("/sign-in", headers={"Accept-Language": "zh-CN"}).text
    assert theme_of(again) == "light" and '<html lang="en"' in again


def test_a_persons_own_choice_stands_before_that_of_the_browser(office: Office) -> None:
    browser = office.browser("ada")
    browser.send("/me/theme", "/me", theme="system")
    assert office.person("ada").theme == "system"
    browser.client.post("/look", data={"theme": "light"})
    browser.client.post("/look", data={"language": "zh"})
    mine = browser.open("/me").text
    assert theme_of(mine) == "system" and "/static/theme.js" in mine and '<html lang="en"' in mine


def test_what_no_theme_is_changes_nothing(office: Office) -> None:
    browser = office.browser()
    assert browser.client.post("/look", data={"theme": "neon"}).status_code == 422
    assert browser.client.post("/look", data={}).status_code == 422
    browser.client.set_cookie("tocsin_theme", "neon")
    assert theme_of(browser.open("/sign-in").text) == "dark"


def test_a_switch_leads_back_to_the_page_with_its_filters_and_nowhere_else(office: Office) -> None:
    browser = office.browser()
    page = browser.open("/sign-in?next=/people&lang=en").text
    assert 'name="back" value="/sign-in?next=%2Fpeople"' in page
    assert (
        browser.client.post("/look", data={"theme": "light", "back": "/people?by=group"}).location == "/people?by=group"
    )
    assert browser.client.post("/look", data={"theme": "light", "back": "//elsewhere.example"}).location == "/"


def test_times_are_shown_in_the_zone_a_person_chose(office: Office) -> None:
    browser = office.browser("ada")
    assert "UTC+8" in browser.open("/me").text
    browser.send("/me/zone", "/me", zone="America/St_Johns")
    assert office.person("ada").zone == "America/St_Johns"
    assert 'data-clock="America/St_Johns"' in browser.open("/me").text
    browser.send("/me/zone", "/me", zone="")
    assert office.person("ada").zone is None
    assert 'data-clock="Asia/Shanghai"' in browser.open("/me").text


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "asia/shanghai"])
def test_a_zone_nobody_keeps_is_refused_with_a_remedy(office: Office, zone: str) -> None:
    refused = office.browser("ada").send("/me/zone", "/me", zone=zone)
    assert refused.status_code == 422 and "Asia/Shanghai" in refused.text
    assert office.person("ada").zone is None


def test_single_letters_are_turned_off_for_one_browser(office: Office) -> None:
    browser, other = office.browser("ada"), office.browser("ada")
    browser.send("/me/shortcuts", "/me", shortcuts="off")
    assert 'data-shortcuts="off"' in browser.open("/me").text
    assert 'data-shortcuts="off"' not in other.open("/me").text
    browser.send("/me/shortcuts", "/me", shortcuts="on")
    assert 'data-shortcuts="off"' not in browser.open("/me").text


def test_people_are_found_by_name_post_and_area_and_never_by_number(office: Office) -> None:
    browser = office.browser("ada")

    def shown(asked: str) -> set[str]:
        page = browser.open("/people", query_string={"q": asked}).text
        return set(re.findall(r'<span class="quiet">(\w+)</span></span></span></td>', page))

    assert shown("") == {"ada", "dou", "eng", "kef", "aud", "adm"}
    assert shown("Audi") == {"aud"} and shown("ENG") == {"eng"}
    assert shown("duty 80") == {"dou"}
    assert shown("0002") == shown("nobody") == set()
    assert "Show everybody" in browser.open("/people?q=nobody").text


def test_people_stand_under_their_departments_or_their_groups(office: Office) -> None:
    browser = office.browser("ada")
    assert "Command and administration" in browser.open("/people").text
    assert "In no emergency group" in browser.open("/people?by=group").text
