import { ModelFormatError, type ModelSource } from '@gantry/core'
import { type EngineSettings, sessionOptions } from './engine-settings.ts'
import { OrtSession } from './ort.ts'

/**
 * Loads a graph into ONNX Runtime.
 *
 * @throws ModelFormatError `MODEL_UNREADABLE` for one that is truncated, foreign or not understood.
 */
export async function loadSession(owner: string, source: ModelSource, settings: EngineSettings): Promise<OrtSession> {
  const options = sessionOptions(settings)
  try {
    return await (typeof source === 'string' ? OrtSession.create(source, options) : OrtSession.create(source, options))
  } catch (cause) {
    throw unreadable(owner, cause)
  }
}

/** The error for what ONNX Runtime does not load. */
export function unreadable(owner: string, cause: unknown): ModelFormatError {
  return new ModelFormatError({
    code: 'MODEL_UNREADABLE',
    message: `${owner} is no model that ONNX Runtime can read: ${messageOf(cause)}`,
    fix: 'Is it a complete ONNX file? Export or copy it again.',
    cause,
  })
}

/** What ONNX Runtime said, ended like a sentence. */
export function messageOf(cause: unknown): string {
  const text = (cause instanceof Error ? cause.message : String(cause)).trim()
  return /[.!?]$/.test(text) ? text : `${text}.`
}
