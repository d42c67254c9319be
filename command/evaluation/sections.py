"""A report as sections of a paper, in the language that is in force: page, PDF and DOCX say the same."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo

from flask_babel import gettext

from command.evaluation import parts, words
from command.evaluation.facts import Facts
from command.evaluation.parts import Part
from command.evaluation.reading import Report
from command.improvement.models import State as ActionState
from command.improvement.words import STATES as ACTION_STATES
from command.papers.paper import Block, Items, Pairs, Section, Table, Words
from command.people.posts import POSTS
from command.settlement import words as settlement

WRITTEN: dict[str, tuple[Part, ...]] = {
    "summary": (Part.SUMMARY,),
    "causes": (Part.CAUSE, Part.WHYS),
    "handling": (Part.EFFECT, Part.WORKED, Part.NOT_WORKED),
    "actions": (Part.IMPROVEMENT, Part.NONE_NEEDED),
}
"""The parts in words that stand in a section, in their order; the version for users has a section of its own."""


def sections(found: Report, language: str, zone: tzinfo) -> list[Section]:
    """All sections in order."""
    make, nothing = _Making(found, found.facts, language, zone), str(gettext("Nothing."))
    return [
        Section("summary", str(gettext("Incident")), [make.pairs(), *make.written("summary")]),
        Section("grades", str(gettext("Grades")), [make.grades()], nothing),
        Section("moments", str(gettext("Timeline")), [make.moments()]),
        Section("impact", str(gettext("Impact")), list(make.impact()), nothing),
        Section("causes", str(gettext("Causes")), [make.causes(), *make.written("causes")]),
        Section("clocks", str(gettext("Clocks")), [make.clocks()], nothing),
        Section("notices", str(gettext("Notices to users")), [make.notices()], str(gettext("No user was notified."))),
        Section("resources", str(gettext("Resources and their use")), [make.resources()], nothing),
        Section("settlement", str(gettext("Settlement")), [make.settlement()], nothing),
        Section("observation", str(gettext("Observation of the repair")), [make.observation()], nothing),
        Section("handling", str(gettext("Handling")), list(make.written("handling"))),
        Section("actions", str(gettext("Improvement actions")), [make.actions(), *make.written("actions")]),
        Section("signatures", str(gettext("Signatures")), [make.signatures()]),
        Section("public", str(gettext("Version for users")), list(make.public()), nothing),
        Section("course", str(gettext("Course of the incident")), [make.course()], nothing),
    ]


class _Making:
    def __init__(self, found: Report, facts: Facts, language: str, zone: tzinfo) -> None:
        self.found, self.facts, self.language, self.zone = found, facts, language, zone

    def written(self, key: str) -> Iterator[Block]:
        """The parts in words of a section; what nobody wrote says so."""
        for part in WRITTEN[key]:
            text = self.found.texts[part].text
            if not text and part == Part.NONE_NEEDED:
                continue
            title = str(gettext(words.TITLES[part]))
            if part == Part.WHYS:
                steps = parts.whys(text)
                yield Items([f"{at}. {step}" for at, step in enumerate(steps, 1)] or [self.unwritten()], title)
            else:
                yield Items(text.split("\n") if text else [self.unwritten()], title)

    def unwritten(self) -> str:
        return str(gettext("Not written yet."))

    def pairs(self) -> Pairs:
        incident, full = self.facts.incident, self.facts.full
        rows = [
            (gettext("Incident"), incident.number),
            (gettext("Kind"), words.said(words.KINDS, incident.kind)),
            (gettext("Tier"), gettext(words.TIERS[incident.tier])),
            (gettext("Area"), full.area.name if full.area else "—"),
            (gettext("How it was found"), words.found_by(incident.source)),
            (gettext("Commander"), full.commander.name if full.commander else "—"),
            (gettext("First-contact owner"), full.owner.name if full.owner else "—"),
            (gettext("Users affected at most"), words.number(incident.users_peak, self.language)),
            (gettext("User-minutes"), words.number(self.facts.user_minutes, self.language)),
            (gettext("Playbook"), f"{full.playbook.code} v{full.playbook.version}" if full.playbook else "—"),
            (gettext("State of the report"), gettext(words.STATES[self.found.state])),
        ]
        return Pairs([(str(title), str(value)) for title, value in rows])

    def grades(self) -> Table:
        head = [gettext("Time"), gettext("Tier"), gettext("Rules"), gettext("By"), gettext("Reason")]
        rows = [
            [
                self.at(each.at),
                str(gettext(words.TIERS[each.tier])),
                "\n".join(f"{rule}: {why}" if why != rule else rule for rule, why in each.rules) or "—",
                self.by(each.by),
                each.reason or "—",
            ]
            for each in self.facts.grades
        ]
        return Table([str(each) for each in head], rows, (17, 10, 40, 14, 19), (0,))

    def moments(self) -> Table:
        head = [str(gettext("Moment")), str(gettext("Time")), str(gettext("Since it was detected"))]
        detected = self.facts.incident.detected_at
        rows = [
            [
                str(gettext(words.MOMENTS[name])),
                words.moment(at, self.zone),
                "—" if name == "occurred" else words.span(detected, at),
            ]
            for name, at in self.facts.moments.items()
        ]
        return Table(head, rows, (35, 40, 25), (1, 2))

    def impact(self) -> Iterator[Block]:
        head = [gettext("Service"), gettext("Area"), gettext("How"), gettext("Users at most"), gettext("Share")]
        head += [gettext("From"), gettext("Until"), gettext("Method")]
        rows = [
            [
                hit.service,
                hit.area,
                words.said(words.IMPACTS, hit.kind),
                words.number(hit.users, self.language),
                f"{hit.share * 100:.1f}%",
                self.at(hit.from_at),
                self.at(hit.until_at),
                str(gettext("declared by a person") if hit.declared else gettext("counted from the topology")),
            ]
            for hit in self.facts.hits
        ]
        yield Table([str(each) for each in head], rows, (14, 13, 10, 11, 9, 15, 15, 13), (3, 4, 5, 6))
        if rows:
            yield Words(
                str(
                    gettext("Each subscriber counts once. User-minutes: the sum over all steps of users times minutes.")
                )
            )

    def causes(self) -> Pairs:
        incident = self.facts.incident
        contributing = [words.cause(code, self.language) for code in self.found.contributing]
        party = gettext("yes") if incident.third_party else gettext("no")
        rows = [
            (gettext("Root cause"), words.cause(incident.root_cause, self.language)),
            (gettext("Cause"), words.cause(incident.cause, self.language)),
            (gettext("A third party's failure"), party),
            (gettext("Contributing causes"), gettext(", ").join(contributing) or "—"),
        ]
        return Pairs([(str(title), str(value)) for title, value in rows])

    def clocks(self) -> Table:
        head = [gettext("Clock"), gettext("Started"), gettext("Due"), gettext("Met"), gettext("State")]
        rows = [
            [
                each.name,
                self.at(each.started_at),
                self.at(each.due_at),
                self.at(each.met_at),
                words.said(words.CLOCKS, each.state),
            ]
            for each in self.facts.full.clocks
        ]
        return Table([str(each) for each in head], rows, (32, 19, 19, 19, 11), (1, 2, 3))

    def notices(self) -> Table:
        head = [gettext("Notice"), gettext("Time"), gettext("State"), gettext("Audience"), gettext("Delivery")]
        rows = [
            [
                words.said(words.NOTICES, each.kind),
                self.at(each.at),
                words.said(words.NOTICE_STATES, each.state),
                words.number(each.audience, self.language),
                self._fates(each.counts),
            ]
            for each in self.facts.notices
        ]
        return Table([str(each) for each in head], rows, (16, 18, 14, 12, 40), (1, 3))

    def _fates(self, counts: Mapping[str, int]) -> str:
        told = [
            f"{words.said(words.FATES, code)} {words.number(counts[code], self.language)}"
            for code in words.FATES
            if counts.get(code)
        ]
        return " · ".join(told) or "—"

    def resources(self) -> Table:
        head = [gettext("Resource"), gettext("Quantity"), gettext("Used up"), gettext("Lost"), gettext("Place")]
        head += [gettext("Rating"), gettext("Evaluation")]
        rows = [
            [
                each.name,
                str(each.quantity),
                str(each.used),
                str(each.lost),
                each.place or "—",
                f"{each.rating}/5" if each.rating else "—",
                each.words or "—",
            ]
            for each in self.facts.resources
        ]
        return Table([str(each) for each in head], rows, (22, 9, 9, 9, 19, 8, 24), (1, 2, 3, 5))

    def settlement(self) -> Table:
        head = [gettext("What"), gettext("Responsible"), gettext("Due"), gettext("State"), gettext("Outcome")]
        rows = [
            [
                each.title,
                each.owner.name if each.owner else "—",
                f"{each.due_on:%Y-%m-%d}",
                str(gettext(settlement.STATES[each.state])),
                each.words or "—",
            ]
            for each in self.facts.settlement
        ]
        return Table([str(each) for each in head], rows, (32, 15, 13, 12, 28), (2,))

    def observation(self) -> Table:
        head = [str(gettext("From")), str(gettext("Until")), str(gettext("Ended")), str(gettext("Outcome"))]
        rows = [
            [
                self.at(each.from_at),
                self.at(each.until_at),
                self.at(each.ended_at),
                words.said(words.OUTCOMES, each.outcome) if each.outcome else str(gettext("goes on")),
            ]
            for each in self.facts.watched
        ]
        return Table(head, rows, (22, 22, 22, 34), (0, 1, 2))

    def actions(self) -> Table:
        head = [gettext("Action"), gettext("Owner"), gettext("Due"), gettext("State"), gettext("Verified")]
        head += [gettext("Clause of a plan")]
        rows = [
            [
                f"#{each.id} {each.title}",
                each.owner,
                f"{each.due_on:%Y-%m-%d}",
                str(gettext(ACTION_STATES[ActionState(each.state)])),
                self.at(each.verified_at),
                "\n".join(filter(None, (each.clause, each.proposed))) or "—",
            ]
            for each in self.found.actions
        ]
        return Table([str(each) for each in head], rows, (30, 14, 12, 12, 13, 19), (2, 4))

    def signatures(self) -> Table:
        head = [str(gettext("Post")), str(gettext("Person")), str(gettext("Time")), str(gettext("What was signed"))]
        there = {each.post: each for each in self.found.signatures}
        rows = []
        for post in self.found.posts:
            each = there.get(post)
            rows.append(
                [
                    str(gettext(POSTS[post])),
                    self.found.people.get(each.person_id, "") if each else str(gettext("waits for a signature")),
                    words.moment(each.at, self.zone) if each else "—",
                    f"SHA-256 {each.digest[:16]}…" if each else "—",
                ]
            )
        return Table(head, rows, (20, 26, 32, 22), (2, 3))

    def public(self) -> Iterator[Block]:
        for part in (Part.PUBLIC_ZH, Part.PUBLIC_EN):
            if text := self.found.texts[part].text:
                yield Items(text.split("\n"), str(gettext(words.TITLES[part])))

    def course(self) -> Table:
        head = [str(gettext("Time")), str(gettext("What")), str(gettext("By"))]
        zh = self.language == "zh"
        rows = [
            [f"{each.at.astimezone(self.zone):%m-%d %H:%M:%S}", each.zh if zh else each.en, self.by(each.actor)]
            for each in self.facts.lines
        ]
        return Table(head, rows, (16, 67, 17), (0,))

    def at(self, at: datetime | None) -> str:
        return words.short(at, self.zone)

    def by(self, actor: str) -> str:
        return str(gettext("by itself")) if actor.startswith(("system:", "source:", "playbook:")) else actor
