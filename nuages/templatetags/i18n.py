"""`{% load i18n %}`: translated text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from nuages.conf import settings
from nuages.template import Library, Node, NodeList, TemplateSyntaxError, Variable
from nuages.template.compiler.runtime import helper
from nuages.template.library import token_kwargs
from nuages.template.tags.values import AsNode
from nuages.template.tokens import Token, TokenType
from nuages.utils import translation
from nuages.utils.safestring import SafeData, mark_safe

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser
    from nuages.template.variables import FilterExpression

register = Library()

# `trimmed` makes one line of a message; makemessages does the same to find it in the source.
_LINE_BREAK = re.compile(r"\s*\n\s*")


class KeepNode(AsNode):
    """A tag that keeps what a function gives."""

    def __init__(self, variable: str) -> None:
        self.variable = self.asvar = variable

    def value(self, code: Emitter) -> Any:
        """Python for the value."""
        raise NotImplementedError

    def emit(self, code: Emitter) -> None:
        code.set(self.variable, self.value(code))


class GetAvailableLanguagesNode(KeepNode):
    """Code and translated name of each language."""

    def value(self, code: Emitter) -> Any:
        return code.call("available_languages")


@helper
def available_languages() -> list[tuple[str, str]]:
    """The languages of the settings, their names translated."""
    return [(code, translation.gettext(name)) for code, name in settings.LANGUAGES]


class GetCurrentLanguageNode(KeepNode):
    """The current language."""

    def value(self, code: Emitter) -> Any:
        return code.call(code.constant(translation.get_language, "get_language"))


class GetCurrentLanguageBidiNode(KeepNode):
    """Whether the current language is written from right to left."""

    def value(self, code: Emitter) -> Any:
        return code.call(code.constant(translation.get_language_bidi, "get_language_bidi"))


class GetLanguageInfoNode(KeepNode):
    """What is known of a language."""

    def __init__(self, lang_code: FilterExpression, variable: str) -> None:
        super().__init__(variable)
        self.lang_code = lang_code

    def value(self, code: Emitter) -> Any:
        return code.call(
            code.constant(translation.get_language_info, "language_info"), code.value(self.lang_code)
        )


class GetLanguageInfoListNode(KeepNode):
    """What is known of several languages."""

    def __init__(self, languages: FilterExpression, variable: str) -> None:
        super().__init__(variable)
        self.languages = languages

    def value(self, code: Emitter) -> Any:
        return code.call("language_infos", code.value(self.languages))


@helper
def language_infos(languages: Any) -> list[dict[str, Any]]:
    """The languages given by code, or by pairs that begin with it."""
    return [
        translation.get_language_info(language if isinstance(language, str) else str(language[0]))
        for language in languages
    ]


class TranslateNode(AsNode):
    """A translated text."""

    def __init__(
        self,
        filter_expression: FilterExpression,
        noop: bool,
        asvar: str | None = None,
        message_context: FilterExpression | None = None,
    ) -> None:
        self.noop = noop
        self.asvar = asvar
        self.message_context = message_context
        self.filter_expression = filter_expression
        if not filter_expression.is_var:
            # A literal is translated before it goes through its filters.
            filter_expression.var = _literal(filter_expression.var)
            filter_expression.is_var = True

    def emit(self, code: Emitter) -> None:
        expression = self.filter_expression
        variable: Variable = expression.var
        message = None if self.noop or self.message_context or expression.filters else _message_of(variable)
        if message is not None:
            # A literal is safe, so that nothing but the language has a say in what it shows as.
            text = code.call("translated_literal", code.const(message))
            if self.asvar:
                code.set(self.asvar, code.call("safe", text))
            else:
                code.put(text)
            return
        if self.noop or not isinstance(variable, Variable):
            value = code.value(expression)
        else:
            found = code.literal(variable.literal) if variable.lookups is None else code.variable(variable)
            found = code.call("or_empty", found) if variable.lookups is not None else found
            context = code.const(None) if self.message_context is None else code.value(self.message_context)
            value = code.filtered(expression, code.call("translated_text", found, context))
        text = code.call("undoubled", code.shown(value))
        if self.asvar:
            code.set(self.asvar, code.call("safe", text))
        else:
            code.put(text)


def _message_of(variable: Any) -> str | None:
    """The text of a literal; None for a variable or a number."""
    literal = variable.literal if isinstance(variable, Variable) and variable.lookups is None else None
    return str.__str__(literal) if isinstance(literal, str) else None


@helper
def translated_literal(message: str) -> str:
    """The translation of a text that stands in the template."""
    return translation.remembered(message, _translated_literal, message)


def _translated_literal(message: str) -> str:
    return undoubled(str(translated_text(mark_safe(message), None)))


def _literal(text: Any) -> Variable:
    made = Variable("''")
    made.literal = text
    return made


@helper
def translated_text(value: Any, message_context: Any) -> Any:
    """The translation of a value, safe where the value is."""
    # Catalogues hold doubled percent signs, as every message might be a format.
    message = str(value).replace("%", "%%")
    if isinstance(value, SafeData):
        message = mark_safe(message)
    if message_context:
        return translation.pgettext(message_context, message)
    return translation.gettext(message)


@helper
def undoubled(text: str) -> str:
    """A message with its doubled percent signs single again."""
    return text.replace("%%", "%") if "%%" in text else text


def render_value_in_context(value: Any, context: Any) -> str:
    """The text of a value as a variable tag shows it."""
    from nuages.template.base import render_value_in_context as render

    return render(value, context)


@dataclass(eq=False, repr=False)
class BlockTranslateNode(Node):
    """A translated text with variables in it, perhaps with a plural."""

    child_nodelists = ()

    extra_context: dict[str, FilterExpression]
    singular: list[Token]
    plural: list[Token] | None = None
    countervar: str | None = None
    counter: FilterExpression | None = None
    message_context: FilterExpression | None = None
    trimmed: bool = False
    asvar: str | None = None
    tag_name: str = "blocktranslate"

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variable named with `asvar`."""
        return (self.asvar,) if self.asvar else ()

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__}: extra_context={self.extra_context!r} singular={self.singular!r} "
            f"plural={self.plural!r}>"
        )

    def render_token_list(self, tokens: list[Token]) -> tuple[str, list[str]]:
        """The message of some tokens, as a format, and the names of the variables in it."""
        parts: list[str] = []
        names: list[str] = []
        for token in tokens:
            if token.token_type is TokenType.TEXT:
                parts.append(token.contents.replace("%", "%%"))
            elif token.token_type is TokenType.VAR:
                parts.append(f"%({token.contents})s")
                names.append(token.contents)
        message = "".join(parts)
        if self.trimmed:
            message = _LINE_BREAK.sub(" ", message.strip())
        return message, names

    def emit(self, code: Emitter) -> None:
        singular, names = self.render_token_list(self.singular)
        plural: str | None = None
        if self.plural and self.countervar and self.counter is not None:
            plural, plural_names = self.render_token_list(self.plural)
            names = [*names, *plural_names]
        values = {name: code.value(value) for name, value in self.extra_context.items()}
        count = None
        if plural is not None and self.counter is not None:
            count = code.temporary("count")
            code.assign_local(count, code.value(self.counter))
            values[str(self.countervar)] = code.local(count)
        message_context = (
            code.const(None) if self.message_context is None else code.value(self.message_context)
        )
        given = code.temporary("given")
        with code.layer(values, ()):
            shown = {name: code.shown_variable(name, self.tag_name) for name in dict.fromkeys(names)}
            code.assign_local(given, code.dict_of(shown))
        text = code.call(
            "translated_block",
            code.const(singular),
            code.const(plural),
            code.const(None) if count is None else code.local(count),
            message_context,
            code.local(given),
            code.const(self.countervar),
            code.const(self.tag_name),
        )
        if self.asvar:
            code.set(self.asvar, code.call("safe", text))
        else:
            code.put(text)


@helper
def translated_block(
    singular: str,
    plural: str | None,
    count: Any,
    message_context: Any,
    values: dict[str, str],
    counter: str | None,
    tag_name: str,
) -> str:
    """The translation of a message, with values for its variables."""
    if plural is not None and not isinstance(count, int | float | Decimal):
        raise TemplateSyntaxError(f"{counter!r} argument to {tag_name!r} tag must be a number.")
    message = _message(singular, plural, count, message_context)
    try:
        return message % values
    except (KeyError, ValueError):
        # A translator's slip: the original is better than an error.
        with translation.override(None):
            original = _message(singular, plural, count, message_context)
        try:
            return original % values
        except (KeyError, ValueError) as error:
            raise TemplateSyntaxError(
                f"{tag_name!r} is unable to format string returned by gettext: {original!r} using {values!r}"
            ) from error


def _message(singular: str, plural: str | None, count: Any, message_context: Any) -> str:
    if plural is None:
        if message_context:
            return str(translation.pgettext(message_context, singular))
        return str(translation.gettext(singular))
    if message_context:
        return str(translation.npgettext(message_context, singular, plural, count))
    return str(translation.ngettext(singular, plural, count))


class LanguageNode(Node):
    """Another current language for a part."""

    nests = True

    def __init__(self, nodelist: NodeList, language: FilterExpression) -> None:
        self.nodelist = nodelist
        self.language = language

    def emit(self, code: Emitter) -> None:
        override = code.call(code.constant(translation.override, "language"), code.value(self.language))
        with code.entered(override):
            code.nodes(self.nodelist)


def _variable_after_as(token: Token, name: str) -> str:
    words = token.contents.split()
    if len(words) != 3 or words[1] != "as":
        raise TemplateSyntaxError(f"'{name}' requires 'as variable' (got {words!r})")
    return words[2]


@register.tag("get_available_languages")
def do_get_available_languages(parser: Parser, token: Token) -> GetAvailableLanguagesNode:
    """Keep the list of languages: `{% get_available_languages as languages %}`."""
    return GetAvailableLanguagesNode(_variable_after_as(token, "get_available_languages"))


@register.tag("get_current_language")
def do_get_current_language(parser: Parser, token: Token) -> GetCurrentLanguageNode:
    """Keep the current language: `{% get_current_language as language %}`."""
    return GetCurrentLanguageNode(_variable_after_as(token, "get_current_language"))


@register.tag("get_current_language_bidi")
def do_get_current_language_bidi(parser: Parser, token: Token) -> GetCurrentLanguageBidiNode:
    """Keep whether the current language runs from right to left."""
    return GetCurrentLanguageBidiNode(_variable_after_as(token, "get_current_language_bidi"))


@register.tag("get_language_info")
def do_get_language_info(parser: Parser, token: Token) -> GetLanguageInfoNode:
    """Keep what is known of a language: `{% get_language_info for LANGUAGE_CODE as lang %}`."""
    words = token.split_contents()
    if len(words) != 5 or words[1] != "for" or words[3] != "as":
        raise TemplateSyntaxError(f"'{words[0]}' requires 'for string as variable' (got {words[1:]!r})")
    return GetLanguageInfoNode(parser.compile_filter(words[2]), words[4])


@register.tag("get_language_info_list")
def do_get_language_info_list(parser: Parser, token: Token) -> GetLanguageInfoListNode:
    """Keep what is known of several languages: `{% get_language_info_list for LANGUAGES as langs %}`."""
    words = token.split_contents()
    if len(words) != 5 or words[1] != "for" or words[3] != "as":
        raise TemplateSyntaxError(f"'{words[0]}' requires 'for sequence as variable' (got {words[1:]!r})")
    return GetLanguageInfoListNode(parser.compile_filter(words[2]), words[4])


@register.filter
def language_name(lang_code: str) -> str:
    """The language's name in English."""
    return str(translation.get_language_info(lang_code)["name"])


@register.filter
def language_name_translated(lang_code: str) -> str:
    """The language's name in the current language."""
    return str(translation.get_language_info(lang_code)["name_translated"])


@register.filter
def language_name_local(lang_code: str) -> str:
    """The language's name in itself."""
    return str(translation.get_language_info(lang_code)["name_local"])


@register.filter
def language_bidi(lang_code: str) -> bool:
    """Whether the language runs from right to left."""
    return bool(translation.get_language_info(lang_code)["bidi"])


@register.tag("translate")
@register.tag("trans")
def do_translate(parser: Parser, token: Token) -> TranslateNode:
    """Translate a text: `{% translate "Hello" context "greeting" as hello %}`."""
    words = token.split_contents()
    tag = words[0]
    if len(words) < 2:
        raise TemplateSyntaxError(f"'{tag}' takes at least one argument")
    expression = parser.compile_filter(words[1])
    remaining = words[2:]
    noop = False
    asvar = message_context = None
    seen: set[str] = set()
    while remaining:
        option = remaining.pop(0)
        if option in seen:
            raise TemplateSyntaxError(f"The '{option}' option was specified more than once.")
        seen.add(option)
        if option == "noop":
            noop = True
        elif option == "context":
            if not remaining:
                raise TemplateSyntaxError(f"No argument provided to the '{tag}' tag for the context option.")
            given = remaining.pop(0)
            if given in ("as", "noop"):
                raise TemplateSyntaxError(
                    f"Invalid argument '{given}' provided to the '{tag}' tag for the context option"
                )
            message_context = parser.compile_filter(given)
        elif option == "as":
            if not remaining:
                raise TemplateSyntaxError(f"No argument provided to the '{tag}' tag for the as option.")
            asvar = remaining.pop(0)
        else:
            raise TemplateSyntaxError(
                f"Unknown argument for '{tag}' tag: '{option}'. The only options available are 'noop', 'context' "
                "\"xxx\", and 'as VAR'."
            )
    return TranslateNode(expression, noop, asvar, message_context)


class _BlockOptions:
    """The words of a blocktranslate tag, sorted."""

    def __init__(self, parser: Parser, words: list[str]) -> None:
        self.tag = words[0]
        self.found: dict[str, Any] = {}
        readers: dict[str, Callable[[Parser, list[str]], Any]] = {
            "with": self._with,
            "count": self._count,
            "context": self._context,
            "trimmed": lambda parser, remaining: True,
            "asvar": self._asvar,
        }
        remaining = words[1:]
        while remaining:
            option = remaining.pop(0)
            if option in self.found:
                raise TemplateSyntaxError(f"The {option!r} option was specified more than once.")
            if option not in readers:
                raise TemplateSyntaxError(f"Unknown argument for {self.tag!r} tag: {option!r}.")
            self.found[option] = readers[option](parser, remaining)

    def _with(self, parser: Parser, remaining: list[str]) -> Any:
        values = token_kwargs(remaining, parser, support_legacy=True)
        if not values:
            raise TemplateSyntaxError(f'"with" in {self.tag!r} tag needs at least one keyword argument.')
        return values

    def _count(self, parser: Parser, remaining: list[str]) -> Any:
        values = token_kwargs(remaining, parser, support_legacy=True)
        if len(values) != 1:
            raise TemplateSyntaxError(f'"count" in {self.tag!r} tag expected exactly one keyword argument.')
        return values

    def _context(self, parser: Parser, remaining: list[str]) -> Any:
        try:
            return parser.compile_filter(remaining.pop(0))
        except Exception as error:
            raise TemplateSyntaxError(
                f'"context" in {self.tag!r} tag expected exactly one argument.'
            ) from error

    def _asvar(self, parser: Parser, remaining: list[str]) -> Any:
        if not remaining:
            raise TemplateSyntaxError(f"No argument provided to the '{self.tag}' tag for the asvar option.")
        return remaining.pop(0)


@register.tag("blocktranslate")
@register.tag("blocktrans")
def do_block_translate(parser: Parser, token: Token) -> BlockTranslateNode:
    """Translate a text with variables: `{% blocktranslate count n=list|length %}...{% plural %}...`."""
    options = _BlockOptions(parser, token.split_contents())
    tag = options.tag
    countervar, counter = next(iter(options.found.get("count", {}).items()), (None, None))
    singular, closing = _tokens_until_tag(parser)
    plural: list[Token] = []
    if countervar and counter is not None:
        if closing.contents.strip() != "plural":
            raise TemplateSyntaxError(f"{tag!r} doesn't allow other block tags inside it")
        plural, closing = _tokens_until_tag(parser)
    end = f"end{tag}"
    if closing.contents.strip() != end:
        raise TemplateSyntaxError(
            f"{tag!r} doesn't allow other block tags (seen {closing.contents!r}) inside it"
        )
    return BlockTranslateNode(
        options.found.get("with", {}),
        singular,
        plural,
        countervar,
        counter,
        options.found.get("context"),
        trimmed=options.found.get("trimmed", False),
        asvar=options.found.get("asvar"),
        tag_name=tag,
    )


def _tokens_until_tag(parser: Parser) -> tuple[list[Token], Token]:
    """Texts and variables up to the next tag, and that."""
    found: list[Token] = []
    token = Token(TokenType.TEXT, "")
    while parser.tokens:
        token = parser.next_token()
        if token.token_type not in (TokenType.VAR, TokenType.TEXT):
            break
        found.append(token)
    return found, token


@register.tag
def language(parser: Parser, token: Token) -> LanguageNode:
    """Make another language the current one: `{% language "de" %}`."""
    words = token.split_contents()
    if len(words) != 2:
        raise TemplateSyntaxError(f"'{words[0]}' takes one argument (language)")
    language = parser.compile_filter(words[1])
    nodelist = parser.parse(("endlanguage",))
    parser.delete_first_token()
    return LanguageNode(nodelist, language)


__all__ = ["BlockTranslateNode", "LanguageNode", "TranslateNode", "register"]
