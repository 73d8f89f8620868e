"""Markdown of admins becomes harmless elements, whatever is in it."""

from __future__ import annotations

from typing import Any

import pytest

from app.web.finished.markup import markup
from components.kit.markdown import markdown, plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Us\n\nA *b* **c** `d`", "<h2>Us</h2><p>A <em>b</em> <strong>c</strong> <code>d</code></p>"),
        ("1. one\n2. two\n   - three", "<ol><li>one</li><li>two<ul><li>three</li></ul></li></ol>"),
        ("[in](/cart) [out](https://a.example)",
         '<p><a href="/cart">in</a> <a href="https://a.example" rel="nofollow noopener">out</a></p>'),
        ("a\nb\\\nc", "<p>a b<br>c</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ('<img src=x onerror="alert(1)">', '<p>&lt;img src=x onerror="alert(1)"&gt;</p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](ftp://a.example) [y](//a.example)", "<p><span>x</span> <span>y</span></p>"),
        ("![a *cat*](https://a.example/x.png)", "<p><span>a cat</span></p>"),
        ("<http://a.example>", '<p><a href="http://a.example" rel="nofollow noopener">http://a.example</a></p>'),
        ("[x]: javascript:alert(1)\n[x]", "<p>[x]: javascript:alert(1) [x]</p>"),
    ],
)  # fmt: skip
def test_what_the_text_says_is_all_that_comes_of_it(text: str, html: str):
    assert markup(markdown(text)) == html


def nested(part: Any, within: bool = False) -> bool:
    """Whether a list is in another one, which Dash does not draw."""
    if isinstance(part, list):
        return within or any(nested(one, within=True) for one in part)
    return nested(getattr(part, "children", None)) if hasattr(part, "children") else False


def test_dash_can_draw_it():
    assert not nested(markdown("# A *b*\n\nc **d**\n\n- e\n- f\n\n| g |\n| - |\n| *h* |\n\n> i [j](/)\n"))


def test_its_words_alone_are_a_description():
    assert plain("# Head\n\nWe *make* things.\n\n- by `hand`\n") == "We make things. by hand"


def test_a_text_that_lies_too_deep_is_said_to_be_and_has_no_words():
    deep = "*a **b " * 120 + "b** a* " * 120
    assert markup(markdown(deep)) == "<p>This text cannot be shown.</p>"
    assert plain(deep) == ""


def test_nobody_who_writes_for_people_comes_near_that():
    assert "<td><em><strong>" in markup(markdown("> " * 3 + "- - - x\n\n| a |\n|-|\n| ***~~[b](/)~~*** |"))
