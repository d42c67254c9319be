"""receipts that bear the provider's id alone"""

import sqlalchemy as sa
from alembic import op

revision = '0050'
down_revision = '0049'
branch_labels = None
depends_on = None

AWAITED = sa.text("state IN ('submitted', 'sent')")


def upgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('ix_delivery_provider_id', ['provider_id'], unique=False, postgresql_where=AWAITED, sqlite_where=AWAITED)


def downgrade() -> None:
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_delivery_provider_id', postgresql_where=AWAITED, sqlite_where=AWAITED)
