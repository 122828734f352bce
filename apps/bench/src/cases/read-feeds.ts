import { readFile } from 'node:fs/promises'
import { decodeSafetensors, type NDArray } from '@gantry/core'
import type { StepFeeds } from './draw-feeds.ts'

/** What a feeds file holds. */
export async function readFeeds(feedsFile: string): Promise<StepFeeds> {
  const { tensors } = decodeSafetensors(await readFile(feedsFile), feedsFile)
  const feeds: Record<string, Record<string, NDArray>> = {}
  for (const [key, array] of Object.entries(tensors)) {
    const [, phase, ...rest] = key.split('/')
    feeds[phase!] = { ...feeds[phase!], [rest.join('/')]: array }
  }
  return feeds
}
