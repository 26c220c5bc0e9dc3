"""`ContentType`, a row for each model of the site, and its manager, which asks the database once for each."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from nuages.apps import apps
from nuages.db import models
from nuages.db.models.query_utils import Q
from nuages.spine import twin
from nuages.utils.translation import gettext_lazy as _

__all__ = ["ContentType", "ContentTypeManager"]


class ContentTypeManager(models.Manager):
    """Finds content types, and remembers them for each database."""

    use_in_migrations = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Database → id or (app, model) → content type. Managers of historical models have their own.
        self._cache: defaultdict[str, dict[Any, Any]] = defaultdict(dict)

    def clear_cache(self) -> None:
        """Forget all content types, as after they were changed in bulk."""
        self._cache.clear()

    def _remember(self, using: str, kind: Any) -> Any:
        known = self._cache[using]
        known[kind.id] = known[kind.app_label, kind.model] = kind
        return kind

    def get_by_natural_key(self, app_label: str, model: str) -> Any:
        """Return the content type of that app and model."""
        known = self._cache[self.db].get((app_label, model))
        return known or self._remember(self.db, self.get(app_label=app_label, model=model))

    aget_by_natural_key = twin(get_by_natural_key)

    def get_for_id(self, id: int) -> Any:
        """Return the content type with this key."""
        return self._cache[self.db].get(id) or self._remember(self.db, self.get(pk=id))

    aget_for_id = twin(get_for_id)

    def get_for_model(self, model: Any, for_concrete_model: bool = True) -> Any:
        """Return the content type of a model or of an instance's model; it is created where it is missing."""
        options = _described(model, for_concrete_model)
        label, name = options.app_label, options.model_name
        known = self._cache[self.db].get((label, name))
        if known is not None:
            return known
        # Reading first: most often it is there, and the database for writing may be another one.
        try:
            kind = self.get(app_label=label, model=name)
        except self.model.DoesNotExist:
            kind, _made = self.get_or_create(app_label=label, model=name)
        return self._remember(self.db, kind)

    aget_for_model = twin(get_for_model)

    def get_for_models(self, *models: Any, for_concrete_models: bool = True) -> dict[Any, Any]:
        """Return the content types of several models, those not known yet in one query."""
        found: dict[Any, Any] = {}
        waiting: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
        known = self._cache[self.db]
        for model in models:
            options = _described(model, for_concrete_models)
            key = (options.app_label, options.model_name)
            if key in known:
                found[model] = known[key]
            else:
                waiting[key].append(model)
        if waiting:
            wanted = Q.create([("pk__in", ())], connector=Q.OR)
            names = defaultdict(set)
            for label, name in waiting:
                names[label].add(name)
            for label, some in names.items():
                wanted |= Q(app_label=label, model__in=some)
            for kind in self.filter(wanted):
                for model in waiting.pop((kind.app_label, kind.model), ()):
                    found[model] = self._remember(self.db, kind)
        for (label, name), asked in waiting.items():
            kind = self._remember(self.db, self.create(app_label=label, model=name))
            found.update(dict.fromkeys(asked, kind))
        return found

    aget_for_models = twin(get_for_models)


def _described(model: Any, concrete: bool) -> Any:
    return (model._meta.concrete_model if concrete else model)._meta


class ContentType(models.Model):
    """A model of the site."""

    app_label: Any = models.CharField(max_length=100)
    model: Any = models.CharField(max_length=100, verbose_name=_("python model class name"))

    objects = ContentTypeManager()

    class Meta:
        db_table = "django_content_type"
        unique_together = [["app_label", "model"]]
        verbose_name = _("content type")
        verbose_name_plural = _("content types")

    def __str__(self) -> str:
        return self.app_labeled_name

    def natural_key(self) -> tuple[str, str]:
        """Return what identifies the model in fixtures."""
        return (self.app_label, self.model)

    @property
    def name(self) -> str:
        """The model's readable name; of a model that is gone, the name it had in code."""
        model = self.model_class()
        return str(model._meta.verbose_name) if model else self.model

    @property
    def app_labeled_name(self) -> str:
        """The readable names of app and model."""
        model = self.model_class()
        if model is None:
            return f"{self.app_label} | {self.model}"
        return f"{model._meta.app_config.verbose_name} | {model._meta.verbose_name}"

    def model_class(self) -> Any:
        """Return the model, or None where it is gone."""
        try:
            return apps.get_model(self.app_label, self.model)
        except LookupError:
            return None

    def get_object_for_this_type(self, using: str | None = None, **kwargs: Any) -> Any:
        """Return one object of the model; the look-ups are those of `get()`."""
        return self._rows(using).get(**kwargs)

    aget_object_for_this_type = twin(get_object_for_this_type)

    def get_all_objects_for_this_type(self, **kwargs: Any) -> Any:
        """Return the objects of the model that these look-ups find."""
        return self._rows(None).filter(**kwargs)

    def _rows(self, using: str | None) -> Any:
        # Which database the objects are on is for the routers to say, wherever the content type came from.
        return self.model_class()._base_manager.using(using)
