"""phone drills: plans, runs, calls, messages"""

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

import command.core.columns
from command.core import guards

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

EXERCISE_TABLES = ['phone_drill', 'phone_drill_run', 'phone_drill_call', 'phone_drill_way']
BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
TIME = command.core.columns.Time


def _partial(batch: BatchOperations, name: str, columns: list[str], where: str) -> None:
    batch.create_index(name, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        'phone_drill',
        sa.Column('id', BIG, nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('targets', sa.Text(), nullable=False),
        sa.Column('said', sa.Text(), nullable=False),
        sa.Column('starts', sa.Text(), nullable=False),
        sa.Column('zone', sa.Text(), nullable=False),
        sa.Column('every', sa.Text(), nullable=False),
        sa.Column('by_ways', sa.Text(), nullable=False),
        sa.Column('announced', sa.Boolean(), nullable=False),
        sa.Column('wait_minutes', sa.Integer(), nullable=False),
        sa.Column('next_at', TIME(), nullable=True),
        sa.Column('made_by', BIG, nullable=False),
        sa.Column('made_at', TIME(), nullable=False),
        sa.Column('cancelled_at', TIME(), nullable=True),
        sa.Column('exercise', sa.Boolean(), nullable=False),
        sa.CheckConstraint("every IN ('once','weekly','monthly')", name=op.f('ck_phone_drill_every')),
        sa.CheckConstraint("by_ways IN ('record','order')", name=op.f('ck_phone_drill_by_ways')),
        sa.CheckConstraint('wait_minutes > 0', name=op.f('ck_phone_drill_wait')),
        sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_phone_drill_made_by_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_drill')),
    )
    with op.batch_alter_table('phone_drill') as batch:
        _partial(batch, 'ix_phone_drill_next', ['next_at'], 'next_at IS NOT NULL')
    op.create_table(
        'phone_drill_run',
        sa.Column('id', BIG, nullable=False),
        sa.Column('drill_id', BIG, nullable=False),
        sa.Column('at', TIME(), nullable=False),
        sa.Column('began_at', TIME(), nullable=False),
        sa.Column('until', TIME(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('watch_from', TIME(), nullable=False),
        sa.Column('paused_at', TIME(), nullable=True),
        sa.Column('ended_at', TIME(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('exercise', sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running','paused','ended','stopped','missed')", name=op.f('ck_phone_drill_run_state')
        ),
        sa.ForeignKeyConstraint(['drill_id'], ['phone_drill.id'], name=op.f('fk_phone_drill_run_drill_id_phone_drill')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_drill_run')),
        sa.UniqueConstraint('drill_id', 'at', name=op.f('uq_phone_drill_run_drill_id_at')),
    )
    with op.batch_alter_table('phone_drill_run') as batch:
        _partial(batch, 'ix_phone_drill_run_going_on', ['state'], "state IN ('running', 'paused')")
    op.create_table(
        'phone_drill_call',
        sa.Column('id', BIG, nullable=False),
        sa.Column('run_id', BIG, nullable=False),
        sa.Column('person_id', BIG, nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('ways', sa.Integer(), nullable=False),
        sa.Column('due_at', TIME(), nullable=True),
        sa.Column('called_at', TIME(), nullable=True),
        sa.Column('answered_at', TIME(), nullable=True),
        sa.Column('answered_via', sa.Text(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('exercise', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['run_id'], ['phone_drill_run.id'], name=op.f('fk_phone_drill_call_run_id_phone_drill_run')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_phone_drill_call_person_id_person')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_drill_call')),
        sa.UniqueConstraint('run_id', 'person_id', name=op.f('uq_phone_drill_call_run_id_person_id')),
    )
    with op.batch_alter_table('phone_drill_call') as batch:
        _partial(batch, 'ix_phone_drill_call_due', ['run_id', 'due_at'], 'due_at IS NOT NULL')
        batch.create_index('ix_phone_drill_call_person', ['person_id', 'called_at'])
    op.create_table(
        'phone_drill_way',
        sa.Column('id', BIG, nullable=False),
        sa.Column('call_id', BIG, nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('contact_id', BIG, nullable=True),
        sa.Column('delivery_id', BIG, nullable=False),
        sa.Column('sent_at', TIME(), nullable=False),
        sa.Column('exercise', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['phone_drill_call.id'], name=op.f('fk_phone_drill_way_call_id_phone_drill_call')),
        sa.ForeignKeyConstraint(['contact_id'], ['person_contact.id'], name=op.f('fk_phone_drill_way_contact_id_person_contact')),
        sa.ForeignKeyConstraint(['delivery_id'], ['delivery.id'], name=op.f('fk_phone_drill_way_delivery_id_delivery')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_phone_drill_way')),
        sa.UniqueConstraint('call_id', 'position', name=op.f('uq_phone_drill_way_call_id_position')),
    )
    with op.batch_alter_table('phone_drill_way') as batch:
        batch.create_index(op.f('ix_phone_drill_way_delivery_id'), ['delivery_id'])
    for statement in guards.statements(op.get_bind().dialect.name, EXERCISE_TABLES, journal=()):
        op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in reversed(EXERCISE_TABLES):
        op.execute(f'DROP TRIGGER IF EXISTS keep_exercise_{table}' + ('' if dialect == 'sqlite' else f' ON {table}'))
        op.drop_table(table)
