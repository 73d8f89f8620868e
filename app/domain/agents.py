"""Browsers in plain words, from what they call themselves."""

from __future__ import annotations

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
    "python": "A Python program",
    "Python": "A Python program",
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
UNKNOWN = "An unknown browser"


def browser_words(agent: str) -> str:
    """ "Firefox on Windows", as far as the text tells; its sender may have written anything."""
    browser = next((words for mark, words in _BROWSERS.items() if mark in agent), UNKNOWN)
    system = next((words for mark, words in _SYSTEMS.items() if mark in agent), "")
    return f"{browser} on {system}" if system else browser
