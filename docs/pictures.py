"""Take the pictures of our pages.

    scripts/demo
    .venv/bin/python docs/pictures.py out/demo/a3_numpy_convnet/wrong_all_ties/feedback.html   # feedback.png, diagnosis.png
    .venv/bin/python docs/pictures.py out/demo/a3_numpy_convnet/wrong_all_ties/results.json    # gradescope_*.png

The first are a feedback page's top, and its question that lost points, opened; the others what Gradescope would show of a
results.json to a student before the due date, and to an instructor.

Needs Chromium: the system's, or Playwright's own (.venv/bin/playwright install chromium).
"""

import io
import json
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from grader.gradescope.show import show

DOCS = Path(__file__).parent
WIDTH, TOP, OPENED = 1000, 1100, 910  # pixels
LOG = "kerasnets: graded 12 questions in 1.2 s\n"


def main(path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": TOP})
        (of_results if path.suffix == ".json" else of_feedback)(page, path)
        browser.close()


def of_feedback(page: Page, path: Path) -> None:
    page.goto(path.resolve().as_uri())
    page.screenshot(path=DOCS / "feedback.png")
    box = page.locator("details[open]").first.bounding_box()
    assert box is not None, "no question of this page is open: take one that lost points"
    clip = {"x": 0, "y": box["y"] - 20, "width": WIDTH, "height": OPENED}
    page.screenshot(path=DOCS / "diagnosis.png", clip=clip, full_page=True)


def of_results(page: Page, path: Path) -> None:
    """Both pages, whole but for what follows the first two tests that failed."""
    results = json.loads(path.read_text(encoding="utf-8"))
    for role in ("student", "instructor"):
        page.set_content(show(results, role, stdout=LOG))
        failed = page.locator("details[open]").all()[: 1 if role == "student" else 2]
        assert failed, "no test of this results.json failed: take one that lost points"
        box = failed[-1].bounding_box()
        assert box is not None
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": box["y"] + box["height"] + 8}
        few_colours(page.screenshot(clip=clip, full_page=True), DOCS / f"gradescope_{role}.png")


def few_colours(png: bytes, path: Path) -> None:
    """A palette of 128 colours: a third of the bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
