import type { ModelSource } from '@gantry/core'

/** A model that is there. */
export interface OpenedModel {
  /** What ONNX Runtime loads. */
  readonly source: ModelSource
  bytes(): Promise<Uint8Array>
}
