"""An installation of the first schema is upgraded with its rows, and goes back with them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text

from command.core import schema

AT = "2026-11-21 08:00:00.000000+00:00"
EARLIER = "2026-11-21 07:30:00.000000+00:00"
ROWS = (
    "INSERT INTO person (id, username, name_zh, name_en, language, theme, epoch, active, demo, created_at) VALUES "
    f"(1, 'li.hong', '李红', 'Li Hong', 'zh', 'dark', 0, true, false, '{AT}'), "
    f"(2, 'qin.yang', '秦阳', 'Qin Yang', 'en', 'light', 0, true, false, '{AT}')",
    "INSERT INTO schedule (id, code, name_zh, name_en, department, zone, starts_on, handover, period_days) VALUES "
    "(5, 'transport', '传输值班', 'Transport', 'technical', 'Asia/Shanghai', '2026-11-02', '09:30:00.000000', 7), "
    "(8, 'empty', '空', 'Nobody yet', 'technical', 'UTC', '2026-11-03', '08:00:00.000000', 1)",
    "INSERT INTO schedule_member (schedule_id, position, person_id) VALUES (5, 0, 2), (5, 1, 1)",
    f"INSERT INTO note (id, at, author, body, salt) VALUES (1, '{AT}', 'person:1', '光缆中断', {{salt}}), "
    f"(2, '{AT}', 'person:1', NULL, {{salt}})",
    "INSERT INTO incident (id, number, kind, state, tier, current_tier, projected_tier, rules, overruled, source, summary_note_id, "
    "scope_known, restricted, detected_at, reported_at, users_now, users_peak, users_projected, user_minutes, records_leaked, complaints, "
    f"commander_id, exercise) VALUES (1, '2026-1121-001', 'network_fault', 'responding', 2, 2, 2, '[]', '[]', 'person', 1, true, false, "
    f"'{EARLIER}', '{AT}', 20, 40, 40, 12.5, 0, 0, 1, false)",
    f"INSERT INTO role (id, incident_id, role, person_id, from_at, exercise) VALUES (1, 1, 'command', 1, '{AT}', false)",
    "INSERT INTO escalation (id, incident_id, incident_number, tier, steps, area_codes, texts, step, due_at, state, created_at, ended_at, "
    f"exercise) VALUES (1, 1, '2026-1121-001', 2, '[]', '[]', '{{{{}}}}', 0, '{AT}', 'stopped', '{EARLIER}', '{AT}', false), "
    f"(2, 1, '2026-1121-001', 2, '[]', '[]', '{{{{}}}}', 0, '{AT}', 'running', '{EARLIER}', NULL, false)",
    "INSERT INTO page (id, escalation_id, incident_id, incident_number, person_id, target, step, code, state, created_at, answered_at, "
    f"exercise) VALUES (1, 1, 1, '2026-1121-001', 1, 'duty', 0, '1001', 'acknowledged', '{EARLIER}', '{AT}', false), "
    f"(2, 2, 1, '2026-1121-001', 2, 'duty', 0, '1002', 'waiting', '{EARLIER}', NULL, true)",
)
TABLES = ("person", "schedule", "schedule_member", "note", "incident", "role", "escalation", "page")


@pytest.fixture
def old(database_url: str) -> Iterator[Engine]:
    """A database of the first schema with a night in it."""
    schema.downgrade(database_url, "0001")
    engine = create_engine(database_url)
    salt = "X'0102'" if engine.dialect.name == "sqlite" else "'\\x0102'"
    with engine.begin() as connection:
        for statement in ROWS:
            connection.exec_driver_sql(statement.format(salt=salt))
    yield engine
    engine.dispose()


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def everything(engine: Engine, *tables: str) -> dict[str, list[dict[str, object]]]:
    """Every row of the tables that have one, columns by name: a rebuilt table may order them anew."""
    found = {}
    with engine.connect() as connection:
        for table in tables or TABLES:
            read = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            found[table] = sorted((dict(row) for row in read), key=_key)
    return found


def _key(row: dict[str, object]) -> str:
    return repr([row.get(name) for name in ("id", "schedule_id", "position")])


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_each_row_is_there_after_the_upgrade_and_has_become_what_the_new_schema_means(old: Engine) -> None:
    before = everything(old)
    schema.upgrade(url(old))
    assert rows(old, "SELECT id, code, department FROM schedule ORDER BY id") == [
        (5, "transport", "technical"),
        (8, "empty", "technical"),
    ]
    layers = rows(
        old,
        "SELECT schedule_id, duty_layer.position, zone, CAST(starts_on AS TEXT), substr(CAST(handover AS TEXT), 1, 8), period_days, "
        "windows, duty_member.position, person_id FROM duty_layer LEFT JOIN duty_member ON layer_id = duty_layer.id "
        "ORDER BY schedule_id, duty_member.position",
    )
    assert layers == [
        (5, 0, "Asia/Shanghai", "2026-11-02", "09:30:00", 7, "[]", 0, 2),
        (5, 0, "Asia/Shanghai", "2026-11-02", "09:30:00", 7, "[]", 1, 1),
        (8, 0, "UTC", "2026-11-03", "08:00:00", 1, "[]", None, None),
    ]
    pages = "SELECT id, state, response, response_at = answered_at, eta_minutes, note_id FROM page ORDER BY id"
    assert rows(old, pages) == [
        (1, "acknowledged", "acknowledged", True, None, None),
        (2, "waiting", None, None, None, None),
    ]
    assert rows(old, "SELECT id, over_at = ended_at FROM escalation ORDER BY id") == [(1, True), (2, None)]
    assert rows(old, "SELECT person_id, accepted_at FROM role") == [(1, None)]
    kept = everything(old, "person", "note", "incident")
    assert {row.pop("parent_id") for row in kept["incident"]} == {None}, "no incident was part of another"
    causes = [(row.pop("root_cause"), row.pop("cause"), bool(row.pop("third_party"))) for row in kept["incident"]]
    assert set(causes) == {(None, None, False)}, "nobody had said what an incident came from"
    assert not any(row.pop("summed") for row in kept["incident"]), "no summary holds one yet"
    assert kept == {table: before[table] for table in kept}


def test_going_back_gives_the_rows_as_they_were(old: Engine) -> None:
    before = everything(old)
    for _ in range(2):
        schema.upgrade(url(old))
        schema.downgrade(url(old), "0001")
        assert everything(old) == before


@pytest.mark.proves("B3", "I3")
def test_a_drill_stays_one_in_the_tables_that_were_changed(old: Engine) -> None:
    schema.upgrade(url(old))
    for table in ("page", "role", "escalation", "incident"):
        with pytest.raises(Exception, match="exercise never changes"), old.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET exercise = NOT exercise"))


def test_an_erased_note_of_an_old_installation_leaves_the_index(old: Engine) -> None:
    schema.upgrade(url(old))
    with old.begin() as connection:
        connection.execute(text("INSERT INTO archive_note (note_id, incident_id, body) VALUES (1, 1, '光缆中断')"))
        connection.execute(text("INSERT INTO archive_gram (gram, note_id) VALUES ('光缆', 1)"))
        connection.execute(text("UPDATE note SET body = NULL WHERE id = 1"))
    assert rows(old, "SELECT note_id FROM archive_note") == []


def test_whoever_was_a_subscriber_has_no_reference_and_a_notice_leaves_nobody_out(database_url: str) -> None:
    schema.downgrade(database_url, "0052")
    engine = create_engine(database_url)
    blob = "X'01'" if engine.dialect.name == "sqlite" else "'\\x01'"
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO area (id, code, level, name_zh, name_en) VALUES (1, '80', 'province', '岭东', 'Lingdong')",
            "INSERT INTO element (id, name, kind, area_id, core, services) VALUES (1, 'E', 'access', 1, false, 1)",
            "INSERT INTO subscriber (id, number, number_index, language, element_id, services, tariff_plan, critical) "
            f"VALUES (1, {blob}, {blob}, 'zh', 1, 1, '', '')",
            "INSERT INTO notice (id, incident_id, incident_number, tier, kind, state, basis, pre_approved_cap, audience, validity_minutes, "
            "automatic, override, created_by, created_at, exercise) VALUES (1, 1, '2026-1121-001', 3, 'first', 'draft', 'affected', 0, 0, "
            f"60, false, false, 'person:1', '{AT}', false)",
        ):
            connection.exec_driver_sql(statement)
    schema.upgrade(database_url)
    assert rows(engine, "SELECT reference FROM subscriber") == [("",)]
    assert [(bool(leaves), left) for leaves, left in rows(engine, "SELECT leaves_bad, left_out FROM notice")] == [
        (False, None)
    ]
    engine.dispose()


def test_who_took_the_second_road_before_is_counted(database_url: str) -> None:
    schema.downgrade(database_url, "0052")
    engine = create_engine(database_url)
    blob = "X'01'" if engine.dialect.name == "sqlite" else "'\\x01'"
    found = (("sms", "delivered"), ("push", "ready"), ("sms", "ready"), (None, "ready"))
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO body (id, text, language, encoding, segments) VALUES (1, 'x', 'zh', 'GSM-7', 1)"
        )
        for id_, (first, state) in enumerate(found, 1):
            way = f"'{first}'" if first else "NULL"
            connection.exec_driver_sql(
                "INSERT INTO delivery (id, purpose, notice_id, addressee, recipient, number, channel, lane, body_id, state, tries, resent, "
                f"created_at, due_at, first_channel, exercise, fence) VALUES ({id_}, 'notice', 7, {id_}, {blob}, {blob}, 'sms', 2, 1, "
                f"'{state}', 0, false, '{AT}', '{AT}', {way}, false, 0)"
            )
    schema.upgrade(database_url)
    counted = rows(engine, "SELECT notice_id, state, count FROM second_tally ORDER BY state")
    assert counted == [(7, "delivered", 1), (7, "ready", 2)]
    engine.dispose()
