"""One's own page, the list of people, and what every page carries."""

import re

from tests.people.conftest import PASSWORD, Office


def test_a_token_made_on_my_page_is_shown_once(office: Office) -> None:
    browser = office.browser("ada")
    made = browser.send("/me/tokens", "/me", name="script", days="30", scopes=["read"])
    text = re.search(r"tcs_[\w-]{43}", made.text)
    assert made.status_code == 201 and text
    assert office.ask(text[0], "GET", "/api/v1/me").status_code == 200
    assert "tcs_" not in browser.open("/me").text
    browser.send("/me/tokens/1/revoke", "/me")
    assert office.ask(text[0], "GET", "/api/v1/me").status_code == 401


def test_a_token_form_with_a_mistake_keeps_what_was_written(office: Office) -> None:
    answer = office.browser("ada").send("/me/tokens", "/me", name="my <script>", days="many")
    assert answer.status_code == 422
    assert 'value="my &lt;script&gt;"' in answer.text and 'value="many"' in answer.text


def test_a_new_password_ends_every_session_and_then_works(office: Office) -> None:
    browser, elsewhere = office.browser("ada"), office.browser("ada")
    wrong = browser.send("/me/password", "/me", old="wrong", password="another four words")
    assert wrong.status_code == 422 and browser.is_signed_in
    weak = browser.send("/me/password", "/me", old=PASSWORD, password="short")
    assert weak.status_code == 422
    assert browser.send("/me/password", "/me", old=PASSWORD, password="another four words").status_code == 303
    assert not browser.is_signed_in and not elsewhere.is_signed_in
    assert browser.sign_in("ada", "another four words").status_code == 303


def test_every_answer_carries_the_headers_that_keep_pages_safe(office: Office) -> None:
    browser = office.browser("ada")
    for address in ("/me", "/api/v1/me", "/nothing", "/api/v1/nothing"):
        headers = browser.open(address).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert re.search(r"script-src 'self' 'nonce-[\w-]{20,}';", policy)
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
    first, second = (browser.open("/me").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second, "a nonce is used once"


def test_pages_load_nothing_from_elsewhere_and_no_inline_script(office: Office) -> None:
    page = office.browser("ada").open("/me").text
    assert not re.search(r'(src|href)="(https?:)?//', page)
    assert not re.search(r"<script(?![^>]*(src|nonce)=)", page) and not re.search(r"\son\w+=", page)


def test_static_files_are_kept_for_ever_only_under_their_hash(office: Office) -> None:
    browser = office.browser()
    address = re.search(r"/static/tocsin\.css\?h=\w{12}", browser.open("/sign-in").text)
    assert address
    kept = browser.open(address[0])
    assert kept.status_code == 200 and "immutable" in kept.headers["Cache-Control"]
    assert "must-revalidate" in browser.open("/static/tocsin.css").headers["Cache-Control"]
    of_another_release = browser.open("/static/tocsin.css?h=0123456789ab")
    assert of_another_release.status_code == 200 and "must-revalidate" in of_another_release.headers["Cache-Control"]
    assert browser.open("/static/../config/authority.yaml").status_code == 404
