import { type ModelSource, type NamedTensorSpec, type NDArray, TrainingError, UnsupportedError } from '@gantry/core'
import type { InferenceSession } from 'onnxruntime-common'
import { openModel } from '#platform/open-model'
import type { EngineSettings } from './engine-settings.ts'
import { type EncodedError, encodeError } from './error-codec.ts'
import { loadSession, messageOf } from './load-session.ts'
import { readModelMetadata } from './model-metadata.ts'
import type { OrtSession, OrtTensor } from './ort.ts'
import { dtypeOf, toArray, toOrtTensor } from './tensors.ts'

/** What a loaded model tells about itself. */
export interface ModelDescription {
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  readonly metadata: Readonly<Record<string, string>>
}

/** What became of one of several runs. */
export type RunOutcome = { readonly outputs: Record<string, NDArray> } | { readonly error: EncodedError }

/** Owns the session of one model, in the thread that it is created in. It trusts its caller, like the training host. */
export class InferenceHost {
  readonly #owner: string
  readonly #session: OrtSession
  readonly #description: ModelDescription

  /** @throws ModelFormatError for a file that is missing, truncated or not a model. */
  static async create(source: ModelSource, settings: EngineSettings): Promise<InferenceHost> {
    const owner = typeof source === 'string' ? `'${source}'` : 'The model'
    const opened = await openModel(owner, source)
    const session = await loadSession(owner, opened.source, settings)
    return new InferenceHost(owner, session, {
      inputs: describeValues(owner, session.inputMetadata),
      outputs: describeValues(owner, session.outputMetadata),
      metadata: readModelMetadata(await opened.bytes()),
    })
  }

  private constructor(owner: string, session: OrtSession, description: ModelDescription) {
    this.#owner = owner
    this.#session = session
    this.#description = description
  }

  async describe(): Promise<ModelDescription> {
    return this.#description
  }

  async run(feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>> {
    // The cores idle from one run to the next, and their caches are cold: lists of entries would take 0.05 ms more.
    const inputs: Record<string, OrtTensor> = Object.create(null)
    for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOrtTensor(feed)
    let outputs: InferenceSession.ReturnType
    try {
      outputs = await this.#session.run(inputs)
    } catch (cause) {
      throw new TrainingError({ code: 'RUN_FAILED', message: `${this.#owner} failed: ${messageOf(cause)}`, cause })
    }
    const results: Record<string, NDArray> = Object.create(null)
    for (const [name, tensor] of Object.entries(outputs)) results[name] = toArray(name, tensor)
    return results
  }

  /**
   * Several runs; one that fails stops no other. All are begun at once: ONNX Runtime does one after the other, without a turn
   * of the event loop in between.
   */
  async runAll(
    feeds: readonly Readonly<Record<string, NDArray>>[],
  ): Promise<{ readonly milliseconds: number; readonly outcomes: readonly RunOutcome[] }> {
    const start = performance.now()
    const outcomeOf = async (own: Readonly<Record<string, NDArray>>): Promise<RunOutcome> => {
      try {
        return { outputs: await this.run(own) }
      } catch (error) {
        return { error: encodeError(error) }
      }
    }
    const outcomes = await Promise.all(feeds.map(outcomeOf))
    return { milliseconds: performance.now() - start, outcomes }
  }

  async dispose(): Promise<void> {
    await this.#session.release()
  }
}

function describeValues(owner: string, values: readonly InferenceSession.ValueMetadata[]): NamedTensorSpec[] {
  return values.map((value) => {
    if (!value.isTensor) {
      throw new UnsupportedError({
        code: 'VALUE_UNSUPPORTED',
        message: `${owner}: '${value.name}' is no tensor.`,
        fix: 'Export the model without sequences and maps.',
      })
    }
    // Two lengths without a name are unrelated; the empty string would make them one symbol.
    const shape = value.shape.map((length, axis) => (length === '' ? `${value.name}.${axis}` : length))
    return { name: value.name, dtype: dtypeOf(`${owner}: '${value.name}'`, value.type), shape }
  })
}
