import {
  describeSpec,
  type Feed,
  type FeedSource,
  type NamedTensorSpec,
  ShapeError,
  type TensorProgram,
  type TensorSpec,
} from '@gantry/core'
import type { Graph } from '@gantry/onnx'
import { type NoiseRequest, withNoise } from '@gantry/tfjs'
import { engine, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import type { NumbersRead } from '../recording/known-numbers.ts'
import { permute } from '../recording/layout.ts'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording, RecordingOptions } from '../recording/recording.ts'
import type { RecordingBackend, WrittenConstant } from '../recording/recording-backend.ts'

/** A program and the tensors that it is called with. */
export interface ProgramSignature {
  readonly name: string
  readonly program: TensorProgram<Tensor>
  readonly feeds: Readonly<Record<string, TensorSpec>>
  /** Named lengths that are always a multiple of some number. */
  readonly multiples?: Readonly<Record<string, number>>
}

/** A feed that a program asked for by drawing noise. */
interface NoiseFeed extends Feed {
  readonly source: Extract<FeedSource, { readonly from: 'random' }>
}

/** Variables by the name that their state has outside. */
export type Variables = Readonly<Record<string, Variable>>

/** What one recording of a program gave. */
export interface RecordedProgram {
  /** Straight from the kernels: not yet optimised, inputs in order of first use. Built when it is first asked for. */
  readonly graph: Graph
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  readonly results: readonly NamedTensorSpec[]
  /** Feeds that the program asked for by drawing noise. */
  readonly noise: Readonly<Record<string, NoiseFeed>>
  readonly written: readonly WrittenConstant[]
  readonly wishes: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Numbers that the program read while it was recorded, in order. */
  readonly numbersRead: readonly NumbersRead[]
}

/** Name of the graph output that holds a variable's new value. */
export const nextName = (state: string) => `${state}:next`

/**
 * Calls a program once while every kernel appends to a graph. The recording backend must be active.
 *
 * Afterwards the variables hold recorded values: whoever calls this puts their numbers back.
 */
export function recordProgram(
  backend: RecordingBackend,
  { name, program, feeds }: ProgramSignature,
  variables: Variables,
  options: RecordingOptions,
): RecordedProgram {
  const names = new Map(Object.entries(variables).map(([state, variable]) => [variable, state]))
  const noise: Record<string, NoiseFeed> = {}
  let recorded: RecordedProgram | undefined
  const body = (recording: Recording) =>
    tidy(() => {
      const before = new Map<string, object>()
      for (const [state, variable] of Object.entries(variables)) {
        const info = recording.state(state, variable.dtype as RecordedDType, variable.shape)
        variable.assign(engine().makeTensorFromTensorInfo(info))
        before.set(state, variable.dataId)
      }
      const registered = snapshotVariables()
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([feed, spec]) => {
          const info = recording.feed(feed, spec.dtype as RecordedDType, staticShape(name, feed, spec))
          return [feed, engine().makeTensorFromTensorInfo(info)]
        }),
      )
      backend.onForeignData = (dataId) => refuseUndeclared(name, dataId)
      const drawn = ({ name: own, shape, distribution }: NoiseRequest) => {
        if (feeds[own] !== undefined) throw noiseNameTaken(name, own)
        noise[own] = { dtype: 'float32', shape, source: { from: 'random', distribution } }
        return engine().makeTensorFromTensorInfo(recording.feed(own, 'float32', shape))
      }
      const returned = withNoise(drawn, () => program(tensors))
      const results = Object.entries(returned).map(([result, tensor]): NamedTensorSpec => {
        const spec = { name: result, dtype: tensor.dtype as RecordedDType, shape: tensor.shape }
        recording.builder.output(result, recording.place(tensor), spec)
        return spec
      })
      refuseStrayVariables(name, registered, names)
      const writes = Object.entries(variables).flatMap(([state, variable]) => {
        if (variable.dataId === before.get(state)) return []
        const layout = recording.layoutOf(state, variable.rank)
        const spec = { dtype: variable.dtype as RecordedDType, shape: permute(variable.shape, layout) }
        recording.builder.output(nextName(state), recording.nextState(state, variable), spec)
        return [state]
      })
      let graph: Graph | undefined
      recorded = {
        get graph() {
          graph ??= recording.builder.build()
          return graph
        },
        reads: [...recording.reads],
        writes,
        results,
        noise,
        written: backend.written,
        wishes: recording.wishes,
        numbersRead: recording.numbersRead,
      }
    })
  try {
    backend.record(name, options, body)
    return recorded!
  } finally {
    backend.onForeignData = undefined
  }
}

function noiseNameTaken(program: string, name: string) {
  return programError(
    'NOISE_NAME_TAKEN',
    `${program}: the program draws noise under the name '${name}', which one of its feeds has.`,
    'Give the noise another name.',
  )
}

function staticShape(program: string, feed: string, spec: TensorSpec): number[] {
  return spec.shape.map((length) => {
    if (typeof length === 'number') return length
    throw new ShapeError({
      code: 'FEED_NOT_STATIC',
      message: `${program}: the feed '${feed}' is ${describeSpec(spec)}, but a training phase is recorded for one shape.`,
      fix: 'Give every axis a length.',
    })
  })
}

function snapshotVariables(): Map<string, object> {
  return new Map(Object.entries(engine().state.registeredVariables).map(([name, variable]) => [name, variable.dataId]))
}

/** Data that another backend holds and that a variable owns would be baked into the graph. */
function refuseUndeclared(program: string, dataId: object): void {
  const variable = Object.values(engine().state.registeredVariables).find((candidate) => candidate.dataId === dataId)
  if (variable === undefined) return
  throw programError(
    'VARIABLE_UNDECLARED',
    `${program}: the program reads the variable '${variable.name}' ([${variable.shape}]), which is not among the model's variables.`,
    'Add it to `variables`, so that it becomes state of the compiled graph.',
  )
}

function refuseStrayVariables(
  program: string,
  before: ReadonlyMap<string, object>,
  declared: ReadonlyMap<Variable, string>,
): void {
  for (const [name, variable] of Object.entries(engine().state.registeredVariables)) {
    if (!before.has(name)) {
      variable.dispose()
      throw programError(
        'VARIABLE_CREATED',
        `${program}: the program creates the variable '${name}' ([${variable.shape}]) while it is recorded.`,
        'Create networks, optimizers and their slots before the program runs (an optimizer makes its slots at its first applyGradients).',
      )
    }
    if (!declared.has(variable) && variable.dataId !== before.get(name)) {
      throw programError(
        'VARIABLE_UNDECLARED',
        `${program}: the program assigns the variable '${name}' ([${variable.shape}]), which is not among the model's variables.`,
        'Add it to `variables`, so that it becomes state of the compiled graph.',
      )
    }
  }
}
