import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { ModelFormatError, type ModelSource } from '@gantry/core'
import type { OpenedModel } from '../opened-model.ts'

/**
 * A file is left to ONNX Runtime, which may find weights beside it.
 *
 * @throws ModelFormatError `MODEL_NOT_FOUND`.
 */
export async function openModel(owner: string, source: ModelSource): Promise<OpenedModel> {
  if (typeof source !== 'string') return { source, bytes: async () => source }
  if (existsSync(source)) return { source, bytes: () => readFile(source) }
  throw new ModelFormatError({
    code: 'MODEL_NOT_FOUND',
    message: `${owner}: there is no such file.`,
    fix: 'Check the path.',
  })
}
