import { totalmem } from 'node:os'
import { ConfigurationError, lengthOf, type NDArray, namedLengths, type Ports } from '@gantry/core'

/** Feature maps of a pixel that are in memory together: three layers of the usual 64 channels, float32. */
const BYTES_PER_PIXEL = 3 * 64 * 4

/**
 * Refuses an image of which a network would take about all memory, instead of being killed for it.
 *
 * @param known bytes that there are, if not what the system says
 * @throws ConfigurationError `IMAGE_TOO_LARGE`, which says how to go on
 */
export function checkMemory(
  { inputs: ports, outputs }: { readonly inputs: Ports; readonly outputs: Ports },
  inputs: Readonly<Record<string, NDArray>>,
  known?: number,
): void {
  const lengths = namedLengths(ports, inputs)
  if (lengths.height === undefined || lengths.width === undefined) return
  // Asked of the system only where there are images of open size: it costs as much as a small network.
  const available = known ?? (process.constrainedMemory?.() || totalmem())
  const batch = Object.values(inputs)[0]!.shape[0]!
  const areas = [...Object.values(ports), ...Object.values(outputs)]
    .filter(({ shape }) => shape.length === 3)
    .map(({ shape }) => shape.slice(0, 2).reduce((area: number, each) => area * (lengthOf(each, lengths) ?? 1), 1))
  const bytes = batch * Math.max(...areas) * BYTES_PER_PIXEL
  if (bytes <= 0.8 * Math.min(available, totalmem())) return
  const gigabytes = (amount: number) => `${(amount / 2 ** 30).toFixed(1)} GB`
  throw new ConfigurationError({
    code: 'IMAGE_TOO_LARGE',
    message: `An image of ${lengths.width}×${lengths.height} pixels at once would take about ${gigabytes(bytes)}, and there are ${gigabytes(Math.min(available, totalmem()))}.`,
    fix: `Make it tile by tile: --tile ${tileFor(bytes / (batch * lengths.height * lengths.width))}.`,
  })
}

/** Sides of tiles to advise, and what one may take; the runtime's own needs make a gigabyte of it. */
const TILES = [256, 128] as const
const BYTES_PER_TILE = 2 ** 30 / 2.5

/** @param bytesPerPixel of the input, whose pixels become more */
function tileFor(bytesPerPixel: number): number {
  return TILES.find((tile) => tile ** 2 * bytesPerPixel <= BYTES_PER_TILE) ?? 64
}
