from __future__ import annotations

from nuages.template.__main__ import show
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
