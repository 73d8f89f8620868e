"""Browsers in plain words, from what they call themselves."""

from __future__ import annotations

from app.words import Sentence, mark

# The first that stands in the text names it: most browsers also claim to be those that came before them.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
    "python": mark("A Python program"),
    "Python": mark("A Python program"),
}
_SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
UNKNOWN = mark("An unknown browser")


def browser_words(agent: str) -> Sentence:
    """ "Firefox on Windows", as far as the text tells; its sender may have written anything."""
    browser = next((words for sign, words in _BROWSERS.items() if sign in agent), UNKNOWN)
    system = next((words for sign, words in _SYSTEMS.items() if sign in agent), "")
    if system:
        return mark("{browser} on {system}", browser=browser, system=system)
    return browser if isinstance(browser, Sentence) else mark("{browser}", browser=browser)
