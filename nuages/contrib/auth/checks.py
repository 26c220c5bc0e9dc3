"""What may be wrong with a user model, with permissions, and with the middleware."""

from __future__ import annotations

from itertools import chain
from typing import Any

from nuages.apps import apps
from nuages.conf import settings
from nuages.contrib.auth.management import builtin_permissions
from nuages.core import checks
from nuages.utils.module_loading import import_string


def _subclass_index(class_path: str, candidates: Any) -> int:
    """Return the place of a class or a subclass of it among dotted paths, or -1."""
    wanted = import_string(class_path)
    for number, path in enumerate(candidates):
        try:
            found = import_string(path)
            if isinstance(found, type) and issubclass(found, wanted):
                return number
        except (ImportError, TypeError):
            continue
    return -1


def check_user_model(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check the user model that AUTH_USER_MODEL names."""
    if app_configs is None:
        model = apps.get_model(settings.AUTH_USER_MODEL)
    else:
        app_label, model_name = settings.AUTH_USER_MODEL.split(".")
        for config in app_configs:
            if config.label == app_label:
                model = config.get_model(model_name)
                break
        else:
            return []
    errors: list[Any] = []
    if not isinstance(model.REQUIRED_FIELDS, list | tuple):
        errors.append(checks.Error("'REQUIRED_FIELDS' must be a list or tuple.", obj=model, id="auth.E001"))
    if model.USERNAME_FIELD in model.REQUIRED_FIELDS:
        errors.append(
            checks.Error(
                "The field named as the 'USERNAME_FIELD' for a custom user model must not be included in "
                "'REQUIRED_FIELDS'.",
                hint=(
                    f"The 'USERNAME_FIELD' is currently set to '{model.USERNAME_FIELD}', you should remove "
                    f"'{model.USERNAME_FIELD}' from the 'REQUIRED_FIELDS'."
                ),
                obj=model,
                id="auth.E002",
            )
        )
    errors += _unique_name(model)
    for attribute, code, what in (
        ("is_anonymous", "auth.C009", "is_anonymous"),
        ("is_authenticated", "auth.C010", "is_authenticated"),
    ):
        if callable(getattr(model(), attribute)):
            errors.append(
                checks.Critical(
                    f"{model}.{what} must be an attribute or property rather than a method. Ignoring this is a "
                    "security issue as anonymous users will be treated as authenticated!",
                    obj=model,
                    id=code,
                )
            )
    return errors


def _unique_name(model: Any) -> list[Any]:
    name = model.USERNAME_FIELD
    if model._meta.get_field(name).unique:
        return []
    if any(constraint.fields == (name,) for constraint in model._meta.total_unique_constraints):
        return []
    told = f"'{model._meta.object_name}.{name}' "
    backends = [path.replace("nuages.", "django.", 1) for path in settings.AUTHENTICATION_BACKENDS]
    if backends == ["django.contrib.auth.backends.ModelBackend"]:
        return [
            checks.Error(
                f"{told}must be unique because it is named as the 'USERNAME_FIELD'.",
                obj=model,
                id="auth.E003",
            )
        ]
    return [
        checks.Warning(
            f"{told}is named as the 'USERNAME_FIELD', but it is not unique.",
            hint="Ensure that your authentication backend(s) can handle non-unique usernames.",
            obj=model,
            id="auth.W004",
        )
    ]


def check_models_permissions(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that permissions of models fit into the table, and that none is there twice."""
    if app_configs is None:
        models: Any = apps.get_models()
    else:
        models = chain.from_iterable(config.get_models() for config in app_configs)
    Permission = apps.get_model("auth", "Permission")
    longest_name = Permission._meta.get_field("name").max_length
    longest_code = Permission._meta.get_field("codename").max_length
    errors: list[Any] = []
    for model in models:
        builtin = dict(builtin_permissions(model._meta))
        label = model._meta.label
        too_long = max((name for name in builtin.values()), key=len, default="")
        if len(too_long) > longest_name:
            errors.append(
                checks.Error(
                    f"The verbose_name of model '{label}' must be at most {longest_name - len('Can delete ')} characters "
                    "for its builtin permission names to be at most "
                    f"{longest_name} characters.",
                    obj=model,
                    id="auth.E007",
                )
            )
        if len(max(builtin, key=len, default="")) > longest_code:
            errors.append(
                checks.Error(
                    f"The name of model '{label}' must be at most {longest_code - len('delete_')} characters for its "
                    f"builtin permission codenames to be at most {longest_code} characters.",
                    obj=model,
                    id="auth.E011",
                )
            )
        errors += _own_permissions(model, builtin, longest_name, longest_code)
    return errors


def _own_permissions(model: Any, builtin: dict[str, str], longest_name: int, longest_code: int) -> list[Any]:
    errors: list[Any] = []
    seen: set[str] = set()
    label = model._meta.label
    for codename, name in model._meta.permissions:
        if len(name) > longest_name:
            told = (
                f"The permission named '{name}' of model '{label}' is longer than {longest_name} characters."
            )
            errors.append(checks.Error(told, obj=model, id="auth.E008"))
        if len(codename) > longest_code:
            told = f"The permission codenamed '{codename}' of model '{label}' is longer than {longest_code} characters."
            errors.append(checks.Error(told, obj=model, id="auth.E012"))
        if codename in builtin:
            told = f"The permission codenamed '{codename}' clashes with a builtin permission for model '{label}'."
            errors.append(checks.Error(told, obj=model, id="auth.E005"))
        elif codename in seen:
            told = f"The permission codenamed '{codename}' is duplicated for model '{label}'."
            errors.append(checks.Error(told, obj=model, id="auth.E006"))
        seen.add(codename)
    return errors


def check_middleware(app_configs: Any = None, **kwargs: Any) -> list[Any]:
    """Check that LoginRequiredMiddleware comes after what tells it who is asking."""
    where = _subclass_index("nuages.contrib.auth.middleware.LoginRequiredMiddleware", settings.MIDDLEWARE)
    if where == -1:
        return []
    needed = _subclass_index("nuages.contrib.auth.middleware.AuthenticationMiddleware", settings.MIDDLEWARE)
    if needed == -1 or needed > where:
        return [
            checks.Error(
                "In order to use django.contrib.auth.middleware.LoginRequiredMiddleware, "
                "django.contrib.auth.middleware.AuthenticationMiddleware must be defined before it in MIDDLEWARE.",
                id="auth.E013",
            )
        ]
    return []
