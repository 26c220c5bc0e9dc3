"""The readable face of a query: what `queryset.query` gives, and what writes it."""

from nuages.db.models.sql.query import Query
from nuages.db.models.sql.statements import DeleteQuery, InsertQuery, UpdateQuery
from nuages.db.models.sql.where import AND, OR, XOR

__all__ = ["AND", "OR", "XOR", "DeleteQuery", "InsertQuery", "Query", "UpdateQuery"]
