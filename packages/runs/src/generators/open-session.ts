import { readFile } from 'node:fs/promises'
import type { OnnxRuntimeOptions } from '@gantry/backend-onnxruntime'
import { GantryError, type InferenceSession } from '@gantry/core'
import { decodeModel, encodeModel } from '@gantry/onnx'
import { decodeFile } from '../describe-model.ts'

/**
 * A session of a model file. ONNX Runtime finds the weights beside it, unless a shape is among them, which it must know before: such a
 * model is put together first.
 *
 * @throws ModelFormatError for files that are no models, or whose weights are not beside them
 */
export async function openSession(path: string, engine: OnnxRuntimeOptions = {}): Promise<InferenceSession> {
  const { createOnnxRuntimeInference } = await import('@gantry/backend-onnxruntime')
  const backend = createOnnxRuntimeInference({ device: 'cpu', ...engine })
  try {
    return await backend.load(path)
  } catch (error) {
    if (!hasCode(error, 'MODEL_UNREADABLE')) throw error
    const bytes = await readFile(path)
    if (!hasWeightsBeside(bytes)) throw error
    return await backend.load(encodeModel(decodeFile(path, bytes)))
  }
}

function hasWeightsBeside(bytes: Uint8Array): boolean {
  try {
    decodeModel(bytes)
    return false
  } catch (error) {
    return hasCode(error, 'ONNX_EXTERNAL_DATA')
  }
}

function hasCode(error: unknown, code: string): boolean {
  return GantryError.isInstance(error) && error.code === code
}
