"""what settled incidents add to figures, kept"""

import sqlalchemy as sa
from alembic import op

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('incident', sa.Column('summed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        'ix_incident_open',
        'incident',
        ['reported_at'],
        postgresql_where=sa.text('summed IS false AND exercise IS false'),
        sqlite_where=sa.text('summed IS 0 AND exercise IS 0'),
    )
    op.create_index('ix_incident_merged_into_id', 'incident', ['merged_into_id'])
    op.create_table(
        'summary_block',
        sa.Column('month', sa.Text(), nullable=False),
        sa.Column('incidents', sa.Integer(), nullable=False),
        sa.Column('digest', sa.LargeBinary(), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('month', name='pk_summary_block'),
    )
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE summary_block ALTER COLUMN data SET STORAGE EXTERNAL')


def downgrade() -> None:
    op.drop_table('summary_block')
    op.drop_index('ix_incident_merged_into_id', 'incident')
    op.drop_index('ix_incident_open', 'incident')
    op.drop_column('incident', 'summed')
