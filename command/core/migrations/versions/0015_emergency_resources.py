"""pools of emergency resources, what was taken from them and asked for, and the ledger of every movement"""

import sqlalchemy as sa
from alembic import op

from command.core import guards
from command.core.columns import Json, Time

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
OF_FLOW = ['resource_request', 'resource_order', 'resource_allocation']
LEDGER = ('resource_movement',)


def upgrade() -> None:
    op.create_table('resource',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('measure_zh', sa.Text(), nullable=False),
    sa.Column('measure_en', sa.Text(), nullable=False),
    sa.Column('serial', sa.Boolean(), nullable=False),
    sa.Column('types', Json(), nullable=False),
    sa.Column('rest_hours', sa.Integer(), nullable=False),
    sa.Column('fresh_days', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('technical','human','material','information')", name=op.f('ck_resource_kind')),
    sa.CheckConstraint('rest_hours >= 0 AND (fresh_days IS NULL OR fresh_days > 0)', name=op.f('ck_resource_spans')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource')),
    sa.UniqueConstraint('code', name=op.f('uq_resource_code'))
    )
    op.create_table('resource_pool',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('area_id', BIG, nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('department', sa.Text(), nullable=False),
    sa.Column('partner', sa.Text(), nullable=False),
    sa.Column('closed_at', Time(), nullable=True),
    sa.CheckConstraint("(department = '') <> (partner = '')", name=op.f('ck_resource_pool_one_owner')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_resource_pool_area_id_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_pool')),
    sa.UniqueConstraint('code', name=op.f('uq_resource_pool_code'))
    )
    op.create_index(op.f('ix_resource_pool_area_id'), 'resource_pool', ['area_id'], unique=False)
    op.create_table('resource_request',
    sa.Column('id', BIG, nullable=False),
    sa.Column('incident_id', BIG, nullable=False),
    sa.Column('incident_number', sa.Text(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('tier', sa.Integer(), nullable=False),
    sa.Column('area_id', BIG, nullable=True),
    sa.Column('resource_id', BIG, nullable=False),
    sa.Column('type', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('need_by', Time(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('asked_by', BIG, nullable=False),
    sa.Column('asked_at', Time(), nullable=False),
    sa.Column('decided_by', BIG, nullable=True),
    sa.Column('decided_at', Time(), nullable=True),
    sa.Column('decision_note_id', BIG, nullable=True),
    sa.Column('ended_at', Time(), nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('asked','approved','refused','cancelled','closed')", name=op.f('ck_resource_request_state')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_resource_request_quantity')),
    sa.CheckConstraint('tier BETWEEN 1 AND 4', name=op.f('ck_resource_request_tier')),
    sa.CheckConstraint('type BETWEEN 1 AND 4', name=op.f('ck_resource_request_type')),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_resource_request_area_id_area')),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_resource_request_asked_by_person')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_resource_request_decided_by_person')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_request_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_request'))
    )
    op.create_index(op.f('ix_resource_request_incident_id'), 'resource_request', ['incident_id'], unique=False)
    op.create_index('ix_resource_request_open', 'resource_request', ['state', 'tier', 'id'], unique=False)
    op.create_table('resource_order',
    sa.Column('id', BIG, nullable=False),
    sa.Column('request_id', BIG, nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('partner', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('eta_at', Time(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('ordered_at', Time(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("source IN ('mutual_aid','vendor')", name=op.f('ck_resource_order_source')),
    sa.CheckConstraint("state IN ('ordered','confirmed','arrived','cancelled')", name=op.f('ck_resource_order_state')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_resource_order_quantity')),
    sa.ForeignKeyConstraint(['request_id'], ['resource_request.id'], name=op.f('fk_resource_order_request_id_resource_request')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_order'))
    )
    op.create_index(op.f('ix_resource_order_request_id'), 'resource_order', ['request_id'], unique=False)
    op.create_table('resource_stock',
    sa.Column('id', BIG, nullable=False),
    sa.Column('pool_id', BIG, nullable=False),
    sa.Column('resource_id', BIG, nullable=False),
    sa.Column('type', sa.Integer(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('received', sa.Integer(), nullable=False),
    sa.Column('in_reserve', sa.Integer(), nullable=False),
    sa.Column('available', sa.Integer(), nullable=False),
    sa.Column('out_of_service', sa.Integer(), nullable=False),
    sa.Column('out', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('lost', sa.Integer(), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('counted_at', Time(), nullable=True),
    sa.CheckConstraint('in_reserve >= 0 AND available >= 0 AND out_of_service >= 0 AND "out" >= 0 AND used >= 0 AND lost >= 0', name=op.f('ck_resource_stock_never_below_zero')),
    sa.CheckConstraint('minimum >= 0', name=op.f('ck_resource_stock_minimum')),
    sa.CheckConstraint('received = in_reserve + available + out_of_service + "out" + used + lost', name=op.f('ck_resource_stock_conservation')),
    sa.CheckConstraint('type BETWEEN 1 AND 4', name=op.f('ck_resource_stock_type')),
    sa.ForeignKeyConstraint(['pool_id'], ['resource_pool.id'], name=op.f('fk_resource_stock_pool_id_resource_pool')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_stock_resource_id_resource')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_stock')),
    sa.UniqueConstraint('pool_id', 'resource_id', 'type', name=op.f('uq_resource_stock_pool_id_resource_id_type'))
    )
    op.create_index(op.f('ix_resource_stock_resource_id'), 'resource_stock', ['resource_id'], unique=False)
    op.create_table('resource_unit',
    sa.Column('id', BIG, nullable=False),
    sa.Column('stock_id', BIG, nullable=False),
    sa.Column('resource_id', BIG, nullable=False),
    sa.Column('serial', sa.Text(), nullable=False),
    sa.Column('bucket', sa.Text(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('service_due_on', sa.Date(), nullable=True),
    sa.Column('rest_until', Time(), nullable=True),
    sa.Column('checked_at', Time(), nullable=True),
    sa.CheckConstraint("condition IN ('good','worn','damaged')", name=op.f('ck_resource_unit_condition')),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_resource_unit_resource_id_resource')),
    sa.ForeignKeyConstraint(['stock_id'], ['resource_stock.id'], name=op.f('fk_resource_unit_stock_id_resource_stock')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_unit')),
    sa.UniqueConstraint('resource_id', 'serial', name=op.f('uq_resource_unit_resource_id_serial'))
    )
    op.create_index('ix_resource_unit_stock', 'resource_unit', ['stock_id', 'bucket'], unique=False)
    op.create_table('resource_allocation',
    sa.Column('id', BIG, nullable=False),
    sa.Column('stock_id', BIG, nullable=False),
    sa.Column('unit_id', BIG, nullable=True),
    sa.Column('request_id', BIG, nullable=True),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('back', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('lost', sa.Integer(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('eta_at', Time(), nullable=True),
    sa.Column('taken_at', Time(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('rating_note_id', BIG, nullable=True),
    sa.Column('exercise', sa.Boolean(), nullable=False),
    sa.CheckConstraint("state IN ('held','staged','assigned','en_route','on_scene','released','returned','let_go')", name=op.f('ck_resource_allocation_state')),
    sa.CheckConstraint('back >= 0 AND used >= 0 AND lost >= 0 AND back + used + lost <= quantity', name=op.f('ck_resource_allocation_settled')),
    sa.CheckConstraint('quantity > 0 AND (unit_id IS NULL OR quantity = 1)', name=op.f('ck_resource_allocation_quantity')),
    sa.CheckConstraint('rating IS NULL OR rating BETWEEN 1 AND 5', name=op.f('ck_resource_allocation_rating')),
    sa.ForeignKeyConstraint(['request_id'], ['resource_request.id'], name=op.f('fk_resource_allocation_request_id_resource_request')),
    sa.ForeignKeyConstraint(['stock_id'], ['resource_stock.id'], name=op.f('fk_resource_allocation_stock_id_resource_stock')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_resource_allocation_unit_id_resource_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_allocation'))
    )
    op.create_index(op.f('ix_resource_allocation_request_id'), 'resource_allocation', ['request_id'], unique=False)
    op.create_index('ix_resource_allocation_stock_state', 'resource_allocation', ['stock_id', 'state'], unique=False)
    op.create_index(op.f('ix_resource_allocation_unit_id'), 'resource_allocation', ['unit_id'], unique=False)
    op.create_index('ix_resource_allocation_unit_open', 'resource_allocation', ['unit_id'], unique=True, postgresql_where=sa.text("unit_id IS NOT NULL AND state NOT IN ('returned', 'let_go')"), sqlite_where=sa.text("unit_id IS NOT NULL AND state NOT IN ('returned', 'let_go')"))
    op.create_table('resource_certificate',
    sa.Column('id', BIG, nullable=False),
    sa.Column('unit_id', BIG, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_resource_certificate_unit_id_resource_unit'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_certificate')),
    sa.UniqueConstraint('unit_id', 'name', name=op.f('uq_resource_certificate_unit_id_name'))
    )
    op.create_index(op.f('ix_resource_certificate_expires_on'), 'resource_certificate', ['expires_on'], unique=False)
    op.create_table('resource_movement',
    sa.Column('id', BIG, nullable=False),
    sa.Column('stock_id', BIG, nullable=False),
    sa.Column('unit_id', BIG, nullable=True),
    sa.Column('allocation_id', BIG, nullable=True),
    sa.Column('at', Time(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=True),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('note_id', BIG, nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_resource_movement_quantity')),
    sa.ForeignKeyConstraint(['allocation_id'], ['resource_allocation.id'], name=op.f('fk_resource_movement_allocation_id_resource_allocation')),
    sa.ForeignKeyConstraint(['stock_id'], ['resource_stock.id'], name=op.f('fk_resource_movement_stock_id_resource_stock')),
    sa.ForeignKeyConstraint(['unit_id'], ['resource_unit.id'], name=op.f('fk_resource_movement_unit_id_resource_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource_movement'))
    )
    op.create_index(op.f('ix_resource_movement_allocation_id'), 'resource_movement', ['allocation_id'], unique=False)
    op.create_index(op.f('ix_resource_movement_stock_id'), 'resource_movement', ['stock_id'], unique=False)
    op.create_index(op.f('ix_resource_movement_unit_id'), 'resource_movement', ['unit_id'], unique=False)
    for statement in guards.statements(op.get_bind().dialect.name, OF_FLOW, journal=LEDGER):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table('resource_movement')
    op.drop_table('resource_certificate')
    op.drop_table('resource_allocation')
    op.drop_table('resource_unit')
    op.drop_table('resource_stock')
    op.drop_table('resource_order')
    op.drop_table('resource_request')
    op.drop_table('resource_pool')
    op.drop_table('resource')
