"""a duty handed over, and who has taken a task"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = command.core.columns.Time
PARTIAL = (
    ('uq_handover_offered', ['schedule_id', 'from_id'], True, "state = 'offered'"),
    ('ix_handover_tell', ['tell_at'], False, "state = 'offered' AND told_at IS NULL"),
    ('ix_handover_alarm', ['alarm_at'], False, "state = 'offered' AND alarmed_at IS NULL"),
)


def upgrade() -> None:
    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('task', sa.Column('owner_id', BIG, nullable=True))
    op.create_index('ix_task_owner_id', 'task', ['owner_id'])
    op.create_table(
        'handover',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('from_id', BIG, nullable=False),
        sa.Column('to_id', BIG, nullable=False),
        sa.Column('chosen', sa.Boolean(), nullable=False),
        sa.Column('change_at', TIME(), nullable=False),
        sa.Column('until_at', TIME(), nullable=True),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('offered_at', TIME(), nullable=False),
        sa.Column('tell_at', TIME(), nullable=False),
        sa.Column('told_at', TIME(), nullable=True),
        sa.Column('alarm_at', TIME(), nullable=False),
        sa.Column('alarmed_at', TIME(), nullable=True),
        sa.Column('settled_at', TIME(), nullable=True),
        sa.Column('reason_note_id', BIG, nullable=True),
        sa.CheckConstraint("state IN ('offered','accepted','declined','withdrawn')", name=op.f('ck_handover_state')),
        sa.CheckConstraint('from_id <> to_id', name=op.f('ck_handover_two_people')),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_handover_schedule_id_schedule'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_handover_from_id_person')),
        sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_handover_to_id_person')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_handover_note_id_note')),
        sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_handover_reason_note_id_note')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    )
    op.create_index('ix_handover_to_id', 'handover', ['to_id', 'state'])
    op.create_index('ix_handover_from_id', 'handover', ['from_id', 'schedule_id'])
    for name, columns, unique, where in PARTIAL:
        chosen = sa.text(where)
        op.create_index(name, 'handover', columns, unique=unique, postgresql_where=chosen, sqlite_where=chosen)
    op.create_table(
        'handover_item',
        sa.Column('id', BIG, nullable=False),
        sa.Column('handover_id', BIG, nullable=False),
        sa.Column('incident_id', BIG, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('ref_id', BIG, nullable=False),
        sa.Column('note_id', BIG, nullable=True),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('exercise', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['handover_id'], ['handover.id'], name=op.f('fk_handover_item_handover_id_handover'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_handover_item_incident_id_incident')),
        sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_handover_item_note_id_note')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_item')),
        sa.UniqueConstraint('handover_id', 'kind', 'ref_id', name=op.f('uq_handover_item_handover_id_kind_ref_id')),
    )
    op.create_index(op.f('ix_handover_item_incident_id'), 'handover_item', ['incident_id'])
    op.create_table(
        'handover_reminder',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('from_id', BIG, nullable=False),
        sa.Column('change_at', TIME(), nullable=False),
        sa.Column('reminded_at', TIME(), nullable=True),
        sa.Column('alarmed_at', TIME(), nullable=True),
        sa.ForeignKeyConstraint(
            ['schedule_id'], ['schedule.id'], name=op.f('fk_handover_reminder_schedule_id_schedule'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(['from_id'], ['person.id'], name=op.f('fk_handover_reminder_from_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_reminder')),
        sa.UniqueConstraint(
            'schedule_id', 'from_id', 'change_at', name=op.f('uq_handover_reminder_schedule_id_from_id_change_at')
        ),
    )
    for statement in guards.statements(op.get_bind().dialect.name, ['handover_item'], journal=()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('handover_reminder')
    op.drop_table('handover_item')
    op.drop_table('handover')
    op.drop_index('ix_task_owner_id', 'task')
    op.drop_column('task', 'owner_id')
