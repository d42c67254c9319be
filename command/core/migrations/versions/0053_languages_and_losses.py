"""how many of each language an audience has, and why messages did not reach"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json

revision = '0053'
down_revision = '0050'
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
KNOWN = """
INSERT INTO loss_tally (notice_id, why, count)
SELECT notice_id, coalesce(code, reason, state), count(*) FROM delivery
WHERE notice_id IS NOT NULL AND state IN ('undelivered', 'failed', 'expired', 'suppressed')
GROUP BY notice_id, coalesce(code, reason, state)
"""


def upgrade() -> None:
    op.add_column('notice', sa.Column('languages', Json(), nullable=True))
    op.create_table('loss_tally',
    sa.Column('notice_id', BIG, nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('count', BIG, nullable=False),
    sa.PrimaryKeyConstraint('notice_id', 'why', name=op.f('pk_loss_tally'))
    )
    op.execute(KNOWN)


def downgrade() -> None:
    op.drop_table('loss_tally')
    op.drop_column('notice', 'languages')
