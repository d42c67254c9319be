"""the tariff plans there are, to be chosen by name"""

import sqlalchemy as sa
from alembic import op

revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tariff_plan',
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tariff_plan'))
    )
    op.execute("INSERT INTO tariff_plan (name) SELECT DISTINCT tariff_plan FROM subscriber WHERE tariff_plan <> '' LIMIT 1000")


def downgrade() -> None:
    op.drop_table('tariff_plan')
