"""how often a gateway was asked about a doubt"""

import sqlalchemy as sa
from alembic import op

revision = '0057'
down_revision = '0056'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('delivery', sa.Column('asked', sa.SmallInteger(), server_default='0', nullable=False))


def downgrade() -> None:
    op.drop_column('delivery', 'asked')
