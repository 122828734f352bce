import { rename, rm } from 'node:fs/promises'
import { ConfigurationError, GantryError } from '@gantry/core'
import { type Download, download } from '@gantry/files'
import { findWeights, hasWeights, readNetworkWeights, weightsPath } from './weights-store.ts'

export interface FetchWeightsOptions {
  /** A mirror; default: the authors' address. */
  readonly url?: string
  /** SHA-256 of what the mirror holds, where that is a conversion; default: that of the published file. */
  readonly sha256?: string
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number | undefined) => void
}

export interface FetchedWeights extends Download {
  readonly path: string
  readonly sha256: string
  /** Whether it is a published file. */
  readonly official: boolean
}

/**
 * Brings weights from where their authors publish them, goes on where an earlier attempt stopped, and checks every tensor. A file gets
 * the name under which it is looked for only when its tensors are those of the network.
 *
 * @throws ConfigurationError `WEIGHTS_UNKNOWN`, `WEIGHTS_PRESENT` when other weights are there, `OPTION_INVALID` for an address or digits
 * that are none; what `download` and `readNetworkWeights` throw
 */
export async function downloadWeights(name: string, options: FetchWeightsOptions = {}): Promise<FetchedWeights> {
  const known = findWeights(name)
  const [published] = known.files
  const { url = published.url, sha256 = published.sha256, signal, onProgress } = options
  checkSource(url, sha256)
  const path = weightsPath(name)
  const request = { sha256, ...(signal && { signal }), ...(onProgress && { onProgress }) }
  const arrived = hasWeights(name) ? await confirm(url, { ...request, path }) : await arrive()
  const { official } = await readNetworkWeights(known, path)
  return { ...arrived, path, sha256, official }

  async function arrive(): Promise<Download> {
    const arriving = `${path}.new`
    const result = await download(url, { ...request, path: arriving })
    try {
      await readNetworkWeights(known, arriving)
    } catch (error) {
      await rm(arriving, { force: true })
      throw error
    }
    await rename(arriving, path)
    return result
  }
}

/** What is there already must be what would be fetched. */
async function confirm(url: string, request: Parameters<typeof download>[1]): Promise<Download> {
  try {
    return await download(url, request)
  } catch (error) {
    if (!GantryError.isInstance(error) || error.code !== 'FILE_CORRUPT') throw error
    throw new ConfigurationError({
      code: 'WEIGHTS_PRESENT',
      message: `There are other weights already: ${error.message}`,
      cause: error,
    })
  }
}

function checkSource(url: string, sha256: string): void {
  if (!/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--sha256 is 64 hexadecimal digits, not '${sha256}'.`,
    })
  }
  if (URL.canParse(url)) return
  throw new ConfigurationError({ code: 'OPTION_INVALID', message: `--url is an address, not '${url}'.` })
}
