"""XML documents compared by what they mean."""

from __future__ import annotations

import pytest

from nuages.test.comparing import compare_xml


def test_the_declaration_and_the_type_of_a_document_do_not_count() -> None:
    plain = "<books><book year='1' title='Dune'/></books>"
    assert compare_xml(plain, f'<?xml version="1.0" encoding="utf-8"?>\n{plain}')
    assert compare_xml(plain, f'<?xml version="1.0"?><!DOCTYPE books SYSTEM "books.dtd">{plain}')


def test_order_of_attributes_does_not_count_but_that_of_elements_does() -> None:
    assert compare_xml("<a x='1' y='2'/>", "<a y='2' x='1'/>")
    assert not compare_xml("<a/><b/>", "<b/><a/>")


@pytest.mark.parametrize("other", ["<a>1</a><a>2</a>", "<a x='1'>1</a>", "<b>1</b>"])
def test_what_differs_is_found(other: str) -> None:
    assert not compare_xml("<a>1</a>", other)
