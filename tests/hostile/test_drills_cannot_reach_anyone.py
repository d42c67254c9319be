"""A drill tries to reach a subscriber through every door; the live provider counts what it is asked (I3, B3).

Two hundred subscribers are in the register. The live gateway and that of exercises have a provider each; what has arrived is read there."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.alarms.models import Alarm
from command.alarms.reports import Key, Report, Severity
from command.core import clock
from command.core.installation import Installation
from command.core.problems import Conflict, Invalid
from command.incidents import intake, service
from command.incidents.lifecycle import Forbidden
from command.messages import breakers, claiming, exercises
from command.messages.claiming import LINES, Line
from command.messages.gateways import Gateways, GatewaySettingsError
from command.messages.handlers import Handlers
from command.messages.models import ExerciseAllowed, OptOut, State
from command.people.models import Person
from notifiers.base import ExerciseRefused
from notifiers.simulator import Simulator
from tests.hostile.drill_stage import ABSENT, CELLS, DRILL, LIVE, PLAYER, Stage, gateway, phone_of, provider

pytestmark = pytest.mark.proves("I3", "B3")
REPORTED = datetime(2026, 11, 21, 8, tzinfo=UTC)
QUIET = ("CELL-6", "CELL-7")
"""Elements that nobody's service depends on: for what goes to people of the house alone."""
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For doors at which no database stands."""


@pytest.fixture(scope="module")
def providers() -> Iterator[dict[str, Simulator]]:
    with provider(LIVE) as live, provider(DRILL) as drill:
        yield {LIVE: live, DRILL: drill}


@pytest.fixture
def stage(installation: Installation, providers: dict[str, Simulator]) -> Stage:
    made = Stage(installation, providers)
    made.allow(PLAYER)
    return made


def test_a_drill_does_all_that_an_incident_can_and_nobody_outside_hears_of_it(stage: Stage) -> None:
    outside = public(stage)
    number = stage.drill()
    first = stage.tell(number, "first")
    stage.cycles()
    update = stage.tell(number, "update")
    stage.cycles()
    stage.post("ada", f"/api/v1/notices/{first}/actions/correct", reason="wrong area")
    stage.post("ada", f"/api/v1/notices/{update}/actions/withdraw", reason="too early")
    stage.fail(number, "CELL-1")
    stage.cycles()
    stage.act("ada", number, "restore", evidence="checked")
    stage.cycles()
    stage.act("dou", number, "reopen", reason="back")
    stage.act("ada", number, "cancel", reason="over", override=True)
    stage.cycles()
    notices = [row for row in stage.rows() if row.notice_id is not None]
    assert {row.addressee for row in notices} == set(stage.subscribers), "its notices are for all of them"
    assert {row.code for row in notices if row.state == "failed"} == {"not_allowed"}
    assert not [row for row in notices if row.state in ("submitted", "sent", "delivered", "unknown")]
    assert all(row.exercise and row.gateway in (DRILL, None) for row in stage.rows())
    stage.assert_silent(PLAYER)
    assert stage.received(DRILL)[phone_of(PLAYER)] >= 1, "and yet its player was paged"
    assert number.startswith("D-") and public(stage) == outside


# --- the same elements fail for real while the drill runs


def test_a_real_outage_during_the_drill_is_told_once_to_all_by_the_live_gateway_alone(stage: Stage) -> None:
    unreal = stage.drill()
    stage.tell(unreal, "first")
    stage.cycles()
    real = stage.real()
    assert not real.startswith("D-") and real.endswith("-001"), "its number counts without the drill"
    stage.tell(real, "first")
    stage.cycles()
    everybody = set(stage.subscribers.values())
    assert {n: c for n, c in stage.received(LIVE).items() if n in everybody} == dict.fromkeys(everybody, 1)
    stage.act("ada", unreal, "restore", evidence="checked")
    stage.cycles()
    assert stage.received(LIVE).total() == len(everybody) + staff_paged(stage), "the drill's end clears nothing real"
    stage.act("ada", real, "restore", evidence="checked")
    stage.cycles()
    told = stage.received(LIVE)
    assert {n: c for n, c in told.items() if n in everybody} == dict.fromkeys(everybody, 2), (
        "nobody is passed to a drill"
    )
    assert not any(
        message.exercise or "DRILL" in message.text or "演练" in message.text for message in stage.live_calls
    )
    stage.assert_drill_reached(PLAYER)


def staff_paged(stage: Stage) -> int:
    """Messages to people of the house that went by the live gateway."""
    return sum(row.notice_id is None and not row.exercise and row.provider_id is not None for row in stage.rows())


@once
def test_alarms_of_a_drill_and_of_the_network_share_neither_row_nor_incident(stage: Stage) -> None:
    now = stage.ask_one(clock.now)

    def heard(*elements: str, exercise: bool, cleared: bool = False) -> tuple[str, ...]:
        given = [
            Report(
                Key("nms", name, "", "Down"), Severity.CRITICAL, now, now + timedelta(seconds=1) if cleared else None
            )
            for name in elements
        ]
        return stage.do(lambda s: alarms.receive(s, given, exercise=exercise).incidents)  # type: ignore[no-any-return]

    cells = CELLS[:3]
    (unreal,) = heard(*cells, exercise=True)
    (real,) = heard(*cells, exercise=False)
    assert unreal.startswith("D-") and not real.startswith("D-")
    heard(*cells, exercise=False, cleared=True)
    states = stage.ask_one(lambda s: set(s.execute(select(Alarm.exercise, Alarm.state)).tuples()))
    assert states == {(True, "raised"), (False, "cleared")}
    assert stage.see(unreal)["state"] == "responding", "a real clear closes no drill"
    for child, into in ((unreal, real), (real, unreal)):
        refused = stage.refused("dou", child, "merge", into=into, reason="the same")
        assert refused["status"] == 409 and refused["remedy"]

        def joined(session: Session, child: str = child, into: str = into) -> None:
            one, other = service.lock_both(session, child, into)
            service.merge(session, one, other, stage.principal("dou"), "the same", override=True)

        with pytest.raises(Forbidden, match="never merge"):
            stage.do(joined, actor=stage.principal("dou").actor)
    stage.cycles()
    assert not [message for message in stage.live_calls if message.exercise]
    stage.assert_drill_reached(PLAYER)


@once
def test_a_repeated_report_is_not_answered_with_the_other_kind_of_incident(stage: Stage) -> None:
    who = stage.principal("tra")
    for first, then in ((True, False), (False, True)):
        given = [
            intake.Report("network_fault", "800101", exercise=kind, request_key=f"key-{first}")
            for kind in (first, then)
        ]
        stage.do(lambda s, g=given[0]: intake.report(s, g, who), actor=who.actor)
        with pytest.raises(Conflict, match="never one"):
            stage.do(lambda s, g=given[1]: intake.report(s, g, who), actor=who.actor)


# --- the outside world


def public(stage: Stage) -> dict[str, object]:
    """What the outside world and the books see: status page, a caller's look-up, figures, the live board, the next number."""
    seen = stage.client().get("/status.json").json
    caller = stage.post("kef", "/api/v1/desk/look-up", number=stage.subscribers[1]).json
    figures = stage.get("ada", "/api/v1/insights/overview").json
    for known in (seen, figures):
        for moment in [name for name in known if name in ("at", "asked_at", "as_of", "until", "updated_at")]:
            known.pop(moment)
    return {"status": seen, "caller": caller, "figures": figures}


@once
def test_a_case_of_a_drill_tells_no_caller_and_is_shown_to_no_customer(stage: Stage) -> None:
    number, caller = stage.drill(), stage.subscribers[1]
    taken = stage.post("kef", "/api/v1/cases", number=caller, incident=number, tell=True)
    assert taken.status_code == 201, taken.text
    reference = taken.json["case"]
    stage.cycles()
    (row,) = stage.rows(purpose="case")
    assert (row.exercise, row.state, row.code) == (True, State.FAILED, "not_allowed")
    looked = stage.client().post("/case?lang=en", data={"case": reference, "digits": caller[-4:]})
    assert reference.startswith("D-") and number not in looked.text and looked.status_code in (200, 404, 422)
    stage.assert_silent(PLAYER)


# --- whoever sits at the database

COPIED = (
    "purpose, notice_id, page_id, recipient, number, channel, lane, body_id, tries, resent, created_at, due_at, "
    "valid_until, fence"
)
"""Columns of a delivery that a copy of it takes over."""
CROSSED = (
    *(
        f"INSERT INTO delivery (addressee, state, exercise, {COPIED}) "
        f"SELECT -id, 'ready', false, {COPIED} FROM delivery WHERE exercise AND {kind}_id IS NOT NULL"
        for kind in ("notice", "page")
    ),
    "UPDATE delivery SET gateway = 'live' WHERE exercise",
    "UPDATE delivery SET exercise = false, gateway = 'live' WHERE exercise",
    "UPDATE delivery SET notice_id = (SELECT id FROM notice WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE delivery SET page_id = (SELECT id FROM page WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE notice SET incident_id = (SELECT id FROM incident WHERE NOT exercise LIMIT 1) WHERE exercise",
    "UPDATE notice SET incident_id = (SELECT id FROM incident WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE notice SET corrects_id = (SELECT id FROM notice WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE wave SET notice_id = (SELECT id FROM notice WHERE NOT exercise LIMIT 1) WHERE exercise",
    "UPDATE escalation SET incident_id = (SELECT id FROM incident WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE page SET escalation_id = (SELECT id FROM escalation WHERE exercise LIMIT 1) WHERE NOT exercise",
    "UPDATE cut_off SET incident_id = (SELECT id FROM incident WHERE NOT exercise LIMIT 1) WHERE exercise",
    "UPDATE incident SET merged_into_id = (SELECT id FROM incident WHERE NOT exercise LIMIT 1) WHERE exercise",
    "UPDATE incident SET merged_into_id = (SELECT id FROM incident WHERE exercise LIMIT 1) WHERE NOT exercise",
    "INSERT INTO wave (notice_id, basis, cursor, inserted, created_at, fence, exercise) "
    "SELECT notice_id, basis, cursor, 0, created_at, 0, false FROM wave WHERE exercise",
    "INSERT INTO passed (incident_id, addressee, from_incident_id, from_notice_id, exercise) "
    "SELECT i.id, 1, i.id, n.id, false FROM incident i, notice n WHERE NOT i.exercise AND n.exercise LIMIT 1",
    "INSERT INTO owed (notice_id, about_id, addressee, exercise) "
    "SELECT n.id, m.id, 1, false FROM notice n, notice m WHERE NOT n.exercise AND m.exercise LIMIT 1",
    "INSERT INTO page_method (page_id, position, kind, wait_minutes, exercise) "
    "SELECT id, 9, 'sms', 1, true FROM page WHERE NOT exercise LIMIT 1",
)
"""Statements that would make something real of a drill, or the reverse. The database refuses each."""


def _both_running(stage: Stage) -> None:
    unreal, real = stage.drill(), stage.real()
    stage.tell(unreal, "first")
    stage.tell(real, "first")
    stage.cycles()
    assert {(row.exercise, row.gateway) for row in stage.rows() if row.gateway} == {(True, DRILL), (False, LIVE)}


def test_no_statement_makes_something_real_of_a_drill(stage: Stage) -> None:
    _both_running(stage)
    before = stage.received(LIVE)
    taken = [statement for statement in CROSSED if not _refused(stage, statement)]
    assert taken == []
    stage.cycles()
    assert stage.received(LIVE) == before


def _refused(stage: Stage, statement: str) -> bool:
    try:
        stage.sql(statement)
    except DBAPIError as error:
        return "never" in str(error) or "exercise_gateway" in str(error)
    return False


def test_what_the_database_cannot_refuse_reaches_nobody(stage: Stage) -> None:
    stage.tell(stage.drill(), "first")
    stage.cycles(rounds=1)
    keyring, victim = stage.installation.keyring, stage.subscribers[7]
    again = "state = 'ready', attempt = NULL, tries = 0, settled_at = NULL, valid_until = NULL"
    later = stage.ask_one(clock.now) + timedelta(days=1)
    stage.sql(f"UPDATE delivery SET {again}, gateway = NULL")
    stage.do(
        lambda s: s.add_all(ExerciseAllowed(recipient=stage.index(n), until=later, by="x") for n in _numbers(stage))
    )
    number, recipient = keyring.encrypt(victim), stage.index(victim)
    player = stage.index(phone_of(PLAYER))
    stage.sql("UPDATE delivery SET number = :number WHERE recipient = :player", number=number, player=player)
    stage.cycles()
    stage.sql("UPDATE delivery SET recipient = :player, state = 'ready', attempt = NULL", player=player)
    stage.cycles()
    stage.sql(
        "UPDATE delivery SET state = 'in_doubt', attempt = 'a' || id, lease_until = due_at, recipient = :r", r=recipient
    )
    stage.cycles()
    assert stage.ask_one(lambda s: exercises.allowed(s, recipient)) is False
    assert stage.taken(LIVE) == 0 and not stage.live_calls
    assert not set(stage.received(DRILL)) & set(stage.subscribers.values())


def _numbers(stage: Stage) -> list[str]:
    return list(stage.subscribers.values())


# --- the allow-list


@once
def test_only_an_address_of_somebody_who_works_here_is_put_on_the_allow_list(stage: Stage) -> None:
    victim, later = stage.index(stage.subscribers[3]), stage.ask_one(clock.now) + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        stage.do(lambda s: exercises.allow(s, victim, later, "person:1"))
    assert refused.value.field == "number" and refused.value.remedy
    stage.do(lambda s: s.execute(update(Person).where(Person.username == ABSENT).values(number_index=victim)))
    stage.do(lambda s: exercises.allow(s, victim, later, "person:1"))
    assert stage.ask_one(lambda s: exercises.allowed(s, victim)), "a subscriber who works here is reached"
    stage.do(lambda s: s.execute(update(Person).where(Person.username == ABSENT).values(active=False)))
    assert not stage.ask_one(lambda s: exercises.allowed(s, victim)), "and is not, from the moment they have left"


# --- engines that know less


@once
def test_an_engine_with_other_settings_sends_a_drill_to_nobody_outside(stage: Stage) -> None:
    stage.tell(stage.drill(), "first")
    yesterday = (gateway(LIVE, stage.urls[LIVE]),)  # no gateway of exercises was set up then
    renamed = (gateway(LIVE, stage.urls[LIVE], name="renamed"), gateway(DRILL, stage.urls[DRILL], name=LIVE))
    for given in (yesterday, renamed, ()):
        stage.cycles(*given, rounds=2)
    assert not stage.live_calls
    everybody = stage.received(LIVE) + stage.received(DRILL)
    assert set(everybody) <= {phone_of(PLAYER)}, "whatever account it is, the allow-list stands before it"


def test_an_engine_whose_claim_forgot_exercises_writes_no_intent_by_a_live_gateway(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.tell(stage.drill(), "first")
    stage.cycles(rounds=0)
    with monkeypatch.context() as patch:
        due = claiming._c
        patch.setattr(Line, "due", lambda self, now: (due.state == State.READY) & (due.due_at <= now))
        patch.setattr("command.messages.sender.LINES", tuple(line for line in LINES if not line.exercise))
        with pytest.raises(DBAPIError, match="exercise_gateway"):
            stage.cycles()
    stage.assert_silent()
    assert {row.state for row in stage.rows()} <= {State.READY, State.LEASED}, (
        "all of it waits for an engine that knows"
    )


@once
def test_a_claim_made_before_the_gateway_changed_is_refused_at_the_intent_and_at_the_gateway(stage: Stage) -> None:
    stage.tell(stage.drill(), "first")
    with stage.engine() as (gateways, _):
        stage.cycles(rounds=0)
        while stage.rows() == []:
            stage.cycles(rounds=1)
        stage.sql("UPDATE delivery SET state = 'ready', attempt = NULL, gateway = NULL, valid_until = NULL")
        drilled = [line for line in LINES if line.exercise]
        leased = stage.do(lambda s: [row for line in drilled for row in claiming.lease(s, line, 50)])
        assert leased
        bodies = stage.ask_one(lambda s: claiming.texts(s, {row.body_id for row in leased}))
        keyring = stage.installation.keyring
        with pytest.raises(DBAPIError, match="exercise_gateway"):
            stage.do(lambda s: claiming.announce(s, leased, LIVE, bodies, keyring, Handlers()))
        quiet = stage.taken(DRILL)
        calls = stage.do(lambda s: claiming.announce(s, leased, DRILL, bodies, keyring, Handlers()))
        assert calls and all(call.message.exercise for call in calls), "a call bears its own row's word"
        for call in calls:
            for one in (gateways.roads[LIVE].bulk, gateways.roads[LIVE].pages):
                with pytest.raises(ExerciseRefused):
                    gateways.run(one.send(call.message))
                with pytest.raises(ExerciseRefused):
                    gateways.run(one.look_up(call.message, REPORTED))
    stage.assert_silent(PLAYER)
    assert stage.taken(DRILL) == quiet


@once
def test_a_gateway_that_is_nearly_named_exercise_is_refused_at_the_start(installation: Installation) -> None:
    for name in ("Exercise", " exercise", "EXERCISE "):
        given = (gateway(LIVE, "http://127.0.0.1:9", name=name),)
        settings = installation.settings.model_copy(update={"gateways": given})
        with pytest.raises(GatewaySettingsError, match="would be a live one"):
            Gateways(Installation(settings, installation.database, installation.keyring))


@once
def test_with_either_side_stopped_nothing_crosses_over_and_nothing_is_lost(stage: Stage) -> None:
    stage.do(lambda s: breakers.stop(s, DRILL, "20003"))
    stage.tell(stage.drill(), "first")
    stage.cycles()
    stage.assert_silent()
    stage.do(lambda s: breakers.restart(s, DRILL))
    stage.do(lambda s: breakers.stop(s, LIVE, "20003"))
    stage.tell(stage.real(), "first")
    stage.cycles()
    stage.assert_silent(PLAYER)
    stage.do(lambda s: breakers.restart(s, LIVE))
    stage.cycles()
    everybody = set(stage.subscribers.values())
    assert {n: c for n, c in stage.received(LIVE).items() if n in everybody} == dict.fromkeys(everybody, 1)
    stage.assert_drill_reached(PLAYER)


@once
def test_what_is_tried_again_or_asked_about_stays_with_the_exercise_gateway(stage: Stage) -> None:
    for fault, cell in (("503", QUIET[0]), ("reset_after", QUIET[1])):
        stage.fault(DRILL, fault)
        stage.drill(cell)
        stage.cycles(rounds=1)
        assert {row.state for row in stage.rows() if row.provider_id is None} & {State.READY, State.IN_DOUBT}
        stage.move(minutes=1)
        stage.cycles(rounds=1)
        stage.heal(DRILL)
    assert len(stage.drill_calls) > 2, "it was tried again, and asked about"
    stage.assert_silent(PLAYER)


# --- what comes back


@once
def test_a_receipt_counts_only_where_its_call_went(stage: Stage) -> None:
    stage.drill(QUIET[0])
    stage.real(QUIET[1])
    stage.cycles()
    for mine, other in ((LIVE, DRILL), (DRILL, LIVE)):
        row = next(row for row in stage.rows(gateway=mine) if row.state == State.SUBMITTED)
        form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+8612000000001"}
        assert stage.hook(other, f"{other}/status?attempt={row.attempt}", form) == 204
        assert stage.hook(other, f"{mine}/status?attempt={row.attempt}", form) == 403, "another's signature"
        stage.cycles(rounds=1)
        assert stage.row(row.id).state == State.SUBMITTED
        assert stage.hook(mine, f"{mine}/status?attempt={row.attempt}", form) == 204
        stage.cycles(rounds=1)
        assert stage.row(row.id).state == State.UNDELIVERED


@once
def test_replies_find_their_own_conversation_though_both_run_with_the_same_person(stage: Stage) -> None:
    unreal, real = stage.drill(QUIET[0]), stage.real(QUIET[1])
    stage.cycles()
    page = {drill: stage.page(drill, PLAYER) for drill in (True, False)}
    assert unreal in stage.texts(DRILL, PLAYER)[0] and real in stage.texts(LIVE, PLAYER)[0]
    assert page[True].code not in "".join(stage.texts(LIVE, PLAYER))
    assert stage.sms(DRILL, PLAYER, "OK") == 204
    assert (stage.page(True, PLAYER).state, stage.page(False, PLAYER).state) == ("acknowledged", "waiting")
    assert stage.sms(DRILL, PLAYER, f"{page[False].code} OK") == 204, "the real page, answered in the wrong thread"
    assert stage.page(False, PLAYER).state == "acknowledged"
    stage.cycles()
    assert real in stage.texts(LIVE, PLAYER)[0] and "DRILL" not in stage.texts(LIVE, PLAYER)[0]
    assert "DRILL" in stage.texts(DRILL, PLAYER)[0] and f" {real}" not in "".join(stage.texts(DRILL, PLAYER))
    again = stage.rows(purpose="answer")
    form = {"MessageSid": "SM" + "0" * 31 + "1"}
    assert stage.sms(LIVE, PLAYER, "DONE", **form) == 204, "replayed to the other hook, under an id that was there"
    assert len(stage.rows(purpose="answer")) == len(again)
    assert stage.page(False, PLAYER).response != "done"


@once
def test_the_code_of_a_drill_page_sent_to_the_live_number_answers_the_drill_alone(stage: Stage) -> None:
    stage.drill(QUIET[0])
    stage.real(QUIET[1])
    stage.cycles()
    assert stage.sms(LIVE, PLAYER, f"{stage.page(True, PLAYER).code} OK") == 204
    assert (stage.page(True, PLAYER).state, stage.page(False, PLAYER).state) == ("acknowledged", "waiting")
    assert stage.sms(LIVE, PLAYER, "OK") == 204
    assert stage.page(False, PLAYER).state == "acknowledged"
    stage.cycles()
    stage.assert_drill_reached(PLAYER)


@once
def test_stop_to_the_number_of_exercises_ends_exercises_and_no_live_notice(stage: Stage) -> None:
    stage.drill(QUIET[0])
    stage.cycles()
    assert stage.sms(DRILL, PLAYER, "STOP") == 204
    me = stage.index(phone_of(PLAYER))
    assert stage.ask_one(lambda s: s.get(OptOut, me)) is None
    assert not stage.ask_one(lambda s: exercises.allowed(s, me))
    stage.fault(DRILL, "code:21610")
    stage.allow(PLAYER)
    stage.drill(QUIET[1])
    stage.cycles()
    assert stage.ask_one(lambda s: s.get(OptOut, me)) is None, "nor does what the provider of exercises says"


# --- nobody but a trainer, and by no other word


@once
def test_no_intake_takes_the_word_exercise_by_a_back_door(stage: Stage) -> None:
    number = stage.drill(QUIET[0])
    for address, body in (
        (f"/api/v1/incidents/{number}/actions/restore", {"evidence": "x", "exercise": False}),
        (f"/api/v1/incidents/{number}/actions/regrade", {"tier": 1, "reason": "x", "exercise": False}),
        ("/api/v1/notices", {"incident": number, "kind": "first", "exercise": False}),
        ("/api/v1/notices", {"incident": number, "kind": "first", "audience": [1, 2, 3]}),
        ("/api/v1/notices", {"incident": number, "kind": "first", "gateway": LIVE}),
        ("/api/v1/incidents", {"kind": "network_fault", "area": "80", "exercise": True, "gateway": LIVE}),
    ):
        answer = stage.post("ada" if "incidents/" in address or "notices" in address else "tra", address, **body)
        assert answer.status_code == 422, (address, answer.text)
    stage.cycles()
    stage.assert_silent(PLAYER)
