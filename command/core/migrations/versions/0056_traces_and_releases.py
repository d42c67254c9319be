"""one id from a signal to what comes of it, on what hands over between processes; the releases whose code a schema serves"""

import sqlalchemy as sa
from alembic import op

revision = '0056'
down_revision = '0054'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('stream', sa.Column('trace', sa.Text(), nullable=True))
    op.add_column('entry', sa.Column('trace', sa.Text(), nullable=True))
    op.add_column('body', sa.Column('trace', sa.Text(), nullable=True))
    op.create_table('served_revision',
    sa.Column('revision', sa.Text(), nullable=False),
    sa.Column('schema', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('revision', name=op.f('pk_served_revision'))
    )


def downgrade() -> None:
    op.drop_table('served_revision')
    op.drop_column('body', 'trace')
    op.drop_column('entry', 'trace')
    op.drop_column('stream', 'trace')
