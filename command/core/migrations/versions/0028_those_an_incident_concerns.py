"""those whom an incident concerns though nothing is cut off"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Time

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TABLES = ('concerned',)
TIES = (('concerned', 'incident_id', 'incident'),)


def upgrade() -> None:
    op.create_table('concerned',
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('subscriber_id', BIG, nullable=False),
    sa.Column('from_at', Time(), nullable=False),
    sa.Column('until_at', Time(), nullable=True),
    sa.Column('passed_to_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['subscriber_id'], ['subscriber.id'], name=op.f('fk_concerned_subscriber_id_subscriber')),
    sa.PrimaryKeyConstraint('incident_id', 'subscriber_id', name=op.f('pk_concerned'))
    )
    op.create_index('ix_concerned_subscriber_id', 'concerned', ['subscriber_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, TABLES, ()):
        op.execute(statement)
    for statement in guards.ties(op.get_bind().dialect.name, TIES):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_table('concerned')
