"""The stream that commands write to."""

from __future__ import annotations

import io

from nuages.core.management.output import OutputWrapper
from nuages.utils.xmlutils import SimplerXMLGenerator


def test_xml_is_written_as_text() -> None:
    out = io.StringIO()
    wrapper = OutputWrapper(out)
    wrapper.ending = ""
    xml = SimplerXMLGenerator(wrapper, "utf-8")
    xml.startDocument()
    xml.addQuickElement("book", "Dune")
    xml.endDocument()
    assert out.getvalue() == '<?xml version="1.0" encoding="utf-8"?>\n<book>Dune</book>'


def test_a_wrapper_may_outlive_its_stream() -> None:
    out = io.StringIO()
    wrapper = OutputWrapper(out)
    wrapper.write("line")
    assert out.getvalue() == "line\n"
    out.close()
    wrapper.flush()
