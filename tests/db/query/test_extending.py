"""The documented ways to extend queries, used as packages use them: fields, lookups, transforms, expressions, `query`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nuages.core.exceptions import FieldError, ValidationError
from nuages.db import connection, models
from nuages.db.models import Aggregate, F, Func, IntegerField, Q, Sum, Value
from nuages.db.models.functions import Length
from nuages.db.models.sql import Query
from nuages.test.utils import CaptureQueriesContext
from tests.db.query.shop.models import Author, Book, Colour, Paint, Tag

RED, SEA = Colour(255, 0, 0), Colour(0, 80, 160)


@pytest.fixture
def paints() -> None:
    Paint.objects.bulk_create([Paint(colour=RED, shelf=1), Paint(colour=SEA, shelf=2), Paint(shelf=3)])


# Fields -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("paints")
def test_a_field_of_ones_own_is_read_written_and_looked_up() -> None:
    assert Paint.objects.get(colour=SEA).shelf == 2
    assert Paint.objects.get(colour="00-50-a0").colour == SEA
    assert {paint.shelf for paint in Paint.objects.filter(colour__in=[RED, SEA])} == {1, 2}
    assert Paint.objects.filter(colour=None).count() == Paint.objects.filter(colour__isnull=True).count() == 1
    assert list(Paint.objects.order_by("shelf").values_list("colour", flat=True)) == [RED, SEA, None]
    assert Paint.objects.aggregate(last=models.Max("colour")) == {"last": RED}
    Paint.objects.filter(colour=RED).update(colour=SEA)
    assert Paint.objects.filter(colour=SEA).count() == 2


@pytest.mark.usefixtures("paints")
def test_a_field_of_ones_own_refuses_what_it_does_not_know() -> None:
    for act in (lambda: Paint.objects.filter(colour="mauve"), lambda: Paint(colour="mauve").full_clean()):
        with pytest.raises(ValidationError):
            act()


def test_a_field_of_ones_own_is_taken_apart_for_migrations() -> None:
    field: Any = Paint._meta.get_field("colour")
    _, path, args, kwargs = field.deconstruct()
    assert (path.rpartition(".")[2], args, kwargs) == ("ColourField", [], {"null": True})
    assert field.clone().deconstruct()[1:] == field.deconstruct()[1:]


# Lookups and transforms ---------------------------------------------------------------------------------------


class NotEqual(models.Lookup):
    lookup_name = "ne"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} <> {rhs}", (*lhs_params, *rhs_params)


class Doubled(models.Transform):
    lookup_name = "doubled"
    bilateral = False

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = compiler.compile(self.lhs)
        return f"({sql} * 2)", params

    @property
    def output_field(self) -> Any:
        return IntegerField()


class Loud(models.Transform):
    lookup_name = "loud"
    function = "UPPER"
    bilateral = True


@pytest.fixture
def registered() -> Iterator[None]:
    models.Field.register_lookup(NotEqual)
    models.IntegerField.register_lookup(Doubled)
    models.CharField.register_lookup(Loud)
    yield
    models.Field._unregister_lookup(NotEqual)
    models.IntegerField._unregister_lookup(Doubled)
    models.CharField._unregister_lookup(Loud)


@pytest.mark.usefixtures("registered")
def test_a_lookup_of_ones_own_takes_values_columns_and_queries() -> None:
    for pages in (100, 200):  # cold and warm
        assert Book.objects.filter(pages__ne=pages).count() == 2
    assert Book.objects.exclude(pages__ne=100).get(pages__isnull=False).title == "Dawn"
    assert Book.objects.filter(title__ne=F("author__name")).count() == 4
    assert Book.objects.filter(author__name__ne="Ana").count() == 2


@pytest.mark.usefixtures("registered")
def test_a_transform_of_ones_own_goes_before_lookups_and_into_other_clauses() -> None:
    assert Book.objects.get(pages__doubled=400).title == "Dusk"
    assert Book.objects.filter(pages__doubled__gt=200).count() == 2
    assert list(Book.objects.filter(pages=100).values_list("pages__doubled", flat=True)) == [200]
    assert Book.objects.order_by("-pages__doubled").filter(pages__gt=0).first() == Book.objects.get(
        title="Fire"
    )
    assert Book.objects.aggregate(most=models.Max("pages__doubled"))["most"] == 600


@pytest.mark.usefixtures("registered")
def test_a_bilateral_transform_is_applied_to_both_sides() -> None:
    assert Tag.objects.filter(name__loud="SeA").count() == 1
    assert Tag.objects.filter(name__loud__in=["SeA", "WAR"]).count() == 2


def test_what_is_taken_back_is_unknown_again() -> None:
    with pytest.raises(FieldError, match="Unsupported lookup 'ne'"):
        Book.objects.filter(pages__ne=1)


# Expressions, functions, aggregates ---------------------------------------------------------------------------


class Repeat(Func):
    """Written differently for each database, as the documentation says."""

    output_field = models.CharField()

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="REPEAT", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        text, times = self.source_expressions
        sql, params = compiler.compile(text)
        count, more = compiler.compile(times)
        return f"REPLACE(HEX(ZEROBLOB({count})), '00', {sql})", (*more, *params)


class Product(Aggregate):
    """An aggregate that is arithmetic over others."""

    function = "SUM"
    name = "Product"
    allow_distinct = True
    output_field = IntegerField()


@pytest.mark.parametrize(("times", "text"), [(1, "sea"), (3, "seaseasea")])
def test_a_function_may_write_itself_for_one_database(times: int, text: str) -> None:
    found = Tag.objects.filter(name="sea").annotate(many=Repeat("name", Value(times)))
    assert found.get().many == text  # type: ignore[attr-defined]
    assert Tag.objects.annotate(many=Repeat("name", Value(times))).filter(many=text).count() == 1


def test_an_aggregate_of_ones_own_filters_and_groups() -> None:
    assert Book.objects.aggregate(all=Product("pages"))["all"] == 600
    assert Book.objects.aggregate(some=Product("pages", filter=Q(price__lt=8)))["some"] == 300
    assert Book.objects.aggregate(alike=Product("price", distinct=True))["alike"] in (21, 22)
    grouped = Book.objects.values("author__name").annotate(all=Product("pages")).order_by("author__name")
    assert [row["all"] for row in grouped] == [300, None, 300]


def test_a_template_takes_what_is_given_with_the_call() -> None:
    halves = Func(F("pages"), template="(%(expressions)s / %(by)s)", by=2, output_field=IntegerField())
    assert Book.objects.annotate(half=halves).get(half=100).title == "Dusk"


# `queryset.query` ---------------------------------------------------------------------------------------------


def test_the_query_can_be_read() -> None:
    found = Book.objects.filter(pages__gt=50).annotate(size=Length("title")).order_by("-pages", "title")
    query = found.query
    assert query.model is Book
    assert query.get_meta() is Book._meta
    assert tuple(query.order_by) == ("-pages", "title")
    assert list(query.annotations) == ["size"]
    assert query.where and len(query.where.children) == 1
    (condition,) = query.where.children
    assert (condition.lookup_name, condition.lhs.target.name) == ("gt", "pages")
    assert str(query).startswith("SELECT ") and "ORDER BY" in str(query) and "> 50" in str(query)
    assert not query.is_sliced and found[:2].query.is_sliced
    assert not query.distinct and found.distinct().query.distinct


def test_conditions_are_read_with_their_values() -> None:
    found = Book.objects.filter(pages__in=[100, 200], author__in=Author.objects.filter(name="Ana"))
    one, two, three = found.exclude(title="Dusk").query.where.children
    assert (one.lookup_name, list(one.rhs)) == ("in", [100, 200])
    assert two.rhs.where.children[0].rhs == "Ana"
    assert three.negated and three.children[0].rhs == "Dusk"


def test_conditions_of_one_query_hold_in_another_and_nowhere_else() -> None:
    short = Book.objects.filter(pages=100)
    assert short.get().title == "Dawn"
    (other,) = Book.objects.filter(title="Dusk").query.where.children
    both = Book.objects.filter(pages=100)
    both.query.where.add(other, "AND")
    assert not both.exists() and list(both) == []
    assert Book.objects.filter(pages=100).filter(price__gt=0).get().title == "Dawn"


def test_what_is_computed_is_read_with_its_values_and_is_nobody_elses() -> None:
    found = Book.objects.annotate(word=Value("x"), more=F("pages") + 1)
    assert found.query.annotations["word"].value == "x"
    assert (
        Book.objects.filter(title="Dawn").annotate(other=found.query.annotations["more"]).get().other == 101
    )
    plain = Book.objects.filter(title="Dawn")
    plain.query.annotations["seven"] = Value(7)
    plain.query.extra["two"] = ("1 + 1", ())
    assert (plain.get().seven, plain.get().two) == (7, 2)
    for same in (Book.objects.filter(title="Dawn").get(), Tag.objects.filter(name="sea").get()):
        assert not hasattr(same, "seven") and not hasattr(same, "two")


def test_a_query_made_by_hand_shares_nothing_with_others() -> None:
    one, two = Query(Book), Query(Book)
    (condition,) = Book.objects.filter(title="Dusk").query.where.children
    one.where.add(condition, "AND")
    assert one.get_count("default") == 1
    assert two.get_count("default") == Book.objects.count() == 4


def test_looking_at_the_query_changes_no_shape_until_it_is_looked_into() -> None:
    found = Book.objects.filter(pages=100)
    shape = found.query.shape
    assert shape is Book.objects.filter(pages=200).query.shape
    assert found.get().title == "Dawn" and found.query.shape is shape
    found.query.distinct = True
    assert found.query.shape is not shape and found.count() == 1


def test_combined_queries_are_read_with_their_values() -> None:
    both = Book.objects.filter(pages=100).union(Book.objects.filter(pages=200))
    assert [query.where.children[0].rhs for query in both.query.combined_queries] == [100, 200]
    assert sorted(book.title for book in both) == ["Dawn", "Dusk"]


def test_a_query_in_a_query_in_a_query_is_looked_into_once_each() -> None:
    """Not twice each, which would be a million times twenty levels down."""
    found = Book.objects.filter(pk=1)
    for _ in range(20):
        found = Book.objects.filter(pk__in=found)
    (condition,) = found.query.where.children
    assert condition.rhs.where.children[0].rhs.model is Book


def test_conditions_may_be_changed_again_after_the_query_was_run() -> None:
    found = Book.objects.filter(pages__gt=150)
    where = found.query.where
    copy = found.all()
    assert found.count() == copy.count() == 2
    where.children.clear()
    assert (found.count(), found.all().count(), copy.count()) == (4, 4, 2)
    found.query.where = copy.query.where
    assert found.filter(title="Fire").count() == found.count() - 1 == 1


def test_the_query_can_be_changed_by_hand() -> None:
    found = Book.objects.all()
    query = found.query
    query.add_q(Q(pages__gt=50))
    query.add_filter("title__lt", "F")
    query.add_annotation(Length("title"), "size")
    query.add_extra({"twice": "pages * %s"}, [2], ["pages < %s"], [250], None, None)
    query.add_ordering("-pages")
    query.add_deferred_loading(["price"])
    query.add_select_related(["author"])
    assert query.get_count("default") == found.count() == 2
    with CaptureQueriesContext(connection) as captured:
        assert [(one.title, one.size, one.twice, one.author.name) for one in found] == [
            ("Dusk", 4, 400, "Ana"),
            ("Dawn", 4, 200, "Ana"),
        ]
    assert len(captured) == 1
    assert query.deferred_loading == ({"price"}, True) and found[0].get_deferred_fields() == {"price"}
    query.add_immediate_loading(["title", "author"])
    query.clear_ordering(force=True)
    query.set_limits(1, 5)
    assert found.all().count() == 1
    assert "ORDER BY" not in str(query)
    assert query.get_initial_alias() == "shop_book"


def test_the_compiler_gives_what_the_database_is_sent() -> None:
    found = Book.objects.filter(pages__gt=50).order_by("pages").values_list("title")
    sql, params = found.query.get_compiler(connection=connection).as_sql()
    assert (
        found.query.sql_with_params() == found.query.get_compiler(using="default").as_sql() == (sql, params)
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.fetchall() == [("Dawn",), ("Dusk",), ("Fire",)]


def test_the_query_can_be_added_to() -> None:
    found = Book.objects.all()
    found.query.add_annotation(F("pages") * 2, "twice", select=True)
    found.query.add_ordering("-twice", "title")
    found.query.add_q(Q(twice__gt=0))
    found.query.set_limits(0, 2)
    assert [(book.title, book.twice) for book in found] == [("Fire", 600), ("Dusk", 400)]  # type: ignore[attr-defined]
    copy = found.query.chain()
    copy.clear_limits()
    copy.clear_ordering(force=True)
    assert (copy.is_sliced, tuple(copy.order_by)) == (False, ())
    assert found.query.is_sliced
    # A query is a value like another.
    assert Book.objects.filter(pk__in=Book.objects.filter(pages=100).values("pk").query).count() == 1


def test_a_subclass_of_a_query_set_keeps_its_methods_through_every_step() -> None:
    class Short(models.QuerySet[Any]):
        def below(self, pages: int) -> Any:
            return self.filter(pages__lt=pages)

    found = Short(Book).order_by("title").below(250).exclude(title="Dusk")
    assert isinstance(found, Short) and [book.title for book in found.below(500)] == ["Dawn"]
    assert Short.as_manager().__class__.__name__ == "ManagerFromShort"
    assert found.aggregate(Sum("pages")) == {"pages__sum": 100}
