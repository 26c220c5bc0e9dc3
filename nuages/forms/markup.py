"""The built-in templates once more, as Python.

The default renderer looks for templates among the built-in ones first, so nothing can take their place there, and a
page of forms renders dozens of them. For that renderer these functions stand in for the files of the same name
below `templates/`; a test holds the two together. Every other renderer reads the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nuages.utils.formats import localize
from nuages.utils.html import conditional_escape
from nuages.utils.html.escaping import escape_text
from nuages.utils.safestring import SafeData, SafeString
from nuages.utils.timezone import template_localtime

Context = Mapping[str, Any]
#: Renders another template, by name: what an include does.
Include = Callable[[str, dict[str, Any]], str]
Writer = Callable[[Context, Include], str]

WIDGETS = "django/forms/widgets/"
SELECT_OPTION = f"{WIDGETS}select_option.html"


def shown(value: Any) -> str:
    """A value as `{{ value }}` writes it."""
    kind = type(value)
    if kind is str:
        return escape_text(value)
    if kind is SafeString:
        return value
    if hasattr(value, "__html__"):  # safe strings and all that renders itself
        return value.__html__()
    return conditional_escape(localize(template_localtime(value)))


def verbatim(value: Any) -> str:
    """A value as `{{ value|stringformat:'s' }}` writes it: numbers are not localized."""
    if type(value) is str:
        return escape_text(value)
    return str(value) if isinstance(value, SafeData) else escape_text(str.__str__(str(value)))


def attributes(attrs: Mapping[str, Any]) -> str:
    """HTML attributes, each with a space before it; True is a bare one, False is none."""
    written = ""
    for name, value in attrs.items():
        if type(value) is str:
            written += f' {shown(name)}="{escape_text(value)}"'
            continue
        # As in a template: the limits of a number may be callables.
        if callable(value):
            value = value()
        if value is True:
            written += f" {shown(name)}"
        elif value is not False:
            written += f' {shown(name)}="{verbatim(value)}"'
    return written


# -- widgets


def write_input(context: Context, include: Include) -> str:
    widget = context["widget"]
    value = widget.get("value")
    valued = "" if value is None else f' value="{verbatim(value)}"'
    return f'<input type="{shown(widget["type"])}" name="{shown(widget["name"])}"{valued}{attributes(widget["attrs"])}>'


def write_textarea(context: Context, include: Include) -> str:
    widget = context["widget"]
    # Browsers drop a line break right after the tag: this one, so that the text keeps its own.
    text = shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{shown(widget["name"])}"{attributes(widget["attrs"])}>\n{text}</textarea>'


def write_option(context: Context, include: Include) -> str:
    return _option(context["widget"])


def _option(widget: Mapping[str, Any]) -> str:
    return f'<option value="{verbatim(widget["value"])}"{attributes(widget["attrs"])}>{shown(widget["label"])}</option>'


def write_select(context: Context, include: Include) -> str:
    widget = context["widget"]
    parts = [f'<select name="{shown(widget["name"])}"{attributes(widget["attrs"])}>']
    for heading, options, _index in widget["optgroups"]:
        if heading:
            parts.append(f'<optgroup label="{shown(heading)}">')
        for option in options:
            name = option["template_name"]
            own = name != SELECT_OPTION
            parts.append(include(name, {**context, "widget": option}) if own else _option(option))
        if heading:
            parts.append("</optgroup>")
    return "\n".join([*parts, "</select>"])


def write_input_option(context: Context, include: Include) -> str:
    widget = context["widget"]
    tag = write_input(context, include)
    if not widget["wrap_label"]:
        return tag
    id_ = widget["attrs"].get("id")
    target = f' for="{shown(id_)}"' if id_ else ""
    return f"<label{target}>{tag} {shown(widget['label'])}</label>"


def write_multiple_input(context: Context, include: Include) -> str:
    widget = context["widget"]
    outer = "".join(
        f' {name}="{shown(widget["attrs"][name])}"' for name in ("id", "class") if widget["attrs"].get(name)
    )
    parts = [f"<div{outer}>"]
    for heading, options, _index in widget["optgroups"]:
        if heading:
            parts.append(f"<div>\n<label>{shown(heading)}</label>")
        for option in options:
            parts.append(f"<div>\n{include(option['template_name'], {**context, 'widget': option})}</div>\n")
        if heading:
            parts.append("</div>\n")
    return "".join([*parts, "\n</div>"])


def write_multiwidget(context: Context, include: Include) -> str:
    return "".join(
        include(part["template_name"], {**context, "widget": part})
        for part in context["widget"]["subwidgets"]
    )


# -- forms


def _hidden(fields: Iterable[Any]) -> str:
    return "".join(map(shown, fields))


def write_label(context: Context, include: Include) -> str:
    label = shown(context["label"])
    if not context["use_tag"]:
        return label
    tag = shown(context["tag"])
    return f"<{tag}{attributes(context['attrs'])}>{label}</{tag}>"


def write_field(context: Context, include: Include) -> str:
    field = context["field"]
    grouped = field.use_fieldset
    start = end = label = hint = ""
    if grouped:
        described = field.aria_describedby
        start = f'<fieldset aria-describedby="{shown(described)}">' if described else "<fieldset>"
        end = "</fieldset>"
    if field.label:
        label = shown(field.legend_tag() if grouped else field.label_tag())
    if field.help_text:
        id_ = f' id="{shown(field.auto_id)}_helptext"' if field.auto_id else ""
        # Help text is the developer's HTML.
        hint = f'<div class="helptext"{id_}>{field.help_text}</div>'
    errors = field.errors
    # An own kind of error list may say something even when it is empty.
    said = shown(errors) if errors or type(errors).__name__ != "ErrorList" else ""
    return f"{start}{label}\n{hint}{said}{shown(field)}{end}"


def write_div(context: Context, include: Include) -> str:
    errors, fields, hidden = context["errors"], context["fields"], context["hidden_fields"]
    if not fields:
        inputs = _hidden(hidden)
        return f"{shown(errors)}<div>{inputs}</div>" if errors else inputs
    parts = [shown(errors)] if errors else []
    last = len(fields)
    for number, (field, _errors) in enumerate(fields, 1):
        classes = field.css_classes()
        start = f'<div class="{shown(classes)}">' if classes else "<div>"
        more = _hidden(hidden) if number == last else ""
        parts.append(f"\n{start}{shown(field.as_field_group())}{more}</div>\n")
    return "".join(parts)


def _classes(field: Any) -> str:
    classes = field.css_classes()
    return f' class="{shown(classes)}"' if classes else ""


def _label(field: Any) -> str:
    return shown(field.label_tag()) if field.label else ""


def _hint(field: Any) -> str:
    """The help text as the styles without field templates show it."""
    if not field.help_text:
        return ""
    id_ = f' id="{shown(field.auto_id)}_helptext"' if field.auto_id else ""
    return f'<span class="helptext"{id_}>{field.help_text}</span>'


def write_p(context: Context, include: Include) -> str:
    errors, fields, hidden = context["errors"], context["fields"], context["hidden_fields"]
    parts = [shown(errors)]
    if not fields:
        inputs = _hidden(hidden)
        return f"{parts[0]}<p>{inputs}</p>" if errors else parts[0] + inputs
    last = len(fields)
    for number, (field, said) in enumerate(fields, 1):
        more = _hidden(hidden) if number == last else ""
        parts.append(
            f"\n{shown(said)}<p{_classes(field)}>{_label(field)}\n{shown(field)} {_hint(field)}{more}</p>\n"
        )
    return "".join(parts)


def write_ul(context: Context, include: Include) -> str:
    errors, fields, hidden = context["errors"], context["fields"], context["hidden_fields"]
    if not fields:
        inputs = _hidden(hidden)
        return f"<li>{shown(errors)}{inputs}</li>" if errors else inputs
    parts = [f"<li>{shown(errors)}</li>"] if errors else []
    last = len(fields)
    for number, (field, said) in enumerate(fields, 1):
        more = _hidden(hidden) if number == last else ""
        parts.append(
            f"\n<li{_classes(field)}>{shown(said)}{_label(field)}\n{shown(field)} {_hint(field)}{more}</li>\n"
        )
    return "".join(parts)


def write_table(context: Context, include: Include) -> str:
    errors, fields, hidden = context["errors"], context["fields"], context["hidden_fields"]
    if not fields:
        inputs = _hidden(hidden)
        return f'<tr><td colspan="2">{shown(errors)}{inputs}</td></tr>' if errors else inputs
    parts = [f'<tr><td colspan="2">{shown(errors)}</td></tr>'] if errors else []
    last = len(fields)
    for number, (field, said) in enumerate(fields, 1):
        more = _hidden(hidden) if number == last else ""
        hint = _hint(field)
        parts.append(
            f"\n<tr{_classes(field)}><th>{_label(field)}</th>\n<td>{shown(said)}{shown(field)}"
            f"{'<br>' if hint else ''}{hint}{more}</td></tr>\n"
        )
    return "".join(parts)


def write_error_list(context: Context, include: Include) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    field_id = getattr(errors, "field_id", None)
    id_ = f' id="{shown(field_id)}_error"' if field_id else ""
    items = "".join(f"<li>{shown(error)}</li>" for error in errors)
    return f'<ul class="{shown(context["error_class"])}"{id_}>{items}</ul>'


#: By the name of the template that each stands in for.
BUILT_IN: dict[str, Writer] = {
    **{
        f"{WIDGETS}{kind}.html": write_input
        for kind in "checkbox color date datetime email file hidden input number password search tel text time url".split()  # noqa: SIM905
    },
    f"{WIDGETS}textarea.html": write_textarea,
    f"{WIDGETS}select.html": write_select,
    SELECT_OPTION: write_option,
    **{
        f"{WIDGETS}{name}.html": write_input_option
        for name in ("radio_option", "checkbox_option", "input_option")
    },
    **{
        f"{WIDGETS}{name}.html": write_multiple_input
        for name in ("radio", "checkbox_select", "multiple_input")
    },
    **{
        f"{WIDGETS}{name}.html": write_multiwidget
        for name in ("multiwidget", "multiple_hidden", "splitdatetime", "splithiddendatetime", "select_date")
    },
    "django/forms/label.html": write_label,
    "django/forms/field.html": write_field,
    "django/forms/div.html": write_div,
    "django/forms/p.html": write_p,
    "django/forms/ul.html": write_ul,
    "django/forms/table.html": write_table,
    "django/forms/errors/list/ul.html": write_error_list,
    "django/forms/errors/list/default.html": write_error_list,
}
