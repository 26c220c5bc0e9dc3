"""The documented place of the built-in tags; `nuages.template.tags` holds them."""

from __future__ import annotations

from nuages.template.tags import register
from nuages.template.tags.branching import ForNode, IfNode, TemplateIfParser, TemplateLiteral, WithNode
from nuages.template.tags.output import (
    AutoEscapeControlNode,
    CommentNode,
    CspNonceAttrNode,
    CsrfTokenNode,
    DebugNode,
    FilterNode,
    LoadNode,
    SpacelessNode,
    TemplateTagNode,
    VerbatimNode,
    find_library,
    load_from_library,
)
from nuages.template.tags.partials import PartialDefNode, PartialNode
from nuages.template.tags.remembering import CycleNode, IfChangedNode, ResetCycleNode
from nuages.template.tags.values import (
    FirstOfNode,
    GroupedResult,
    LoremNode,
    NowNode,
    QueryStringNode,
    RegroupNode,
    URLNode,
    WidthRatioNode,
)

__all__ = [
    "AutoEscapeControlNode",
    "CommentNode",
    "CspNonceAttrNode",
    "CsrfTokenNode",
    "CycleNode",
    "DebugNode",
    "FilterNode",
    "FirstOfNode",
    "ForNode",
    "GroupedResult",
    "IfChangedNode",
    "IfNode",
    "LoadNode",
    "LoremNode",
    "NowNode",
    "PartialDefNode",
    "PartialNode",
    "QueryStringNode",
    "RegroupNode",
    "ResetCycleNode",
    "SpacelessNode",
    "TemplateIfParser",
    "TemplateLiteral",
    "TemplateTagNode",
    "URLNode",
    "VerbatimNode",
    "WidthRatioNode",
    "WithNode",
    "find_library",
    "load_from_library",
    "register",
]
