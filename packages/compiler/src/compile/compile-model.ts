import {
  batchedSpecs,
  type CompiledModel,
  type CompiledProgram,
  ConfigurationError,
  type Feed,
  findNamed,
  type ModelFunction,
  multiplesOf,
  type NDArray,
  type Phase,
  ShapeError,
  type StateLayout,
  type TensorProgram,
  type TensorSpec,
  type TrainableModel,
} from '@gantry/core'
import { createModel, encodeModel, type Graph, optimizeForTraining } from '@gantry/onnx'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import { chooseLayouts } from '../programs/choose-layouts.ts'
import { refuseRandom } from '../programs/determinism.ts'
import { checkOutputs, recordedInputs } from '../programs/function-ports.ts'
import {
  nextName,
  type ProgramSignature,
  type RecordedProgram,
  recordProgram,
  type Variables,
} from '../programs/record-program.ts'
import { recordAtSomeLength, recordForAnyLength } from '../programs/symbolic-dimensions.ts'
import { withRecording } from '../programs/with-recording.ts'
import type { ConvolutionChoice, StateLayouts } from '../recording/recording.ts'

/** How a model is compiled. */
export interface CompileOptions {
  /**
   * `fast`, the default, writes each convolution of the phases in the form that takes a CPU the least time: as ONNX's own
   * operators, or with fewer multiplications in the domain of a transform. `direct` always takes ONNX's operators, for
   * devices that have fast ones. Results are equal up to rounding.
   */
  readonly convolutions?: ConvolutionChoice
  /**
   * Whether the compiled model takes the numbers of the variables over, so that they are in memory once: the session that is
   * prepared from it takes them along, and it can be prepared once. The variables can be assigned, and read only after that. So
   * can arrays that their first values were made of, which are empty then. `false` by default: the numbers are copied.
   */
  readonly moveVariables?: boolean
}

type RecordOne = (signature: ProgramSignature, layouts: StateLayouts) => RecordedProgram

/** A model written in TF.js. */
export type TfjsModel = TrainableModel<TensorProgram<Tensor>, Variable>

/**
 * Records every phase and function of a model as an ONNX graph: feeds and state in, scalars and new state out.
 *
 * Each program is called a few times with tensors that hold no numbers. Variables keep their numbers and become the
 * compiled model's initial state; they are laid out as the graphs want them (`layouts`). Noise that a program draws by name
 * (`drawNormal` of `@gantry/tfjs`) becomes a feed of its phase, or an input of its function: a port of the modality `noise`.
 *
 * @throws UnsupportedError `KERNEL_UNSUPPORTED`, `RANDOM_CONSTANT`, `READ_WHILE_RECORDING`, `VARIABLE_CREATED`,
 * `VARIABLE_UNDECLARED`, `FOREIGN_TENSOR`, `NOISE_WITHOUT_BATCH`; ShapeError `SCALAR_EXPECTED`, `OUTPUT_MISMATCH`;
 * ConfigurationError `VARIABLE_SHARED`, `CONVOLUTIONS_UNKNOWN`.
 *
 * @example
 * ```ts
 * const weight = tf.variable(tf.zeros([3, 1]))
 * const compiled = await compileModel({
 *   name: 'regression',
 *   variables: { weight },
 *   functions: [],
 *   shown: [],
 *   phases: [{
 *     name: 'descend',
 *     every: 1,
 *     feeds: { x: { dtype: 'float32', shape: [8, 3], source: { from: 'batch', field: 'points' } } },
 *     program: ({ x }) => {
 *       const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(tf.matMul(x!, weight))) as tf.Scalar, [weight])
 *       weight.assign(tf.sub(weight, tf.mul(grads[weight.name]!, 0.1)))
 *       return { loss: value }
 *     },
 *   }],
 * })
 * ```
 */
export function compileModel(
  model: TfjsModel,
  { convolutions = 'fast', moveVariables = false }: CompileOptions = {},
): Promise<CompiledModel> {
  const { variables } = model
  refuseUnknown(convolutions)
  refuseShared(variables)
  return withRecording({ variables, moveVariables }, (backend, values) => {
    const recordPhase: RecordOne = (signature, layouts) =>
      recordProgram(backend, signature, variables, { layouts, convolutions })
    // A function is recorded for any batch, at which no form of a convolution is the fastest.
    const recordFunction: RecordOne = (signature, layouts) => recordProgram(backend, signature, variables, { layouts })
    const { layouts, recordings, previous, functions: firsts } = settleLayouts({ recordPhase, recordFunction }, model)
    const phases = model.phases.map((phase, index): Phase<CompiledProgram> => {
      const signature = phaseSignature(model, phase)
      const recorded = recordings[index]!
      refuseRandom(backend, signature.name, [previous[index]!, recorded], () => recordPhase(signature, layouts))
      refuseTensors(signature.name, recorded)
      return { ...phase, feeds: { ...phase.feeds, ...recorded.noise }, program: compiled(recorded, recorded.graph) }
    })
    const functions = model.functions.map((fn, index): ModelFunction<CompiledProgram> => {
      const signature = functionSignature(model, fn)
      const recordOwn = (own: ProgramSignature) => recordFunction(own, layouts)
      const own = recordForAnyLength(recordOwn, signature, (base) =>
        refuseRandom(backend, signature.name, [firsts[index]!, base], () => recordAtSomeLength(recordOwn, signature)),
      )
      checkOutputs(signature.name, fn, own)
      const inputs = recordedInputs(signature.name, fn.inputs, own)
      return { ...fn, inputs, program: compiled(own.recorded, own.graph) }
    })
    const compiledModel = { ...model, phases, functions, variables: values, layouts: stateLayouts(values, layouts) }
    return moveVariables ? { ...compiledModel, movesVariables: true } : compiledModel
  })
}

/**
 * Records the phases until every variable lies as its users want it. One variable's order asks for another's (weights for
 * their moments, those for nothing more), so a few rounds settle it.
 */
function settleLayouts(
  { recordPhase, recordFunction }: { readonly recordPhase: RecordOne; readonly recordFunction: RecordOne },
  model: TfjsModel,
) {
  const recordAll = (layouts: StateLayouts) =>
    model.phases.map((phase) => recordPhase(phaseSignature(model, phase), layouts))
  const functions = model.functions.map((fn) =>
    recordAtSomeLength((own) => recordFunction(own, {}), functionSignature(model, fn)),
  )
  let previous = recordAll({})
  // A step runs all the time and a function now and then: what phases read lies as they want it.
  const read = new Set(previous.flatMap(({ reads }) => reads))
  const wishes = functions.map((own) => ({ wishes: new Map([...own.wishes].filter(([state]) => !read.has(state))) }))
  let layouts = chooseLayouts([...previous, ...wishes])
  let recordings = recordAll(layouts)
  for (let round = 0; round < 3; round++) {
    const wanted = chooseLayouts(recordings)
    const news = Object.keys(wanted).filter((state) => layouts[state] === undefined)
    if (news.length === 0) break
    layouts = { ...layouts, ...Object.fromEntries(news.map((state) => [state, wanted[state]!])) }
    previous = recordings
    recordings = recordAll(layouts)
  }
  return { layouts, recordings, previous, functions }
}

/** What a single training step is compiled from. */
export interface StepSignature extends CompileOptions {
  readonly name?: string
  readonly feeds: Readonly<Record<string, TensorSpec>>
  readonly variables: Variables
}

/**
 * Compiles one training step: {@link compileModel} for a model whose only phase is `step`.
 *
 * Feeds are filled by the caller of `session.run('step', feeds)`.
 */
export function compileStep(
  step: TensorProgram<Tensor>,
  { name = 'step', feeds, variables, ...options }: StepSignature,
): Promise<CompiledModel> {
  const sourced = Object.entries(feeds).map(([feed, spec]) => {
    return [feed, { ...spec, source: { from: 'batch', field: feed } } as Feed]
  })
  const model: TfjsModel = {
    name,
    variables,
    functions: [],
    shown: [],
    phases: [{ name: 'step', every: 1, feeds: Object.fromEntries(sourced), program: step }],
  }
  return compileModel(model, options)
}

function phaseSignature(model: TfjsModel, { name, program, feeds }: TfjsModel['phases'][number]): ProgramSignature {
  return { name: `${model.name}/${name}`, program, feeds }
}

function functionSignature(
  model: TfjsModel,
  { name, program, inputs }: TfjsModel['functions'][number],
): ProgramSignature {
  return { name: `${model.name}/${name}`, program, feeds: batchedSpecs(inputs), multiples: multiplesOf(inputs) }
}

function compiled(recorded: RecordedProgram, graph: Graph): CompiledProgram {
  const optimized = optimizeForTraining(graph)
  return {
    graph: encodeModel(createModel(optimized)),
    reads: recorded.reads.map((state) => ({ state, value: state })),
    writes: recorded.writes.map((state) => ({ state, value: nextName(state) })),
    results: recorded.results.map(({ name }) => name),
  }
}

function stateLayouts(values: Readonly<Record<string, NDArray>>, layouts: StateLayouts): Record<string, StateLayout> {
  return Object.fromEntries(
    Object.entries(values).map(([state, { dtype, shape }]) => [
      state,
      { dtype, shape, ...(layouts[state] === undefined ? {} : { permutation: layouts[state] }) },
    ]),
  )
}

const convolutionChoices: readonly { readonly name: ConvolutionChoice }[] = [{ name: 'fast' }, { name: 'direct' }]

/** Programs in JavaScript are not held to types, and another word would be neither. */
function refuseUnknown(choice: ConvolutionChoice): void {
  findNamed(convolutionChoices, choice, {
    code: 'CONVOLUTIONS_UNKNOWN',
    message: `Convolutions cannot be written '${choice}'.`,
  })
}

function refuseShared(variables: Variables): void {
  const names = new Map<Variable, string>()
  for (const [name, variable] of Object.entries(variables)) {
    const other = names.get(variable)
    if (other !== undefined) {
      throw new ConfigurationError({
        code: 'VARIABLE_SHARED',
        message: `The variable '${variable.name}' stands in the model under two names: '${other}' and '${name}'.`,
        fix: 'List it once; phases share it through the variable itself.',
      })
    }
    names.set(variable, name)
  }
}

function refuseTensors(program: string, { results }: RecordedProgram): void {
  for (const { name, shape } of results) {
    if (shape.length === 0) continue
    throw new ShapeError({
      code: 'SCALAR_EXPECTED',
      message: `${program}: a phase returns named scalars, but '${name}' has shape [${shape}].`,
      fix: 'Reduce it (tf.mean), or return it from one of the model functions instead.',
    })
  }
}
