"""measurements, the observation after repair, and messages on hold"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('measurement_proposal', 'measurement_tie', 'message_hold', 'message_hold_exception', 'observation')
TIES = (
    ('measurement_proposal', 'incident_id', 'incident'),
    ('measurement_tie', 'incident_id', 'incident'),
    ('message_hold_exception', 'hold_id', 'message_hold'),
    ('message_hold_exception', 'notice_id', 'notice'),
    ('observation', 'incident_id', 'incident'),
)


def upgrade() -> None:
    op.create_table('measurement_series',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('service_id', BIG, nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('below', sa.Boolean(), nullable=False),
    sa.Column('low', sa.Double(), nullable=True),
    sa.Column('high', sa.Double(), nullable=True),
    sa.Column('warn', sa.Double(), nullable=False),
    sa.Column('bad', sa.Double(), nullable=False),
    sa.Column('recover', sa.Double(), nullable=False),
    sa.Column('bad_minutes', sa.Integer(), nullable=False),
    sa.Column('recover_minutes', sa.Integer(), nullable=False),
    sa.Column('gap_minutes', sa.Integer(), nullable=False),
    sa.Column('none_at', sa.Double(), nullable=False),
    sa.Column('all_at', sa.Double(), nullable=False),
    sa.Column('users', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('state_since', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.CheckConstraint("state IN ('unknown', 'good', 'bad')", name=op.f('ck_measurement_series_state')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_measurement_series_area_id_area')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_measurement_series_service_id_service')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measurement_series')),
    sa.UniqueConstraint('code', name=op.f('uq_measurement_series_code'))
    )
    op.create_table('message_hold',
    sa.Column('id', BIG, nullable=False),
    sa.Column('mass', sa.Boolean(), nullable=False),
    sa.Column('avoid', Json(), nullable=False),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=False),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint('until_at > from_at', name=op.f('ck_message_hold_lasts')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_message_hold_reason_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_hold'))
    )
    op.create_index('uq_message_hold_open', 'message_hold', ['exercise'], unique=True, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))

    op.create_table('measurement_point',
    sa.Column('series_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('received_at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id'], name=op.f('fk_measurement_point_series_id_measurement_series')),
    sa.PrimaryKeyConstraint('series_id', 'at', name=op.f('pk_measurement_point'))
    )
    op.create_index(op.f('ix_measurement_point_at'), 'measurement_point', ['at'], unique=False)

    op.create_table('measurement_proposal',
    sa.Column('id', BIG, nullable=False),
    sa.Column('series_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('bad_since', Time(), nullable=False),
    sa.Column('users', sa.Integer(), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_at', Time(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'taken', 'dismissed', 'passed')", name=op.f('ck_measurement_proposal_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_measurement_proposal_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_measurement_proposal_reason_note_id_note')),
    sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id'], name=op.f('fk_measurement_proposal_series_id_measurement_series')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measurement_proposal'))
    )
    op.create_index('uq_measurement_proposal_open', 'measurement_proposal', ['series_id'], unique=True, postgresql_where=sa.text("state = 'open'"), sqlite_where=sa.text("state = 'open'"))

    op.create_table('measurement_tie',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('series_id', BIG, nullable=False),
    sa.Column('tied_at', Time(), nullable=False),
    sa.Column('users', sa.Integer(), nullable=False),
    sa.Column('share', sa.Double(), nullable=False),
    sa.Column('set_aside_at', Time(), nullable=True),
    sa.Column('set_aside_by', sa.Text(), nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_measurement_tie_incident_id_incident')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_measurement_tie_reason_note_id_note')),
    sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id'], name=op.f('fk_measurement_tie_series_id_measurement_series')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measurement_tie')),
    sa.UniqueConstraint('incident_id', 'series_id', name=op.f('uq_measurement_tie_incident_id_series_id'))
    )
    op.create_index(op.f('ix_measurement_tie_series_id'), 'measurement_tie', ['series_id'], unique=False)

    op.create_table('message_hold_exception',
    sa.Column('hold_id', BIG, nullable=False),
    sa.Column('notice_id', BIG, nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('reason_note_id', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['hold_id'], ['message_hold.id'], name=op.f('fk_message_hold_exception_hold_id_message_hold')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_message_hold_exception_reason_note_id_note')),
    sa.PrimaryKeyConstraint('hold_id', 'notice_id', name=op.f('pk_message_hold_exception'))
    )
    op.create_table('observation',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=False),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("outcome IN ('held', 'ended', 'returned')", name=op.f('ck_observation_outcome')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_observation_incident_id_incident')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation'))
    )
    op.create_index(op.f('ix_observation_incident_id'), 'observation', ['incident_id'], unique=False)
    op.create_index('uq_observation_open', 'observation', ['incident_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('observation')
    op.drop_table('message_hold_exception')
    op.drop_table('measurement_tie')
    op.drop_table('measurement_proposal')
    op.drop_table('measurement_point')
    op.drop_table('message_hold')
    op.drop_table('measurement_series')
