"""training: sessions, places in them, records with certificates, reminders"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('training_reminder',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.CheckConstraint("topic IN ('plan_and_process', 'fault_finding', 'user_communication', 'information_security', 'coordination')", name=op.f('ck_training_reminder_topic')),
    sa.CheckConstraint('days IN (1,7,30)', name=op.f('ck_training_reminder_days')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_reminder_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_reminder')),
    sa.UniqueConstraint('person_id', 'topic', 'due_on', 'days', name='uq_training_reminder_once')
    )
    op.create_table('training_session',
    sa.Column('id', BIG, nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('topics', Json(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('starts', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('starts_at', Time(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('teacher_id', BIG, nullable=True),
    sa.Column('teacher', sa.Text(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('targets', Json(), nullable=False),
    sa.Column('materials', Json(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('made_by', BIG, nullable=False),
    sa.Column('made_at', Time(), nullable=False),
    sa.Column('held_at', Time(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f('ck_training_session_state')),
    sa.CheckConstraint('minutes > 0 AND (capacity IS NULL OR capacity > 0)', name=op.f('ck_training_session_figures')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_training_session_made_by_person')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_training_session_reason_note_id_note')),
    sa.ForeignKeyConstraint(['teacher_id'], ['person.id'], name=op.f('fk_training_session_teacher_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session'))
    )
    op.create_index('ix_training_session_planned', 'training_session', ['starts_at'], unique=False, postgresql_where=sa.text("state = 'planned'"), sqlite_where=sa.text("state = 'planned'"))
    op.create_index('ix_training_session_starts_at', 'training_session', ['starts_at'], unique=False)

    op.create_table('training_place',
    sa.Column('session_id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('attendance', sa.Text(), nullable=False),
    sa.Column('via', sa.Text(), nullable=True),
    sa.Column('marked_at', Time(), nullable=True),
    sa.Column('marked_by', BIG, nullable=True),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('told_at', Time(), nullable=True),
    sa.CheckConstraint("answer IN ('invited', 'joined', 'declined')", name=op.f('ck_training_place_answer')),
    sa.CheckConstraint("attendance IN ('open', 'came', 'excused', 'absent')", name=op.f('ck_training_place_attendance')),
    sa.CheckConstraint("told IN ('nothing', 'invited', 'reminded', 'cancelled')", name=op.f('ck_training_place_told')),
    sa.CheckConstraint('score IS NULL OR score BETWEEN 0 AND 100', name=op.f('ck_training_place_score')),
    sa.ForeignKeyConstraint(['marked_by'], ['person.id'], name=op.f('fk_training_place_marked_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_place_person_id_person')),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_place_session_id_training_session')),
    sa.PrimaryKeyConstraint('session_id', 'person_id', name=op.f('pk_training_place'))
    )
    op.create_index('ix_training_place_person', 'training_place', ['person_id', 'session_id'], unique=False)

    op.create_table('training_record',
    sa.Column('id', BIG, nullable=False),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('session_id', BIG, nullable=True),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('issued_at', Time(), nullable=False),
    sa.Column('issued_by', BIG, nullable=True),
    sa.Column('revoked_at', Time(), nullable=True),
    sa.Column('revoked_by', BIG, nullable=True),
    sa.Column('revoked_note_id', BIG, nullable=True),
    sa.Column('demo', sa.Boolean(), nullable=False),
    sa.CheckConstraint("source IN ('session', 'import')", name=op.f('ck_training_record_source')),
    sa.CheckConstraint("topic IN ('plan_and_process', 'fault_finding', 'user_communication', 'information_security', 'coordination')", name=op.f('ck_training_record_topic')),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_training_record_minutes')),
    sa.CheckConstraint('score IS NULL OR score BETWEEN 0 AND 100', name=op.f('ck_training_record_score')),
    sa.ForeignKeyConstraint(['issued_by'], ['person.id'], name=op.f('fk_training_record_issued_by_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_training_record_person_id_person')),
    sa.ForeignKeyConstraint(['revoked_by'], ['person.id'], name=op.f('fk_training_record_revoked_by_person')),
    sa.ForeignKeyConstraint(['revoked_note_id'], ['note.id'], name=op.f('fk_training_record_revoked_note_id_note')),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_record_session_id_training_session')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_record')),
    sa.UniqueConstraint('number', name=op.f('uq_training_record_number'))
    )
    op.create_index('ix_training_record_person', 'training_record', ['person_id', 'topic', 'done_on'], unique=False)
    op.create_index('uq_training_record_session', 'training_record', ['session_id', 'person_id', 'topic'], unique=True, postgresql_where=sa.text('revoked_at IS NULL'), sqlite_where=sa.text('revoked_at IS NULL'))



def downgrade() -> None:
    op.drop_table('training_record')
    op.drop_table('training_place')
    op.drop_table('training_session')
    op.drop_table('training_reminder')
