"""what incidents came from"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incident', sa.Column('root_cause', sa.Text(), nullable=True))
    op.add_column('incident', sa.Column('cause', sa.Text(), nullable=True))
    op.add_column('incident', sa.Column('third_party', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('incident', 'third_party')
    op.drop_column('incident', 'cause')
    op.drop_column('incident', 'root_cause')
