"""Chart colours that hold on light and on dark ground, with the same values as assets/10-tokens.css where they meet.

Text and grid lines take their colour from CSS (assets/20-kit.css), so a figure never knows the theme.
"""

from __future__ import annotations

MAIN = "#0d9488"  # between the light and the dark accent: at least 3:1 on both grounds
MAIN_SOFT = "rgba(13, 148, 136, 0.13)"
COMPARE = "#8a8f98"
THRESHOLD = "#d08a1d"
CLEAR = "rgba(0, 0, 0, 0)"

# Okabe-Ito, in an order whose neighbours differ in lightness too; black and yellow are left out
# because each vanishes on one of the two grounds.
CATEGORICAL = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")

# The page's own stack, --font in assets/10-tokens.css.
FONT = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
