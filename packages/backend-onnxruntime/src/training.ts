import {
  type CompiledModel,
  type CompiledProgram,
  ConfigurationError,
  checkState,
  type Device,
  type NDArray,
  sizeOfShape,
  type TrainingBackend,
  type TrainingSession,
} from '@gantry/core'
import { chooseEngine, type OnnxRuntimeOptions } from './engine.ts'
import { hostedModel, type TrainingHost } from './training-host.ts'
import { OnnxTrainingSession } from './training-session.ts'
import { WorkerClient } from './worker-client.ts'

/** A training backend for compiled models: it needs their layouts too. */
export interface OnnxRuntimeTraining extends TrainingBackend<CompiledProgram, NDArray> {
  /**
   * The device that it computes on, decided once: what a model is compiled for (`convolutions` of `compileModel`).
   *
   * @throws UnsupportedError `DEVICE_UNAVAILABLE`, ConfigurationError `THREADS_INVALID`
   */
  device(): Promise<Device>
  prepare(model: CompiledModel): Promise<TrainingSession>
}

/**
 * Trains compiled models on ONNX Runtime, in a worker thread.
 *
 * @throws (from `prepare`) UnsupportedError `DEVICE_UNAVAILABLE`, ModelFormatError `MODEL_UNREADABLE`, `PROGRAM_INVALID`
 * or `STATE_MISMATCH` for graphs and initial values that do not fit, ConfigurationError `THREADS_INVALID` or
 * `BUILD_MISSING`, and `MODEL_USED_UP` for the second session of a model that gave its variables away. A run may reject with
 * TrainingError `RUN_FAILED`, `STATE_LOST` after one that failed in the middle of an update in place, and `WORKER_LOST` when the thread
 * is gone.
 *
 * @example
 * ```ts
 * const session = await createOnnxRuntimeTraining({ device: 'cpu' }).prepare(compiledModel)
 * const { loss } = await session.run('discriminator', { real, noise })
 * ```
 */
export function createOnnxRuntimeTraining(options: OnnxRuntimeOptions = {}): OnnxRuntimeTraining {
  let chosen: ReturnType<typeof chooseEngine> | undefined
  const choose = () => {
    chosen ??= chooseEngine(options)
    return chosen
  }
  return {
    specificationVersion: 1,
    name: 'onnxruntime',
    async device() {
      return (await choose()).settings.device
    },
    async prepare(model) {
      refuseUsedUp(model)
      checkState(`the model '${model.name}'`, model.layouts, model.variables)
      const { settings, report } = await choose()
      const worker = await WorkerClient.start<TrainingHost>({ kind: 'training', model: hostedModel(model), settings })
      return new OnnxTrainingSession(model, worker, report)
    },
  }
}

function refuseUsedUp({ name, variables }: CompiledModel): void {
  const moved = Object.entries(variables).find(([, { shape, data }]) => data.length < sizeOfShape(shape))
  if (moved === undefined) return
  throw new ConfigurationError({
    code: 'MODEL_USED_UP',
    message: `The model '${name}' was compiled with moveVariables, and a session has its variables already: '${moved[0]}' is empty.`,
    fix: 'Compile it again, without moveVariables if it is to be prepared more than once.',
  })
}
