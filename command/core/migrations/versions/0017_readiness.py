"""readiness: lines of playbooks that resources serve, stock-taking by rule, and reminders of what ends"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('resource', sa.Column('plan_lines', Json(), nullable=False, server_default='[]'))
    op.add_column('resource_pool', sa.Column('count_days', sa.Integer(), nullable=True))
    op.add_column('resource_pool', sa.Column('count_from', Time(), nullable=True))
    op.create_table('resource_reminder',
    sa.Column('id', BIG, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('ref_id', BIG, nullable=False),
    sa.Column('pool_id', BIG, nullable=False),
    sa.Column('unit_id', BIG, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('raised', sa.Boolean(), nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.Column('read_at', Time(), nullable=True),
    sa.CheckConstraint('days IN (1,7,30)', name=op.f('ck_resource_reminder_days')),
    sa.CheckConstraint("subject IN ('certificate','service','information','stock_taking')", name=op.f('ck_resource_reminder_subject')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_resource_reminder_person_id_person')),
    sa.ForeignKeyConstraint(['pool_id'], ['resource_pool.id'], name=op.f('fk_resource_reminder_pool_id_resource_pool')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_resource_reminder_unit_id_resource_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_reminder')),
    sa.UniqueConstraint('subject', 'ref_id', 'due_on', 'days', 'raised', 'person_id', name=op.f('uq_resource_reminder_once'))
    )
    op.create_index(op.f('ix_resource_reminder_due_on'), 'resource_reminder', ['due_on'], unique=False)
    op.create_index('ix_resource_reminder_person', 'resource_reminder', ['person_id', 'read_at', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('resource_reminder')
    op.drop_column('resource_pool', 'count_from')
    op.drop_column('resource_pool', 'count_days')
    op.drop_column('resource', 'plan_lines')
