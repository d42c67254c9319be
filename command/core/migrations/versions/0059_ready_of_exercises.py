"""what is ready is looked for among exercises, or among what is real, and never behind the other"""

import sqlalchemy as sa
from alembic import op

revision = '0059'
down_revision = '0058'
branch_labels = None
depends_on = None

READY = sa.text("state = 'ready'")
OLD, NEW = 'ix_delivery_ready', 'ix_delivery_ready_exercise_lane_id'


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(NEW, table_name='delivery', if_exists=True, postgresql_concurrently=True)  # half made, where it was broken off
        op.create_index(NEW, 'delivery', ['exercise', 'lane', 'id'], postgresql_where=READY, sqlite_where=READY, postgresql_concurrently=True)
        op.drop_index(OLD, table_name='delivery', if_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(OLD, table_name='delivery', if_exists=True, postgresql_concurrently=True)
        op.create_index(OLD, 'delivery', ['lane', 'id'], postgresql_where=READY, sqlite_where=READY, postgresql_concurrently=True)
        op.drop_index(NEW, table_name='delivery', if_exists=True, postgresql_concurrently=True)
