import { ModelFormatError, type ModelSource } from '@gantry/core'
import type { OpenedModel } from '../opened-model.ts'

/**
 * Fetches a URL.
 *
 * @throws ModelFormatError `MODEL_NOT_FOUND`.
 */
export async function openModel(owner: string, source: ModelSource): Promise<OpenedModel> {
  const bytes = typeof source === 'string' ? await fetchModel(owner, source) : source
  return { source: bytes, bytes: async () => bytes }
}

async function fetchModel(owner: string, url: string): Promise<Uint8Array> {
  let cause: unknown
  let reason: string
  try {
    const response = await fetch(url)
    if (response.ok) return new Uint8Array(await response.arrayBuffer())
    reason = `the server answers ${response.status}`
  } catch (error) {
    cause = error
    reason = (error as Error).message
  }
  throw new ModelFormatError({
    code: 'MODEL_NOT_FOUND',
    message: `${owner} cannot be fetched: ${reason}.`,
    fix: 'Check the URL, and what its server allows to other origins.',
    cause,
  })
}
