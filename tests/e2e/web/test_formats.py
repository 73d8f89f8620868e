"""The browser writes amounts, numbers, shares and days as the server does, in every locale and currency."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser

from app.money import Formats
from app.web.browser_formats import browser_formats
from tests.support.format_cases import cases, given

WRITER = Path(__file__).parents[3] / "assets" / "06-formats.js"
COMPARE = """({ cases, given }) => {
  const wrong = [];
  for (const { known, expected, of } of cases) {
    const formats = window.shopFormats.build(known);
    for (const [name, texts] of Object.entries(expected)) {
      texts.forEach((text, place) => {
        const value = given[name][place];
        const got = formats[name](name === "moment" || name === "clock" ? new Date(value) : value);
        if (got !== text) wrong.push(`${of} ${name}(${value}): ${JSON.stringify(got)}, not ${JSON.stringify(text)}`);
      });
    }
  }
  return wrong;
}"""


def test_browser_and_server_write_the_same(browser: Browser):
    known = json.dumps(browser_formats(Formats("INR", 2, "en_IN", ZoneInfo("Asia/Kolkata"))))
    page = browser.new_page()
    page.set_content(f'<meta name="shop-formats" content="{escape(known)}">')
    page.evaluate(WRITER.read_text())
    wrong = page.evaluate(COMPARE, {"cases": cases(), "given": given()})
    page.close()
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])
