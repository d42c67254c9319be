"""duties have layers, leave, overrides and calendar feeds"""

import sqlalchemy as sa
from alembic import op

import command.core.columns

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OWN = ('zone', 'starts_on', 'handover', 'period_days')


def upgrade() -> None:
    op.create_table(
        'duty_layer',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('name_zh', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('zone', sa.Text(), nullable=False),
        sa.Column('starts_on', sa.Date(), nullable=False),
        sa.Column('handover', sa.Time(), nullable=False),
        sa.Column('period_days', sa.Integer(), nullable=False),
        sa.Column('windows', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_duty_layer_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_layer')),
        sa.UniqueConstraint('schedule_id', 'position', name=op.f('uq_duty_layer_schedule_id_position')),
    )
    op.create_table(
        'duty_member',
        sa.Column('layer_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['layer_id'], ['duty_layer.id'], name=op.f('fk_duty_member_layer_id_duty_layer'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_duty_member_person_id_person')),
        sa.PrimaryKeyConstraint('layer_id', 'position', name=op.f('pk_duty_member')),
    )
    for table, owner in (('duty_override', 'schedule_id'), ('person_leave', 'person_id')):
        _spans(table, owner)
    op.create_table(
        'calendar_feed',
        sa.Column('id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=True),
        sa.Column('secret_hash', sa.LargeBinary(), nullable=False),
        sa.Column('created_at', command.core.columns.Time(), nullable=False),
        sa.Column('revoked_at', command.core.columns.Time(), nullable=True),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id_person'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_calendar_feed_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
        sa.UniqueConstraint('secret_hash', name=op.f('uq_calendar_feed_secret_hash')),
    )
    with op.batch_alter_table('calendar_feed') as batch:
        batch.create_index(op.f('ix_calendar_feed_person_id'), ['person_id'])
    op.execute(
        "INSERT INTO duty_layer (schedule_id, position, name_zh, name_en, zone, starts_on, handover, period_days, windows) "
        "SELECT id, 0, name_zh, name_en, zone, starts_on, handover, period_days, '[]' FROM schedule ORDER BY id"
    )
    op.execute(
        "INSERT INTO duty_member (layer_id, position, person_id) SELECT duty_layer.id, schedule_member.position, schedule_member.person_id "
        "FROM schedule_member JOIN duty_layer ON duty_layer.schedule_id = schedule_member.schedule_id"
    )
    op.drop_table('schedule_member')
    with op.batch_alter_table('schedule') as batch:
        for column in OWN:
            batch.drop_column(column)


def _spans(table: str, owner: str) -> None:
    """A table of people and times, of a schedule or of themselves."""
    people = [sa.Column('person_id', BIG, nullable=False)] if owner != 'person_id' else []
    op.create_table(
        table,
        sa.Column('id', BIG, nullable=False),
        sa.Column(owner, BIG, nullable=False),
        *people,
        sa.Column('start_at', command.core.columns.Time(), nullable=False),
        sa.Column('end_at', command.core.columns.Time(), nullable=False),
        sa.Column('made_by', BIG, nullable=False),
        sa.Column('made_at', command.core.columns.Time(), nullable=False),
        sa.Column('cancelled_at', command.core.columns.Time(), nullable=True),
        sa.CheckConstraint('start_at < end_at', name=op.f(f'ck_{table}_span')),
        sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f(f'fk_{table}_made_by_person')),
        *(
            [
                sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f(f'fk_{table}_person_id_person')),
                sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f(f'fk_{table}_schedule_id_schedule'), ondelete='CASCADE'),
            ]
            if people
            else [sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f(f'fk_{table}_person_id_person'), ondelete='CASCADE')]
        ),
        sa.PrimaryKeyConstraint('id', name=op.f(f'pk_{table}')),
    )
    with op.batch_alter_table(table) as batch:
        batch.create_index(f'ix_{table}_when', [owner, 'end_at'])


def downgrade() -> None:
    """Each schedule goes back to its lowest layer: upper layers, leave and overrides have no place in the schema before."""
    op.create_table(
        'schedule_member',
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_schedule_member_person_id_person')),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_schedule_member_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('schedule_id', 'position', name=op.f('pk_schedule_member')),
    )
    op.execute(
        "INSERT INTO schedule_member (schedule_id, position, person_id) SELECT duty_layer.schedule_id, duty_member.position, "
        "duty_member.person_id FROM duty_member JOIN duty_layer ON duty_layer.id = duty_member.layer_id AND duty_layer.position = 0"
    )
    with op.batch_alter_table('schedule') as batch:
        batch.add_column(sa.Column('zone', sa.Text(), nullable=False, server_default='UTC'))
        batch.add_column(sa.Column('starts_on', sa.Date(), nullable=False, server_default='2026-01-05'))
        batch.add_column(sa.Column('handover', sa.Time(), nullable=False, server_default='09:00:00'))
        batch.add_column(sa.Column('period_days', sa.Integer(), nullable=False, server_default='7'))
    for column in OWN:
        op.execute(
            f"UPDATE schedule SET {column} = (SELECT {column} FROM duty_layer WHERE schedule_id = schedule.id AND position = 0) "
            "WHERE id IN (SELECT schedule_id FROM duty_layer WHERE position = 0)"
        )
    with op.batch_alter_table('schedule') as batch:
        for column in OWN:
            batch.alter_column(column, server_default=None)
    with op.batch_alter_table('calendar_feed') as batch:
        batch.drop_index(op.f('ix_calendar_feed_person_id'))
    op.drop_table('calendar_feed')
    for table in ('person_leave', 'duty_override'):
        with op.batch_alter_table(table) as batch:
            batch.drop_index(f'ix_{table}_when')
        op.drop_table(table)
    op.drop_table('duty_member')
    op.drop_table('duty_layer')
