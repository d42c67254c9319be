"""Where the parts that web, engine and command line share are joined: what runs when the journal grows, and who hears of replies."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from command.agreements import rules as agreement_rules
from command.alarms import kinds, storms
from command.archive import index
from command.authority import reviews
from command.boards import cards
from command.bulletins import figures as bulletin_figures
from command.bulletins import service as bulletins
from command.cleaning import reassigning
from command.complaints import calm, surveyed
from command.complaints import replies as notice_replies
from command.core.database import Database
from command.core.installation import Installation
from command.core.settings import Settings
from command.crews import replies as crews
from command.drills import kept as drills
from command.drills.runs import joining, stop_word
from command.evaluation import publishing as evaluation_public
from command.evaluation import report as evaluations
from command.field import service as field
from command.filings import service as filings
from command.handover import replies as takeovers
from command.improvement import sources
from command.incidents import causing, conditions, intake, visibility
from command.incidents import service as incidents
from command.incidents.family import carving, kin
from command.incidents.joint import service as joint
from command.insights import opening
from command.knowledge import finding
from command.knowledge import service as knowledge
from command.measurements import ties
from command.messages import exercises, outbox
from command.messages import policy as notice_policy
from command.messages.handlers import Handlers
from command.network import subscriber_import
from command.notices import confirming, otherwise, story
from command.oncall.duties import feeds
from command.oncall.paging import keypad, players, replies, subscriptions
from command.oncall.paging import service as oncall
from command.oncall.paging.answers import Answer
from command.oncall.phone_drill import drill_answers
from command.people.models import Person
from command.plans import gathering
from command.resources import crew_contacts, departures, recall_times
from command.risks import planned, register, warned
from command.satisfaction import answering, planning
from command.satisfaction import replies as surveys
from command.satisfaction import rules as survey_rules
from command.security import containing, telling
from command.security import names as security
from command.settlement import service as settlement
from command.sites import duty, following, safety
from command.sites import figures as site_figures
from command.sites import merging as sites
from command.status import reading as status
from command.training import calendar as training
from command.warnings import doing as warnings
from command.warnings import public as public_warnings
from command.warnings import table as warning_table

Hook = TypeVar("Hook")


def join(database: Database) -> Database:
    """Join what rooms on one floor, or above, ask of each other: who follows the journal, who has its word before an incident is restored
    or closed, who hears of what was done, who is told of restricted incidents, warnings and departures of crews.

    Boards journal what changed in every unit of work of this process, the archive index what was written, summaries of figures let go of
    incidents that change, alarms follow an incident that is merged, solved problems are kept when an incident is closed and offered when
    one is new, and exercise incidents belong to the drill that goes on. A surge of complaints follows its incident, and has to be calm
    before that is closed. Improvement actions come from drills and risks; exercises reach crews from outside besides people; whoever
    answers a survey that service is not back gets a case. Evaluation reports hear of what makes their signatures void, and the status
    page lists those that users may read."""
    _once(database.before_append, following.follow)
    _once(database.before_append, index.follow)
    _once(database.before_append, reviews.follow)
    _once(database.before_append, cards.record_changes)
    _once(database.before_append, opening.follow)  # the last: it looks at what all others have recorded
    _once(outbox.tallied, opening.tallied)
    watch_imports()
    _once(incidents.on_merge, storms.pass_on)
    _once(incidents.on_merge, sites.pass_on)
    _once(incidents.on_merge, ties.pass_on)
    _once(conditions.asked, ties.refusals)
    _once(conditions.evidence, ties.evidence)
    _once(carving.on_carved, storms.pass_some)
    _once(story.kin, kin.relatives)
    _once(conditions.turned, joint.on_turn)
    _once(incidents.on_close, knowledge.keep)
    _once(conditions.turned, bulletins.turned)
    _once(bulletin_figures.more, site_figures.named)
    _once(incidents.on_merge, calm.pass_on)
    _once(conditions.asked, calm.asked)
    _once(conditions.evidence, calm.evidence)
    _once(intake.on_report, knowledge.offer)
    _once(intake.on_report, joining.on_report)
    _once(intake.on_report, security.begin)
    _once(conditions.asked, containing.asked)
    _once(conditions.asked, telling.asked)
    _once(conditions.evidence, containing.evidence)
    _once(visibility.involved, joining.known_to)
    _once(visibility.turned, knowledge.follow)
    _once(recall_times.of_drills, joining.recall_minutes)
    _once(players.of_drill, joining.players)
    _once(finding.alarm_kinds, kinds.problems_of)
    sources.finders.update(drill=drills.find, risk=register.find)
    _once(exercises.ours, crew_contacts.reaches)
    _once(departures.asked, safety.refuse)
    _once(departures.cautions, safety.cautions)
    _once(departures.stepped, duty.hear)
    _once(feeds.own_events, training.events)
    _once(conditions.asked, settlement.asked)
    _once(conditions.turned, settlement.turned)
    _once(conditions.turned, planning.turned)
    _once(answering.open_case, surveyed.open_case)
    _once(conditions.turned, filings.turned)
    _once(warnings.raised_from, warned.heard)
    _once(warnings.prefilled, warned.form)
    _once(status.warned, public_warnings.now)
    _once(status.reported, evaluation_public.listed)
    _once(causing.changing, evaluations.causes_change)
    _once(conditions.turned, evaluations.turned)
    _once(visibility.turned, evaluations.restricted)
    _once(gathering.registers, planned.offered)
    warning_table.table()  # a fault in config/warnings.yaml stops the start, not a storm
    notice_policy.read_file(notice_policy.FILE)
    survey_rules.rules()
    agreement_rules.rules()
    return database


def watch_imports() -> None:
    """Whoever imports subscribers tells of numbers that were given to others, also where nothing else is joined: on the command line."""
    _once(subscriber_import.watches, reassigning.watch)


def _once(hooks: list[Hook], hook: Hook) -> None:
    """A process that joins its parts again joins each of them once."""
    if hook not in hooks:
        hooks.append(hook)


def open_installation(settings: Settings) -> Installation:
    """An installation with its parts joined: how every process opens one."""
    if settings.notices is not None:
        notice_policy.read_file(settings.notices)  # a fault in it stops the start, not a notice
    installation = Installation.open(settings)
    join(installation.database)
    return installation


def _elsewhere(session: Session, people: Sequence[Person], answer: Answer) -> bool:
    """Whether a reply that fits no page is about a dispatch or a phone drill."""
    return crews.meant(session, people, answer) or drill_answers.meant(session, people, answer)


def handlers(settings: Settings | None = None) -> Handlers:
    """Who hears of inbound messages, of STOP and START, of what became of pages, and of keys pressed in calls; with the settings also by
    which other road somebody can be told."""
    return Handlers(
        replies=[
            stop_word.reply,
            takeovers.reply,
            surveys.reply,
            crews.by_code,
            replies.replies(field.add_note, _elsewhere),
            crews.by_word,
            drill_answers.reply,
            notice_replies.keep,
        ],
        settled=[oncall.settled],
        subscribed=[subscriptions.subscribed, confirming.subscribed],
        keys=[keypad.press, drill_answers.press],
        roads=otherwise.Roads(settings) if settings else None,
    )
