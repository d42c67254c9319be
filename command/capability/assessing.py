"""Assessments from the beginning to the lock: begin, rate, finish or drop, and make an improvement action of a weak item (R36)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from command.capability import entries, figures, reading, records, scoring, sealing
from command.capability.models import CapabilityAssessment, CapabilityRating, Sort, State
from command.capability.standard import HIGHEST, Item, current
from command.core import clock, names
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.improvement import actions
from command.improvement.models import UNDONE, ImprovementAction
from command.incidents import house
from command.incidents.entries import note
from command.incidents.views import note_text
from command.people.access import Principal, must
from command.people.models import Person
from command.security import agreements

ACT = "assess_capability"
NAME = 120
LONGEST = 5 * 366
AHEAD = 366
"""Days that a period has, and that its end lies ahead, at most."""
WORDS = 4000


@dataclass(frozen=True, slots=True)
class Draft:
    """An assessment to begin. `assessor` empty: whoever asks, or the party of the `agreement` (an id), which a third party needs (R37)."""

    name: str
    sort: Sort
    first_on: date
    last_on: date
    assessor: str = ""
    agreement: int | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """How an item is rated. `version` is what was read (None: whatever it is)."""

    item: str
    level: int | None = None
    applies: bool = True
    words: str = ""
    links: list[str] = field(default_factory=list)
    version: int | None = None


def begin(session: Session, draft: Draft, who: Principal) -> CapabilityAssessment:
    """Begin an assessment against the standard of today. Raise Invalid naming the field."""
    must(who, ACT)
    name = _short(draft.name, "name")
    _period(session, draft)
    agreement = agreements.in_force(session, draft.agreement) if draft.sort == Sort.THIRD_PARTY else None
    if draft.assessor.strip():
        assessor = _short(draft.assessor, "assessor")
    elif agreement is not None:
        assessor = agreement.party
    else:
        assessor = names.of(session.get_one(Person, who.person_id), who.language)
    standard = current()
    assessment = CapabilityAssessment(
        name=name,
        sort=draft.sort,
        assessor=assessor,
        agreement_id=agreement.id if agreement else None,
        first_on=draft.first_on,
        last_on=draft.last_on,
        standard=standard.model_dump(mode="json"),
        made_by=who.person_id,
        made_at=clock.now(session),
    )
    session.add(assessment)
    session.flush()
    session.add_all(CapabilityRating(assessment_id=assessment.id, item=item.code) for item in standard.items())
    begun = entries.Begun(
        sort=draft.sort,
        first_on=draft.first_on,
        last_on=draft.last_on,
        standard=standard.version,
        agreement_id=assessment.agreement_id,
        words=note(session, f"{name} · {assessor}"),
    )
    entries.record(session, assessment, begun)
    return assessment


def _short(text: str, name: str) -> str:
    found = masked_words(text.strip())
    if not found or len(found) > NAME:
        raise Invalid(
            N_("Between 1 and %(most)d characters, please."), field=name, remedy=N_("Say it in a few words."), most=NAME
        )
    return found


def _period(session: Session, draft: Draft) -> None:
    if draft.first_on > draft.last_on:
        raise Invalid(
            N_("The period ends before it begins."), field="last_on", remedy=N_("Give its first and its last day.")
        )
    ahead = (draft.last_on - house.today(session, clock.now(session))).days
    if (draft.last_on - draft.first_on).days >= LONGEST or ahead > AHEAD:
        raise Invalid(
            N_("A period has five years at most, and ends within a year from today."),
            field="last_on",
            remedy=N_("An assessment is usually of one year."),
        )


def rate(session: Session, assessment: CapabilityAssessment, given: Sequence[Rating], who: Principal) -> int:
    """Rate items of a locked draft; how many are rated otherwise now. All of them or none: raise Invalid or Conflict naming the item."""
    must(who, ACT)
    _draft(assessment)
    standard = reading.standard_of(assessment)
    rows = reading.ratings(session, assessment)
    changed = 0
    for each in given:
        item = standard.item(each.item)
        if item is None:
            raise Invalid(
                N_("The standard has no item %(item)s."),
                field="item",
                remedy=N_("Use a code of the standard, such as groups."),
                item=each.item[:64],
            )
        changed += _rate(session, assessment, rows[item.code], item, each, who)
    return changed


def _rate(
    session: Session, assessment: CapabilityAssessment, row: CapabilityRating, item: Item, given: Rating, who: Principal
) -> bool:
    words = masked_words(given.words.strip())
    links = _links(session, item, given.links)
    level = given.level if given.applies else None
    if (level, given.applies, words, links) == _said(session, row):
        return False
    if given.version is not None and given.version != row.version:
        raise Conflict(
            N_("Somebody has rated %(item)s meanwhile."),
            field=f"level-{item.code}",
            remedy=N_("Load the page again, then rate it anew."),
            item=item.title.zh if who.language == "zh" else item.title.en,
        )
    _rated_well(item, given, links, needed=assessment.sha256 is None)
    before, cited = row.level, note(session, words)
    row.level, row.applies, row.links = level, given.applies, links
    row.note_id = cited.id if cited else None
    row.rated_by, row.rated_at = who.person_id, clock.now(session)
    row.version += 1
    rated = entries.Rated(item=item.code, level=row.level, before=before, applies=row.applies, links=links, words=cited)
    entries.record(session, assessment, rated)
    return True


def _links(session: Session, item: Item, given: list[str]) -> list[str]:
    try:
        return records.checked(session, given)
    except Invalid as wrong:
        wrong.field = f"links-{item.code}"
        raise


def _said(session: Session, row: CapabilityRating) -> tuple[int | None, bool, str, list[str]]:
    """What a rating says now."""
    return row.level, row.applies, note_text(session, row.note_id) or "", row.links


def _rated_well(item: Item, given: Rating, links: list[str], *, needed: bool) -> None:
    if given.level is not None and not 0 <= given.level <= HIGHEST:
        raise Invalid(
            N_("A level is 0, 1, 2, 3 or 4."),
            field=f"level-{item.code}",
            remedy=N_("Choose the one that is described."),
        )
    if len(given.words) > WORDS:
        raise Invalid(
            N_("At most %(most)d characters."), field=f"words-{item.code}", remedy=N_("Say it shorter."), most=WORDS
        )
    if not given.applies and not given.words.strip():
        raise Invalid(
            N_("Why does this not apply?"),
            field=f"words-{item.code}",
            remedy=N_("Say in a sentence why it cannot apply to us."),
        )
    if needed and given.applies and given.level and not (given.words.strip() or links):
        raise Invalid(
            N_("A level above 0 needs evidence."),
            field=f"words-{item.code}",
            remedy=N_("Say what shows it, or name a record."),
        )


def finish(session: Session, assessment: CapabilityAssessment, who: Principal) -> None:
    """Lock a draft of which every item is rated: figures and scores are kept as they are now. Raise Conflict naming what is missing."""
    must(who, ACT)
    _draft(assessment)
    standard = reading.standard_of(assessment)
    rows = reading.ratings(session, assessment)
    marks = reading.marks(rows.values())
    if missing := scoring.unrated(standard, marks):
        titles = [item.title for item in standard.items() if item.code in missing]
        raise Conflict(
            N_("%(count)d items are not rated yet: %(items)s."),
            code="capability-unrated",
            remedy=N_("Rate each, or say that it does not apply and why."),
            count=len(missing),
            items=", ".join(title.zh if who.language == "zh" else title.en for title in titles[:5]),
        )
    found = scoring.scores(standard, marks)
    if found.total is None:
        raise Conflict(N_("No item applies."), remedy=N_("Rate those that do, or drop the assessment."))
    over = figures.period(session, assessment.first_on, assessment.last_on)
    counts = figures.counted(session, over, [code for item in standard.items() for code in item.figures])
    for item in standard.items():
        rows[item.code].figures = [
            {"code": code, "good": counts[code].good, "of": counts[code].of} for code in item.figures
        ]
    assessment.state, assessment.score, assessment.domains = State.FINISHED, found.total, dict(found.domains)
    assessment.ended_by, assessment.ended_at = who.person_id, clock.now(session)
    finished = entries.Finished(
        score=found.total, domains=dict(found.domains), items=len(rows), sha256=sealing.digest(session, assessment)
    )
    entries.record(session, assessment, finished)


def drop(session: Session, assessment: CapabilityAssessment, reason: str, who: Principal) -> None:
    """Give a draft up, with a reason."""
    must(who, ACT)
    _draft(assessment)
    cited = note(session, reason)
    if cited is None:
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say in a sentence why."))
    assessment.state, assessment.reason_note_id = State.DROPPED, cited.id
    assessment.ended_by, assessment.ended_at = who.person_id, clock.now(session)
    entries.record(session, assessment, entries.Dropped(reason=cited))


def improve(
    session: Session, assessment: CapabilityAssessment, code: str, wanted: actions.Draft, who: Principal
) -> ImprovementAction:
    """Give an improvement action for an item; it stands beside the item from then on, also of a finished assessment."""
    must(who, ACT)
    if assessment.state == State.DROPPED:
        raise Conflict(N_("This assessment was given up."), remedy=N_("Begin a new one."))
    row = reading.ratings(session, assessment).get(code)
    if row is None:
        raise NotFound(N_("There is no such item in the standard."), remedy=N_("Look at the page of the assessment."))
    action = session.get(ImprovementAction, row.action_id) if row.action_id else None
    if action is not None and action.state in UNDONE:
        raise Conflict(
            N_("This item has an improvement action already: number %(action)d."),
            remedy=N_("Follow it up there."),
            action=action.id,
        )
    action = actions.give(session, wanted, who)
    row.action_id = action.id
    entries.record(session, assessment, entries.Improved(item=code, action_id=action.id))
    return action


def _draft(assessment: CapabilityAssessment) -> None:
    if assessment.state != State.DRAFT:
        raise Conflict(
            N_("This assessment is finished: nothing in it changes any more.")
            if assessment.state == State.FINISHED
            else N_("This assessment was given up."),
            remedy=N_("Begin a new one."),
        )
