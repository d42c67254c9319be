"""No phone number reaches a log, and what is no number stays readable."""

import io
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from command.core import log
from command.core.log import mask, redact

pytestmark = pytest.mark.proves("I10")


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("+8612012345678", "120****5678"),
        ("008613812345678", "138****5678"),
    ],
)
@pytest.mark.parametrize(
    "around", ["{}", "to {}, queued", "({})", "号码{}已停机", "To={}&From=1", '"{}"', "tel:{}", "{}."]
)
def test_a_number_is_masked_wherever_it_stands(number: str, masked: str, around: str) -> None:
    shown = redact(around.format(number))
    assert number not in shown
    assert number[-8:-4] not in shown.replace(masked, "")


@pytest.mark.parametrize(
    "text",
    [
        "incident 42, page 1234567",
        "2026-11-21T08:00:00.123456+00:00",
        "2026-11-21 08:00:00,123",
        "b4c0d0138123456789ab4c0d0138123456789abc",
        "6f1ed002-ab5f-4158-8e92-1381234567ff",
        "SM0123456789abcdef0123456789abcdef",
        "took 1381234.5678 ms",
        "seq 123456789",
    ],
)
def test_ids_hashes_and_times_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "+86", "+86 ", "0086", "86"]))
def test_no_mobile_number_of_any_form_survives(number: str, prefix: str) -> None:
    assert number not in redact(f"sent to {prefix}{number} now")


def test_a_mask_keeps_the_first_three_and_the_last_four() -> None:
    assert mask("+8613812345678") == "138****5678"
    assert mask("110") == "****"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is written to standard error by a process that logs for machines."""
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    log.configure("json")
    yield out
    structlog.reset_defaults()
    root.handlers[:] = kept
    root.setLevel(level)


def test_no_log_line_shows_a_number_ours_or_a_library_s(lines: io.StringIO) -> None:
    structlog.get_logger().info("sent", to="+8613812345678", note={"deep": ["13912345678"]}, id=42)
    logging.getLogger("some.library").warning("refused %s for %s", "13812345678", {"n": "13712345678"})
    try:
        raise ValueError("number 13612345678 is invalid")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("some.library").exception("failed")
    written = lines.getvalue()
    assert written.count("\n") >= 4
    assert '"id": 42' in written
    for number in ("13812345678", "13912345678", "13712345678", "13612345678"):
        assert number not in written


def test_what_cannot_be_logged_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    full = io.StringIO()
    monkeypatch.setattr(sys, "stderr", full)
    log.configure("json")
    full.close()
    structlog.get_logger().info("sent", id=42)
