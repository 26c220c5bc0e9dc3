"""Sessions in the database."""

from __future__ import annotations

import logging
from typing import Any

from nuages.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from nuages.core.exceptions import SuspiciousOperation
from nuages.db import DatabaseError, IntegrityError, router, transaction
from nuages.utils import timezone
from nuages.utils.functional import cached_property


class SessionStore(SessionBase):
    """Keeps sessions in the table of a model; override `get_model_class` for one of your own."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model."""
        # Here rather than above: the app may not be installed where other stores derive from this one.
        from nuages.contrib.sessions.models import Session

        return Session

    @cached_property
    def model(self) -> Any:
        """The model that sessions are kept in."""
        return self.get_model_class()

    def _find(self) -> Any:
        try:
            return self.model.objects.get(session_key=self.session_key, expire_date__gt=timezone.now())
        except (self.model.DoesNotExist, SuspiciousOperation) as error:
            if isinstance(error, SuspiciousOperation):
                logging.getLogger(f"django.security.{type(error).__name__}").warning(str(error))
            self._session_key = None
            return None

    def load(self) -> dict[str, Any]:
        found = self._find()
        return self.decode(found.session_data) if found else {}

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=session_key).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                # Saved at once, so that the key is taken.
                self.save(must_create=True)
            except CreateError:
                continue  # somebody else drew the same key meanwhile
            self.modified = True
            return

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the object that stands for this session with `data`; override it to fill more columns."""
        return self.model(
            session_key=self._get_or_create_session_key(),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
        )

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)
        row = self.create_model_instance(data)
        using = router.db_for_write(self.model, instance=row)
        try:
            with transaction.atomic(using=using):
                row.save(force_insert=must_create, force_update=not must_create, using=using)
        except IntegrityError as error:
            if must_create:
                raise CreateError from error
            raise
        except DatabaseError as error:
            if not must_create:
                raise UpdateError from error
            raise

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        cls.get_model_class().objects.filter(expire_date__lt=timezone.now()).delete()
