from __future__ import annotations

import datetime
from typing import Any

import pytest

from nuages.template import Context, TemplateSyntaxError
from nuages.test.utils import override_settings
from nuages.utils import timezone, translation
from tests.template.conftest import engine_of


def rendered(source: str, **values: Any) -> str:
    return engine_of().from_string(source).render(Context(values))


def test_localize_switches_number_formats() -> None:
    source = "{% load l10n %}{{ n }}|{% localize off %}{{ n }}{% endlocalize %}|{{ n|unlocalize }}"
    with translation.override("de"):
        assert rendered(source, n=1.5) == "1,5|1.5|1.5"


def test_thousand_separators_follow_the_setting() -> None:
    source = "{% load l10n %}{{ n }}|{% localize off %}{{ n }}{% endlocalize %}"
    assert rendered(source, n=12345) == "12345|12345"
    with override_settings(USE_THOUSAND_SEPARATOR=True), translation.override("en"):
        assert rendered(source, n=12345) == "12,345|12345"
    assert rendered(source, n=12345) == "12345|12345"


def test_datetimes_are_shown_in_the_current_zone_unless_told_otherwise() -> None:
    moment = datetime.datetime(2025, 6, 1, 12, tzinfo=datetime.UTC)
    source = (
        "{% load tz %}{{ t|date:'H' }}|{% localtime off %}{{ t|date:'H' }}{% endlocaltime %}|"
        "{% timezone 'Asia/Tokyo' %}{{ t|date:'H' }}{% get_current_timezone as z %}{{ z }}{% endtimezone %}|{{ t|utc|date:'H' }}"
    )
    with timezone.override("Europe/Paris"):
        assert rendered(source, t=moment) == "14|12|21Asia/Tokyo|12"


def test_translate_falls_back_to_the_text_with_percent_signs_intact() -> None:
    assert (
        rendered("{% load i18n %}{% translate '100% <b>' %}|{% translate x %}", x="50% <i>")
        == "100% <b>|50% &lt;i&gt;"
    )


def test_blocktranslate_counts_names_and_escapes() -> None:
    source = (
        "{% load i18n %}{% blocktranslate count n=xs|length with who=name trimmed %}\n one for {{ who }}\n"
        "{% plural %}\n {{ n }} for {{ who }} 5%\n{% endblocktranslate %}"
    )
    assert rendered(source, xs=[1], name="<a>") == "one for &lt;a&gt;"
    assert rendered(source, xs=[1, 2], name="b") == "2 for b 5%"


def test_blocktranslate_keeps_its_text_with_asvar() -> None:
    assert (
        rendered(
            "{% load i18n %}{% blocktranslate asvar t %}a {{ x }}{% endblocktranslate %}[{{ t }}]", x="&"
        )
        == "[a &amp;]"
    )


def test_blocktranslate_refuses_other_tags() -> None:
    with pytest.raises(TemplateSyntaxError, match="doesn't allow other block tags"):
        rendered("{% load i18n %}{% blocktranslate %}{% if x %}{% endif %}{% endblocktranslate %}")


def test_static_and_prefixes() -> None:
    source = "{% load static %}{% static 'a b.css' %}|{% static p as url %}{{ url }}|{% get_static_prefix %}"
    with override_settings(STATIC_URL="/s/"):
        assert rendered(source, p="x&y.js") == "/s/a%20b.css|/s/x%26y.js|/s/"
