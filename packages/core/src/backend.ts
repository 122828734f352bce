import type { Feed, State, TrainableModel } from './model.ts'
import type { NDArray } from './ndarray.ts'
import type { NamedTensorSpec } from './tensor-spec.ts'

/** Where the arithmetic happens. */
export type Device = 'cpu' | 'webgpu' | 'cuda'

/** A device by name, or the best that is there. */
export type DeviceRequest = Device | 'auto'

/** What runs a session, and why nothing else does. */
export interface EngineReport {
  /** `onnxruntime`, `tfjs-node`, `tfjs-cpu` … */
  readonly engine: string
  readonly version: string
  readonly device: Device
  /** The devices or engines that were considered first, each with the reason it was not chosen. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[]
  /** What the user should know, such as a faster alternative. */
  readonly warnings: readonly string[]
}

/** Prepares a model's phases for training. */
export interface TrainingBackend<Program, Variable> {
  readonly specificationVersion: 1
  readonly name: string
  /** @throws UnsupportedError when the requested device cannot be used. */
  prepare(model: TrainableModel<Program, Variable>): Promise<TrainingSession>
}

/** Draws a random feed that the caller of a phase did not pass. */
export type DrawFeed = (name: string, feed: Feed) => NDArray

export interface WriteStateOptions {
  readonly partly?: boolean
}

/**
 * A model in training: it owns the state from `prepare` to `dispose`.
 *
 * Runs are serial: a call that comes while another is under way waits for it. A run that throws leaves the state as it was.
 */
export interface TrainingSession {
  readonly report: EngineReport
  /**
   * Runs one phase: reads the state, replaces it, and returns the phase's named scalars.
   *
   * @param draw is asked for random feeds that `feeds` lacks: declared ones, and noise that a program draws by name. Called
   * before the promise settles, in an order that is the engine's.
   * @throws ShapeError for feeds that do not fit, ConfigurationError `PHASE_UNKNOWN`, TrainingError `SESSION_DISPOSED`.
   */
  run(phase: string, feeds: Readonly<Record<string, NDArray>>, draw?: DrawFeed): Promise<Record<string, number>>
  /**
   * Evaluates one of the model's functions on the present state.
   *
   * @param inputs [batch, ...shape] of every port
   * @param draw is asked for inputs that are drawn and that `inputs` lacks: declared ones, and noise that the program draws by
   * name; with the shape of the whole batch.
   * @throws ShapeError for inputs that do not fit, ConfigurationError `FUNCTION_UNKNOWN`, TrainingError `SESSION_DISPOSED`.
   */
  evaluate(name: string, inputs: Readonly<Record<string, NDArray>>, draw?: DrawFeed): Promise<Record<string, NDArray>>
  /**
   * A copy of the state, or of a part of it.
   *
   * @param names full names, or beginnings that end in a slash: `generator/`; default: everything
   * @throws ConfigurationError `STATE_UNKNOWN` for a name that nothing has
   */
  readState(names?: readonly string[]): Promise<State>
  /**
   * Replaces the state.
   *
   * @param options `partly`: what is not given stays as it is; default: everything must be given
   * @throws ModelFormatError `STATE_MISMATCH` when names, shapes or dtypes differ from the model's.
   */
  writeState(state: State, options?: WriteStateOptions): Promise<void>
  dispose(): Promise<void>
}

/** A model file, or its bytes. */
export type ModelSource = string | Uint8Array

/** Loads models for inference. */
export interface InferenceBackend {
  readonly specificationVersion: 1
  readonly name: string
  /** @throws ModelFormatError for a file that is missing, truncated or not a model. */
  load(model: ModelSource): Promise<InferenceSession>
}

/** A loaded model. */
export interface InferenceSession {
  readonly report: EngineReport
  readonly inputs: readonly NamedTensorSpec[]
  readonly outputs: readonly NamedTensorSpec[]
  /** Free-form text properties of the model file; Gantry's manifest is one of them. */
  readonly metadata: Readonly<Record<string, string>>
  /** @throws ShapeError for feeds that do not fit. */
  run(feeds: Readonly<Record<string, NDArray>>): Promise<Record<string, NDArray>>
  dispose(): Promise<void>
}
