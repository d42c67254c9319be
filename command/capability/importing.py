"""The ratings of a third party, from their file: CSV with the columns item and level, and words, links and applies where there are any.

A file counts whole or not at all, for its hash stands for all of it; other columns, such as those of an export, are not looked at."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from command.capability import assessing, entries, reading, records
from command.capability.assessing import Rating
from command.capability.models import CapabilityAssessment, CapabilityFile, Sort, State
from command.capability.standard import Standard
from command.core.documents import Item, Report
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid
from command.people.access import Principal, must

MOST_BYTES = 1024 * 1024
MOST_ROWS = 500
NEEDED = ("item", "level")
NOT = ("no", "0", "false", "否")
LEVELS = {str(level): level for level in range(5)}


def bring(session: Session, assessment: CapabilityAssessment, name: str, body: bytes, who: Principal) -> int:
    """Rate a locked draft of a third party by their file and keep the file; how many items were rated otherwise before. Raise Report with
    every wrong line, Invalid for a file that cannot be read at all."""
    must(who, assessing.ACT)
    if assessment.sort != Sort.THIRD_PARTY or assessment.state != State.DRAFT:
        raise Conflict(
            N_("A file is read into an unfinished third-party assessment."),
            remedy=N_("Begin one, then choose the file."),
        )
    rows = list(_rows(body))
    standard = reading.standard_of(assessment)
    wrong = list(_faults(session, standard, rows))
    if wrong:
        raise Report(
            422,
            "invalid",
            N_("%(count)d values of the file cannot be used, so none of it was."),
            N_("Mend the lines that are named and send it again."),
            items=wrong[:100],
            field="file",
            count=len(wrong),
        )
    digest = hashlib.sha256(body).hexdigest()
    if session.get(CapabilityFile, digest) is None:
        session.add(CapabilityFile(sha256=digest, body=body))
        session.flush()
    assessment.sha256, assessment.file_name = digest, masked_words(name)[:120]
    changed = assessing.rate(session, assessment, [_rating(row) for _, row in rows], who)
    entries.record(session, assessment, entries.Imported(sha256=digest, bytes=len(body), items=len(rows)))
    return changed


def _rows(body: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """(line, values by column) of each row that is not empty."""
    if not body.strip() or len(body) > MOST_BYTES:
        raise Invalid(
            N_("The file is empty or larger than %(most)d kB."),
            field="file",
            remedy=N_("Choose the CSV file of the third party."),
            most=MOST_BYTES // 1024,
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(N_("The file is no UTF-8 text."), field="file", remedy=N_("Save it as CSV UTF-8.")) from None
    if "\0" in text:
        raise Invalid(N_("The file is no UTF-8 text."), field="file", remedy=N_("Save it as CSV UTF-8."))
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        lacking = [column for column in NEEDED if column not in (reader.fieldnames or ())]
        if lacking:
            raise Invalid(
                N_("The file has no column %(column)s."),
                field="file",
                remedy=N_("Take the CSV export of the assessment as the pattern."),
                column=lacking[0],
            )
        found = [(reader.line_num, _plain(row)) for row in reader]
    except csv.Error:
        raise Invalid(N_("The file is no CSV."), field="file", remedy=N_("Save it as CSV UTF-8.")) from None
    rows = [(line, row) for line, row in found if any(row.values())]
    if not rows or len(rows) > MOST_ROWS:
        raise Invalid(
            N_("The file has no rows, or more than %(most)d."),
            field="file",
            remedy=N_("One row an item."),
            most=MOST_ROWS,
        )
    yield from rows


def _plain(row: Mapping[str | None, object]) -> dict[str, str]:
    """Values stripped, and without the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    found = {key: value.strip() for key, value in row.items() if isinstance(key, str) and isinstance(value, str)}
    return {key: value[1:] if value[:1] == "'" and value[1:2] in "=+-@" else value for key, value in found.items()}


def _faults(session: Session, standard: Standard, rows: list[tuple[int, Mapping[str, str]]]) -> Iterator[Item]:
    seen: set[str] = set()
    for line, row in rows:
        code, level = row["item"], row["level"]
        if standard.item(code) is None:
            yield _fault(line, "item", N_("The standard has no item %(item)s."), item=code[:64])
        elif code in seen:
            yield _fault(line, "item", N_("%(item)s is there twice."), item=code)
        seen.add(code)
        if level and level not in LEVELS:
            yield _fault(line, "level", N_("A level is 0, 1, 2, 3 or 4."))
        if not _applies(row) and not row.get("words"):
            yield _fault(line, "words", N_("Why does this not apply?"))
        if len(row.get("words", "")) > assessing.WORDS:
            yield _fault(line, "words", N_("At most %(most)d characters."), most=assessing.WORDS)
        try:
            records.checked(session, _links(row))
        except Invalid as wrong:
            yield _fault(line, "links", wrong.detail, **wrong.values)


def _fault(line: int, column: str, detail: str, **values: object) -> Item:
    return Item(f"{line}:{column}", "invalid", detail, N_("Mend this line."), dict(values))


def _applies(row: Mapping[str, str]) -> bool:
    return row.get("applies", "").lower() not in NOT


def _links(row: Mapping[str, str]) -> list[str]:
    return row.get("links", "").replace("；", ";").split(";")


def _rating(row: Mapping[str, str]) -> Rating:
    applies = _applies(row)
    return Rating(
        row["item"], LEVELS.get(row["level"]) if applies else None, applies, row.get("words", ""), _links(row)
    )
