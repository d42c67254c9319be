"""the tariff plans there are, to be chosen by name"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0058'
down_revision = '0057'
branch_labels = None
depends_on = None

LIKE_A_NUMBER = re.compile(r"\+?[\d ()-]{7,}")  # of a column that had slipped when it was imported


def upgrade() -> None:
    table = op.create_table('tariff_plan',
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_tariff_plan'))
    )
    known = op.get_bind().scalars(sa.text("SELECT DISTINCT tariff_plan FROM subscriber WHERE tariff_plan <> '' LIMIT 1000"))
    op.bulk_insert(table, [{'name': name} for name in known if not LIKE_A_NUMBER.fullmatch(name)])


def downgrade() -> None:
    op.drop_table('tariff_plan')
