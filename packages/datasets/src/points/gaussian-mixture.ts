import { RandomStream } from '@gantry/core'
import { POINT_COUNT, type PointCloud, pointSeed } from './point-cloud.ts'

/** Equally likely round Gaussians in the plane. */
export interface GaussianMixture {
  /** [x, y] of every mode; a label is an index into it. */
  readonly centres: readonly (readonly [number, number])[]
  /** Of each mode, along each axis. */
  readonly standardDeviation: number
}

/** Draws equally many points of every mode: point i belongs to mode i mod modes. */
export function drawMixture(stream: string, mixture: GaussianMixture): PointCloud {
  const { centres, standardDeviation } = mixture
  const points = new RandomStream(pointSeed, stream).fillNormal(new Float32Array(2 * POINT_COUNT))
  const modes = Uint8Array.from({ length: POINT_COUNT }, (_, index) => index % centres.length)
  for (const [index, mode] of modes.entries()) {
    for (const axis of [0, 1] as const) {
      points[2 * index + axis] = centres[mode]![axis] + standardDeviation * points[2 * index + axis]!
    }
  }
  return { points, drawn: { mixture, modes } }
}
