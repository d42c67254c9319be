"""languages of an audience, why messages did not reach, and what is removed and may be put back"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0052'
down_revision = '0051'
branch_labels = None
depends_on = None


KEPT = sa.text('removed_at IS NULL')
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
    op.add_column('number_list', sa.Column('removed_at', Time(), nullable=True))
    with op.batch_alter_table('saved_audience', schema=None) as batch_op:
        batch_op.add_column(sa.Column('removed_at', Time(), nullable=True))
        batch_op.drop_constraint('uq_saved_audience_owner_id_name', type_='unique')
        batch_op.create_index('uq_saved_audience_owner_name', ['owner_id', 'name'], unique=True, postgresql_where=KEPT, sqlite_where=KEPT)


def downgrade() -> None:
    op.execute('DELETE FROM saved_audience WHERE removed_at IS NOT NULL')
    with op.batch_alter_table('saved_audience', schema=None) as batch_op:
        batch_op.drop_index('uq_saved_audience_owner_name', postgresql_where=KEPT, sqlite_where=KEPT)
        batch_op.create_unique_constraint('uq_saved_audience_owner_id_name', ['owner_id', 'name'])
        batch_op.drop_column('removed_at')
    op.execute('DELETE FROM number_list WHERE removed_at IS NOT NULL')
    op.drop_column('number_list', 'removed_at')
    op.drop_table('loss_tally')
    op.drop_column('notice', 'languages')
