"""connections that stand, what senders of a gateway have used, and how many of a notice took the second road"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json

revision = '0054'
down_revision = "0053"
branch_labels = None
depends_on = None


_BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TAKEN = sa.text('first_channel IS NOT NULL')
_COUNT = """
INSERT INTO second_tally (notice_id, state, count)
SELECT notice_id, state, count(*) FROM delivery
WHERE first_channel IS NOT NULL AND notice_id IS NOT NULL
GROUP BY notice_id, state
"""


def upgrade() -> None:
    op.add_column('engine_beat', sa.Column('links', Json(), server_default='{}', nullable=False))
    op.add_column('gateway_state', sa.Column('senders', Json(), server_default='{}', nullable=False))
    op.create_table(
        'second_tally',
        sa.Column('notice_id', _BIG, nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('count', _BIG, nullable=False),
        sa.PrimaryKeyConstraint('notice_id', 'state', name=op.f('pk_second_tally')),
    )
    op.execute(_COUNT)
    op.drop_index('ix_delivery_second_road', table_name='delivery')


def downgrade() -> None:
    op.create_index(
        'ix_delivery_second_road', 'delivery', ['notice_id'], postgresql_where=_TAKEN, sqlite_where=_TAKEN
    )
    op.drop_table('second_tally')
    op.drop_column('gateway_state', 'senders')
    op.drop_column('engine_beat', 'links')
