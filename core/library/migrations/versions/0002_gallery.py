"""Picked and rejected pictures, and albums of finished pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("pictures") as pictures:
        pictures.add_column(sa.Column("flag", sa.String(), nullable=False, server_default=""))
        pictures.create_check_constraint(op.f("ck_pictures_flag"), "flag IN ('', 'picked', 'rejected')")
    op.create_table(
        "albums",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_albums")),
        sa.UniqueConstraint("name", name=op.f("uq_albums_name")),
    )
    op.create_table(
        "album_pictures",
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["album_id"], ["albums.id"], name=op.f("fk_album_pictures_album_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name=op.f("fk_album_pictures_picture_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("album_id", "picture_id", name=op.f("pk_album_pictures")),
    )
    op.create_index(op.f("ix_album_pictures_picture_id"), "album_pictures", ["picture_id"], unique=False)
