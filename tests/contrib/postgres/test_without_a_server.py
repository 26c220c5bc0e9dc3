"""What needs the driver but no server: arguments, validation, storing, texts of queries."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("psycopg")

from nuages import forms
from nuages.contrib.postgres import fields, indexes
from nuages.contrib.postgres import forms as range_forms
from nuages.contrib.postgres.aggregates import ArrayAgg, Corr, CovarPop, RegrAvgX, RegrCount
from nuages.contrib.postgres.constraints import ExclusionConstraint
from nuages.contrib.postgres.fields.array import ArrayField, IndexTransformFactory, SliceTransformFactory
from nuages.contrib.postgres.fields.ranges import RangeOperators, on_the_wire
from nuages.contrib.postgres.search import Lexeme, SearchHeadline, SearchQuery, SearchVector, quote_lexeme
from nuages.contrib.postgres.validators import KeysValidator
from nuages.core.exceptions import ValidationError
from nuages.db.backends.postgresql.psycopg_any import NumericRange
from nuages.db.models import CharField, F, IntegerField, Q
from nuages.db.models.fields import checks


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("L'amour piqué", "'L amour piqué'"),
        ("'start", "'start'"),
        ("a''b", "'a b'"),
        ("back\\slash!", "'back slash'"),
        ("a & b | !c:*", "'a b c'"),
    ],
)
def test_lexemes_lose_what_would_be_an_operator(text: str, quoted: str) -> None:
    assert quote_lexeme(text) == quoted


def test_lexemes_turn_round_by_de_morgan() -> None:
    whole = Lexeme("a") | Lexeme("b") & ~Lexeme("c", prefix=True, weight="A")
    assert whole.text() == "('a' | ('b' & !'c':*A))"
    assert (~whole).text() == "(!'a' & (!'b' | 'c':*A))"


@pytest.mark.parametrize(("value", "error"), [("", ValueError), (None, TypeError), (1, TypeError)])
def test_lexemes_are_texts(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Lexeme(value)
    with pytest.raises(ValueError, match="Weight must be one of"):
        Lexeme("a", weight="E")


def test_search_nodes_combine_with_their_own_kind_only() -> None:
    assert str(SearchQuery("a") & ~SearchQuery("b")) == (
        "(SearchQuery(Value('a')) && ~SearchQuery(Value('b')))"
    )
    with pytest.raises(TypeError, match="SearchQuery can only be combined"):
        SearchQuery("a") | None
    with pytest.raises(TypeError, match="SearchVector can only be combined"):
        SearchVector("a") + 1
    with pytest.raises(ValueError, match="Unknown search_type"):
        SearchQuery("a", search_type="odd")


def test_headline_options_are_one_quoted_parameter() -> None:
    headline = SearchHeadline("a", "b", start_sel='<b class="x">', max_words=5)
    options = headline.get_source_expressions()[-1].value
    assert options == 'StartSel="<b class=""x"">", MaxWords=5'


def test_statistics_know_their_functions() -> None:
    assert [Corr.function, RegrAvgX.function, RegrCount.function] == ["CORR", "REGR_AVGX", "REGR_COUNT"]
    assert CovarPop("a", "b", sample=True).function == "COVAR_SAMP"
    with pytest.raises(ValueError, match="Both y and x"):
        Corr(y=None, x=None)
    with pytest.raises(TypeError, match="Complex aggregates require an alias"):
        ArrayAgg("a").default_alias  # noqa: B018


def test_array_fields_have_index_and_slice_transforms() -> None:
    field = ArrayField(IntegerField())
    assert isinstance(field.get_transform("0"), IndexTransformFactory)
    assert isinstance(field.get_transform("0_2"), SliceTransformFactory)
    for odd in ("0bar", "0_bar", "x", "-1"):
        assert field.get_transform(odd) is None


def test_array_items_say_which_one_is_wrong() -> None:
    field = ArrayField(CharField(max_length=2), size=2)
    with pytest.raises(ValidationError) as caught:
        field.clean(["ab", "abc"], None)
    error = caught.value.error_list[0]
    assert error.params == {"nth": 2, "value": "abc", "limit_value": 2, "show_value": 3}
    assert str(error.message).startswith("Item 2 in the array did not validate: Ensure")
    with pytest.raises(ValidationError, match="no more than 2"):
        field.clean(["a", "b", "c"], None)
    with pytest.raises(ValidationError, match="same length"):
        ArrayField(ArrayField(IntegerField())).clean([[1], [1, 2]], None)


def test_range_fields_make_ranges_of_pairs() -> None:
    field = fields.DecimalRangeField(default_bounds="[]")
    assert field.get_prep_value((1, 2)) == NumericRange(1, 2, "[]")
    assert type(on_the_wire(NumericRange(1, 2), fields.IntegerRangeField.wire_type)).__name__ == "Int4Range"
    with pytest.raises(ValueError, match="default_bounds must be one of"):
        fields.DecimalRangeField(default_bounds="<>")
    with pytest.raises(TypeError, match="Cannot use 'default_bounds'"):
        fields.IntegerRangeField(default_bounds="[]")


def test_hstore_keeps_texts() -> None:
    field = fields.HStoreField()
    assert field.get_prep_value({1: 2, "a": None}) == {"1": "2", "a": None}
    with pytest.raises(ValidationError, match="not a string or null"):
        field.clean({"a": 1}, None)


def test_forms_clean_what_they_show() -> None:
    simple = range_forms.SimpleArrayField(forms.IntegerField(), max_length=3)
    assert simple.clean("1,2") == [1, 2]
    with pytest.raises(ValidationError, match="no more than 3"):
        simple.clean("1,2,3,4")
    split = range_forms.SplitArrayField(forms.CharField(required=False), size=3, remove_trailing_nulls=True)
    assert split.clean(["a", "", ""]) == ["a"]
    numbers = range_forms.IntegerRangeField()
    assert numbers.clean(["1", "2"]) == NumericRange(1, 2)
    with pytest.raises(ValidationError, match="must not exceed"):
        numbers.clean(["2", "1"])


def test_keys_are_demanded() -> None:
    with pytest.raises(ValidationError, match="missing: b"):
        KeysValidator(["a", "b"])({"a": 1})
    with pytest.raises(ValidationError, match="unknown keys were provided: c"):
        KeysValidator(["a"], strict=True)({"a": 1, "c": 2})


@pytest.mark.parametrize(
    ("made", "kwargs"),
    [
        (indexes.BrinIndex(fields=["a"], name="x", pages_per_range=4), {"pages_per_range": 4}),
        (indexes.GinIndex(fields=["a"], name="x", fastupdate=False), {"fastupdate": False}),
        (indexes.BloomIndex(fields=["a"], name="x", columns=[4]), {"columns": [4]}),
    ],
)
def test_indexes_store_what_they_were_given(made: Any, kwargs: dict[str, Any]) -> None:
    path, _args, stored = made.deconstruct()
    assert path == f"nuages.contrib.postgres.indexes.{type(made).__name__}"
    assert stored == {"fields": ["a"], "name": "x", **kwargs}


def test_storage_parameters_become_sql() -> None:
    assert indexes.BTreeIndex(
        fields=["a"], name="x", fillfactor=80, deduplicate_items=False
    ).get_with_params() == [
        "fillfactor = 80",
        "deduplicate_items = off",
    ]
    with pytest.raises(ValueError, match="1 to 4095"):
        indexes.BloomIndex(fields=["a"], name="x", columns=[4096])


def test_exclusion_constraints_are_refused_and_compared() -> None:
    pairs = [(F("a"), RangeOperators.OVERLAPS)]
    one = ExclusionConstraint(name="x", expressions=pairs)
    assert one == ExclusionConstraint(name="x", index_type="gist", expressions=pairs)
    assert one != ExclusionConstraint(name="x", expressions=pairs, condition=Q(b=1))
    with pytest.raises(ValueError, match="only support GiST"):
        ExclusionConstraint(name="x", index_type="gin", expressions=pairs)
    with pytest.raises(ValueError, match="only support the EQUAL operator"):
        ExclusionConstraint(name="x", index_type="hash", expressions=pairs)


def test_lists_are_choices_of_an_array() -> None:
    choices = [("Media", [(["vinyl", "cd"], "Audio"), (("vhs",), "Video")]), (["mp3"], "Digital")]
    field = ArrayField(CharField(max_length=9), choices=choices)
    field.set_attributes_from_name("formats")
    assert list(checks.check_choices(field, None)) == []
