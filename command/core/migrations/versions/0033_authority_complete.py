"""versions of the authority table, overrides to look at, successions of command, safety of risky tasks"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('override_review', 'succession', 'task_safety')
TIES = (
    ('override_review', 'incident_id', 'incident'),
    ('succession', 'incident_id', 'incident'),
    ('succession', 'escalation_id', 'escalation'),
    ('task_safety', 'task_id', 'task'),
)


def upgrade() -> None:
    op.create_table('authority_version',
    sa.Column('id', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('rows', Json(), nullable=False),
    sa.Column('base_id', BIG, nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('made_by', BIG, nullable=True),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('changed_by', BIG, nullable=True),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('published_by', BIG, nullable=True),
    sa.Column('published_at', Time(), nullable=True),
    sa.Column('sole', sa.Boolean(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.CheckConstraint("state IN ('draft', 'published', 'dropped')", name=op.f('ck_authority_version_state')),
    sa.ForeignKeyConstraint(['base_id'], ['authority_version.id'], name=op.f('fk_authority_version_base_id_authority_version')),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_authority_version_changed_by_person')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_authority_version_made_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_authority_version_note_id_note')),
    sa.ForeignKeyConstraint(['published_by'], ['person.id'], name=op.f('fk_authority_version_published_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_authority_version'))
    )
    op.create_index('uq_authority_version_draft', 'authority_version', ['state'], unique=True,
        postgresql_where=sa.text("state = 'draft'"), sqlite_where=sa.text("state = 'draft'"))
    op.create_table('override_review',
    sa.Column('id', BIG, nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('stream', sa.Text(), nullable=False),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.Column('due_at', Time(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('reminded_at', Time(), nullable=True),
    sa.Column('verdict', sa.Text(), nullable=True),
    sa.Column('decided_by', BIG, nullable=True),
    sa.Column('decided_at', Time(), nullable=True),
    sa.Column('words_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("verdict IN ('justified', 'not_justified')", name=op.f('ck_override_review_verdict')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_override_review_decided_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_override_review_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_override_review_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_override_review_person_id_person')),
    sa.ForeignKeyConstraint(['words_id'], ['note.id'], name=op.f('fk_override_review_words_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_override_review'))
    )
    op.create_index(op.f('ix_override_review_incident_id'), 'override_review', ['incident_id'], unique=False)
    op.create_index('ix_override_review_waiting', 'override_review', ['due_at'], unique=False,
        postgresql_where=sa.text('decided_at IS NULL'), sqlite_where=sa.text('decided_at IS NULL'))
    op.create_table('succession',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('commander_id', BIG, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('escalation_id', BIG, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('began_at', Time(), nullable=False),
    sa.Column('unanswered_at', Time(), nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('successor_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('offered', 'taken', 'here', 'over')", name=op.f('ck_succession_state')),
    sa.CheckConstraint("why IN ('no_answer', 'no_sign')", name=op.f('ck_succession_why')),
    sa.ForeignKeyConstraint(['commander_id'], ['person.id'], name=op.f('fk_succession_commander_id_person')),
    sa.ForeignKeyConstraint(['escalation_id'], ['escalation.id'], name=op.f('fk_succession_escalation_id_escalation')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_succession_incident_id_incident')),
    sa.ForeignKeyConstraint(['successor_id'], ['person.id'], name=op.f('fk_succession_successor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_succession')),
    sa.UniqueConstraint('escalation_id', name=op.f('uq_succession_escalation_id'))
    )
    op.create_index('uq_succession_running', 'succession', ['incident_id'], unique=True,
        postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
    op.create_table('task_safety',
    sa.Column('id', BIG, nullable=False),
    sa.Column('task_id', BIG, nullable=False),
    sa.Column('waived', sa.Boolean(), nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('backup_id', BIG, nullable=True),
    sa.Column('place_id', BIG, nullable=True),
    sa.Column('rollback_id', BIG, nullable=True),
    sa.Column('checked_at', Time(), nullable=True),
    sa.Column('confirmed_by', BIG, nullable=False),
    sa.Column('confirmed_at', Time(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('void_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint(
        'waived OR (person_id IS NOT NULL AND backup_id IS NOT NULL AND place_id IS NOT NULL AND rollback_id IS NOT NULL'
        ' AND checked_at IS NOT NULL)', name=op.f('ck_task_safety_whole')),
    sa.ForeignKeyConstraint(['backup_id'], ['note.id'], name=op.f('fk_task_safety_backup_id_note')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['person.id'], name=op.f('fk_task_safety_confirmed_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_task_safety_note_id_note')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_task_safety_person_id_person')),
    sa.ForeignKeyConstraint(['place_id'], ['note.id'], name=op.f('fk_task_safety_place_id_note')),
    sa.ForeignKeyConstraint(['rollback_id'], ['note.id'], name=op.f('fk_task_safety_rollback_id_note')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_task_safety_task_id_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_safety'))
    )
    op.create_index(op.f('ix_task_safety_task_id'), 'task_safety', ['task_id'], unique=False)
    dialect = op.get_bind().dialect.name
    for statement in (*guards.statements(dialect, TABLES, ()), *guards.ties(dialect, TIES)):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    for name in ('task_safety', 'succession', 'override_review', 'authority_version'):
        op.drop_table(name)
