"""A bad day at the small operator, set up once for the tour: something of everything that pages show, and the addresses to look at."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins import sending
from command.bulletins.models import Bulletin, BulletinCopy
from command.complaints import links as case_links
from command.complaints import surges
from command.complaints.models import Case
from command.core import clock
from command.engine import phone_drill
from command.oncall.models import Page
from command.oncall.paging import links as page_links
from command.oncall.phone_drill.drill_models import PhoneDrill
from command.people.models import PersonPost
from command.readiness.models import ResourceReminder
from command.sites import register
from command.sites.register import Facts
from playbooks import scenario_files
from tests.boards.stage import Stage

NUMBER = "+8612020000001"
"""A subscriber of CELL-1."""
SIGNED_IN = (
    *("/bulletins", "/bulletins/1", "/filings", "/announcements"),
    *("/board", "/board?wall", "/board/exercise", "/board/replay", "/board/exercise/replay", "/overview"),
    *("/figures", "/figures/response"),
    *("/incidents/report", "/desk", "/archive", "/knowledge", "/playbooks", "/playbooks/network_fault"),
    *("/playbooks/network_fault?tier=2", "/playbooks/network_fault/compare", "/on-call", "/on-call?weeks=8"),
    *("/on-call/policies", "/on-call/policies/new", "/on-call/policies/1", "/on-call/mine"),
    *("/on-call/schedules/new", "/on-call/schedules/technical"),
    *("/on-call/hand-over", "/on-call/hand-over/1"),
    *("/drills/scenarios", "/drills/scenarios/tariff_complaints", "/drills/write-scenario?from=data_leak"),
    *("/drills/programme", "/drills/programme/1", "/drills/programme/new"),
    *("/drills/programme/new?scenario=tariff_complaints", "/drills/DR-2099-0105-01/when"),
    *("/on-call/drills", "/on-call/drills/new", "/on-call/drills/1", "/on-call/drills/runs/1"),
    *("/confidentiality", "/look-in"),
    *("/resources", "/resources?state=available", "/resources/pools", "/resources/pools/1", "/resources/units/1"),
    *("/resources/out/1", "/resources/requests", "/resources/requests/1", "/resources/plan"),
    *("/resources/readiness?area=8001", "/resources/reminders", "/resources/pools/1/stock-taking"),
    *("/training", "/training/matrix?stands=fine", "/training/sessions", "/training/sessions/new"),
    *("/training/sessions/1", "/training/sessions/1/edit", "/training/sessions/1/here", "/training/people/eng"),
    "/training/certificates/TC-{year}-000001",
    *("/resources?q=MC", "/resources/stocks/1", "/resources/units/1/scan", "/resources/labels?pool=meichuan"),
    *(
        "/improvement",
        "/improvement/new",
        "/improvement/1",
        "/risks",
        "/risks/new",
        "/risks/bridge",
        "/risks/bridge/edit",
    ),
    *("/settlement", "/settlement?mine=1"),
    *("/agreements", "/agreements?stands=undecided", "/surveys", "/surveys?void=1"),
    *("/notices/policy", "/complaints/replies", "/complaints/replies?all=1"),
    *("/evaluations", "/evaluations?show=overdue"),
    *("/plans", "/plans/1", "/plans/1/compare", "/plans/1/readers", "/plans/1/edit/goal", "/plans/1/edit/measures"),
    *("/people/authority", "/people/authority/draft", "/people/authority/draft/restore", "/people/authority/import"),
    "/people/authority/simulate?act=approve_notice&tier=2&area=800101&audience=80000",
    "/people/overrides",
    *("/capability", "/capability/standard", "/capability/new", "/capability/1", "/capability/1/rate/plans"),
    *("/reports", "/reports/new", "/reports/1", "/reports/subscriptions"),
    *("/sites", "/sites/S-1"),
    *("/measurements", "/measurements/new", "/measurements/attach-mj", "/measurements/attach-mj/edit"),
    *("/messages/hold", "/messages/hold?exercise=1", "/roads", "/retention"),
    *("/numbers/bad", "/numbers/bad?state=cleared"),
    *("/notices", "/notices?exercise=1"),
    *("/messages/hold", "/messages/hold?exercise=1", "/roads"),
    *("/notices", "/notices?exercise=1", "/notices/audiences"),
    *("/board/centre/8001", "/assessments"),
    *("/warnings", "/warnings?exercise=1", "/warnings/new", "/warnings/new?risk=bridge"),
    *(
        "/insights/causes",
        "/insights/weak-points?sort=mean",
        "/insights/areas",
        "/insights/calendar?measure=user_minutes",
    ),
    *("/insights/restoration", "/insights/compare", "/insights/incidents?cause=unknown"),
    *("/complaints", "/complaints/take", "/complaints/surges", "/complaints/{complaint}"),
    *("/alarms", "/people", "/me", "/me/contacts", "/styleguide", "/archive?text=cable", "/nowhere"),
)
OF_INCIDENT = (
    *(
        "/incidents/{}",
        "/incidents/{}/journal-page",
        "/incidents/{}/briefing",
        "/incidents/{}/curve",
        "/incidents/{}/gantt",
    ),
    *("/incidents/{}/replay", "/archive/{}", "/incidents/{}/do/transfer", "/incidents/{}/do/cancel"),
    *("/incidents/{}/do/merge", "/incidents/{}/do/eta", "/incidents/{}/resources", "/incidents/{}/sites"),
    *("/incidents/{}/bulletins", "/incidents/{}/settlement", "/incidents/{}/tasks/repair_fault/safety"),
    *("/incidents/{}/measurements?page=1", "/incidents/{}/family", "/incidents/{}/assessment"),
    *("/incidents/{}/survey", "/incidents/{}/agreements"),
    *("/incidents/{}/security", "/incidents/{}/opinions", "/incidents/{}/evaluation"),
    "/incidents/{}/filings/cn-brief",
)
OF_DRILL = (
    *("/drills", "/drills/new", "/drills/new?scenario=typhoon_two_prefectures&fill=1", "/drills/{}"),
    *("/drills/{}/console", "/drills/{}/play", "/drills/{}/report-incident", "/drills/{}/real"),
    *("/drills/{}/observe", "/drills/{}/hotwash", "/drills/{}/report"),
)
OPEN = ("/status", "/status/advice", "/case", "/complaints/new")
PARTS = {
    "/": "leads to the command board",
    "/sign-in": "for those who have not signed in",
    "/board/state/<name>": "JSON",
    "/board/moments/<name>": "JSON",
    "/board/frames/<name>": "JSON",
    "/board/part/decisions": "a part of the board",
    "/board/part/on-call": "a part of the board",
    "/board/part/shortages": "a part of the board",
    "/board/part/succession": "a part of the board",
    "/incidents/<number>/command": "a part of the incident's board",
    "/people/authority.yaml": "a file",
    "/board/part/falling": "a part of the board",
    "/incidents/<number>/sites/part": "a part of the incident's board",
    "/incidents/<number>/actions": "a part of the incident's board",
    "/incidents/<number>/bulletins/part": "a part of the incident's board",
    "/agreements.csv": "a file",
    "/figures.csv": "a file",
    "/incidents/<number>/evaluation/parts/<part>": "a part of the report; there is one of a restored incident alone (tests/evaluation)",
    "/incidents/<number>/evaluation/parts/<part>/history": "a part of the report",
    "/incidents/<number>/evaluation/public": "what users will read of a restored incident (tests/evaluation)",
    "/status/reports/<public_id>": "what users read of a signed report (tests/evaluation)",
    "/s/<token>": "the form of one customer, tried in tests/satisfaction",
    "/bulletins/<int:bulletin_id>/pdf": "a file",
    "/incidents/<number>/filings/part": "a part of the incident's page of bulletins",
    "/incidents/<number>/filings/<report>/copy": "a file",
    "/filings/export.csv": "a file",
    "/b/<token>/pdf": "a file",
    "/incidents/<number>/similar": "a part of the incident's board",
    "/incidents/<number>/family/part": "a part of the incident's board",
    "/board/centre": "leads to the board of one's own centre",
    "/incidents/<number>/curve/card": "a part of the incident's board",
    "/incidents/<number>/photos/<int:photo_id>": "a photo",
    "/incidents/<number>/photos/<int:photo_id>/thumb": "a photo",
    "/incidents/report/areas": "JSON",
    "/on-call/feed/<text>.ics": "a calendar",
    "/drills/feed/<text>.ics": "a calendar",
    "/resources/pools/export.<form>": "a file",
    "/drills/scenarios/<code>/yaml": "a file",
    "/on-call/drills/runs/<int:run_id>/part": "a part of a drill's page",
    "/on-call/policies/targets": "the options of a box",
    "/improvement/part": "a part of other pages",
    "/improvement/<int:action_id>/evidence/<int:evidence_id>": "a file",
    "/risks/export.csv": "a file",
    "/insights/<code>/export/<chart>.<form>": "a file",
    "/incidents/<number>/gantt/export/<chart>.<form>": "a file",
    "/reports/<int:report_id>/export/<form>": "a file",
    "/capability/<int:assessment_id>/export/<form>": "a file",
    "/capability/<int:assessment_id>/file": "a file",
    "/measurements/export.csv": "a file",
    "/messages/hold/strip": "a part of the boards",
    "/roads/part": "a part of the page of roads",
    "/drills/new/people": "the options of a box",
    "/drills/<code>/console/part": "a part of a drill's console",
    "/drills/<code>/play/part": "a part of a player's page",
    "/drills/<code>/observe/part": "a part of an observer's page",
    "/status.json": "JSON",
    "/status/banner.json": "JSON",
    "/status/hotline.json": "JSON",
    "/notices/<int:notice_id>/progress": "a part of a notice's page",
    "/notices/choices/<field>": "options of a box",
    "/notices/part/advisories": "a part of the board",
    "/warnings/part/board": "a part of the board",
    "/warnings/part/incident": "a part of the incident's board",
    "/warnings/part/area": "a part of a drill's page",
    "/warnings/part/duty": "a part of the duty page",
    "/warnings/part/staging": "a part of the resources page",
    "/warnings/part/risk": "a part of a risk's page",
    "/training/certificates/<number>.pdf": "a file",
}
"""Addresses that answer a GET with no page of their own, and what they are instead."""
NO_PAGES = ("/api/", "/hooks/", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True, slots=True)
class Scenery:
    """The addresses of the pages: with the worst incident, with those in other states, and for people outside."""

    addresses: tuple[str, ...]


def built(stage: Stage) -> Scenery:
    """Incidents in every state, tasks done and open, people paged, notices sent, a solved problem, a caller's case, a drill, a phone
    drill that goes on."""
    drill = going_on(stage)
    closed = _over(stage)
    _drill(stage)
    _programme(stage)
    _training(stage)
    worst = stage.responding("CELL-1", "CELL-4")
    stage.act("ada", worst, "regrade", tier=1, reason="A hospital is cut off")
    stage.post("ada", f"/api/v1/incidents/{worst}/objectives", text="Service back in Meijiang by 17:00")
    stage.post("dou", f"/api/v1/incidents/{worst}/comments", text="The excavator driver called, 138 0013 8000")
    reported = stage.report(kind="service_interruption", elements=["CELL-5"])
    stage.report(by="tra", exercise=True, elements=["CELL-3"])
    stage.engine()
    stage.acknowledge()
    stage.deliver()
    who = {"targets": ["post:duty_officer"], "delay_minutes": 0, "ack_minutes": 5}
    policy = stage.post("adm", "/api/v1/escalation-policies", department="technical", steps=[who], accept_gaps=True)
    assert policy.status_code == 201, policy.text
    case = {"number": NUMBER, "incident": worst, "complaint": True, "note": "No signal since this morning"}
    assert stage.post("kef", "/api/v1/cases", **case).status_code == 201
    task = f"/api/v1/incidents/{worst}/tasks/rule_out_attack/actions/take"
    assert stage.post("eng", task).status_code == 200
    prepared = stage.get("eng", "/api/v1/schedules/technical/hand-over").get_json()
    items = [{"item": each["item"], "note": "Call back"} for one in prepared["cases"] for each in one["promises"]]
    offered = {"items": items, "note": "The guard has the key", "to": "ada"}
    assert stage.post("eng", "/api/v1/schedules/technical/hand-overs", **offered).status_code == 201
    _resources(stage, worst, reported)
    _authority(stage, reported)
    _bulletin(stage, worst)
    _lessons(stage, closed)
    _plan(stage)
    _sites(stage, worst)
    _measured(stage)
    others = tuple(f"/incidents/{each}" for each in (closed, reported))
    warning = _warned(stage)
    others = (
        *(f"/incidents/{each}" for each in (closed, reported)),
        *(f"/warnings/{warning}", f"/warnings/{warning}/edit"),
    )
    inside = (
        *(each.format(worst) for each in OF_INCIDENT),
        *(each.format(drill) for each in OF_DRILL),
    )
    complaint = _complaint(stage, worst)
    signed_in = tuple(
        each.replace("{year}", f"{datetime.now(UTC):%Y}").replace("{complaint}", complaint) for each in SIGNED_IN
    )
    told = stage.get("ada", f"/api/v1/notices?incident={worst}").get_json()["items"]
    notices = (f"/notices/new?incident={worst}", *(f"/notices/{each['id']}" for each in told[:2]))
    return Scenery(
        (*signed_in, *inside, *others, *notices, "/knowledge/1", "/knowledge/1/edit", *OPEN, *_by_link(stage))
    )


def _authority(stage: Stage, number: str) -> None:
    """A draft of the authority table with a change, and an override that waits to be looked at; the commander is an administrator too."""
    stage.database.write(lambda session: session.add(PersonPost(person_id=stage.people["ada"], post="administrator")))
    assert stage.post("adm", "/api/v1/authority/draft").status_code == 201
    rule = {"act": "restore", "tiers": [1], "alone": ["commander"], "override": ["deputy"]}
    assert stage.post("adm", "/api/v1/authority/draft/actions/put", revision=1, rule=rule).status_code == 200
    assert stage.act("eng", number, "assess", override=True, reason="Nobody else is awake") == 200


def _sites(stage: Stage, number: str) -> None:
    """Two sites without mains, one of which falls soon; a cable half spliced, a no-go, and a site moved up in the order."""
    facts = {
        "name_zh": "示例站",
        "area_id": stage.network.areas["800101"],
        "site_class": "access",
        "serves": ("hospital",),
    }
    facts |= {"latitude": 24.3, "longitude": 116.1, "battery_minutes": 240, "power_company": "Meichuan Power"}
    facts |= {"contact": "Control room", "contact_number": NUMBER}
    rows = {
        f"S-{each}": Facts(**facts, name_en=f"Site {each}", elements=tuple(stage.network.ids(f"CELL-{each}")))
        for each in (1, 2)
    }
    stage.database.write(lambda session: register.put(session, stage.installation.keyring, rows))
    now = datetime.now(UTC)
    said = {"at": now.isoformat(), "mains": "off", "battery_minutes": 90, "generator": "none", "access": "blocked"}
    later, about = (now + timedelta(hours=4)).isoformat(), f"/api/v1/incidents/{number}"
    cable = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": 24, "km": 0.3, "break_km": 4.2}
    for by, address, body in (
        ("dou", "/api/v1/sites/states", {"items": [{"site": f"S-{each}", **said} for each in (1, 2)]}),
        ("eng", f"{about}/cables", cable),
        ("eng", f"{about}/cables/1/actions/splice", {"fibres_done": 12, "version": 1, "eta_at": later}),
        ("dou", f"{about}/safety", {"decision": "no_go", "reason": "Trees fall", "valid_until": later}),
        ("ada", f"{about}/restoration/actions/place", {"site": "S-2", "place": 1, "reason": "The hospital's second"}),
    ):
        assert stage.post(by, address, **body).status_code in (200, 201), address


def _measured(stage: Stage) -> None:
    """A series that is bad, with a gap in it: the worst incident takes it up."""
    said = {"code": "attach-mj", "name_en": "Attach success, Meijiang", "name_zh": "梅江附着成功率", "unit": "%"}
    said |= {"service": "mobile_data", "area": "800101", "metric": "attach_success"}
    ends: dict[str, Any] = {"low": 0, "high": 100, "warn": 90, "bad": 80, "recover": 95, "none_at": 100}
    assert stage.post("dou", "/api/v1/measurements/series", **said, **ends).status_code == 201
    with stage.database.read() as session:
        now = clock.now(session)
    course = [(minute, 99 if minute > 30 else 60 + minute % 7) for minute in range(90) if not 40 < minute < 55]
    points = [
        {"series": "attach-mj", "at": (now - timedelta(minutes=minute)).isoformat(), "value": value}
        for minute, value in course
    ]
    assert stage.post("dou", "/api/v1/measurements", measurements=points).status_code == 200


def _complaint(stage: Stage, number: str) -> str:
    """A surge of complaints that waits for a decision, one of them accepted, and what is said in public."""
    each = {"channel": "app", "kind": "billing", "text": "Charged twice", "tariff_plan": "Gold", "area": "800101"}
    sent = stage.ask("kef", "POST", "/api/v1/complaints", json=[each] * 30)
    assert sent.status_code == 201, sent.text
    stage.database.write(lambda session: surges.look(session) and None, actor="system:complaints")
    case: str = sent.get_json()["items"][0]["case"]
    assert stage.post("kef", f"/api/v1/complaints/{case}/actions/accept").status_code == 200
    said = {"link": "https://example.com/post/1", "reach": 90000, "sentiment": "bad", "owner": "kef", "note": "Angry"}
    assert stage.post("kef", f"/api/v1/incidents/{number}/opinions", **said).status_code == 201
    return case


def _lessons(stage: Stage, number: str) -> None:
    """A severe risk whose sign is there, and an action with evidence that changes a playbook."""
    risk = {"name_zh": "大桥双缆", "name_en": "Two cables on one bridge", "kind": "network_fault", "areas": ["8001"]}
    risk |= {
        "likelihood": 3,
        "impact": 5,
        "residual_likelihood": 1,
        "sign_en": "Excavators on the bridge",
        "owner": "eng",
    }
    measures = [{"words": "A third route", "owner": "eng", "due_on": "2020-01-01"}]
    clause = {"playbook": "network_fault", "playbook_version": 1, "finding": "Nobody saw the cable"}
    due = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    action = {"title": "Mark the route", "owner": "eng", "due_on": due, "source": f"incident:{number}", **clause}
    today = datetime.now(UTC).date().isoformat()
    rated = [{"item": code, "level": 1, "words": "Lists", "links": ["risk:bridge"]} for code in ("groups", "duty")]
    for by, address, body in (
        ("dou", "/api/v1/risks", {"code": "bridge", "plan": "network_fault", "measures": measures, **risk}),
        ("dou", "/api/v1/risks/bridge/actions/sign", {"words": "Seen from the bus"}),
        ("dou", "/api/v1/improvement-actions", action),
        ("dou", "/api/v1/improvement-actions", {"title": "Count batteries", "owner": "dou", "due_on": due}),
        (
            "eng",
            "/api/v1/improvement-actions/1/actions/evidence",
            {"words": "Signs stand", "link": "https://intranet.example/1"},
        ),
        ("dou", "/api/v1/reports", {"code": "weekly", "from": today, "to": today}),
        ("dou", "/api/v1/reports/subscriptions", {"code": "weekly", "username": "aud", "language": "en"}),
        ("dou", "/api/v1/capability", {"name": "2026", "first_on": "2026-01-01", "last_on": "2026-12-31"}),
        ("dou", "/api/v1/capability/1/actions/rate", {"ratings": rated}),
    ):
        done = stage.ask(by, "POST", address, json=body)
        assert done.status_code in (200, 201), done.text


def _plan(stage: Stage) -> None:
    """The next version of a plan, as a draft."""
    begun = stage.post("eng", "/api/v1/plans", kind="network_fault", version=1)
    assert begun.status_code == 201, begun.text
    head = {**begun.get_json()["head"], "goal": {"zh": "尽快恢复", "en": "Restore service soon"}}
    steps = {"head": head, "risks": ["bridge"], "assessment": "Cables are cut", "targets": ["area:8001"]}
    steps["gathered"] = [{"words": "Sites of the province", "link": "/sites"}, {"words": "Outages of last year"}]
    kept = stage.ask("eng", "PATCH", "/api/v1/plans/1", json={"edition": 1, **steps})
    assert kept.status_code == 200, kept.text


def _bulletin(stage: Stage, number: str) -> None:
    """A first report that the power company got and a follow-up that is being written."""
    for kind in ("first", "follow_up"):
        drafted = stage.post("dou", f"/api/v1/incidents/{number}/bulletins", kind=kind, asked="Fuel for two nights")
        assert drafted.status_code == 201, drafted.text

    def left(session: Session) -> None:
        session.add(
            BulletinCopy(
                bulletin_id=1,
                code="power",
                place=0,
                sort="partner",
                name_zh="电力公司",
                name_en="Power company",
                language="zh",
                sees="short",
                state="ready",
            )
        )
        row = session.get_one(Bulletin, 1)
        row.state, row.approved_at, row.approved_by = "approved", clock.now(session), f"person:{stage.people['ada']}"

    stage.database.write(left)


def _warned(stage: Stage) -> str:
    """A live warning with a task done and one open, somebody who stands by, an advisory that waits and an incident that came of it; one
    that was lifted. Its code."""
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    said = {"issuer": "省气象台", "event": "typhoon", "areas": ["8001"], "until_at": until, "headline_zh": "台风“海神”"}
    base = "/api/v1/warnings"
    made = stage.post("dou", base, colour="orange", headline_en="Typhoon Poseidon", reference="2026-17", **said)
    assert made.status_code == 201, made.text
    over = stage.post("dou", base, colour="blue", **said | {"event": "flood", "areas": ["8002"]})
    code = str(made.get_json()["code"])
    for by, address, body in (
        ("ops", f"{base}/{code}/tasks/typhoon.fuel/actions/settle", {"words": "All full"}),
        ("dou", f"{base}/{code}/standby/actions/ask", {"person": "ops"}),
        ("eng", f"{base}/{code}/standby/actions/confirm", {}),
        ("kef", f"{base}/{code}/advisory", {}),
        ("kef", f"{base}/{code}/actions/happened", {"areas": ["800102"]}),
        ("dou", f"{base}/{over.get_json()['code']}/actions/lift", {"reason": "The rain went by"}),
    ):
        done = stage.post(by, address, **body)
        assert done.status_code in (200, 201), done.text
    return code


def _resources(stage: Stage, number: str, lower: str) -> None:
    """A pool under its minimum, a unit on its way to the incident with a certificate that ran out since, and a request that lacks two, of
    which a lower incident has one."""
    base, soon = "/api/v1/resources", datetime.now(UTC) + timedelta(hours=3)
    names = {"name_zh": "移动发电机", "name_en": "Mobile generator"}
    home = {"name_zh": "梅川备件库", "name_en": "Meichuan depot", "area": "8001", "place": "1 Depot Road"}
    unit = {"resource": "generator", "type": 2, "serials": ["MC-GEN-01", "MC-GEN-02"]}
    need = {
        "resource": "generator",
        "quantity": 3,
        "place": "CELL-1",
        "why": "The battery runs out",
        "need_by": soon.isoformat(),
    }
    for by, address, body in (
        ("dou", f"{base}/catalogue", {"code": "generator", "kind": "material", "serial": True, **names}),
        ("dou", f"{base}/pools", {"code": "meichuan", "department": "operations", **home}),
        ("dou", f"{base}/pools/1/actions/receive", unit),
        ("dou", f"{base}/stocks/1/actions/minimum", {"minimum": 5}),
        ("dou", f"/api/v1/incidents/{number}/resource-requests", need),
        ("ada", f"{base}/requests/1/actions/approve", {}),
        ("dou", f"{base}/requests/1/actions/fill", {"take": [{"stock": 1, "unit": 1}]}),
        ("dou", f"{base}/out/1/actions/assign", {}),
        ("dou", f"{base}/out/1/actions/dispatch", {"eta_at": soon.isoformat()}),
        ("dou", f"/api/v1/incidents/{lower}/resource-requests", need | {"quantity": 1}),
        ("ada", f"{base}/requests/2/actions/approve", {}),
        ("dou", f"{base}/requests/2/actions/fill", {"take": [{"stock": 1, "unit": 2}]}),
        ("dou", f"{base}/units/1/actions/certify", {"name": "Emission test", "expires_on": "2026-01-31"}),
    ):
        assert stage.post(by, address, **body).status_code in (200, 201), address
    stage.database.write(lambda session: session.add(_reminder(stage.people["ada"])))


def _reminder(person_id: int) -> ResourceReminder:
    """Of a service in a week."""
    due_on = (datetime.now(UTC) + timedelta(days=7)).date()
    about = {"subject": "service", "ref_id": 1, "pool_id": 1, "unit_id": 1, "due_on": due_on, "days": 7}
    return ResourceReminder(**about, person_id=person_id, told_at=datetime.now(UTC), reached=True)


def _over(stage: Stage) -> str:
    """An incident from its report to its end; what it taught is kept."""
    number = stage.report(elements=["CELL-2"], summary="Fibre cable cut", feedback="calls", measures="crew sent")
    said = {"cause": "An excavator", "effect": "Spliced in two hours", "improvements": "Mark the route"}
    steps = {"assess": {}, "restore": {"evidence": "test calls succeed"}, "review": said, "close": {}}
    for action, body in steps.items():
        assert stage.act("dou", number, action, **body) == 200, action
    return number


def going_on(stage: Stage) -> str:
    """A drill that goes on, in which the commander plays and helps to run it: something was put to players, one answered. Its code."""
    people = {"duty_officer": "dou", "engineer": "eng", "commander": "ada", "agent": "kef", "logistics": "ops"}
    fields = {
        "scenario": "microwave_storm",
        "name": "Microwave storm",
        "mode": "simulation",
        "area": "8001",
        "due_at": "2099-05-04T14:00",
        "zone": "Asia/Shanghai",
        "duration_minutes": "60",
        "supervisors.0": "dep",
        "supervisors.1": "pre",
        **{f"parts.{role}.0": f"person:{name}" for role, name in people.items()},
        "parts.controller.0": "person:ada",
        "parts.evaluator.0": "person:aud",
        "parts.evaluator.1": "person:ada",
        "accept": "1",
    }
    planned = stage.ask("tra", "POST", "/drills/new", data=fields)
    assert planned.status_code == 303, planned.text
    code: str = planned.location.rsplit("/", 1)[1]
    acts: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("dep", "acknowledge", {}),
        ("pre", "acknowledge", {}),
        ("tra", "begin", {"override": "The hours of this day do not matter"}),
        ("tra", "deliver", {"number": 2}),
        ("tra", "deliver", {"number": 3}),
        ("tra", "answer", {"number": 3, "words": "Acknowledged, on the way"}),
        ("tra", "skip", {"number": 7}),
    )
    for by, act, body in acts:
        done = stage.post(by, f"/api/v1/drills/{code}/actions/{act}", **body)
        assert done.status_code == 200, f"{act}: {done.text}"
    return code


def _drill(stage: Stage) -> None:
    """A phone drill that has called its people, one of whom has answered."""
    said = {"name": "月度点名", "targets": ["post:duty_officer", "post:trainer"], "zone": "Asia/Shanghai"}
    planned = stage.post("tra", "/api/v1/phone-drills", starts="2099-01-05T10:00", every="monthly", **said)
    assert planned.status_code == 201, planned.text

    def due(session: Session) -> None:
        session.get_one(PhoneDrill, planned.json["id"]).next_at = clock.now(session)

    stage.database.write(due)
    while phone_drill.run_once(stage.installation):
        pass
    assert stage.post("tra", "/api/v1/phone-drill-runs/1/actions/answer").status_code == 200


def _programme(stage: Stage) -> None:
    """A series of drills, one that was planned by itself, and a freeze."""
    (scenario,) = [each.scenario for each in scenario_files.shipped() if each.scenario.code == "tariff_complaints"]
    said = {
        "name": "资费投诉",
        "scenario": scenario.code,
        "mode": scenario.modes[0],
        "area": "8001",
        "zone": "Asia/Shanghai",
        "supervisors": ["ada", "dep"],
        "parts": {role.id: ["person:eng"] for role in scenario.roles},
    }
    rule = "FREQ=MONTHLY;BYDAY=2TU"
    series = stage.post("tra", "/api/v1/drill-programmes", starts="2098-01-05T10:00", rule=rule, **said)
    single = stage.post("tra", "/api/v1/drills", due_at="2099-01-05T10:00", **said)
    span = {"from_at": "2098-02-01T00:00", "until_at": "2098-02-10T00:00", "zone": "Asia/Shanghai", "reason": "割接"}
    freeze = stage.post("tra", "/api/v1/drill-freezes", **span)
    assert [each.status_code for each in (series, single, freeze)] == [201] * 3, (series.text, single.text, freeze.text)
    assert single.get_json()["code"] == "DR-2099-0105-01"


def _training(stage: Stage) -> None:
    """A session to come that somebody has joined, and somebody's earlier record; the commander trains people too."""
    stage.database.write(lambda session: session.add(PersonPost(person_id=stage.people["ada"], post="trainer")))
    base, day = "/api/v1/training", (datetime.now(UTC) - timedelta(days=30)).date()
    asked = {"title": "Leaks", "topics": ["information_security"], "place": "Room 2", "minutes": 90, "teacher": "tra"}
    when = {"starts": "2099-01-05T10:00", "zone": "Asia/Shanghai", "targets": ["post:engineer"]}
    assert stage.post("tra", f"{base}/sessions", **asked, **when).status_code == 201
    assert stage.post("eng", f"{base}/sessions/1/actions/join").status_code == 200
    rows = f"person,topic,done_on,minutes,score\neng,fault_finding,{day},90,80\n"
    assert stage.post("tra", f"{base}/records/import", csv=rows).status_code == 200


def _by_link(stage: Stage) -> tuple[str, ...]:
    """What opens by a signed address: the engineer's page, the caller's case, the call of a drill."""

    def ids(session: Session) -> tuple[int, int]:
        page = session.scalars(select(Page.id).order_by(Page.id).limit(1)).one()
        return page, session.scalars(select(Case.id).limit(1)).one()

    with stage.database.read() as session:
        page_id, case_id = ids(session)
    page = page_links.maker(stage.installation)(page_id).removeprefix(stage.installation.settings.origin)
    drill = page_links.maker(stage.installation, "d", page_links.DRILL)(1)
    call = drill.removeprefix(stage.installation.settings.origin)
    bulletin = page_links.maker(stage.installation, sending.PATH, sending.LINK)(1)
    outside = bulletin.removeprefix(stage.installation.settings.origin)
    return page, call, case_links.path(stage.installation, case_id), outside
