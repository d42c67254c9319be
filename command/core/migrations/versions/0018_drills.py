"""drills: scenarios kept, programmes, drills, who takes part, injects"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('drill_programme', 'drill', 'drill_incident', 'drill_participant', 'drill_inject')


def upgrade() -> None:
    op.create_table('drill_programme',
    sa.Column('id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('scenario', sa.Text(), nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.Column('departments', Json(), nullable=False),
    sa.Column('parts', Json(), nullable=False),
    sa.Column('supervisors', Json(), nullable=False),
    sa.Column('starts', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('rule', sa.Text(), nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('announced', sa.Boolean(), nullable=False),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.Column('late', sa.Text(), nullable=False),
    sa.Column('grace_minutes', sa.Integer(), nullable=False),
    sa.Column('next_at', Time(), nullable=True),
    sa.Column('trainer_id', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('cancelled_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("late IN ('run', 'miss')", name=op.f('ck_drill_programme_late')),
    sa.CheckConstraint("mode IN ('tabletop', 'live', 'simulation')", name=op.f('ck_drill_programme_mode')),
    sa.CheckConstraint("subject IN ('network_fault', 'complaint', 'information_security', 'weather_disaster', 'multi_department')", name=op.f('ck_drill_programme_subject')),
    sa.CheckConstraint('duration_minutes > 0 AND grace_minutes >= 0 AND window_days >= 0', name=op.f('ck_drill_programme_spans')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_drill_programme_area_id_area')),
    sa.ForeignKeyConstraint(['trainer_id'], ['person.id'], name=op.f('fk_drill_programme_trainer_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_programme'))
    )
    op.create_index('ix_drill_programme_next', 'drill_programme', ['next_at'], unique=False, postgresql_where=sa.text('next_at IS NOT NULL'), sqlite_where=sa.text('next_at IS NOT NULL'))

    op.create_table('scenario_version',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('made_by', BIG, nullable=True),
    sa.Column('made_at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_scenario_version_made_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scenario_version')),
    sa.UniqueConstraint('code', 'version', 'digest', name=op.f('uq_scenario_version_code_version_digest'))
    )
    op.create_table('drill',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('programme_id', BIG, nullable=True),
    sa.Column('local_date', sa.Date(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('scenario_id', BIG, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('mode', sa.Text(), nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.Column('departments', Json(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('announced', sa.Boolean(), nullable=False),
    sa.Column('announced_at', Time(), nullable=True),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.Column('late', sa.Text(), nullable=False),
    sa.Column('grace_minutes', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('trainer_id', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('stop_word', sa.Text(), nullable=False),
    sa.Column('speed', sa.Double(), nullable=False),
    sa.Column('elapsed_s', sa.Double(), nullable=False),
    sa.Column('ticking_from', Time(), nullable=True),
    sa.Column('began_at', Time(), nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('override_note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("late IN ('run', 'miss')", name=op.f('ck_drill_late')),
    sa.CheckConstraint("mode IN ('tabletop', 'live', 'simulation')", name=op.f('ck_drill_mode')),
    sa.CheckConstraint("state IN ('planned', 'ready', 'running', 'paused', 'ended', 'stopped', 'evaluated', 'cancelled', 'missed')", name=op.f('ck_drill_state')),
    sa.CheckConstraint("subject IN ('network_fault', 'complaint', 'information_security', 'weather_disaster', 'multi_department')", name=op.f('ck_drill_subject')),
    sa.CheckConstraint('duration_minutes > 0 AND speed > 0 AND elapsed_s >= 0', name=op.f('ck_drill_spans')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_drill_area_id_area')),
    sa.ForeignKeyConstraint(['override_note_id'], ['note.id'], name=op.f('fk_drill_override_note_id_note')),
    sa.ForeignKeyConstraint(['programme_id'], ['drill_programme.id'], name=op.f('fk_drill_programme_id_drill_programme')),
    sa.ForeignKeyConstraint(['scenario_id'], ['scenario_version.id'], name=op.f('fk_drill_scenario_id_scenario_version')),
    sa.ForeignKeyConstraint(['trainer_id'], ['person.id'], name=op.f('fk_drill_trainer_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill')),
    sa.UniqueConstraint('code', name=op.f('uq_drill_code')),
    sa.UniqueConstraint('programme_id', 'local_date', 'slot', name=op.f('uq_drill_programme_id_local_date_slot'))
    )
    op.create_index('ix_drill_ahead', 'drill', ['due_at'], unique=False, postgresql_where=sa.text("state IN ('planned', 'ready')"), sqlite_where=sa.text("state IN ('planned', 'ready')"))
    op.create_index('ix_drill_due_at', 'drill', ['due_at'], unique=False)
    op.create_index('ix_drill_going_on', 'drill', ['state'], unique=False, postgresql_where=sa.text("state IN ('running', 'paused')"), sqlite_where=sa.text("state IN ('running', 'paused')"))

    op.create_table('drill_incident',
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_incident_drill_id_drill')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_drill_incident_incident_id_incident')),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_drill_incident'))
    )
    op.create_index('ix_drill_incident_drill_id', 'drill_incident', ['drill_id'], unique=False)

    op.create_table('drill_inject',
    sa.Column('id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('extra', sa.Boolean(), nullable=False),
    sa.Column('content', Json(), nullable=False),
    sa.Column('at_s', sa.Double(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('delivered_at', Time(), nullable=True),
    sa.Column('delivered_s', sa.Double(), nullable=True),
    sa.Column('answered_at', Time(), nullable=True),
    sa.Column('answered_s', sa.Double(), nullable=True),
    sa.Column('answered_by', BIG, nullable=True),
    sa.Column('choice', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('pending', 'delivered', 'answered', 'skipped')", name=op.f('ck_drill_inject_state')),
    sa.ForeignKeyConstraint(['answered_by'], ['person.id'], name=op.f('fk_drill_inject_answered_by_person')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_inject_drill_id_drill')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_drill_inject_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_inject')),
    sa.UniqueConstraint('drill_id', 'number', name=op.f('uq_drill_inject_drill_id_number'))
    )
    op.create_index('ix_drill_inject_pending', 'drill_inject', ['drill_id', 'at_s'], unique=False, postgresql_where=sa.text("state = 'pending'"), sqlite_where=sa.text("state = 'pending'"))

    op.create_table('drill_participant',
    sa.Column('id', BIG, nullable=False),
    sa.Column('drill_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('acknowledged_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("part IN ('player', 'controller', 'evaluator', 'supervisor')", name=op.f('ck_drill_participant_part')),
    sa.ForeignKeyConstraint(['drill_id'], ['drill.id'], name=op.f('fk_drill_participant_drill_id_drill')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_drill_participant_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drill_participant')),
    sa.UniqueConstraint('drill_id', 'person_id', 'part', 'role', name=op.f('uq_drill_participant_drill_id_person_id_part_role'))
    )
    op.create_index('ix_drill_participant_person', 'drill_participant', ['person_id', 'drill_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES, ()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('drill_participant')
    op.drop_table('drill_inject')
    op.drop_table('drill_incident')
    op.drop_table('drill')
    op.drop_table('scenario_version')
    op.drop_table('drill_programme')
