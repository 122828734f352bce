import { sizeOfShape } from '@gantry/core'
import type { Window } from '../window.ts'
import type { BilinearAlgorithm } from './algorithms/bilinear-algorithm.ts'
import type { Matrix } from './algorithms/matrix.ts'
import { movesPixels } from './gathering.ts'

/**
 * What ONNX Runtime's CPU provider does in a second, on two cores with AVX-512 (`pnpm bench` measures such numbers anew). Only
 * their ratios count here, and they decide between forms that differ by far more than machines do.
 */
const RATES = {
  /** Floating point operations of large products of matrices. */
  product: 95e9,
  /** The same of products with a small constant matrix, which move more data than they compute. */
  transform: 70e9,
  /** The same inside `Conv` and `ConvTranspose`, whose weights change at every step and so cannot be prepared. */
  convolution: 60e9,
  /** Bytes that pass through a node. */
  bytes: 12e9,
  /** Bytes of a transpose that takes every number by itself, on one core. */
  transposed: 1e9,
  /** Nodes without work. */
  nodes: 1 / 15e-6,
} as const

/** Nodes of a convolution and its gradients that are more than a change of shape. */
const NODES = { direct: 6, patches: 14, transformed: 18 } as const

const FLOAT_BYTES = 4

/** Bytes of a core's own cache. */
const CACHE = 2 ** 20

const pixelsOf = ({ axes }: Window) => sizeOfShape(axes.map(({ input }) => input))
const outputsOf = ({ axes }: Window) => sizeOfShape(axes.map(({ output }) => output))
const tapsOf = ({ axes }: Window) => sizeOfShape(axes.map(({ filter }) => filter))

/** Multiply-adds of a plain convolution, padding included. */
const sumsOf = (window: Window) =>
  outputsOf(window) * tapsOf(window) * window.batch * window.inChannels * window.outChannels

/** Bytes of x and y, or of their gradients. */
const imageBytes = (window: Window) =>
  FLOAT_BYTES * window.batch * (pixelsOf(window) * window.inChannels + outputsOf(window) * window.outChannels)

/**
 * Bytes of the same where batch and channels change places: of one image or one channel nothing moves, and what a core's cache holds
 * moves as fast as it is read.
 */
function exchangedBytes(window: Window): number {
  const bytes = imageBytes(window)
  return window.batch === 1 || Math.max(window.inChannels, window.outChannels) === 1 || bytes < CACHE ? 0 : bytes
}

// All costs are seconds of a convolution and both its gradients together: they share what they prepare.

export function costOfDirect(window: Window): number {
  // The images around it lie with space first: x and y move, their gradients, and for the kernel's x and dy once more.
  const moved = 2 * imageBytes(window) + exchangedBytes(window)
  return (3 * 2 * sumsOf(window)) / RATES.convolution + moved / RATES.transposed + NODES.direct / RATES.nodes
}

/** Bytes of patches beyond which they are not made: several times the image that they are of, they are most of what a step needs. */
const LARGEST_PATCHES = 2 ** 28

/** @param places where patches are, each of `channels` */
function costOfPatches(window: Window, places: number, channels: number, moved: number): number {
  const patchBytes = FLOAT_BYTES * places * tapsOf(window) * window.batch * channels
  if (patchBytes > LARGEST_PATCHES) return Number.POSITIVE_INFINITY
  const sums = places * tapsOf(window) * window.batch * window.inChannels * window.outChannels
  // Batch and channels change places, number by number, where there are channels and rows of a batch are moved.
  const turned =
    channels === 1 || movesPixels(window, channels, places) ? 0 : 2 * FLOAT_BYTES * window.batch * channels * moved
  const seconds = (3 * 2 * sums) / RATES.transform + (8 * patchBytes) / RATES.bytes + turned / RATES.transposed
  return seconds + NODES.patches / RATES.nodes
}

export function costOfInputPatches(window: Window): number {
  return costOfPatches(window, outputsOf(window), window.inChannels, pixelsOf(window))
}

export function costOfOutputPatches(window: Window): number {
  return costOfPatches(window, pixelsOf(window), window.outChannels, outputsOf(window))
}

/** Multiply-adds of one transform of an image plane. */
function sumsOfTransform([first, second]: readonly Matrix[]): number {
  const width = second?.columns ?? 1
  return first!.rows * first!.columns * width + (second === undefined ? 0 : first!.rows * second.rows * second.columns)
}

export function costOfTransformed(window: Window, algorithm: BilinearAlgorithm): number {
  const { batch, inChannels, outChannels } = window
  const phases = sizeOfShape(algorithm.axes.map(({ stride }) => stride))
  const depth = phases * inChannels
  const points = sizeOfShape(algorithm.points)
  const places = points * sizeOfShape(algorithm.tiles)
  const products = 3 * places * batch * depth * outChannels
  const transforms =
    2 * batch * (depth * sumsOfTransform(algorithm.image) + outChannels * sumsOfTransform(algorithm.output)) +
    2 * depth * outChannels * sumsOfTransform([algorithm.filter])
  const passes = algorithm.image.length + 1
  const bytes = FLOAT_BYTES * 2 * passes * (places * batch * (depth + outChannels) + points * depth * outChannels)
  const seconds = (2 * products) / RATES.product + (2 * transforms) / RATES.transform + bytes / RATES.bytes
  return seconds + NODES.transformed / RATES.nodes
}
