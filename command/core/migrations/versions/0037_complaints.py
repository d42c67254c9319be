"""complaints with and without incident: their steps, surges of them, what is said in public"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('case_step', 'surge', 'opinion')
TIES = (
    ('case_step', 'case_id', 'customer_case'),
    ('surge', 'incident_id', 'incident'),
    ('opinion', 'incident_id', 'incident'),
)
CASE = 'customer_case'
CASE_TIES = ((CASE, 'incident_id', 'incident'), (CASE, 'delivery_id', 'delivery'))
"""Those of 0025: SQLite drops a table's triggers when it is made anew."""
OPENED = ('incident_id', 'number', 'number_index', 'owner_id', 'taken_by')
"""Columns that may be null from now on."""
NEW: tuple[tuple[str, Any], ...] = (
    ('kind', sa.Text()),
    ('severity', sa.Integer()),
    ('reach', sa.Text()),
    ('department', sa.Text()),
    ('source', sa.Text()),
    ('area_id', BIG),
    ('service_id', BIG),
    ('tariff_plan', sa.Text()),
    ('passed_on', sa.Boolean()),
    ('satisfied', sa.Text()),
)
CHANNELS = "channel IN ('phone','web','counter','app','mail','social')"
MORE_CHANNELS = "channel IN ('phone','web','counter','app','mail','social','self_service')"
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _change_cases(old=True)
    op.create_index('ix_customer_case_opened_at', CASE, ['opened_at'], unique=False)
    op.create_table('case_step',
    sa.Column('id', BIG, nullable=False),
    sa.Column('case_id', BIG, nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('due_at', Time(), nullable=True),
    sa.Column('done_at', Time(), nullable=True),
    sa.Column('done_by', BIG, nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('told_at', Time(), nullable=True),
    sa.Column('told_id', BIG, nullable=True),
    sa.Column('raised_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("step IN ('accept','enquire','answer','follow_up')", name=op.f('ck_case_step_step')),
    sa.ForeignKeyConstraint(['case_id'], ['customer_case.id'], name=op.f('fk_case_step_case_id_customer_case')),
    sa.ForeignKeyConstraint(['done_by'], ['person.id'], name=op.f('fk_case_step_done_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_case_step_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_step')),
    sa.UniqueConstraint('case_id', 'step', name=op.f('uq_case_step_case_id_step'))
    )
    op.create_index('ix_case_step_due', 'case_step', ['due_at'], unique=False, postgresql_where=sa.text('done_at IS NULL'), sqlite_where=sa.text('done_at IS NULL'))
    op.create_index(op.f('ix_case_step_told_id'), 'case_step', ['told_id'], unique=False)

    op.create_table('surge',
    sa.Column('id', BIG, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('dimension', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('area_id', BIG, nullable=True),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('threshold', sa.Integer(), nullable=False),
    sa.Column('expected', sa.Double(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('proposed_at', Time(), nullable=False),
    sa.Column('decided_at', Time(), nullable=True),
    sa.Column('decided_by', BIG, nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('calm_since', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("dimension IN ('county','prefecture','service','plan')", name=op.f('ck_surge_dimension')),
    sa.CheckConstraint("state IN ('proposed','accepted','attached','dismissed')", name=op.f('ck_surge_state')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_surge_area_id_area')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_surge_decided_by_person')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_surge_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_surge'))
    )
    op.create_index(op.f('ix_surge_incident_id'), 'surge', ['incident_id'], unique=False)
    op.create_index('uq_surge_proposed', 'surge', ['kind', 'dimension', 'value'], unique=True, postgresql_where=sa.text("state = 'proposed'"), sqlite_where=sa.text("state = 'proposed'"))

    op.create_table('opinion',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('reach', sa.Integer(), nullable=False),
    sa.Column('sentiment', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('owner_id', BIG, nullable=False),
    sa.Column('seen_at', Time(), nullable=False),
    sa.Column('seen_by', BIG, nullable=False),
    sa.Column('answered_at', Time(), nullable=True),
    sa.Column('answer_note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("sentiment IN ('good','neutral','bad')", name=op.f('ck_opinion_sentiment')),
    sa.ForeignKeyConstraint(['answer_note_id'], ['note.id'], name=op.f('fk_opinion_answer_note_id_note')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_opinion_note_id_note')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_opinion_owner_id_person')),
    sa.ForeignKeyConstraint(['seen_by'], ['person.id'], name=op.f('fk_opinion_seen_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opinion'))
    )
    op.create_index(op.f('ix_opinion_incident_id'), 'opinion', ['incident_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('opinion')
    op.drop_table('surge')
    op.drop_table('case_step')
    op.execute(sa.text(
        "DELETE FROM customer_case WHERE incident_id IS NULL OR number IS NULL OR owner_id IS NULL "
        "OR taken_by IS NULL OR channel = 'self_service'"
    ))
    op.drop_index('ix_customer_case_opened_at', table_name=CASE)
    _change_cases(old=False)


def _change_cases(*, old: bool) -> None:
    """Cases get (`old`) what complaints need, or lose it. SQLite makes the table anew: its triggers and indexes are given back."""
    if op.get_bind().dialect.name == 'sqlite':
        _make_anew(old=old)
        return
    for name in OPENED:
        op.alter_column(CASE, name, nullable=old)
    for name, kind in NEW:
        op.add_column(CASE, sa.Column(name, kind, nullable=True)) if old else op.drop_column(CASE, name)
    op.drop_constraint(op.f('ck_customer_case_channel'), CASE, type_='check')
    op.create_check_constraint(op.f('ck_customer_case_channel'), CASE, sa.text(MORE_CHANNELS if old else CHANNELS))


def _make_anew(*, old: bool) -> None:
    fresh = op.create_table('customer_case_fresh', *_columns(wide=old))
    kept = ', '.join(column.name for column in fresh.columns if column.name not in dict(NEW))
    op.execute(f'INSERT INTO customer_case_fresh ({kept}) SELECT {kept} FROM customer_case')
    op.drop_table(CASE)
    op.rename_table('customer_case_fresh', CASE)
    op.create_index(op.f('ix_customer_case_incident_id'), CASE, ['incident_id'], unique=False)
    op.create_index(op.f('ix_customer_case_number_index'), CASE, ['number_index'], unique=False)
    op.create_index('ix_customer_case_owner', CASE, ['owner_id', 'id'], unique=False, sqlite_where=OPEN)
    for statement in (*guards.statements('sqlite', (CASE,), ()), *guards.ties('sqlite', CASE_TIES)):
        op.execute(statement)


def _columns(*, wide: bool) -> list[sa.schema.SchemaItem]:
    """The columns and constraints of cases: `wide` with what complaints need."""
    return [
    sa.Column('id', BIG, nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('incident_id', BIG, nullable=wide),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('service_class', sa.Text(), nullable=False),
    sa.Column('complaint', sa.Boolean(), nullable=False),
    sa.Column('affected', sa.Boolean(), nullable=False),
    sa.Column('number', sa.LargeBinary(), nullable=wide),
    sa.Column('number_index', sa.LargeBinary(), nullable=wide),
    sa.Column('subscriber_id', BIG, nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('owner_id', BIG, nullable=wide),
    sa.Column('taken_by', BIG, nullable=wide),
    sa.Column('opened_at', Time(), nullable=False),
    sa.Column('due_at', Time(), nullable=True),
    sa.Column('closed_at', Time(), nullable=True),
    sa.Column('closed_by', BIG, nullable=True),
    sa.Column('delivery_id', BIG, nullable=True),
    sa.Column('request_key', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    *(sa.Column(name, kind, nullable=True) for name, kind in (NEW if wide else ())),
    sa.CheckConstraint(MORE_CHANNELS if wide else CHANNELS, name=op.f('ck_customer_case_channel')),
    sa.CheckConstraint("service_class IN ('regular','emergency','special')", name=op.f('ck_customer_case_service_class')),
    sa.CheckConstraint("state IN ('open','closed')", name=op.f('ck_customer_case_state')),
    sa.ForeignKeyConstraint(['closed_by'], ['person.id'], name=op.f('fk_customer_case_closed_by_person')),
    sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_customer_case_delivery_id_delivery')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_customer_case_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_customer_case_note_id_note')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_customer_case_owner_id_person')),
    sa.ForeignKeyConstraint(['taken_by'], ['person.id'], name=op.f('fk_customer_case_taken_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer_case')),
    sa.UniqueConstraint('reference', name=op.f('uq_customer_case_reference')),
    sa.UniqueConstraint('request_key', name=op.f('uq_customer_case_request_key'))
    ]
