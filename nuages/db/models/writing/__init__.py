"""Writing rows: statements are made once per model, database and field set, then only bound and run."""

from nuages.db.models.writing.bulk import bulk_create
from nuages.db.models.writing.deleting import delete_rows
from nuages.db.models.writing.plans import insert_one, update_row
from nuages.db.models.writing.saving import save, save_base

__all__ = ["bulk_create", "delete_rows", "insert_one", "save", "save_base", "update_row"]
