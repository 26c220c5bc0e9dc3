"""`LogEntry`: who added, changed or deleted what."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from nuages.conf import settings
from nuages.contrib.admin.utils import quote
from nuages.contrib.contenttypes.models import ContentType
from nuages.db import models
from nuages.urls import NoReverseMatch, reverse
from nuages.utils import timezone
from nuages.utils.text import get_text_list
from nuages.utils.translation import gettext
from nuages.utils.translation import gettext_lazy as _

ADDITION, CHANGE, DELETION = 1, 2, 3

ACTION_FLAG_CHOICES = [(ADDITION, _("Addition")), (CHANGE, _("Change")), (DELETION, _("Deletion"))]


class LogEntryManager(models.Manager):
    """Writes the log."""

    use_in_migrations = True

    def log_actions(
        self,
        user_id: Any,
        queryset: Any,
        action_flag: int,
        change_message: Any = "",
        *,
        single_object: bool = False,
    ) -> Any:
        """Log what a user did to objects; return the entries, or the one with `single_object`."""
        if isinstance(change_message, list):
            change_message = json.dumps(change_message)
        longest = self.model._meta.get_field("object_repr").max_length
        entries = [
            self.model(
                user_id=user_id,
                content_type_id=ContentType.objects.get_for_model(obj, for_concrete_model=False).id,
                object_id=obj.pk,
                object_repr=str(obj)[:longest],
                action_flag=action_flag,
                change_message=change_message,
            )
            for obj in queryset
        ]
        if single_object and entries:
            entries[0].save()
            return entries[0]
        return self.model.objects.bulk_create(entries)


class LogEntry(models.Model):
    """Something that was done to an object. `change_message` is JSON, so that it can be read in any language."""

    action_time: Any = models.DateTimeField(
        default=timezone.now, editable=False, verbose_name=_("action time")
    )
    user: Any = models.ForeignKey(
        to=settings.AUTH_USER_MODEL, on_delete=models.CASCADE, verbose_name=_("user")
    )
    content_type: Any = models.ForeignKey(
        to=ContentType, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("content type")
    )
    object_id: Any = models.TextField(null=True, blank=True, verbose_name=_("object id"))
    # Translators: 'repr' means representation (https://docs.python.org/library/functions.html#repr)
    object_repr: Any = models.CharField(max_length=200, verbose_name=_("object repr"))
    action_flag: Any = models.PositiveSmallIntegerField(
        choices=ACTION_FLAG_CHOICES, verbose_name=_("action flag")
    )
    change_message: Any = models.TextField(blank=True, verbose_name=_("change message"))

    objects = LogEntryManager()

    class Meta:
        ordering = ["-action_time"]
        db_table = "django_admin_log"
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")

    def __repr__(self) -> str:
        return str(self.action_time)

    def __str__(self) -> str:
        if self.is_addition():
            return gettext("Added “%(object)s”.") % {"object": self.object_repr}
        if self.is_change():
            told = {"object": self.object_repr, "changes": self.get_change_message()}
            return gettext("Changed “%(object)s” — %(changes)s") % told
        if self.is_deletion():
            return gettext("Deleted “%(object)s.”") % {"object": self.object_repr}
        return gettext("LogEntry Object")

    def is_addition(self) -> bool:
        """Say whether the object was added."""
        return self.action_flag == ADDITION

    def is_change(self) -> bool:
        """Say whether the object was changed."""
        return self.action_flag == CHANGE

    def is_deletion(self) -> bool:
        """Say whether the object was deleted."""
        return self.action_flag == DELETION

    def get_change_message(self) -> str:
        """Return what was done, in the current language. Old entries hold plain text."""
        try:
            steps = json.loads(self.change_message)
        except json.JSONDecodeError:
            return self.change_message
        if not isinstance(steps, list):
            return self.change_message
        return " ".join(_told(steps)) or gettext("No fields changed.")

    def get_edited_object(self) -> Any:
        """Return the object itself."""
        return self.content_type.get_object_for_this_type(pk=self.object_id)

    def get_admin_url(self) -> str | None:
        """Return the address of the object's page, where there is one."""
        kind = self.content_type
        if not kind or not self.object_id:
            return None
        try:
            return reverse(f"admin:{kind.app_label}_{kind.model}_change", args=(quote(self.object_id),))
        except NoReverseMatch:
            return None


def _told(steps: Iterable[dict[str, Any]]) -> Iterable[str]:
    for step in steps:
        for verb, what in step.items():
            words = dict(what or {})
            if "name" in words:
                words["name"] = gettext(words["name"])
            if verb == "changed":
                words["fields"] = get_text_list([gettext(name) for name in words["fields"]], gettext("and"))
            plain, named = SENTENCES[verb]
            yield str(named if "name" in words else plain).format(**words)


#: Sentences of a change message: about the object itself, and about one on its page.
SENTENCES = {
    "added": (_("Added."), _("Added {name} “{object}”.")),
    "changed": (_("Changed {fields}."), _("Changed {fields} for {name} “{object}”.")),
    "deleted": (_("Deleted."), _("Deleted {name} “{object}”.")),
}
