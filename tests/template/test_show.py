from __future__ import annotations

from pathlib import Path

import pytest

from nuages.template.__main__ import main, show
from nuages.test.utils import override_settings
from tests.template.conftest import engine_of


def test_show_prints_body_blocks_and_partials() -> None:
    source = "{% block a %}{{ x }}{% endblock %}{% partialdef p %}{{ y }}{% endpartialdef %}"
    text = show(engine_of({"t": source}).get_template("t"))
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# template",
        "# block a",
        "# partial p",
    ]
    compile(text, "shown", "exec")


def test_the_command_line_shows_a_template_of_the_project_or_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.html").write_text("<b>{{ name }}</b>")
    (tmp_path / "wrong.html").write_text("\n{{ name|lowr }}")
    django = "nuages.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": django, "DIRS": [tmp_path]}]):
        assert main(["show", "page.html"]) == 0
        assert "w(f'<b>{show_variable0(n_name)}</b>')" in capsys.readouterr().out
        assert main(["show", "wrong.html"]) == 1
        told = capsys.readouterr().err
        assert "Did you mean |lower?" in told
        assert f"In template {tmp_path}/wrong.html, line 2, column 1: {{{{ name|lowr }}}}" in told
        assert main(["show", "gone.html"]) == 1
        assert capsys.readouterr().err == "TemplateDoesNotExist: gone.html\n"
