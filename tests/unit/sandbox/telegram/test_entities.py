import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.entities import FormattedText, given_entities, to_html
from sandbox.telegram.errors import ApiError
from sandbox.telegram.html_text import parse_html
from sandbox.telegram.markdown_text import parse_markdown


def kinds(formatted: FormattedText) -> list[tuple[str, int, int]]:
    return [
        (found["type"], found["offset"], found["length"])
        for found in formatted.entities
    ]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("plain &lt;b&gt; &amp; &quot;", 'plain <b> & "', []),
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<B>a<I>b</I></B>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("😀<u>x</u>", "😀x", [("underline", 2, 1)]),
        (
            "<s>a</s> <del>b</del>",
            "a b",
            [("strikethrough", 0, 1), ("strikethrough", 2, 1)],
        ),
        ("<code>٥٠</code>", "٥٠", [("code", 0, 2)]),
        ("<pre><code class='language-py'>x</code></pre>", "x", [("pre", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        (
            "<blockquote expandable>x</blockquote>",
            "x",
            [("expandable_blockquote", 0, 1)],
        ),
        ("&#65;&#x1F600;&nbsp;&#xD800;", "A😀&nbsp;&#xD800;", []),
        ("<b></b>x", "x", []),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2)]),
        ("a > b", "a > b", []),
    ],
)
def test_html_becomes_text_and_entities_in_utf16_units(
    source: str, text: str, found: list[tuple[str, int, int]]
):
    formatted = parse_html(source)

    assert formatted.text == text
    assert kinds(formatted) == found


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'offset 7, expected "</i>", found "</b>"'),
        ("د<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
        ("5 < 6", "Unclosed start tag at byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
    ],
)
def test_wrong_html_is_refused_with_its_place_in_bytes(source: str, refusal: str):
    with pytest.raises(ApiError) as caught:
        parse_html(source)

    assert caught.value.description.startswith("Bad Request: can't parse entities: ")
    assert caught.value.description.endswith(refusal)


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        (r"50\.00 \(AED\)\!", "50.00 (AED)!", []),
        (
            "*a _b_* __c__",
            "a b c",
            [("bold", 0, 3), ("italic", 2, 1), ("underline", 4, 1)],
        ),
        ("~a~ ||b||", "a b", [("strikethrough", 0, 1), ("spoiler", 2, 1)]),
        (r"`a.b\`c`", "a.b`c", [("code", 0, 5)]),
        ("```py\nx=1\n```", "x=1\n", [("pre", 0, 4)]),
        ("[a](https://b.c/\\))", "a", [("text_link", 0, 1)]),
        ("![a](tg://emoji?id=5)", "a", [("custom_emoji", 0, 1)]),
        (">a *b*\n>c\nd", "a b\nc\nd", [("blockquote", 0, 5), ("bold", 2, 1)]),
        ("😀*x*", "😀x", [("bold", 2, 1)]),
        (">a", "a", [("blockquote", 0, 1)]),
    ],
)
def test_markdown_becomes_text_and_entities(
    source: str, text: str, found: list[tuple[str, int, int]]
):
    formatted = parse_markdown(source)

    assert formatted.text == text
    assert kinds(formatted) == found


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (
            "50.00",
            r"Character '.' is reserved and must be escaped with the preceding '\'",
        ),
        ("a]", r"Character ']' is reserved and must be escaped with the preceding '\'"),
        ("د*x", "Can't find end of Bold entity at byte offset 2"),
        ("*a _b* c_", "Can't find end of Italic entity at byte offset 3"),
        ("`x", "Can't find end of Code entity at byte offset 0"),
        ("```x", "Can't find end of PreCode entity at byte offset 0"),
        ("[x]", "Can't find end of TextUrl entity at byte offset 2"),
        (">*x\ny", "Can't find end of Bold entity at byte offset 1"),
    ],
)
def test_wrong_markdown_is_refused(source: str, refusal: str):
    with pytest.raises(ApiError) as caught:
        parse_markdown(source)

    assert caught.value.description.endswith(refusal)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>a<i>b</i></b> &lt;script&gt;", "<b>a<i>b</i></b> &lt;script&gt;"),
        (
            '<a href="https://b.c/?d&amp;e">x</a>',
            '<a href="https://b.c/?d&amp;e" rel="noopener">x</a>',
        ),
        ('<a href="javascript:alert(1)">x</a>', "x"),
        ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
        ("😀<code>&amp;</code>", "😀<code>&amp;</code>"),
    ],
)
def test_html_for_the_page_is_safe(source: str, html: str):
    assert to_html(parse_html(source)) == html


def test_entities_that_cross_become_well_nested_html():
    crossing = [
        {"type": "bold", "offset": 0, "length": 3},
        {"type": "italic", "offset": 2, "length": 3},
    ]

    formatted = given_entities("abcdef", crossing)

    assert to_html(formatted) == "<b>ab<i>c</i></b>def"


@pytest.mark.parametrize(
    "entity",
    [
        "bold",
        {"type": "loud", "offset": 0, "length": 1},
        {"type": "bold", "offset": 0},
        {"type": "bold", "offset": -1, "length": 1},
        {"type": "bold", "offset": 0, "length": 0},
        {"type": "bold", "offset": 1, "length": 2},
        {"type": "text_link", "offset": 0, "length": 1},
    ],
)
def test_entities_off_the_text_or_of_no_kind_are_refused(entity: object):
    with pytest.raises(ApiError):
        given_entities("ab", [entity])


def test_trimming_moves_entities_with_their_words():
    trimmed = parse_html("\n <b> 😀 a </b>  ").trimmed()

    assert trimmed.text == "😀 a"
    assert kinds(trimmed) == [("bold", 0, 4)]
    assert parse_html("a<b>  </b>").trimmed().entities == []


@given(st.text())
def test_escaped_text_reads_back_as_itself(text: str):
    html = text.replace("&", "&amp;").replace("<", "&lt;")
    markdown = "".join(f"\\{char}" if 0 < ord(char) < 127 else char for char in text)

    assert parse_html(html) == parse_markdown(markdown) == FormattedText(text)
