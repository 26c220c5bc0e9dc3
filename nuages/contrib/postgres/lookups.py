"""Lookups and transforms that only PostgreSQL has."""

from __future__ import annotations

from typing import Any

from nuages.contrib.postgres.search import SearchVector, SearchVectorExact, SearchVectorField
from nuages.db.models import Transform
from nuages.db.models.expressions.base import Sql
from nuages.db.models.lookups import PostgresOperatorLookup
from nuages.db.models.lookups.base import is_query


class DataContains(PostgresOperatorLookup):
    """The left side holds the right one."""

    postgres_operator = "@>"
    lookup_name = "contains"


class ContainedBy(PostgresOperatorLookup):
    """The left side is held by the right one."""

    postgres_operator = "<@"
    lookup_name = "contained_by"


class Overlap(PostgresOperatorLookup):
    """Both sides have something in common."""

    postgres_operator = "&&"
    lookup_name = "overlap"

    def get_prep_lookup(self) -> Any:
        from nuages.contrib.postgres.expressions import ArraySubquery

        if is_query(self.rhs):
            # The rows of a query are put together to one array.
            self.rhs = ArraySubquery(self.rhs)
        return super().get_prep_lookup()


class HasKey(PostgresOperatorLookup):
    postgres_operator = "?"
    lookup_name = "has_key"
    prepare_rhs = False


class HasKeys(PostgresOperatorLookup):
    postgres_operator = "?&"
    lookup_name = "has_keys"

    def get_prep_lookup(self) -> Any:
        return self.prepared(self.rhs, _texts)


class HasAnyKeys(HasKeys):
    postgres_operator = "?|"
    lookup_name = "has_any_keys"


def _texts(keys: Any) -> list[str]:
    return [str(key) for key in keys]


class Unaccent(Transform):
    """The text without accents."""

    bilateral = True
    lookup_name = "unaccent"
    function = "UNACCENT"


class TrigramSimilar(PostgresOperatorLookup):
    postgres_operator = "%%"
    lookup_name = "trigram_similar"


class TrigramWordSimilar(PostgresOperatorLookup):
    postgres_operator = "%%>"
    lookup_name = "trigram_word_similar"


class TrigramStrictWordSimilar(PostgresOperatorLookup):
    postgres_operator = "%%>>"
    lookup_name = "trigram_strict_word_similar"


class SearchLookup(SearchVectorExact):
    """Full text search in a column."""

    lookup_name = "search"

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Sql:
        if not isinstance(self.lhs.output_field, SearchVectorField):
            lhs = SearchVector(self.lhs, config=getattr(self.rhs, "config", None))
        return super().process_lhs(compiler, connection, lhs)
