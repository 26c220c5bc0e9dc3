"""Full text search and trigrams."""

from __future__ import annotations

import re
from typing import Any

from nuages.contrib.postgres.utils import CheckPostgresInstalledMixin
from nuages.db.models import CharField, Expression, Field, FloatField, Func, Lookup, TextField, Value
from nuages.db.models.expressions import CombinedExpression
from nuages.db.models.expressions.base import Sql, is_expression
from nuages.db.models.functions import Cast, Coalesce

# Fields and the lookup on them ------------------------------------------------------------------------------


class SearchVectorExact(Lookup):
    """A document matches a query."""

    lookup_name = "exact"

    def process_rhs(self, compiler: Any, connection: Any) -> Sql:
        if not isinstance(self.rhs, (SearchQuery, CombinedSearchQuery)):
            plain = (
                self.rhs.value
                if isinstance(self.rhs, Value) and not isinstance(self.rhs, Lexeme)
                else self.rhs
            )
            query = SearchQuery(plain, config=getattr(self.lhs, "config", None))
            changed = self.copy()
            changed.rhs = query
            return super(SearchVectorExact, changed).process_rhs(compiler, connection)
        return super().process_rhs(compiler, connection)

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} @@ {rhs}", (*lhs_params, *rhs_params)


class SearchVectorField(CheckPostgresInstalledMixin, Field):
    """A document made ready for searching."""

    def db_type(self, connection: Any) -> str:
        return "tsvector"


SearchVectorField.register_lookup(SearchVectorExact)


class SearchQueryField(CheckPostgresInstalledMixin, Field):
    """A query for documents."""

    def db_type(self, connection: Any) -> str:
        return "tsquery"


class _TextSearchConfigField(Field):
    def db_type(self, connection: Any) -> str:
        return "regconfig"


class SearchConfig(Expression):
    """The language of documents and queries, by name or from a column."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config if is_expression(config) else Value(config)

    @classmethod
    def from_parameter(cls, config: Any) -> SearchConfig | None:
        """The configuration for an argument, None for none."""
        return config if config is None or isinstance(config, cls) else cls(config)

    def get_source_expressions(self) -> list[Any]:
        return [self.config]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.config,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        sql, params = compiler.compile(self.config)
        return f"{sql}::regconfig", tuple(params)


class _WithConfig:
    """A function whose first argument may be a configuration."""

    config: Any

    def get_source_expressions(self) -> list[Any]:
        return [*super().get_source_expressions(), self.config]  # type: ignore[misc]

    def set_source_expressions(self, exprs: Any) -> None:
        *rest, self.config = exprs
        super().set_source_expressions(rest)  # type: ignore[misc]

    def get_source_fields(self) -> list[Any]:
        return [inner._output_field_or_none for inner in self.source_expressions]  # type: ignore[attr-defined]


# Vectors ----------------------------------------------------------------------------------------------------


class SearchVectorCombinable:
    """Vectors are put together by `+`."""

    def _combine(self, other: Any, connector: str, swapped: bool = False) -> Any:
        if not isinstance(other, SearchVectorCombinable):
            raise TypeError(
                "SearchVector can only be combined with other SearchVector "
                f"instances, got {type(other).__name__}."
            )
        pair = (other, self) if swapped else (self, other)
        return CombinedSearchVector(pair[0], "||", pair[1], self.config)  # type: ignore[attr-defined]


class SearchVector(SearchVectorCombinable, _WithConfig, Func):
    """The document that columns make."""

    function = "to_tsvector"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()
    structure = ("extra", "weight")

    def __init__(self, *expressions: Any, config: Any = None, weight: str | None = None) -> None:
        super().__init__(*expressions)
        self.config = SearchConfig.from_parameter(config)
        if weight is not None and not is_expression(weight):
            weight = str(weight)
        self.weight = weight

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, function: str | None = None, template: str | None = None
    ) -> Sql:
        texts = self.copy()
        config = texts.config
        texts.source_expressions = [_text_or_empty(inner) for inner in self.source_expressions]
        before: tuple[Any, ...] = ()
        if template is None:
            template = "%(function)s(%(expressions)s)"
            if config is not None:
                sql, before = compiler.compile(config)
                sql = sql.replace("%", "%%")
                template = template.replace("(%(expressions)s", f"({sql}, %(expressions)s")
        written, params = Func.as_sql(texts, compiler, connection, function=function, template=template)
        if self.weight is None:
            return written, (*before, *params)
        weight, weight_params = compiler.compile(
            self.weight if is_expression(self.weight) else Value(self.weight)
        )
        return f"setweight({written}, {weight})", (*before, *params, *weight_params)


def _text_or_empty(node: Any) -> Any:
    """A text, empty for null, so that one null column does not swallow the others."""
    if isinstance(node, Coalesce):
        return node
    text = node if isinstance(node._output_field_or_none, (CharField, TextField)) else Cast(node, TextField())
    return Coalesce(text, Value(""))


class CombinedSearchVector(SearchVectorCombinable, CombinedExpression):
    """Two documents as one."""

    def __init__(self, lhs: Any, connector: str, rhs: Any, config: Any, output_field: Any = None) -> None:
        self.config = config
        super().__init__(lhs, connector, rhs, output_field)

    def _resolve_output_field(self) -> Any:
        return SearchVectorField()


# Queries ----------------------------------------------------------------------------------------------------


class SearchQueryCombinable:
    """Queries are combined by `&` and `|` and turned round by `~`."""

    BITAND = "&&"
    BITOR = "||"

    def _combine(self, other: Any, connector: str, swapped: bool = False) -> Any:
        if not isinstance(other, SearchQueryCombinable):
            raise TypeError(
                "SearchQuery can only be combined with other SearchQuery "
                f"instances, got {type(other).__name__}."
            )
        pair = (other, self) if swapped else (self, other)
        return CombinedSearchQuery(pair[0], connector, pair[1], self.config)  # type: ignore[attr-defined]

    def __or__(self, other: Any) -> Any:
        return self._combine(other, self.BITOR)

    def __ror__(self, other: Any) -> Any:
        return self._combine(other, self.BITOR, swapped=True)

    def __and__(self, other: Any) -> Any:
        return self._combine(other, self.BITAND)

    def __rand__(self, other: Any) -> Any:
        return self._combine(other, self.BITAND, swapped=True)


class SearchQuery(SearchQueryCombinable, _WithConfig, Func):  # type: ignore[misc]
    """What is searched for."""

    output_field = SearchQueryField()
    structure = ("extra", "function", "invert")
    SEARCH_TYPES = {"raw": "to_tsquery"} | {
        kind: f"{kind}to_tsquery" for kind in ("plain", "phrase", "websearch_")
    }
    SEARCH_TYPES["websearch"] = SEARCH_TYPES.pop("websearch_")

    def __init__(
        self,
        value: Any,
        output_field: Any = None,
        *,
        config: Any = None,
        invert: bool = False,
        search_type: str = "plain",
    ) -> None:
        if isinstance(value, LexemeCombinable):
            search_type = "raw"
        function = self.SEARCH_TYPES.get(search_type)
        if function is None:
            raise ValueError(f"Unknown search_type argument '{search_type}'.")
        self.function = function
        self.invert = invert
        self.config = SearchConfig.from_parameter(config)
        super().__init__(value if is_expression(value) else Value(value), output_field=output_field)

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, function: str | None = None, template: str | None = None
    ) -> Sql:
        arguments = [*([] if self.config is None else [self.config]), *self.source_expressions]
        whole = self.copy()
        whole.config = None
        whole.source_expressions = arguments
        sql, params = Func.as_sql(whole, compiler, connection, function=function, template=template)
        return (f"!!({sql})" if self.invert else sql), params

    def __invert__(self) -> SearchQuery:
        turned = self.copy()
        turned.invert = not self.invert
        turned._made_from = None
        return turned  # type: ignore[no-any-return]

    def __str__(self) -> str:
        shown = f"{type(self).__name__}({', '.join(map(repr, self.source_expressions))})"
        return f"~{shown}" if self.invert else shown


class CombinedSearchQuery(SearchQueryCombinable, CombinedExpression):  # type: ignore[misc]
    """Two queries as one."""

    def __init__(self, lhs: Any, connector: str, rhs: Any, config: Any, output_field: Any = None) -> None:
        self.config = config
        super().__init__(lhs, connector, rhs, output_field)

    def _resolve_output_field(self) -> Any:
        return SearchQueryField()

    def __str__(self) -> str:
        return f"({super().__str__()})"


class SearchRank(Func):
    """How well a document fits a query."""

    function = "ts_rank"
    output_field = FloatField()
    structure = ("extra", "function")

    def __init__(
        self,
        vector: Any,
        query: Any,
        weights: Any = None,
        normalization: Any = None,
        cover_density: bool = False,
    ) -> None:
        if not isinstance(vector, SearchVectorCombinable) and not is_expression(vector):
            vector = SearchVector(vector)
        if not isinstance(query, SearchQueryCombinable) and not is_expression(query):
            query = SearchQuery(query)
        arguments = [vector, query]
        if weights is not None:
            arguments.insert(0, _Weights(weights if is_expression(weights) else Value(weights)))
        if normalization is not None:
            arguments.append(normalization if is_expression(normalization) else Value(normalization))
        super().__init__(*arguments)
        if cover_density:
            self.function = "ts_rank_cd"


class _Weights(Func):
    """Four numbers, as the type that the function takes."""

    template = "(%(expressions)s)::real[]"
    arity = 1


class SearchHeadline(Func):
    """The part of a document where a query matches, the words marked."""

    function = "ts_headline"
    output_field = TextField()
    structure = ("extra", "options")

    def __init__(
        self,
        expression: Any,
        query: Any,
        *,
        config: Any = None,
        start_sel: str | None = None,
        stop_sel: str | None = None,
        max_words: int | None = None,
        min_words: int | None = None,
        short_word: int | None = None,
        highlight_all: bool | None = None,
        max_fragments: int | None = None,
        fragment_delimiter: str | None = None,
    ) -> None:
        if not is_expression(query):
            query = SearchQuery(query)
        given = {
            "StartSel": start_sel,
            "StopSel": stop_sel,
            "FragmentDelimiter": fragment_delimiter,
            "MaxFragments": max_fragments,
            "MaxWords": max_words,
            "MinWords": min_words,
            "HighlightAll": highlight_all,
            "ShortWord": short_word,
        }
        self.options = {name: value for name, value in given.items() if value is not None}
        arguments = [expression, query]
        if config is not None:
            arguments.insert(0, SearchConfig.from_parameter(config))
        if self.options:
            # One parameter: nothing in a marker can reach the SQL.
            arguments.append(
                Value(", ".join(f"{name}={_option(value)}" for name, value in self.options.items()))
            )
        super().__init__(*arguments)


def _option(value: Any) -> str:
    text = str(value).replace('"', '""')
    return f'"{text}"' if isinstance(value, str) else text


# Trigrams ---------------------------------------------------------------------------------------------------


class TrigramBase(Func):
    """A measure of how alike a column and a text are."""

    output_field = FloatField()

    def __init__(self, expression: Any, string: Any, **extra: Any) -> None:
        super().__init__(expression, string if is_expression(string) else Value(string), **extra)


class TrigramWordBase(Func):
    """A measure of how well a text is contained in a column."""

    output_field = FloatField()

    def __init__(self, string: Any, expression: Any, **extra: Any) -> None:
        super().__init__(string if is_expression(string) else Value(string), expression, **extra)


class TrigramSimilarity(TrigramBase):
    function = "SIMILARITY"


class TrigramDistance(TrigramBase):
    arg_joiner = " <-> "
    function = ""


class TrigramWordSimilarity(TrigramWordBase):
    function = "WORD_SIMILARITY"


class TrigramWordDistance(TrigramWordBase):
    arg_joiner = " <<-> "
    function = ""


class TrigramStrictWordSimilarity(TrigramWordBase):
    function = "STRICT_WORD_SIMILARITY"


class TrigramStrictWordDistance(TrigramWordBase):
    arg_joiner = " <<<-> "
    function = ""


# Lexemes ----------------------------------------------------------------------------------------------------

_OPERATORS = re.compile(r"[\0\\'\"&|!:*()<>]+")


def quote_lexeme(value: str) -> str:
    """A text as one quoted lexeme: what would be an operator becomes a space."""
    words = _OPERATORS.sub(" ", value).split()
    return f"'{' '.join(words)}'"


class LexemeCombinable:
    """Lexemes are combined by `&` and `|` and turned round by `~`."""

    BITAND = "&"
    BITOR = "|"

    def _combine(self, other: Any, connector: str, swapped: bool = False) -> CombinedLexeme:
        if not isinstance(other, LexemeCombinable):
            raise TypeError(f"A Lexeme can only be combined with another Lexeme, got {type(other).__name__}.")
        pair = (other, self) if swapped else (self, other)
        return CombinedLexeme(pair[0], connector, pair[1])

    def __or__(self, other: Any) -> CombinedLexeme:
        return self._combine(other, self.BITOR)

    def __ror__(self, other: Any) -> CombinedLexeme:
        return self._combine(other, self.BITOR, swapped=True)

    def __and__(self, other: Any) -> CombinedLexeme:
        return self._combine(other, self.BITAND)

    def __rand__(self, other: Any) -> CombinedLexeme:
        return self._combine(other, self.BITAND, swapped=True)


class Lexeme(LexemeCombinable, Value):  # type: ignore[misc]
    """One term of a raw query, safe to make from anybody's input."""

    # Its text is composed with others into one parameter.
    shape_safe = False

    def __init__(
        self,
        value: Any,
        output_field: Any = None,
        *,
        invert: bool = False,
        prefix: bool = False,
        weight: str | None = None,
    ) -> None:
        if not isinstance(value, str):
            raise TypeError(f"Lexeme value must be a string, got {type(value).__name__}.")
        if not value:
            raise ValueError("Lexeme value cannot be empty.")
        if weight is not None and (not isinstance(weight, str) or weight.lower() not in {"a", "b", "c", "d"}):
            raise ValueError(f"Weight must be one of 'A', 'B', 'C', and 'D', got {weight!r}.")
        self.prefix = prefix
        self.invert = invert
        self.weight = weight
        super().__init__(value, output_field=output_field)

    def text(self) -> str:
        """The term in the language of queries."""
        marks = ("*" if self.prefix else "") + (self.weight or "")
        return f"{'!' if self.invert else ''}{quote_lexeme(self.value)}{':' if marks else ''}{marks}"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return "%s", (self.text(),)

    def __invert__(self) -> Lexeme:
        return type(self)(self.value, invert=not self.invert, prefix=self.prefix, weight=self.weight)


class CombinedLexeme(LexemeCombinable, CombinedExpression):  # type: ignore[misc]
    """Two terms as one."""

    shape_safe = False

    def _resolve_output_field(self) -> Any:
        return TextField()

    def text(self) -> str:
        """Both terms in the language of queries."""
        return f"({self.lhs.text()} {self.connector} {self.rhs.text()})"

    def as_sql(self, compiler: Any, connection: Any) -> Sql:
        return "%s", (self.text(),)

    def __invert__(self) -> CombinedLexeme:
        # Not (a and b) is (not a) or (not b).
        opposite = self.BITOR if self.connector == self.BITAND else self.BITAND
        return type(self)(~self.lhs, opposite, ~self.rhs)
