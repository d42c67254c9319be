"""objectives of an incident, and when a role that was handed over was accepted"""

import sqlalchemy as sa
from alembic import op

import command.core.columns
from command.core import guards

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('objective',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('incident_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('note_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created_at', command.core.columns.Time(), nullable=False),
    sa.Column('created_by', sa.Text(), nullable=False),
    sa.Column('settled_at', command.core.columns.Time(), nullable=True),
    sa.Column('settled_by', sa.Text(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('open','met','dropped')", name=op.f('ck_objective_state')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_objective_incident_id_incident')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_objective_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objective'))
    )
    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objective_incident_id'), ['incident_id'], unique=False)

    # Added in place, not by a rebuilt table: that would lose the trigger which guards `exercise`.
    op.add_column('role', sa.Column('accepted_at', command.core.columns.Time(), nullable=True))
    for statement in guards.statements(op.get_bind().dialect.name, ['objective'], journal=()):
        op.execute(statement)


def downgrade() -> None:
    op.drop_column('role', 'accepted_at')
    with op.batch_alter_table('objective', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_objective_incident_id'))

    op.drop_table('objective')
