"""escalation policies"""

import sqlalchemy as sa
from alembic import op

import command.core.columns

revision = '0011'
down_revision = '0008'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


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


def downgrade() -> None:
    op.drop_table('escalation_policy')
