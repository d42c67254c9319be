"""Telling those who get a report that there is an edition: by mail in their language, with the figures that matter most and a link to
the rest. Who has no mailbox finds it on the page, and is listed as such.

The engine sends these outside of any request, so they do not come from the catalogues."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import house
from command.insights import rates
from command.insights.rates import Rate
from command.messages import service as messages
from command.messages.models import Lane, Purpose
from command.oncall.reach import ways
from command.people import authority_versions
from command.people.contacts import destination
from command.people.models import Person
from command.periodic import entries
from command.periodic.models import PeriodicCopy, PeriodicReport, PeriodicSubscription

VALID = timedelta(hours=48)
"""How long a mail may wait for the mail server."""


def tell(session: Session, report: PeriodicReport) -> None:
    """Give an edition to everybody who gets the report now and may still read it."""
    by_mail: list[int] = []
    by_page: list[int] = []
    query = (
        select(PeriodicSubscription, Person)
        .join(Person, Person.id == PeriodicSubscription.person_id)
        .where(PeriodicSubscription.code == report.code, Person.active)
        .order_by(PeriodicSubscription.person_id)
    )
    table = authority_versions.current(session)
    for subscription, person in session.execute(query).tuples():
        if not table.may_ever("read", frozenset(held.post for held in person.posts)):
            continue
        delivery_id = _mail(session, report, person, subscription.language)
        session.add(
            PeriodicCopy(
                report_id=report.id,
                person_id=person.id,
                language=subscription.language,
                delivery_id=delivery_id,
                told_at=clock.now(session),
            )
        )
        (by_page if delivery_id is None else by_mail).append(person.id)
    if by_mail or by_page:
        entries.record(session, report, entries.Told(by_mail=by_mail, by_page=by_page))


def _mail(session: Session, report: PeriodicReport, person: Person, language: str) -> int | None:
    """Queue the mail to somebody's first proved mailbox; the delivery's id, None where they have none."""
    mailbox = next((way for way in ways.proved(session, person.id) if way.kind == "email"), None)
    there = destination(person, mailbox) if mailbox is not None and mailbox.address is not None else None
    if there is None:
        return None
    outgoing = messages.Outgoing(
        purpose=Purpose.REPORT,
        lane=Lane.CORRECTION,
        addressee=person.id,
        number=there[0],
        recipient=there[1],
        body_id=messages.put_body(session, text(session, report, language), language),
        exercise=False,
        valid_until=clock.now(session) + VALID,
        channel="email",
    )
    return messages.enqueue(session, outgoing)


def text(session: Session, report: PeriodicReport, language: str) -> str:
    """The mail; its first line is the subject."""
    given, words = house.settings(session), TEXTS[language]
    name = report.name_zh if language == "zh" else report.name_en
    title = f"{name} {report.first_on} – {report.last_on}"
    edition = words["edition"].format(edition=report.edition) if report.edition > 1 else ""
    values = {
        "operator": given.operator_name_zh if language == "zh" else given.operator_name_en,
        "title": title + edition,
        "incidents": report.summary["incidents"],
        "users": f"{report.summary['users']:,}",
        "response": _rate(report.summary["response"]),
        "restoration": _rate(report.summary["restoration"]),
        "late": words["late"].format(at=_moment(session, report.due_at)) if _late(report) else "",
        "link": f"{given.origin}/reports/{report.id}",
    }
    return words["text"].format(**values)


def _rate(counts: list[int]) -> str:
    good, of = counts
    return f"{rates.words(Rate(good, of, 0).tenths)} ({good} / {of})" if of else "n/a"


def _late(report: PeriodicReport) -> bool:
    return report.due_at is not None and report.made_at - report.due_at >= timedelta(hours=1)


def _moment(session: Session, at: datetime | None) -> str:
    return f"{at.astimezone(house.settings(session).tz):%Y-%m-%d %H:%M}" if at else ""


TEXTS = {
    "zh": {
        "text": "{title}\n\n{operator}\n\n事件 {incidents} 起，受影响用户 {users}\n应急响应及时率 {response}，目标 100 %\n"
        "服务恢复率 {restoration}，目标 98 %\n{late}\n全文、PDF和DOCX（须登录）：{link}\n不再接收：在该页面点击“不再接收”。\n",
        "edition": "（第{edition}版）",
        "late": "\n本报告应于{at}生成，当时没有引擎运行，现予补出。\n",
    },
    "en": {
        "text": "{title}\n\n{operator}\n\nIncidents: {incidents}, affected users: {users}\nResponse in time: {response}, target "
        "100 %\nRestoration rate: {restoration}, target 98 %\n{late}\nThe whole report, as PDF and DOCX too (sign in): {link}\n"
        "To get it no more, press “Unsubscribe” there.\n",
        "edition": " (edition {edition})",
        "late": "\nThis report was due {at}; no engine ran then, and it is made late.\n",
    },
}
