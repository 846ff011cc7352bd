"""Imports: the number that a patient had in the system before, by which imported appointments name them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("patients", sa.Column("external_number_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("patients", "external_number_sealed")
