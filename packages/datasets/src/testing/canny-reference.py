"""Writes canny-golden.json: edges that scikit-image finds in a picture that canny.test.ts makes by the same rule.

Run: pip install scikit-image==0.26.0 && python canny-reference.py > canny-golden.json
"""

import json

import numpy as np
import skimage
from skimage.feature import canny

HEIGHT, WIDTH = 40, 56
y, x = np.mgrid[:HEIGHT, :WIDTH]
disc = (x - 18) ** 2 + (y - 21) ** 2 < 150
bar = (2 * x + y > 95) & (2 * x + y < 112)
speckles = (x * x * 13 + y * 7919 + x * y * 31) % 61
pixels = 40 + 110 * disc + 70 * bar + x // 2 + speckles

options = [
    {"sigma": 1, "lowThreshold": 0.1, "highThreshold": 0.3},
    {"sigma": 1, "lowThreshold": 0.5, "highThreshold": 1.1},
    {"sigma": 2.3, "lowThreshold": 0.1, "highThreshold": 0.3},
    {"sigma": 0.7, "lowThreshold": 0.7, "highThreshold": 0.7},
]
cases = []
for option in options:
    edges = canny(
        pixels / 255,
        sigma=option["sigma"],
        low_threshold=option["lowThreshold"],
        high_threshold=option["highThreshold"],
    )
    rows = ["".join("#" if pixel else "." for pixel in row) for row in edges]
    cases.append({"options": option, "edges": rows})
print(json.dumps({"source": f"scikit-image {skimage.__version__}", "cases": cases}, indent=2))
