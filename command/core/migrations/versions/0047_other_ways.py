"""a second road for messages that did not reach, and the carrier's app"""

import sqlalchemy as sa
from alembic import op

revision = '0047'
down_revision = '0046'
branch_labels = None
depends_on = None

OTHERWISE = sa.text("state = 'ready' AND channel <> 'sms'")

SECOND = sa.text('first_channel IS NOT NULL')


def upgrade() -> None:
    for name in ('first_channel', 'first_gateway', 'first_code'):
        op.add_column('delivery', sa.Column(name, sa.Text(), nullable=True))
    op.create_index(
        'ix_delivery_ready_otherwise',
        'delivery',
        ['channel', 'lane', 'id'],
        unique=False,
        postgresql_where=OTHERWISE,
        sqlite_where=OTHERWISE,
    )
    op.create_index(
        'ix_delivery_second_road',
        'delivery',
        ['notice_id'],
        unique=False,
        postgresql_where=SECOND,
        sqlite_where=SECOND,
    )
    op.add_column('subscriber', sa.Column('app', sa.LargeBinary(), nullable=True))
    op.add_column('subscriber', sa.Column('app_index', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column('subscriber', 'app_index')
    op.drop_column('subscriber', 'app')
    op.drop_index('ix_delivery_second_road', table_name='delivery')
    op.drop_index('ix_delivery_ready_otherwise', table_name='delivery')
    for name in ('first_code', 'first_gateway', 'first_channel'):
        op.drop_column('delivery', name)
