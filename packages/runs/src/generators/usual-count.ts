import type { Ports } from '@gantry/core'

const USUAL_COUNT = 64

/** How many samples are shown where nobody says: one where all would be alike, as nothing is drawn but noise within the network. */
export function usualCount(ports: Ports, asked: Readonly<Record<string, unknown>>): number {
  const isDetermined = Object.entries(ports).every(
    ([name, { otherwise, modality }]) => asked[name] !== undefined || otherwise !== undefined || modality === 'noise',
  )
  return isDetermined ? 1 : USUAL_COUNT
}
