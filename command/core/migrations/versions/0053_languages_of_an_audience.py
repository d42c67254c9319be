"""how many of each language an audience has"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json

revision = '0053'
down_revision = '0050'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('notice', sa.Column('languages', Json(), nullable=True))


def downgrade() -> None:
    op.drop_column('notice', 'languages')
