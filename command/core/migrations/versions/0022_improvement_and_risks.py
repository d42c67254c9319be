"""improvement: actions, their evidence and reminders; risks: the register"""

import sqlalchemy as sa
from alembic import op

from command.core.columns import Json, Time

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('improvement_file',
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_improvement_file'))
    )
    op.create_table('improvement_action',
    sa.Column('id', BIG, nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('words_note_id', BIG, nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('source_ref', sa.Text(), nullable=False),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('finding_note_id', BIG, nullable=True),
    sa.Column('cause_note_id', BIG, nullable=True),
    sa.Column('owner_id', BIG, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('due_moved', sa.Integer(), nullable=False),
    sa.Column('playbook', sa.Text(), nullable=True),
    sa.Column('playbook_version', sa.Integer(), nullable=True),
    sa.Column('playbook_place', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('given_by', BIG, nullable=False),
    sa.Column('given_at', Time(), nullable=False),
    sa.Column('evidence_by', BIG, nullable=True),
    sa.Column('evidence_at', Time(), nullable=True),
    sa.Column('verified_by', BIG, nullable=True),
    sa.Column('verified_at', Time(), nullable=True),
    sa.Column('reason_note_id', BIG, nullable=True),
    sa.Column('reopened', sa.Integer(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.CheckConstraint("source IN ('drill', 'incident', 'risk', 'hand')", name=op.f('ck_improvement_action_source')),
    sa.CheckConstraint("state IN ('open', 'in_progress', 'evidence_given', 'sent_back', 'verified', 'dropped')", name=op.f('ck_improvement_action_state')),
    sa.CheckConstraint('starts_on <= due_on', name=op.f('ck_improvement_action_days')),
    sa.ForeignKeyConstraint(['cause_note_id'], ['note.id'], name=op.f('fk_improvement_action_cause_note_id_note')),
    sa.ForeignKeyConstraint(['evidence_by'], ['person.id'], name=op.f('fk_improvement_action_evidence_by_person')),
    sa.ForeignKeyConstraint(['finding_note_id'], ['note.id'], name=op.f('fk_improvement_action_finding_note_id_note')),
    sa.ForeignKeyConstraint(['given_by'], ['person.id'], name=op.f('fk_improvement_action_given_by_person')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_improvement_action_incident_id_incident')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_improvement_action_owner_id_person')),
    sa.ForeignKeyConstraint(['reason_note_id'], ['note.id'], name=op.f('fk_improvement_action_reason_note_id_note')),
    sa.ForeignKeyConstraint(['verified_by'], ['person.id'], name=op.f('fk_improvement_action_verified_by_person')),
    sa.ForeignKeyConstraint(['words_note_id'], ['note.id'], name=op.f('fk_improvement_action_words_note_id_note')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_improvement_action'))
    )
    op.create_index(op.f('ix_improvement_action_incident_id'), 'improvement_action', ['incident_id'], unique=False)
    op.create_index(op.f('ix_improvement_action_owner_id'), 'improvement_action', ['owner_id'], unique=False)
    op.create_index(op.f('ix_improvement_action_playbook'), 'improvement_action', ['playbook'], unique=False)
    op.create_index('ix_improvement_action_source', 'improvement_action', ['source', 'source_ref'], unique=False)
    op.create_index('ix_improvement_action_undone', 'improvement_action', ['due_on'], unique=False, postgresql_where=sa.text("state IN ('open', 'in_progress', 'sent_back', 'evidence_given')"), sqlite_where=sa.text("state IN ('open', 'in_progress', 'sent_back', 'evidence_given')"))

    op.create_table('risk',
    sa.Column('id', BIG, nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_zh', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('words_zh', sa.Text(), nullable=False),
    sa.Column('words_en', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('areas', Json(), nullable=False),
    sa.Column('elements', Json(), nullable=False),
    sa.Column('likelihood', sa.Integer(), nullable=False),
    sa.Column('impact', sa.Integer(), nullable=False),
    sa.Column('residual_likelihood', sa.Integer(), nullable=False),
    sa.Column('residual_impact', sa.Integer(), nullable=False),
    sa.Column('sign_zh', sa.Text(), nullable=False),
    sa.Column('sign_en', sa.Text(), nullable=False),
    sa.Column('watched_at', sa.Text(), nullable=False),
    sa.Column('measures', Json(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('scenarios', Json(), nullable=False),
    sa.Column('owner_id', BIG, nullable=False),
    sa.Column('review_months', sa.Integer(), nullable=False),
    sa.Column('reviewed_on', sa.Date(), nullable=False),
    sa.Column('drill_months', sa.Integer(), nullable=True),
    sa.Column('added_on', sa.Date(), nullable=False),
    sa.Column('drilled_on', sa.Date(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('sign_at', Time(), nullable=True),
    sa.Column('incident_id', BIG, nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', Time(), nullable=False),
    sa.CheckConstraint("state IN ('open', 'watched', 'occurred', 'retired')", name=op.f('ck_risk_state')),
    sa.CheckConstraint('likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5', name=op.f('ck_risk_assessed')),
    sa.CheckConstraint('residual_likelihood BETWEEN 1 AND likelihood AND residual_impact BETWEEN 1 AND impact', name=op.f('ck_risk_residual')),
    sa.CheckConstraint('review_months > 0 AND (drill_months IS NULL OR drill_months > 0)', name=op.f('ck_risk_months')),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_risk_incident_id_incident')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_risk_owner_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_risk')),
    sa.UniqueConstraint('code', name=op.f('uq_risk_code'))
    )
    op.create_table('improvement_evidence',
    sa.Column('id', BIG, nullable=False),
    sa.Column('action_id', BIG, nullable=False),
    sa.Column('note_id', BIG, nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('by', BIG, nullable=False),
    sa.Column('at', Time(), nullable=False),
    sa.ForeignKeyConstraint(['action_id'], ['improvement_action.id'], name=op.f('fk_improvement_evidence_action_id_improvement_action')),
    sa.ForeignKeyConstraint(['by'], ['person.id'], name=op.f('fk_improvement_evidence_by_person')),
    sa.ForeignKeyConstraint(['note_id'], ['note.id'], name=op.f('fk_improvement_evidence_note_id_note')),
    sa.ForeignKeyConstraint(['sha256'], ['improvement_file.sha256'], name=op.f('fk_improvement_evidence_sha256_improvement_file')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_improvement_evidence'))
    )
    op.create_index(op.f('ix_improvement_evidence_action_id'), 'improvement_evidence', ['action_id'], unique=False)

    op.create_table('improvement_reminder',
    sa.Column('id', BIG, nullable=False),
    sa.Column('action_id', BIG, nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('told_at', Time(), nullable=False),
    sa.Column('reached', sa.Boolean(), nullable=False),
    sa.CheckConstraint("role IN ('owner', 'verifier', 'superior')", name=op.f('ck_improvement_reminder_role')),
    sa.ForeignKeyConstraint(['action_id'], ['improvement_action.id'], name=op.f('fk_improvement_reminder_action_id_improvement_action')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_improvement_reminder_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_improvement_reminder')),
    sa.UniqueConstraint('action_id', 'due_on', 'days', 'role', 'person_id', name='uq_improvement_reminder_once')
    )


def downgrade() -> None:
    op.drop_table('improvement_reminder')
    op.drop_table('improvement_evidence')
    op.drop_table('risk')
    op.drop_table('improvement_action')
    op.drop_table('improvement_file')
