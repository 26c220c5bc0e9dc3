"""The template rows: a table of a hundred rows, a page with everything in it, and one thing at a time.

`python -m benchmarks.work.pages WHO` prints the seconds of each row; WHO is `nuages`, `django`, `jinja2`, `minijinja`
or `limit`, which is the work as a function of f-strings, written by hand.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.work.common import choose, report, timed
from benchmarks.work.page_sources import CONTEXT, ROWS, SINGLE, SINGLE_PARTS, TABLE, TEMPLATES

WITHOUT_FORM = "page without the form: inheritance, includes, url, translation, 30 filters"


def configured() -> None:
    """Set `django` up, whichever that is."""
    import django
    from django.conf import settings

    parts = {name: source.replace("SUPER", "block.super") for name, source in SINGLE_PARTS.items()}
    pages = {
        name: source.replace("FORM", "<form>{{ form.as_p }}</form>") for name, source in TEMPLATES.items()
    }
    bare = {f"bare/{name}": source.replace("FORM", "") for name, source in TEMPLATES.items()}
    for name in bare:
        for other in TEMPLATES:
            bare[name] = bare[name].replace(f'"{other}"', f'"bare/{other}"')
    single = {f"{name}.html": source for name, (source, _) in SINGLE.items()}
    loader = ("django.template.loaders.locmem.Loader", pages | bare | parts | single)
    settings.configure(
        SECRET_KEY="benchmark",
        INSTALLED_APPS=[],
        ROOT_URLCONF="benchmarks.work.routes",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", [loader])]},
            }
        ],
    )
    django.setup()


def measure() -> dict[str, float]:
    """Measure through `django`, whichever that is."""
    configured()
    from django import forms
    from django.template import engines
    from django.utils.translation import override

    class Signup(forms.Form):
        name = forms.CharField(max_length=80, help_text="Your name")
        mail = forms.EmailField()
        age = forms.IntegerField(min_value=1, required=False)
        kind = forms.ChoiceField(choices=[(str(n), f"Choice {n}") for n in range(10)])
        agree = forms.BooleanField()

    engine: Any = engines["django"]
    table, page, bare = (
        engine.from_string(TABLE),
        engine.get_template("page.html"),
        engine.get_template("bare/page.html"),
    )
    single = {name: engine.get_template(f"{name}.html") for name in SINGLE}
    with override("de"):
        return {
            "100-row table": timed(lambda: table.render({"rows": ROWS})),
            "page: inheritance, includes, url, translation, form": timed(
                lambda: page.render({**CONTEXT, "form": Signup()})
            ),
            WITHOUT_FORM: timed(lambda: bare.render(CONTEXT)),
            **{
                name: timed(lambda template=template: template.render({"rows": ROWS, "title": "the title"}))
                for name, template in single.items()
            },
            "form.as_p": timed(lambda: Signup().as_p()),
            "form.as_p, filled in with errors": timed(
                lambda: Signup({"name": "n" * 99, "mail": "no", "kind": "4"}).as_p()
            ),
        }


if __name__ == "__main__":
    match sys.argv[1]:
        case "limit":
            from benchmarks.work.page_by_hand import measure as by_hand

            report(by_hand())
        case "jinja2":
            from benchmarks.work.page_peers import measure_jinja2

            report(measure_jinja2())
        case "minijinja":
            from benchmarks.work.page_peers import measure_minijinja

            report(measure_minijinja())
        case name:
            choose(name)
            report(measure())
