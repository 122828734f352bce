"""Reference values of goldens/pairs.json, by scikit-image.

    python3 -m venv venv && venv/bin/pip install scikit-image
    venv/bin/python packages/metrics/src/testing/pair-references.py > packages/metrics/src/testing/goldens/pairs.json

and `npx biome check --write` on the result. Inputs are the procedural ones of procedural.ts. scikit-image 0.26.0 (BSD-3-Clause), numpy 2.4.6.
"""

import json

import numpy as np
import skimage
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

MASK = 0xFFFFFFFF


def images(seed, count, height, width, channels):
    state, out = seed, np.zeros(count * height * width * channels, np.uint8)
    for index in range(out.size):
        state = (state * 1664525 + 1013904223) & MASK
        channel, x = index % channels, index // channels % width
        y, image = index // (channels * width) % height, index // (channels * width * height)
        checker = (y // 8 + x // 8 + channel) % 2
        base = (y * (image + 1) * 5 + x * (3 + 2 * channel) + image * 60 + checker * (40 + 30 * image)) % 256
        out[index] = (base * 3 + (state >> 24)) // 4
    return out.reshape(count, height, width, channels)


def compared(left, right):
    shared = dict(channel_axis=2, data_range=255)
    gaussian = dict(gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    return {
        "psnr": float(peak_signal_noise_ratio(left, right, data_range=255)),
        "ssim": float(structural_similarity(left, right, **shared, **gaussian)),
        "ssimUniform": float(structural_similarity(left, right, **shared)),
        "l1": float(np.abs(left.astype(float) - right.astype(float)).mean() / 255),
    }


cases = []
for seed, height, width, channels in [(31, 11, 11, 1), (32, 32, 32, 3), (33, 40, 24, 3), (34, 25, 64, 1)]:
    first, second = images(seed, 2, height, width, channels)
    blended = ((first.astype(int) * 3 + second) // 4).astype(np.uint8)
    cases.append(
        {
            "seed": seed,
            "height": height,
            "width": width,
            "channels": channels,
            "different": compared(first, second),
            "blended": compared(first, blended),
            "inverted": compared(first, 255 - first),
        }
    )

print(json.dumps({"skimage": skimage.__version__, "numpy": np.__version__, "pairs": cases}, indent=2))
