"""incidents that are parts of another"""

import sqlalchemy as sa
from alembic import op

from command.core import guards

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIES = (('incident', 'parent_id', 'incident'),)


def upgrade() -> None:
    op.add_column('incident', sa.Column('parent_id', BIG, nullable=True))
    op.create_index(op.f('ix_incident_parent_id'), 'incident', ['parent_id'], unique=False)
    for statement in guards.ties(op.get_bind().dialect.name, TIES):
        op.execute(statement)


def downgrade() -> None:
    for statement in guards.loosed(op.get_bind().dialect.name, TIES, last=False):
        op.execute(statement)
    op.drop_index(op.f('ix_incident_parent_id'), table_name='incident')
    op.drop_column('incident', 'parent_id')
