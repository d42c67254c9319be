"""connections that stand, and what senders of a gateway have used"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json

revision = '0054'
down_revision = '0052'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('engine_beat', sa.Column('links', Json(), server_default='{}', nullable=False))
    op.add_column('gateway_state', sa.Column('senders', Json(), server_default='{}', nullable=False))


def downgrade() -> None:
    op.drop_column('gateway_state', 'senders')
    op.drop_column('engine_beat', 'links')
