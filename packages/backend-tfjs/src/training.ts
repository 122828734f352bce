import type { TensorProgram, TrainingBackend } from '@gantry/core'
import type * as tf from '@tensorflow/tfjs-core'
import { engines } from './engines.ts'
import { type EngineRequest, selectEngine } from './select-engine.ts'
import { TfjsSession } from './tfjs-session.ts'

export interface TfjsTrainingOptions {
  /** The TF.js backend; `auto` (the default) is tfjs-node-gpu, else tfjs-node, else cpu. */
  readonly backend?: EngineRequest
}

/**
 * Trains by running phases eagerly on an installed TF.js backend: nothing is compiled, so a debugger stops inside them.
 *
 * Programs run in `tf.tidy` on TF.js's global engine; calls of all sessions are serialised. A session assigns the
 * model's `tf.Variable`s, which stay the caller's to dispose.
 *
 * @throws (from `prepare`) UnsupportedError `ENGINE_UNAVAILABLE` or `DTYPE_UNSUPPORTED`, ConfigurationError `ENGINE_UNKNOWN`.
 *
 * @example
 * ```ts
 * const session = await createTfjsTraining().prepare(model)
 * const { loss } = await session.run('discriminator', { real, noise })
 * ```
 */
export function createTfjsTraining({
  backend = 'auto',
}: TfjsTrainingOptions = {}): TrainingBackend<TensorProgram<tf.Tensor>, tf.Variable> {
  return {
    specificationVersion: 1,
    name: 'tfjs',
    async prepare(model) {
      const { name, report } = await selectEngine(backend)
      return new TfjsSession(model, engines[name].backend, report)
    },
  }
}
