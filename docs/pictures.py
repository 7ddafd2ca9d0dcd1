"""Take the README's two pictures of a feedback page: its top, and the question that lost points, opened.

    scripts/demo
    .venv/bin/python docs/pictures.py out/demo/a3_numpy_convnet/wrong_all_ties/feedback.html

Needs Chromium: the system's, or Playwright's own (.venv/bin/playwright install chromium).
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
WIDTH, TOP, OPENED = 1000, 1100, 910  # pixels


def main(page_path: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": TOP})
        page.goto(page_path.resolve().as_uri())
        page.screenshot(path=DOCS / "feedback.png")
        box = page.locator("details[open]").first.bounding_box()
        assert box is not None, "no question of this page is open: take one that lost points"
        clip = {"x": 0, "y": box["y"] - 20, "width": WIDTH, "height": OPENED}
        page.screenshot(path=DOCS / "diagnosis.png", clip=clip, full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
