"""escalation policies, swaps of duties, flaws flagged, turns from calendar files"""

import sqlalchemy as sa
from alembic import op

import command.core.columns

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KEY = ('schedule_id', 'kind', 'other_id', 'person_id', 'start_at', 'horizon')


def upgrade() -> None:
    op.create_table(
        'escalation_policy',
        sa.Column('id', BIG, nullable=False),
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('department', sa.Text(), nullable=False),
        sa.Column('tier', sa.Integer(), nullable=True),
        sa.Column('area_code', sa.Text(), nullable=True),
        sa.Column('steps', sa.Text(), nullable=False),
        sa.Column('repeat', sa.Integer(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('changed_by', BIG, nullable=False),
        sa.Column('changed_at', command.core.columns.Time(), nullable=False),
        sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_escalation_policy_changed_by_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation_policy')),
        sa.UniqueConstraint('scope', name=op.f('uq_escalation_policy_scope')),
    )
    op.create_table(
        'duty_swap',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('proposer_id', BIG, nullable=False),
        sa.Column('other_id', BIG, nullable=False),
        sa.Column('given_start', command.core.columns.Time(), nullable=False),
        sa.Column('given_end', command.core.columns.Time(), nullable=False),
        sa.Column('taken_start', command.core.columns.Time(), nullable=False),
        sa.Column('taken_end', command.core.columns.Time(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('proposed_at', command.core.columns.Time(), nullable=False),
        sa.Column('settled_at', command.core.columns.Time(), nullable=True),
        sa.CheckConstraint('given_start < given_end AND taken_start < taken_end', name=op.f('ck_duty_swap_spans')),
        sa.CheckConstraint("state IN ('proposed','accepted','declined','withdrawn')", name=op.f('ck_duty_swap_state')),
        sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_duty_swap_other_id_person')),
        sa.ForeignKeyConstraint(['proposer_id'], ['person.id'], name=op.f('fk_duty_swap_proposer_id_person')),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_duty_swap_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_swap')),
    )
    with op.batch_alter_table('duty_swap') as batch:
        batch.create_index('ix_duty_swap_other', ['other_id', 'state'])
        batch.create_index('ix_duty_swap_proposer', ['proposer_id', 'state'])
    op.create_table(
        'duty_flag',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('other_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('start_at', command.core.columns.Time(), nullable=False),
        sa.Column('horizon', sa.Text(), nullable=False),
        sa.Column('flagged_at', command.core.columns.Time(), nullable=False),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_duty_flag_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_flag')),
        sa.UniqueConstraint(*KEY, name=op.f(f'uq_duty_flag_{"_".join(KEY)}')),
    )
    with op.batch_alter_table('duty_flag') as batch:
        batch.create_index(op.f('ix_duty_flag_start_at'), ['start_at'])
    op.create_table(
        'duty_turn',
        sa.Column('id', BIG, nullable=False),
        sa.Column('schedule_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('start_at', command.core.columns.Time(), nullable=False),
        sa.Column('end_at', command.core.columns.Time(), nullable=False),
        sa.CheckConstraint('start_at < end_at', name=op.f('ck_duty_turn_span')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_duty_turn_person_id_person')),
        sa.ForeignKeyConstraint(['schedule_id'], ['schedule.id'], name=op.f('fk_duty_turn_schedule_id_schedule'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_duty_turn')),
    )
    with op.batch_alter_table('duty_turn') as batch:
        batch.create_index('ix_duty_turn_when', ['schedule_id', 'end_at'])


def downgrade() -> None:
    with op.batch_alter_table('duty_turn') as batch:
        batch.drop_index('ix_duty_turn_when')
    op.drop_table('duty_turn')
    with op.batch_alter_table('duty_flag') as batch:
        batch.drop_index(op.f('ix_duty_flag_start_at'))
    op.drop_table('duty_flag')
    with op.batch_alter_table('duty_swap') as batch:
        batch.drop_index('ix_duty_swap_other')
        batch.drop_index('ix_duty_swap_proposer')
    op.drop_table('duty_swap')
    op.drop_table('escalation_policy')
