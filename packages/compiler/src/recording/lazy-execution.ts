import { type InferenceBackend, SerialQueue } from '@gantry/core'
import { createModel, encodeModel } from '@gantry/onnx'
import type { ConstantValues, RecordedValue } from './recorded-value.ts'
import type { Recording } from './recording.ts'

/** What computes recorded graphs, such as `onnxRuntime()` of `@gantry/backend-onnxruntime`. */
export type GraphRuntime = Pick<InferenceBackend, 'load'>

/** A tensor that a graph computes. */
export interface LazyValue {
  /** Becomes a constant once the numbers have been computed. */
  value: RecordedValue
  /** The recording that the value belongs to; constants belong to none. */
  recording: Recording | undefined
}

/** The graph of what was asked for outside of recordings and is not computed yet. */
export class LazyGraph {
  readonly #runs = new SerialQueue()
  readonly #start: () => Recording
  readonly #runtime: () => GraphRuntime | undefined
  /** The tensors of the graph that are alive. */
  readonly #pending = new Set<LazyValue>()
  #recording: Recording | undefined

  constructor(start: () => Recording, runtime: () => GraphRuntime | undefined) {
    this.#start = start
    this.#runtime = runtime
  }

  /** Where operations append what they ask for. */
  get recording(): Recording {
    this.#recording ??= this.#start()
    return this.#recording
  }

  holds(recording: Recording | undefined): boolean {
    return recording !== undefined && recording === this.#recording
  }

  add(value: LazyValue): void {
    if (value.recording !== undefined) this.#pending.add(value)
  }

  /** A tensor that nobody will read any more. */
  delete(value: LazyValue): void {
    if (this.#pending.delete(value)) this.#forget()
  }

  /** Runs the graph: all tensors that are alive become numbers, so that nothing is computed twice. */
  compute(wanted: LazyValue): Promise<void> {
    return this.#runs.add(async () => {
      const { recording } = wanted
      const runtime = this.#runtime()
      // An earlier turn may have computed it.
      if (recording === undefined || runtime === undefined) return
      const entries = [...new Set([wanted, ...this.#pending])]
      const computed = await computeValues(
        recording,
        entries.map(({ value }) => value),
        runtime,
      )
      for (const [index, entry] of entries.entries()) {
        entry.value = computed[index]!
        entry.recording = undefined
        this.#pending.delete(entry)
      }
      this.#forget()
    })
  }

  /** A graph that nobody waits for any more makes room for a new one. */
  #forget(): void {
    if (this.#pending.size === 0) this.#recording = undefined
  }
}

/** Runs as much of a recording as these values need, and returns them as constants that lie as the values did. */
async function computeValues(
  recording: Recording,
  values: readonly RecordedValue[],
  runtime: GraphRuntime,
): Promise<RecordedValue[]> {
  const outputs = values.map((value) => ({
    name: recording.placeStored(value, value.permutation),
    dtype: value.dtype,
    shape: value.stored,
  }))
  const graph = recording.builder.extract(outputs)
  const session = await runtime.load(encodeModel(createModel(graph)))
  try {
    const results = await session.run({})
    return values.map((value, index): RecordedValue => {
      const numbers = results[outputs[index]!.name]!.data as ConstantValues
      return { ...value, source: { kind: 'constant', values: numbers } }
    })
  } finally {
    await session.dispose()
  }
}
