import type { Ports } from './field.ts'
import type { DType, NDArray } from './ndarray.ts'
import type { TensorSpec } from './tensor-spec.ts'

/**
 * State of a model: every weight, optimizer slot, running statistic and moving average, by its full name
 * (`generator/dense/kernel`, `discriminator/adam/conv2d_1/kernel/m`). What checkpoints, exports and engines exchange.
 */
export type State = Readonly<Record<string, NDArray>>

/** Where the trainer takes a feed from. Nothing random is drawn inside a program: it would be baked into its recording. */
export type FeedSource =
  /** A field of the next batch, by its name in the data set. */
  | { readonly from: 'batch'; readonly field: string }
  /** Independent draws of the run's seeded generator: standard normal, or uniform in [0, 1). */
  | { readonly from: 'random'; readonly distribution: 'normal' | 'uniform' }

/** A tensor that a phase needs at every run, and where it comes from. */
export interface Feed extends TensorSpec {
  readonly shape: readonly number[]
  readonly source: FeedSource
}

/**
 * One named part of a training step: `discriminator`, `generator`, `r1` …
 *
 * Its program is a pure function of the feeds and the state: it updates variables and returns named scalars.
 */
export interface Phase<Program> {
  readonly name: string
  readonly feeds: Readonly<Record<string, Feed>>
  readonly program: Program
  /** Steps from one run to the next: the phase runs at the steps, counted from 0, where `step % every === offset`. */
  readonly every: number
  /** Its first step, from 0 (the default) to `every - 1`, which is the last of a round. */
  readonly offset?: number
  /**
   * State that replicas of a data-parallel run average before this phase: full names, or beginnings that end in a slash, such as
   * `discriminator/accumulated/`. Whoever runs them averages; a single run has nothing to do.
   */
  readonly gathers?: readonly string[]
}

/**
 * A function of inputs and state that changes nothing, such as a generator: `generate`, `translate`, `encode` …
 *
 * Inputs and outputs are batches: [batch, ...shape] of their ports, for any batch size. A program may draw noise by name; engines
 * that know of it beforehand list it among the inputs, as ports of the modality `noise`.
 */
export interface ModelFunction<Program> {
  /** Unique in its model. The same function of the weights as trained is called {@link rawFunction} of it. */
  readonly name: string
  /** Moving average of the weights, or the weights as trained. */
  readonly weights: 'ema' | 'raw'
  readonly inputs: Ports
  readonly outputs: Ports
  readonly program: Program
}

/** Where one weight of a part lies in the state. */
export interface PartWeight {
  /** The weight as trained. */
  readonly trained: string
  /** Its moving average. */
  readonly average?: string
  /** What begins as the weight does, such as the average that historical averaging keeps. */
  readonly alike?: readonly string[]
}

/** A part of a model that another run can start from, such as its generator: weights by their names within it. */
export type Part = Readonly<Record<string, PartWeight>>

/** A network that learns, as observers find it in the state. */
export interface Learner {
  /** Full names of the weights that gradients move. */
  readonly weights: readonly string[]
  /** What its optimizer remembers of the gradients; absent where it remembers nothing. */
  readonly gradients?: GradientMemory
}

/** Running means of gradients, or of their squares: a ← decay·a + (1 - decay)·gᵖ, from zero. */
export interface GradientMemory {
  /** Full names, one a weight. */
  readonly means: readonly string[]
  readonly power: 1 | 2
  readonly decay: number
  /** Full name of the number of updates so far, by which a young mean is too small. */
  readonly updates: string
}

/** What of a run's configuration a model was built from. */
export interface BuiltFrom {
  readonly variant: string
  /** All options of the variant, defaults included. */
  readonly options: Readonly<Record<string, unknown>>
  /** Of the batches that it takes: a replica's is its share. */
  readonly batchSize: number
  readonly seed: number
}

/**
 * Everything a backend needs to train: phases, pure functions, and the state that they share.
 *
 * `Program` is what the backend can run, `Variable` how it sees state: TF.js functions over `tf.Variable`s for the
 * TF.js backend, recorded graphs over initial values for ONNX Runtime. A variant contains no loop.
 */
export interface TrainableModel<Program, Variable> {
  readonly name: string
  readonly phases: readonly Phase<Program>[]
  readonly functions: readonly ModelFunction<Program>[]
  /** Functions that grids show; the first is what export, sampling, evaluation and serving take. */
  readonly shown: readonly string[]
  readonly variables: Readonly<Record<string, Variable>>
  /** Parts that another run can start from, by name. */
  readonly parts?: Readonly<Record<string, Part>>
  /** Its networks that learn, by name: `generator`, `discriminator`. */
  readonly learners?: Readonly<Record<string, Learner>>
  /**
   * Beginnings of the names of variables that nothing moves, such as those of a perceptual network, with a hash of their values:
   * checkpoints name it, and do not hold them.
   */
  readonly frozen?: Readonly<Record<string, string>>
  /** Absent for models that no variant has built. A run whose configuration says something else is refused. */
  readonly builtFrom?: BuiltFrom
}

/** A program written in an authoring engine's tensors: it reads and assigns variables that it closes over. */
export type TensorProgram<Tensor> = (feeds: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>

/** How a piece of state enters or leaves a compiled graph. */
export interface StateBinding {
  /** Name in the {@link State}. */
  readonly state: string
  /** Name of the graph's input or output. */
  readonly value: string
}

/** Shape of a piece of state, and the order of its axes in memory while a compiled session holds it. */
export interface StateLayout {
  readonly dtype: DType
  /** The shape that checkpoints and programs see. */
  readonly shape: readonly number[]
  /** `permutation[i]` is the axis of `shape` that stands at place i in memory; absent when the order is the same. */
  readonly permutation?: readonly number[]
}

/** A recorded program: an ONNX graph from feeds and state to named results and new state. */
export interface CompiledProgram {
  /** The ONNX model. */
  readonly graph: Uint8Array<ArrayBuffer>
  /** Graph inputs that hold state. */
  readonly reads: readonly StateBinding[]
  /** Graph outputs that become the new state. */
  readonly writes: readonly StateBinding[]
  /** Names of the other outputs: scalars of a phase, tensors of a function. */
  readonly results: readonly string[]
}

/** A model whose programs are recorded; `layouts` says how a session keeps each variable. */
export interface CompiledModel extends TrainableModel<CompiledProgram, NDArray> {
  readonly layouts: Readonly<Record<string, StateLayout>>
  /** Whether a session takes the arrays of `variables` over instead of copying them; they are empty afterwards. */
  readonly movesVariables?: boolean
}
