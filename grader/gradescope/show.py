"""The page of a results.json, as kerasnets renders it: what a student, or an instructor, is shown.

It keeps Gradescope's rules (who sees which test, when the total is hidden, the formats of texts) and not its design.
What Gradescope keeps of HTML isn't published, so the list here is short, and pictures can be left out: the words have
to do without them. nh3 does the cleaning: it parses as browsers do, writes the tags of the list, and all the rest is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import nh3
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from grader import reports
from grader.gradescope.schema import validate
from grader.report import Visibility
from grader.reports import number, tidy

Role = Literal["student", "instructor"]

WHEN = {
    Visibility.HIDDEN: "students never see this",
    Visibility.AFTER_DUE_DATE: "students see this after the due date",
    Visibility.AFTER_PUBLISHED: "students see this when grades are published",
}

# What stays of HTML -----------------------------------------------------------------------------------------

TAGS = {
    *("p", "br", "hr", "pre", "code", "strong", "b", "em", "i", "blockquote", "ul", "ol", "li", "img"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
SILENT = {  # with all that they hold
    *("script", "style", "template", "noscript", "iframe", "object", "svg", "math"),
    *("title", "textarea", "select"),
}
PICTURE = {  # what an attribute of an image may be; one without a picture inside the page isn't one
    "src": re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}"),
    "alt": re.compile(r".*", re.DOTALL),
    "width": re.compile(r"[0-9]{1,4}"),
}
_NO_PICTURE = re.compile(r'<img(?: (?:alt|width)="[^"]*")*>')


def clean(html: str, keep_pictures: bool = True) -> Markup:
    """`html` with the tags of the list alone, and no attribute but those of pictures.

    >>> clean('<p onclick="x()">a <script>b</script><a href="c">d</a> &lt;e&gt; <em>f')
    Markup('<p>a d &lt;e&gt; <em>f</em></p>')
    """
    kept = nh3.clean(
        html,
        tags=TAGS if keep_pictures else TAGS - {"img"},
        clean_content_tags=SILENT,
        attributes={"img": set(PICTURE)},
        attribute_filter=_allowed,
        url_schemes={"data"},
        link_rel=None,
    )
    return Markup(_NO_PICTURE.sub("", kept))


def _allowed(tag: str, name: str, value: str) -> str | None:
    """nh3 asks of each attribute, those of tags that it drops too."""
    return value if tag == "img" and name in PICTURE and PICTURE[name].fullmatch(value) else None


def _format_plain(text: str) -> Markup:
    return Markup("<pre>{}</pre>").format(tidy(text, len(text)))


def _format_simple(text: str) -> str:
    """Blank lines part paragraphs, others lines, as in Rails's `simple_format`."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


def format_text(text: str, format: str, keep_pictures: bool = True) -> Markup:
    r"""A text of results.json in one of its formats, cleaned.

    >>> format_text("*a*\n\n<b>", "md"), format_text("a\nb", "simple_format"), format_text("\x1b[31m<a>", "ansi")
    (Markup('<p><em>a</em></p>\n<p>&lt;b&gt;</p>\n'), Markup('<p>a<br>b</p>'), Markup('<pre>&lt;a&gt;</pre>'))
    """
    if not text:
        return Markup("")
    to_html: dict[str, Callable[[str], str]] = {
        "html": str,
        "md": MarkdownIt("commonmark", {"html": False}).render,
        "simple_format": _format_simple,
        "text": _format_plain,
        "ansi": _format_plain,
    }
    return clean(to_html[format](text), keep_pictures)


# The page ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One test as the page has it."""

    number: str
    name: Markup
    points: str  # "1.5 / 2", "1.5", or nothing
    is_passed: bool | None  # None where nothing says so
    output: Markup
    tags: tuple[str, ...]
    when: str  # to the instructor: when students see it, if not at once


@dataclass(frozen=True)
class Viewer:
    """Who looks, and when."""

    role: Role
    published: bool = False
    after_due: bool = False
    keep_pictures: bool = True

    def sees(self, visibility: str) -> bool:
        """
        >>> Viewer("student").sees("after_due_date"), Viewer("student", after_due=True).sees("after_due_date")
        (False, True)
        """
        open_to_students = {
            "visible": True,
            "after_due_date": self.after_due,
            "after_published": self.published,
            "hidden": False,
        }
        return self.role == "instructor" or open_to_students[visibility]

    @property
    def words(self) -> str:
        """
        >>> Viewer("student", after_due=True).words
        'a student sees after the due date, before grades are published'
        """
        due, published = ("after" if so else "before" for so in (self.after_due, self.published))
        if self.role == "instructor":
            return "an instructor sees"
        return f"a student sees {due} the due date, {published} grades are published"


def show(
    results: Any,
    role: Role,
    published: bool = False,
    after_due: bool = False,
    *,
    keep_pictures: bool = True,
    stdout: str = "",
) -> str:
    """The page of `results` (None: there is none) and of what the run printed, in one file without scripts.

    Where results.json is missing or invalid, nobody sees it, and an instructor sees why.
    """
    viewer = Viewer(role, published, after_due, keep_pictures)
    problems = ["there is no results.json"] if results is None else validate(results)
    template = environment().get_template("show.html")
    if problems:
        log = format_text(stdout if role == "instructor" else "", "text")
        return template.render(viewer=viewer, failed=True, problems=problems, stdout=log)
    default = results.get("visibility", "visible")
    sees_log = viewer.sees(results.get("stdout_visibility", "hidden"))
    return template.render(
        viewer=viewer,
        failed=False,
        total=_total(results, viewer),
        summary=_output(results, results.get("output_format", "simple_format"), viewer)
        if viewer.sees(default)
        else "",
        tests=[
            _show_test(test, i, results, viewer)
            for i, test in enumerate(results.get("tests", []), 1)
            if viewer.sees(_visibility(test, results))
        ],
        leaderboard=results.get("leaderboard", []),
        extra=results.get("extra_data", {}) if role == "instructor" else {},
        seconds=results.get("execution_time") if role == "instructor" else None,
        stdout=format_text(stdout if sees_log else "", "text"),
    )


def _visibility(test: dict[str, Any], results: dict[str, Any]) -> str:
    return str(test.get("visibility", results.get("visibility", "visible")))


def _total(results: dict[str, Any], viewer: Viewer) -> str:
    """ "11.9 / 14"; nothing for a student while any test is hidden from students."""
    tests = results.get("tests", [])
    shown = (results.get("visibility", "visible"), *(_visibility(test, results) for test in tests))
    if not all(viewer.sees(visibility) for visibility in shown):
        return ""
    score = results["score"] if "score" in results else sum(test["score"] for test in tests)
    most = [test["max_score"] for test in tests if "max_score" in test]
    return number(score) + (f" / {number(sum(most))}" if len(most) == len(tests) > 0 else "")


def _show_test(test: dict[str, Any], place: int, results: dict[str, Any], viewer: Viewer) -> Shown:
    score, most = test.get("score"), test.get("max_score")
    points = " / ".join(number(value) for value in (score, most) if value is not None)
    is_passed = None if score is None or most is None else score >= most
    if "status" in test:
        is_passed = test["status"] == "passed"
    name_format = test.get("name_format", results.get("test_name_format", "text"))
    name = test.get("name", "Test")
    return Shown(
        test.get("number", str(place)),
        escape(name) if name_format == "text" else format_text(name, name_format, viewer.keep_pictures),
        points,
        is_passed,
        _output(test, results.get("test_output_format", "text"), viewer),
        tuple(test.get("tags", ())) if viewer.role == "instructor" else (),
        WHEN.get(Visibility(_visibility(test, results)), "") if viewer.role == "instructor" else "",
    )


def _output(entry: dict[str, Any], default: str, viewer: Viewer) -> Markup:
    return format_text(entry.get("output", ""), entry.get("output_format", default), viewer.keep_pictures)


@cache
def environment() -> Environment:
    """Where the templates are: ours, and the style that every page of kerasnets has."""
    folders = [Path(__file__).parent, Path(reports.__file__).parent]
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
