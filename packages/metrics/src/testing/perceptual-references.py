"""Reference values of goldens/perceptual.json, by numpy and scipy from the published formulas, in float64.

    /usr/bin/python3 packages/metrics/src/testing/perceptual-references.py > packages/metrics/src/testing/goldens/perceptual.json

and `npx biome check --write` on the result. Inputs are the procedural ones of procedural.ts. Debian 12: numpy 1.24.2, scipy 1.10.1.
"""

import json
import sys

import numpy as np
import scipy
from scipy import ndimage, optimize, signal, spatial, special, stats

MASK = 0xFFFFFFFF


def mix(x):
    x ^= x >> 16
    x = (x * 0x7FEB352D) & MASK
    x ^= x >> 15
    x = (x * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def gaussian_at(seed, index):
    word = mix((mix(seed) + index * 0x9E3779B9) & MASK)
    return ((word >> 24) + ((word >> 16) & 255) + ((word >> 8) & 255) + (word & 255) - 510) / 128


def gaussians(seed, *shape):
    return np.array([gaussian_at(seed, index) for index in range(int(np.prod(shape)))]).reshape(shape)


def images(seed, count, height, width, channels):
    state, out = seed, np.zeros(count * height * width * channels, np.int64)
    for index in range(out.size):
        state = (state * 1664525 + 1013904223) & MASK
        channel, x = index % channels, index // channels % width
        y, image = index // (channels * width) % height, index // (channels * width * height)
        checker = (y // 8 + x // 8 + channel) % 2
        base = (y * (image + 1) * 5 + x * (3 + 2 * channel) + image * 60 + checker * (40 + 30 * image)) % 256
        out[index] = (base * 3 + (state >> 24)) // 4
    return out.reshape(count, height, width, channels)


# Wang et al. 2003, with a two-dimensional window.


def window(size):
    sigma = size * 1.5 / 11
    place = np.arange(size) - (size - 1) / 2
    square = np.exp(-(place[:, None] ** 2 + place[None, :] ** 2) / (2 * sigma**2))
    return square / square.sum()


def ssim(left, right):
    terms = []
    for channel in range(left.shape[2]):
        a, b = left[:, :, channel], right[:, :, channel]
        w = window(min(11, *a.shape))
        blur = lambda x: signal.convolve2d(x, w, mode="valid")
        ma, mb = blur(a), blur(b)
        va, vb, cov = blur(a * a) - ma**2, blur(b * b) - mb**2, blur(a * b) - ma * mb
        c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
        contrast = (2 * cov + c2) / (va + vb + c2)
        terms.append((((2 * ma * mb + c1) / (ma**2 + mb**2 + c1) * contrast).mean(), contrast.mean()))
    return np.mean(terms, axis=0)


def halve(image):
    padded = np.pad(image, ((0, image.shape[0] % 2), (0, image.shape[1] % 2), (0, 0)), mode="symmetric")
    return (padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]) / 4


def ms_ssim(left, right):
    weights, left, right, result = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333], left.astype(float), right.astype(float), 1.0
    for scale, weight in enumerate(weights):
        similarity, contrast = ssim(left, right)
        result *= max(similarity if scale == 4 else contrast, 0) ** weight
        left, right = halve(left), halve(right)
    return result


def ms_ssim_case(seed, height, width, channels):
    batch = images(seed, 4, height, width, channels)
    noisy = np.clip(batch[0] + np.roll(batch[1], 3, axis=0) // 8 - 12, 0, 255)
    return {
        "seed": seed, "height": height, "width": width, "channels": channels,
        "pairs": [ms_ssim(batch[0], batch[1]), ms_ssim(batch[2], batch[3])],
        "noisy": ms_ssim(batch[0], noisy),
        "blended": ms_ssim(batch[0], (batch[0] + batch[1]) // 2),
        "inverted": ms_ssim(batch[0], 255 - batch[0]),
    }


# Burt and Adelson's pyramid, with a two-dimensional window.


def pyramid(image, levels):
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])[:, :, None] / 256
    result = [image.astype(float)]
    for _ in range(1, levels):
        small = ndimage.convolve(result[-1], kernel, mode="mirror")[::2, ::2]
        spread = np.zeros_like(result[-1])
        spread[::2, ::2] = small
        result[-1] = result[-1] - ndimage.convolve(spread, kernel * 4, mode="mirror")
        result.append(small)
    return result


def pyramid_case(seed, side, channels, levels):
    return {
        "seed": seed, "side": side, "channels": channels, "levels": [
            {"size": level.shape[0], "squares": float((level**2).mean()), "first": level[0, :6, 0].tolist(),
             "last": level[-1, -6:, -1].tolist()}
            for level in pyramid(images(seed, 1, side, side, channels)[0], levels)
        ],
    }


def sliced_case(left_seed, right_seed, left_count, right_count, width):
    left, right = gaussians(left_seed, left_count, width), gaussians(right_seed, right_count, width) * 1.5 + 0.25
    direction = gaussians(99, width)
    unit = direction / np.linalg.norm(direction)
    return {
        "left": [left_seed, left_count], "right": [right_seed, right_count], "width": width,
        "distance": stats.wasserstein_distance(left @ unit, right @ unit),
    }


def regression_case():
    rows, width, classes, penalty = 300, 6, 4, 1e-3
    x = gaussians(301, rows, width) * np.array([1, 5, 0.1, 1, 1, 0]) + np.array([0, 10, 0, -3, 0, 7])
    labels = np.argmax(x[:, :classes] - x[:, :classes].mean(axis=0) + 2 * gaussians(302, rows, classes), axis=1)
    deviation = x.std(axis=0)
    z = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, np.inf)
    hot = np.eye(classes)[labels]

    def loss(parameters):
        w, b = parameters[: width * classes].reshape(width, classes), parameters[width * classes :]
        logits = z @ w + b
        errors = (special.softmax(logits, axis=1) - hot) / rows
        value = -(special.log_softmax(logits, axis=1) * hot).sum() / rows + penalty / 2 * (w**2).sum()
        return value, np.concatenate([(z.T @ errors + penalty * w).ravel(), errors.sum(axis=0)])

    start = np.zeros((width + 1) * classes)
    best = optimize.minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 5000})
    w = best.x[: width * classes].reshape(width, classes)
    logits = z @ w + best.x[width * classes :]
    return {
        "rows": rows, "width": width, "classes": classes, "penalty": penalty, "labels": labels.tolist(),
        "loss": best.fun, "standardizedWeights": w.ravel().tolist(),
        "accuracy": float((np.argmax(logits, axis=1) == labels).mean()),
    }


def neighbour_case():
    queries, references = gaussians(401, 40, 20), gaussians(402, 150, 20)
    distances, indices = spatial.cKDTree(references).query(queries, k=3)
    own, _ = spatial.cKDTree(references).query(references, k=2)
    ratios = distances[:, 0] / own[indices[:, 0], 1]
    return {
        "distances": distances.ravel().tolist(), "indices": indices.ravel().tolist(),
        "ratios": ratios.tolist(), "authenticity": float((ratios > 1).mean()),
    }


def percentile_case():
    values = np.abs(gaussians(501, 500)) + gaussians(502, 500) ** 2
    low, high = np.percentile(values, 1, method="lower"), np.percentile(values, 99, method="higher")
    kept = values[(values >= low) & (values <= high)]
    return {"mean": kept.mean(), "standardDeviation": kept.std(), "kept": kept.size}


json.dump(
    {
        "generatedBy": "perceptual-references.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__},
        "msSsim": [ms_ssim_case(11, 176, 192, 1), ms_ssim_case(12, 64, 64, 3), ms_ssim_case(13, 28, 28, 1)],
        "pyramid": [pyramid_case(21, 64, 3, 3), pyramid_case(22, 16, 1, 2)],
        "sliced": [sliced_case(31, 32, 50, 50, 7), sliced_case(33, 34, 30, 42, 3), sliced_case(35, 36, 1, 5, 2)],
        "regression": regression_case(),
        "neighbours": neighbour_case(),
        "percentiles": percentile_case(),
        "divergence": {"uniform": stats.entropy([3, 0, 5, 2], [1, 1, 1, 1]), "reference": stats.entropy([3, 0, 5, 2], [4, 1, 2, 9])},
    },
    sys.stdout,
    indent=1,
)
