"""All fields that hold values of their own; relations are in `related`, files in `files`."""

from nuages.db.models.fields.auto import (
    AutoField,
    BigAutoField,
    SmallAutoField,
)
from nuages.db.models.fields.auto import (
    AutoFieldMeta as AutoFieldMeta,
)
from nuages.db.models.fields.auto import (
    AutoFieldMixin as AutoFieldMixin,
)
from nuages.db.models.fields.base import BLANK_CHOICE_LABEL, Field, return_None
from nuages.db.models.fields.dates import (
    DateField,
    DateTimeField,
    DurationField,
    TimeField,
)
from nuages.db.models.fields.dates import (
    DateTimeCheckMixin as DateTimeCheckMixin,
)
from nuages.db.models.fields.identity import Empty
from nuages.db.models.fields.identity import _load_field as _load_field
from nuages.db.models.fields.numeric import (
    BigIntegerField,
    BooleanField,
    DecimalField,
    FloatField,
    IntegerField,
    NullBooleanField,
    PositiveBigIntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    SmallIntegerField,
)
from nuages.db.models.fields.numeric import (
    PositiveIntegerRelDbTypeMixin as PositiveIntegerRelDbTypeMixin,
)
from nuages.db.models.fields.options import NOT_PROVIDED
from nuages.db.models.fields.text import (
    CharField,
    CommaSeparatedIntegerField,
    EmailField,
    SlugField,
    TextField,
    URLField,
)
from nuages.db.models.fields.various import (
    BinaryField,
    FilePathField,
    GenericIPAddressField,
    IPAddressField,
    UUIDField,
)

# fmt: off
__all__ = [
    "BLANK_CHOICE_LABEL", "NOT_PROVIDED", "AutoField", "BigAutoField", "BigIntegerField",
    "BinaryField", "BooleanField", "CharField", "CommaSeparatedIntegerField", "DateField",
    "DateTimeField", "DecimalField", "DurationField", "EmailField", "Empty", "Field",
    "FilePathField", "FloatField", "GenericIPAddressField", "IPAddressField", "IntegerField",
    "NullBooleanField", "PositiveBigIntegerField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SlugField", "SmallAutoField", "SmallIntegerField", "TextField",
    "TimeField", "URLField", "UUIDField", "return_None",
]
# fmt: on

BLANK_CHOICE_DASH = [("", "---------")]

# Repr and deconstruct() name fields by their documented module.
for _cls in list(globals().values()):
    if isinstance(_cls, type) and issubclass(_cls, Field):
        _cls.__module__ = __name__
