"""XML."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.dom import pulldom
from xml.sax import handler
from xml.sax.expatreader import ExpatParser

from nuages.apps import apps
from nuages.conf import settings
from nuages.core.exceptions import ObjectDoesNotExist, SuspiciousOperation
from nuages.core.serializers import base
from nuages.db import DEFAULT_DB_ALIAS, models
from nuages.utils.xmlutils import SimplerXMLGenerator, UnserializableContentError

ROOT = "django-objects"
# Writes nowhere, and complains of what XML cannot hold.
_check = SimplerXMLGenerator(io.StringIO(), "utf-8")


class Serializer(base.Serializer):
    """Writes a document of objects with their fields."""

    def indent(self, level: int) -> None:
        """Begin a line, if lines are indented."""
        width = self.options.get("indent")
        if width is not None:
            self.xml.ignorableWhitespace("\n" + " " * width * level)

    def start_serialization(self) -> None:
        charset = self.options.get("encoding", settings.DEFAULT_CHARSET)
        self.xml = SimplerXMLGenerator(self.stream, charset)
        self.xml.startDocument()
        self.xml.startElement(ROOT, {"version": "1.0"})

    def end_serialization(self) -> None:
        self.indent(0)
        self.xml.endElement(ROOT)
        self.xml.endDocument()

    def start_object(self, obj: Any) -> None:
        if not hasattr(obj, "_meta"):
            raise base.SerializationError(f"Non-model object ({type(obj)}) encountered during serialization")
        self.indent(1)
        attributes = {"model": str(obj._meta)}
        if self.natural_key_of(obj) is None and obj.pk is not None:
            attributes["pk"] = obj._meta.pk.value_to_string(obj)
        try:
            # The generator looks at text between tags; this goes into one.
            _check.characters(attributes.get("pk", ""))
            self.xml.startElement("object", attributes)
        except UnserializableContentError:
            raise ValueError(
                f"{obj._meta.object_name} (pk:{obj.pk}) contains unserializable characters"
            ) from None

    def end_object(self, obj: Any) -> None:
        self.indent(1)
        self.xml.endElement("object")

    def handle_field(self, obj: Any, field: Any) -> None:
        self.indent(2)
        self.xml.startElement("field", {"name": field.name, "type": field.get_internal_type()})
        value = getattr(obj, field.name)
        if value is None:
            self.xml.addQuickElement("None")
        else:
            text = field.value_to_string(obj)
            if field.get_internal_type() == "JSONField":
                text = json.dumps(value, cls=field.encoder)
            try:
                self.xml.characters(text)
            except UnserializableContentError:
                raise ValueError(
                    f"{type(obj).__name__}.{field.name} (pk:{obj.pk}) contains unserializable characters"
                ) from None
        self.xml.endElement("field")

    def _start_relation(self, field: Any) -> None:
        self.indent(2)
        kind = type(field.remote_field).__name__
        self.xml.startElement(
            "field", {"name": field.name, "rel": kind, "to": str(field.remote_field.model._meta)}
        )

    def _natural(self, key: Any) -> None:
        for part in key:
            self.xml.startElement("natural", {})
            if part is None:
                self.xml.addQuickElement("None")
            else:
                self.xml.characters(str(part))
            self.xml.endElement("natural")

    def handle_fk_field(self, obj: Any, field: Any) -> None:
        self._start_relation(field)
        if getattr(obj, field.attname) is None:
            self.xml.addQuickElement("None")
        else:
            related = getattr(obj, field.name) if self.handles_natural_key(field) else None
            key = related.natural_key() if related is not None else ()
            if key:
                self._natural(key)
            else:
                self.xml.characters(str(getattr(obj, field.attname)))
        self.xml.endElement("field")

    def handle_m2m_field(self, obj: Any, field: Any) -> None:
        if not field.remote_field.through._meta.auto_created:
            return
        self._start_relation(field)
        natural = self.handles_natural_key(field)
        empty = True
        for other in self.related_objects(obj, field):
            empty = False
            key = other.natural_key() if natural else ()
            self.indent(3)
            if key:
                self.xml.startElement("object", {})
                self._natural(key)
                self.xml.endElement("object")
            else:
                self.xml.addQuickElement("object", attrs={"pk": str(other.pk)})
        if not empty:
            self.indent(2)
        self.xml.endElement("field")


class Deserializer(base.Deserializer):
    """Reads such a document, one object at a time. Documents with a DTD are refused: entities can be made to explode."""

    def __init__(
        self,
        stream_or_string: Any,
        *,
        using: str = DEFAULT_DB_ALIAS,
        ignorenonexistent: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(stream_or_string, **options)
        self.handle_forward_references = options.pop("handle_forward_references", False)
        self.event_stream = pulldom.parse(self.stream, self._make_parser())
        self.db = using
        self.ignore = ignorenonexistent

    def _make_parser(self) -> Any:
        return DefusedExpatParser()

    def __next__(self) -> base.DeserializedObject:
        for event, node in self.event_stream:
            if event == "START_ELEMENT" and node.nodeName == "object":
                self.event_stream.expandNode(node)  # type: ignore[arg-type]
                return self._handle_object(node)
        raise StopIteration

    def _handle_object(self, node: Any) -> base.DeserializedObject:
        model = self._get_model_from_node(node, "model")
        values: dict[str, Any] = {}
        if node.hasAttribute("pk"):
            values[model._meta.pk.attname] = model._meta.pk.to_python(node.getAttribute("pk"))
        known = {field.name for field in model._meta.get_fields()}
        m2m: dict[str, Any] = {}
        deferred: dict[Any, Any] = {}
        for field_node in node.getElementsByTagName("field"):
            name = field_node.getAttribute("name")
            if not name:
                raise base.DeserializationError("<field> node is missing the 'name' attribute")
            if self.ignore and name not in known:
                continue
            field = model._meta.get_field(name)
            if field.remote_field and isinstance(field.remote_field, models.ManyToManyRel):
                found = self._handle_m2m_field_node(field_node, field)
                if found is base.DEFER_FIELD:
                    deferred[field] = [
                        _natural_key(child) for child in field_node.getElementsByTagName("object")
                    ]
                else:
                    m2m[field.name] = found
            elif field.remote_field and isinstance(field.remote_field, models.ManyToOneRel):
                found = self._handle_fk_field_node(field_node, field)
                if found is base.DEFER_FIELD:
                    deferred[field] = _natural_key(field_node)
                else:
                    values[field.attname] = found
            elif field_node.getElementsByTagName("None"):
                values[field.name] = None
            else:
                text = field.to_python(inner_text(field_node).strip())
                values[field.name] = (
                    json.loads(text, cls=field.decoder) if field.get_internal_type() == "JSONField" else text
                )
        return base.DeserializedObject(base.build_instance(model, values, self.db), m2m, deferred)

    def _handle_fk_field_node(self, node: Any, field: Any) -> Any:
        keys = _natural_key(node)
        if not keys and node.getElementsByTagName("None"):
            return None
        model = field.remote_field.model
        manager = model._default_manager
        target = field.remote_field.field_name
        if keys and hasattr(manager, "get_by_natural_key"):
            try:
                found = manager.db_manager(self.db).get_by_natural_key(*keys)
            except ObjectDoesNotExist:
                if self.handle_forward_references:
                    return base.DEFER_FIELD
                raise
            value = getattr(found, target)
            return value.pk if model._meta.pk.remote_field else value
        return model._meta.get_field(target).to_python(inner_text(node).strip())

    def _handle_m2m_field_node(self, node: Any, field: Any) -> Any:
        model = field.remote_field.model
        manager = model._default_manager
        found = []
        for child in node.getElementsByTagName("object"):
            keys = _natural_key(child)
            if keys and hasattr(manager, "get_by_natural_key"):
                try:
                    found.append(manager.db_manager(self.db).get_by_natural_key(*keys).pk)
                except ObjectDoesNotExist:
                    if self.handle_forward_references:
                        return base.DEFER_FIELD
                    raise
            else:
                found.append(model._meta.pk.to_python(child.getAttribute("pk")))
        return found

    def _get_model_from_node(self, node: Any, attribute: str) -> Any:
        name = node.getAttribute(attribute)
        if not name:
            raise base.DeserializationError(
                f"<{node.nodeName}> node is missing the required '{attribute}' attribute"
            )
        try:
            return apps.get_model(name)
        except (LookupError, TypeError):
            raise base.DeserializationError(
                f"<{node.nodeName}> node has invalid model identifier: '{name}'"
            ) from None


def inner_text(node: Any) -> str:
    """Return the text of an element, which has nothing but text in it. Raises `SuspiciousOperation` otherwise."""
    parts = []
    for child in node.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            raise SuspiciousOperation(f"Unexpected element: {child.tagName!r}")
        if child.nodeType in (child.TEXT_NODE, child.CDATA_SECTION_NODE):
            parts.append(child.data)
    return "".join(parts)


getInnerText = inner_text


def _natural_key(node: Any) -> list[str | None]:
    """Return the parts of a natural key; the empty element `None` stands for a part without a value."""
    return [
        None if part.getElementsByTagName("None") else inner_text(part).strip()
        for part in node.getElementsByTagName("natural")
    ]


class DefusedExpatParser(ExpatParser):
    """Refuses document types and entities."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setFeature(handler.feature_external_ges, False)
        self.setFeature(handler.feature_external_pes, False)

    def start_doctype_decl(self, name: str, sysid: str, pubid: str, has_internal_subset: bool) -> None:
        """Refuse a document type."""
        raise DTDForbidden(name, sysid, pubid)

    def entity_decl(
        self,
        name: Any,
        is_parameter_entity: Any,
        value: Any,
        base: Any,
        sysid: Any,
        pubid: Any,
        notation: Any,
    ) -> None:
        """Refuse an entity."""
        raise EntitiesForbidden(name, value, base, sysid, pubid, notation)

    def unparsed_entity_decl(self, name: Any, base: Any, sysid: Any, pubid: Any, notation: Any) -> None:
        """Refuse an entity."""
        raise EntitiesForbidden(name, None, base, sysid, pubid, notation)

    def external_entity_ref_handler(self, context: Any, base: Any, sysid: Any, pubid: Any) -> None:
        """Refuse a reference to another document."""
        raise ExternalReferenceForbidden(context, base, sysid, pubid)

    def reset(self) -> None:
        """Begin anew, with the refusals in place."""
        super().reset()
        refusals = {
            "StartDoctypeDecl": self.start_doctype_decl,
            "EntityDecl": self.entity_decl,
            "UnparsedEntityDecl": self.unparsed_entity_decl,
            "ExternalEntityRef": self.external_entity_ref_handler,
        }
        for event, refusal in refusals.items():
            setattr(self._parser, f"{event}Handler", refusal)  # type: ignore[attr-defined]


class DefusedXmlException(ValueError):
    """The document does what none should."""


class DTDForbidden(DefusedXmlException):
    """The document has a document type."""


class EntitiesForbidden(DefusedXmlException):
    """The document defines entities."""


class ExternalReferenceForbidden(DefusedXmlException):
    """The document refers to another one."""
