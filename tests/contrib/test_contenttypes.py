"""Content types: one row a model, asked for once; relations that point anywhere."""

from __future__ import annotations

import pytest

from nuages.db import connection
from nuages.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.usefixtures("site")


def test_a_model_is_looked_up_once() -> None:
    from nuages.contrib.auth.models import Group
    from nuages.contrib.contenttypes.models import ContentType

    with CaptureQueriesContext(connection) as queries:
        kind = ContentType.objects.get_for_model(Group)
        assert ContentType.objects.get_for_id(kind.pk) is kind
        assert ContentType.objects.get_by_natural_key("auth", "group") is kind
    assert len(queries) == 1
    assert (kind.name, str(kind)) == ("group", "Authentication and Authorization | group")


def test_several_models_take_one_query() -> None:
    from nuages.contrib.auth.models import Group, User
    from nuages.contrib.contenttypes.models import ContentType

    with CaptureQueriesContext(connection) as queries:
        kinds = ContentType.objects.get_for_models(Group, User)
    assert len(queries) == 1
    assert {model: kind.model for model, kind in kinds.items()} == {Group: "group", User: "user"}


def test_a_missing_content_type_is_created() -> None:
    from nuages.contrib.auth.models import Group
    from nuages.contrib.contenttypes.models import ContentType

    ContentType.objects.filter(model="group").delete()
    ContentType.objects.clear_cache()
    assert ContentType.objects.get_for_model(Group).pk is not None


def test_a_content_type_finds_objects_of_its_model() -> None:
    from nuages.contrib.auth.models import Group
    from nuages.contrib.contenttypes.models import ContentType

    group = Group.objects.create(name="editors")
    kind = ContentType.objects.get_for_model(Group)
    assert kind.get_object_for_this_type(name="editors") == group
    assert list(kind.get_all_objects_for_this_type(name__startswith="ed")) == [group]


def test_content_types_of_removed_models_say_so_and_can_be_deleted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from nuages.contrib.contenttypes.models import ContentType
    from nuages.core.management import call_command

    gone = ContentType.objects.create(app_label="auth", model="gone")
    assert gone.model_class() is None
    assert str(gone) == "auth | gone"
    call_command("remove_stale_contenttypes", interactive=False, verbosity=2)
    assert "Deleting stale content type 'auth | gone'" in capsys.readouterr().out
    assert not ContentType.objects.filter(model="gone").exists()


def test_renaming_a_model_renames_its_content_type_and_permissions() -> None:
    from nuages.apps import apps
    from nuages.contrib.auth.management.renaming import RenamePermission
    from nuages.contrib.auth.models import Permission
    from nuages.contrib.contenttypes.management import RenameContentType
    from nuages.contrib.contenttypes.models import ContentType

    class Editor:
        pass

    editor = Editor()
    editor.connection = connection  # type: ignore[attr-defined]
    kind = ContentType.objects.create(app_label="shop", model="thing")
    Permission.objects.create(content_type=kind, codename="add_thing", name="Can add thing")
    RenameContentType("shop", "thing", "item").rename_forward(apps, editor)
    RenamePermission("shop", "Thing", "Item").rename_forward(apps, editor)
    permission = Permission.objects.get(content_type=kind)
    assert ContentType.objects.get(pk=kind.pk).model == "item"
    assert (permission.codename, permission.name) == ("add_item", "Can add Item")
