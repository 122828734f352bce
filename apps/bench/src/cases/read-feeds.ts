import { readFile } from 'node:fs/promises'
import { decodeSafetensors, type NDArray } from '@gantry/core'
import type { StepFeeds } from './draw-feeds.ts'

/** The feeds of a start file. */
export async function readFeeds(startFile: string): Promise<StepFeeds> {
  const { tensors } = decodeSafetensors(await readFile(startFile), startFile)
  const feeds: Record<string, Record<string, NDArray>> = {}
  for (const [key, array] of Object.entries(tensors)) {
    const [kind, phase, ...rest] = key.split('/')
    if (kind !== 'feed') continue
    feeds[phase!] = { ...feeds[phase!], [rest.join('/')]: array }
  }
  return feeds
}
