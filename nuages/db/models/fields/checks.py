"""System checks of single fields. Each takes the field and the keywords of `check()`, and yields messages."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nuages.core import checks
from nuages.utils.functional import Promise

if TYPE_CHECKING:
    from nuages.core.checks import CheckMessage

__all__ = ["COMMON", "databases_for"]

Messages = Iterator["CheckMessage"]
Options = Mapping[str, Any]


def databases_for(field: Any, options: Options) -> Iterator[Any]:
    """Connections this check run looks at and the field's model may live on."""
    from nuages.db import connections, router

    for alias in options.get("databases") or ():
        if router.allow_migrate_model(alias, field.model):
            yield connections[alias]


def check_name(field: Any, options: Options) -> Messages:
    if field.name is None:
        return
    if field.name.endswith("_"):
        yield checks.Error("Field names must not end with an underscore.", obj=field, id="fields.E001")
    if "__" in field.name:
        yield checks.Error('Field names must not contain "__".', obj=field, id="fields.E002")
    if field.name == "pk" and not getattr(field, "is_composite_key", False):
        yield checks.Error(
            "'pk' is a reserved word that cannot be used as a field name.", obj=field, id="fields.E003"
        )


def check_choices(field: Any, options: Options) -> Messages:
    choices = field.choices
    if not choices:
        return
    if isinstance(choices, (str, set, frozenset)) or not isinstance(choices, Iterable):
        yield checks.Error(
            "'choices' must be a mapping (e.g. a dictionary) or an ordered iterable (e.g. a list or tuple, but not "
            "a set).",
            obj=field,
            id="fields.E004",
        )
        return
    longest = 0
    for choice in choices:
        values = _values_of_choice(choice, field.compound_value)
        if values is None:
            yield checks.Error(
                "'choices' must be a mapping of actual values to human readable names or an iterable containing "
                "(actual value, human readable name) tuples.",
                obj=field,
                id="fields.E005",
            )
            return
        longest = max([longest, *(len(value) for value in values if isinstance(value, str))])
    if isinstance(field.max_length, int) and longest > field.max_length:
        yield checks.Error(
            f"'max_length' is too small to fit the longest value in 'choices' ({longest} characters).",
            obj=field,
            id="fields.E009",
        )


def _values_of_choice(choice: Any, compound: bool) -> list[Any] | None:
    """Values one entry of `choices` offers: a pair has one, a group several; None where it is neither.

    `compound`: one value may itself be a list or tuple.
    """

    def is_value(value: Any) -> bool:
        return _is_single(value) or (compound and isinstance(value, (list, tuple)))

    pair = _pair(choice)
    if pair is None:
        return None
    value, label = pair
    if _is_text(label):
        return [value] if is_value(value) else None
    if not isinstance(label, Iterable):
        return [value]
    members = [_pair(member) for member in label]
    if _is_text(value) and all(
        member is not None and is_value(member[0]) and _is_label(member[1]) for member in members
    ):
        return [member[0] for member in members if member is not None]
    return None


def _pair(choice: Any) -> tuple[Any, Any] | None:
    if isinstance(choice, str):
        return None
    try:
        value, label = choice
    except (TypeError, ValueError):
        return None
    return value, label


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, Promise))


def _is_single(value: Any) -> bool:
    return _is_text(value) or not isinstance(value, Iterable) or isinstance(value, (bytes, memoryview))


def _is_label(value: Any) -> bool:
    return _is_text(value) or not isinstance(value, Iterable)


def check_db_default(field: Any, options: Options) -> Messages:
    if not field.has_db_default():
        return
    from nuages.db.models.expressions import Value

    expression = field._db_default_expression
    if (
        isinstance(expression, Value)
        and expression.value is field.db_default
        and not _is_expression(field.db_default)
    ):
        return
    if isinstance(field.db_default, Value):
        return
    if not expression.allowed_default:
        yield checks.Error(f"{field.db_default} cannot be used in db_default.", obj=field, id="fields.E012")
    required = field.model._meta.required_db_features
    for connection in databases_for(field, options):
        if not (
            connection.features.supports_expression_defaults or "supports_expression_defaults" in required
        ):
            yield checks.Error(
                f"{connection.display_name} does not support default database values with expressions "
                "(db_default).",
                obj=field,
                id="fields.E011",
            )


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression")


def check_db_index(field: Any, options: Options) -> Messages:
    if field.db_index not in (None, True, False):
        yield checks.Error("'db_index' must be None, True or False.", obj=field, id="fields.E006")


def check_db_comment(field: Any, options: Options) -> Messages:
    if not field.db_comment:
        return
    required = field.model._meta.required_db_features
    for connection in databases_for(field, options):
        if not (connection.features.supports_comments or "supports_comments" in required):
            yield checks.Warning(
                f"{connection.display_name} does not support comments on columns (db_comment).",
                obj=field,
                id="fields.W163",
            )


def check_null_key(field: Any, options: Options) -> Messages:
    if not (field.primary_key and field.null):
        return
    from nuages.db import connection

    # Databases that keep '' as NULL need nullable keys for string fields.
    if not connection.features.interprets_empty_strings_as_nulls:
        yield checks.Error(
            "Primary keys must not have null=True.",
            hint="Set null=False on the field, or remove primary_key=True argument.",
            obj=field,
            id="fields.E007",
        )


def check_by_backends(field: Any, options: Options) -> Messages:
    for connection in databases_for(field, options):
        yield from connection.validation.check_field(field, **options)


def check_validators(field: Any, options: Options) -> Messages:
    for position, validator in enumerate(field.validators):
        if not callable(validator):
            yield checks.Error(
                "All 'validators' must be callable.",
                hint=f"validators[{position}] ({validator!r}) isn't a function or instance of a validator class.",
                obj=field,
                id="fields.E008",
            )


def check_deprecation(field: Any, options: Options) -> Messages:
    if field.system_check_removed_details is None and field.system_check_deprecated_details is None:
        return
    name = field.__class__.__name__
    for details, level, fallback, default_id in (
        (
            field.system_check_removed_details,
            checks.Error,
            f"{name} has been removed except for support in historical migrations.",
            "fields.EXXX",
        ),
        (
            field.system_check_deprecated_details,
            checks.Warning,
            f"{name} has been deprecated.",
            "fields.WXXX",
        ),
    ):
        if details is not None:
            yield level(
                details.get("msg", fallback),
                hint=details.get("hint"),
                obj=field,
                id=details.get("id", default_id),
            )
            return


#: In the order the messages come.
COMMON: tuple[Callable[[Any, Options], Iterable[Any]], ...] = (
    check_name,
    check_choices,
    check_db_default,
    check_db_index,
    check_db_comment,
    check_null_key,
    check_by_backends,
    check_validators,
    check_deprecation,
)


# --- checks of particular fields --------------------------------------------------------------------------------


def check_text_length(field: Any, options: Options) -> Messages:
    """A length is needed where the database has no unlimited text columns of this kind."""
    length = field.max_length
    if length is None:
        required = field.model._meta.required_db_features
        unlimited = all(
            connection.features.supports_unlimited_charfield or "supports_unlimited_charfield" in required
            for connection in _databases_or_default(field, options)
        )
        if not unlimited:
            yield checks.Error(
                "CharFields must define a 'max_length' attribute.", obj=field, id="fields.E120"
            )
    elif not isinstance(length, int) or isinstance(length, bool) or length <= 0:
        yield checks.Error("'max_length' must be a positive integer.", obj=field, id="fields.E121")


def _databases_or_default(field: Any, options: Options) -> Sequence[Any]:
    from nuages.db import connection

    return list(databases_for(field, options)) if options.get("databases") else [connection]


def check_collation(field: Any, options: Options) -> Messages:
    required = field.model._meta.required_db_features
    for connection in databases_for(field, options):
        if field.db_collation is None:
            continue
        feature = f"supports_collation_on_{field.collated_as.lower()}"
        if feature in required or getattr(connection.features, feature):
            continue
        yield checks.Error(
            f"{connection.display_name} does not support a database collation on {field.collated_as}s.",
            obj=field,
            id="fields.E190",
        )


def check_unused_length(field: Any, options: Options) -> Messages:
    if field.max_length is not None:
        yield checks.Warning(
            f"'max_length' is ignored when used with {field.__class__.__name__}.",
            hint="Remove 'max_length' from field",
            obj=field,
            id="fields.W122",
        )


def check_auto_is_key(field: Any, options: Options) -> Messages:
    if not field.primary_key:
        yield checks.Error("AutoFields must set primary_key=True.", obj=field, id="fields.E100")


def check_decimal_digits(field: Any, options: Options) -> Messages:
    places, digits = field.decimal_places, field.max_digits
    features = [connection.features for connection in _databases_or_default(field, options)]
    unlimited = all(feature.supports_no_precision_decimalfield for feature in features)
    if places is None and digits is None:
        if unlimited or "supports_no_precision_decimalfield" in field.model._meta.required_db_features:
            return
    elif unlimited and (places is None or digits is None):
        # Half a declaration is wrong everywhere.
        yield checks.Error(
            "DecimalField’s max_digits and decimal_places must both be defined or both omitted.",
            obj=field,
            id="fields.E135",
        )
        return
    wrong = [
        *_check_number(
            field, places, "decimal_places", operator.ge, "a non-negative", "fields.E130", "fields.E131"
        ),
        *_check_number(field, digits, "max_digits", operator.gt, "a positive", "fields.E132", "fields.E133"),
    ]
    yield from wrong
    if not wrong and int(places) > int(digits):
        yield checks.Error(
            "'max_digits' must be greater or equal to 'decimal_places'.", obj=field, id="fields.E134"
        )


def _check_number(
    field: Any, value: Any, name: str, fits: Callable[[int, int], bool], words: str, missing: str, wrong: str
) -> Messages:
    if value is None:
        yield checks.Error(f"DecimalFields must define a '{name}' attribute.", obj=field, id=missing)
        return
    try:
        good = fits(int(value), 0)
    except ValueError:
        good = False
    if not good:
        yield checks.Error(f"'{name}' must be {words} integer.", obj=field, id=wrong)


def check_file_path(field: Any, options: Options) -> Messages:
    if not field.allow_files and not field.allow_folders:
        yield checks.Error(
            "FilePathFields must have either 'allow_files' or 'allow_folders' set to True.",
            obj=field,
            id="fields.E140",
        )


def check_blank_address(field: Any, options: Options) -> Messages:
    if field.blank and not field.null:
        yield checks.Error(
            "GenericIPAddressFields cannot have blank=True if null=False, as blank values are stored as nulls.",
            obj=field,
            id="fields.E150",
        )


def check_bytes_default(field: Any, options: Options) -> Messages:
    if field.has_default() and isinstance(field.default, str):
        yield checks.Error(
            "BinaryField's default cannot be a string. Use bytes content instead.",
            obj=field,
            id="fields.E170",
        )


def check_auto_now(field: Any, options: Options) -> Messages:
    if sum((bool(field.auto_now), bool(field.auto_now_add), field.has_default())) > 1:
        yield checks.Error(
            "The options auto_now, auto_now_add, and default are mutually exclusive. Only one of these options may "
            "be present.",
            obj=field,
            id="fields.E160",
        )


def check_fixed_moment(field: Any, options: Options) -> Messages:
    """A default within seconds of now was most likely meant as "now" and computed at import."""
    if field.has_default() and not callable(field.default) and field.is_about_now(field.default):
        yield checks.Warning(
            "Fixed default value provided.",
            hint=(
                "It seems you set a fixed date / time / datetime value as default for this field. This may not be "
                "what you want. If you want to have the current date as default, use `django.utils.timezone.now`"
            ),
            obj=field,
            id="fields.W161",
        )
