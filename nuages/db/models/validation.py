"""What `full_clean()` does, step by step: fields, the model, uniqueness, constraints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from nuages.core.exceptions import NON_FIELD_ERRORS, ValidationError
from nuages.db.models.expressions import DatabaseDefault, ExpressionWrapper, F, Value
from nuages.utils.text import capfirst, get_text_list
from nuages.utils.translation import gettext_lazy as _

__all__ = ["validate_for_save"]

#: A unique check: the model whose table it is about, and the names of its fields.
UniqueCheck = tuple[Any, tuple[str, ...]]
#: A date check: model, kind of lookup, field, and the date field it is unique for.
DateCheck = tuple[Any, str, str, str]


def full_clean(instance: Any, exclude: Iterable[str] | None, unique: bool, constraints: bool) -> None:
    errors: dict[str, list[Any]] = {}
    skipped = set(exclude or ())

    def attempt(step: Any, *args: Any) -> None:
        try:
            step(*args)
        except ValidationError as error:
            error.update_error_dict(errors)

    attempt(instance.clean_fields, skipped)
    # Said by its documented keyword: overridden methods may have only that.
    attempt(instance.clean)
    if unique:
        _leave_out_failed(skipped, errors)
        attempt(instance.validate_unique, skipped)
    if constraints:
        _leave_out_failed(skipped, errors)
        attempt(instance.validate_constraints, skipped)
    if errors:
        raise ValidationError(errors)


def _leave_out_failed(skipped: set[str], errors: Iterable[str]) -> None:
    """A field that is wrong already is not asked whether it is unique."""
    skipped.update(name for name in errors if name != NON_FIELD_ERRORS)


def validate_for_save(instance: Any) -> None:
    """VALIDATE_ON_SAVE: everything that needs no query."""
    errors: dict[str, list[Any]] = {}
    # Whether a key leads somewhere is a query, and what the database itself refuses.
    keys = {
        f.name for f in instance._meta.fields if f.is_relation and getattr(instance, f.attname) is not None
    }
    for step in (
        lambda: instance.clean_fields(exclude=keys),
        instance.clean,
        lambda: _check_constraints(instance, errors),
    ):
        try:
            step()
        except ValidationError as error:
            error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def _check_constraints(instance: Any, errors: dict[str, list[Any]]) -> None:
    """Constraints that can be told from the row alone, by the database's own arithmetic at the time it is written."""
    for model, constraints in instance.get_constraints():
        for constraint in constraints:
            constraint.validate_without_query(model, instance, set(errors))


def clean_fields(instance: Any, exclude: Collection[str]) -> None:
    errors: dict[str, Any] = {}
    for field in instance._meta.fields:
        if field.name in exclude or field.generated:
            continue
        raw = getattr(instance, field.attname)
        # Fields that may be empty are not validated when they are; the same goes for a default of the database.
        if field.blank and raw in field.empty_values:
            continue
        if isinstance(raw, DatabaseDefault):
            continue
        try:
            setattr(instance, field.attname, field.clean(raw, instance))
        except ValidationError as error:
            errors[field.name] = error.error_list
    if errors:
        raise ValidationError(errors)


def validate_unique(instance: Any, exclude: Collection[str] | None) -> None:
    unique, dates = instance._get_unique_checks(exclude=exclude)
    errors = instance._perform_unique_checks(unique)
    for name, messages in instance._perform_date_checks(dates).items():
        errors.setdefault(name, []).extend(messages)
    if errors:
        raise ValidationError(errors)


def validate_constraints(instance: Any, exclude: Collection[str] | None) -> None:
    from nuages.db import router

    using = router.db_for_write(instance.__class__, instance=instance)
    errors: dict[str, list[Any]] = {}
    for model, constraints in instance.get_constraints():
        for constraint in constraints:
            try:
                constraint.validate(model, instance, exclude=exclude, using=using)
            except ValidationError as error:
                # A single-field unique constraint's error belongs to that field.
                fields = getattr(constraint, "fields", ())
                if getattr(error, "code", None) == "unique" and len(fields) == 1:
                    errors.setdefault(fields[0], []).append(error)
                else:
                    error.update_error_dict(errors)
    if errors:
        raise ValidationError(errors)


def field_expressions(instance: Any, meta: Any, exclude: Collection[str]) -> dict[str, Any]:
    """The instance's values as expressions by field name, for constraints that look at the row."""
    found: dict[str, Any] = {}
    computed = []
    for field in meta.local_fields:
        if field.name in exclude:
            continue
        if field.generated:
            if not any(name in exclude for name in field.referenced_names()):
                computed.append(field)
        elif field.concrete:
            value = _as_expression(getattr(instance, field.attname), field)
            found[field.name] = found[field.attname] = value
        elif field.is_relation:
            # Over several columns: their values together.
            parts = tuple(getattr(instance, name) for name in field.from_fields)
            found[field.name] = _as_expression(parts if len(parts) > 1 else parts[0], field)
    if "pk" not in exclude:
        found["pk"] = Value(instance.pk, meta.pk)
    known = {F(name): value for name, value in found.items()}
    for field in computed:
        expression = field.expression.replace_expressions(known)
        found[field.name] = ExpressionWrapper(expression, field.output_field)
    return found


def _as_expression(value: Any, field: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else Value(value, field)


def unique_checks(
    instance: Any, exclude: Collection[str], with_constraints: bool
) -> tuple[list[UniqueCheck], list[DateCheck]]:
    """What has to be looked up: unique fields and combinations, and unique_for_date and its like."""
    unique: list[UniqueCheck] = []
    dates: list[DateCheck] = []
    models = [instance.__class__, *instance._meta.all_parents]
    for model in models:
        combinations = list(model._meta.unique_together)
        if with_constraints:
            combinations += [constraint.fields for constraint in model._meta.total_unique_constraints]
        unique += [
            (model, tuple(names)) for names in combinations if not any(name in exclude for name in names)
        ]
    for model in models:
        fields = model._meta.local_fields
        for field in fields:
            if field.name in exclude:
                continue
            # A composite key is unique as the fields it is made of.
            parts = model._meta.pk_fields if field is model._meta.pk else (field,)
            names = [part.name for part in parts]
            if field.unique and not any(name in exclude for name in names):
                unique.append((model, tuple(names)))
            for kind, other in (
                ("date", field.unique_for_date),
                ("year", field.unique_for_year),
                ("month", field.unique_for_month),
            ):
                if other and other not in exclude:
                    dates.append((model, kind, field.name, other))
    return unique, dates


def perform_unique_checks(instance: Any, checks: Iterable[UniqueCheck]) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    for model, names in checks:
        # The key of a row that is there already is no news, nor is a part of it.
        if not instance._state.adding and {*names} <= {field.name for field in model._meta.pk_fields}:
            continue
        lookup = _unique_lookup(instance, names)
        # Rows with a NULL among the values are never equal.
        if lookup is None:
            continue
        others = model._default_manager.filter(**lookup)
        # The row itself is no other one. A parent's row of this instance counts as itself too.
        key = instance._get_pk_val(model._meta)
        if not instance._state.adding and instance._is_pk_set(model._meta):
            others = others.exclude(pk=key)
        if others.exists():
            where = names[0] if len(names) == 1 else NON_FIELD_ERRORS
            errors.setdefault(where, []).append(instance.unique_error_message(model, names))
    return errors


def _unique_lookup(instance: Any, names: Sequence[str]) -> dict[str, Any] | None:
    from nuages.db import connection

    lookup: dict[str, Any] = {}
    for name in names:
        field = instance._meta.get_field(name)
        value = getattr(instance, field.attname)
        if value is None or (value == "" and connection.features.interprets_empty_strings_as_nulls):
            return None
        lookup[name] = value
    return lookup


def perform_date_checks(instance: Any, checks: Iterable[DateCheck]) -> dict[str, list[Any]]:
    errors: dict[str, list[Any]] = {}
    for model, kind, name, unique_for in checks:
        date = getattr(instance, unique_for)
        if date is None:
            continue
        parts = ("day", "month", "year") if kind == "date" else (kind,)
        lookup = {f"{unique_for}__{part}": getattr(date, part) for part in parts}
        lookup[name] = getattr(instance, name)
        others = model._default_manager.filter(**lookup)
        if not instance._state.adding and instance._is_pk_set():
            others = others.exclude(pk=instance.pk)
        if others.exists():
            errors.setdefault(name, []).append(instance.date_error_message(kind, name, unique_for))
    return errors


def date_error_message(instance: Any, kind: str, name: str, unique_for: str) -> ValidationError:
    options = instance._meta
    field = options.get_field(name)
    return ValidationError(
        field.error_messages["unique_for_date"],
        code="unique_for_date",
        params={
            "model": instance,
            "model_name": capfirst(options.verbose_name),
            "lookup_type": kind,
            "field": name,
            "field_label": capfirst(field.verbose_name),
            "date_field": unique_for,
            "date_field_label": capfirst(options.get_field(unique_for).verbose_name),
        },
    )


def unique_error_message(instance: Any, model: Any, names: Sequence[str]) -> ValidationError:
    options = model._meta
    params: dict[str, Any] = {
        "model": instance,
        "model_class": model,
        "model_name": capfirst(options.verbose_name),
        "unique_check": names,
    }
    if len(names) == 1:
        field = options.get_field(names[0])
        params["field_label"] = capfirst(field.verbose_name)
        return ValidationError(field.error_messages["unique"], code="unique", params=params)
    labels = [capfirst(options.get_field(name).verbose_name) for name in names]
    params["field_labels"] = get_text_list(labels, _("and"))
    return ValidationError(
        _("%(model_name)s with this %(field_labels)s already exists."), code="unique_together", params=params
    )
