import { drawnPort, type Field, type Ports, pointsField } from '../field.ts'
import type { ModelFunction, Phase, TrainableModel } from '../model.ts'
import { float32, type NDArray, ndarray } from '../ndarray.ts'

/** Constants of {@link referenceModel}'s programs. */
export const referenceConstants = {
  learningRate: 0.1,
  momentum: 0.9,
  /** Share of the old value in running averages. */
  retention: 0.9,
  /** What the phase `lookup` chooses from. */
  table: [0.5, 1, 2],
  /** What the function `perturb` multiplies its noise with. */
  strength: 0.5,
} as const

/** Samples of a batch that the phase `fit` takes. */
export const referenceBatchSize = 4

/** Name and initial value of every variable. The kernel is not square, so that a transposed one is noticed. */
export const referenceVariables = {
  'linear/kernel': float32([3, 2], [0.5, -0.25, 0.125, 0.75, -0.5, 0.25]),
  'linear/bias': float32([2], [0.1, -0.2]),
  'linear/momentum/kernel': float32([3, 2], [0, 0, 0, 0, 0, 0]),
  'linear/momentum/bias': float32([2], [0, 0]),
  'input/mean': float32([3], [0, 0, 0]),
  'loss/average': float32([], [1]),
  steps: ndarray('int32', [], Int32Array.of(0)),
} as const satisfies Record<string, NDArray>

/** Name of a variable of {@link referenceModel}. */
export type ReferenceVariable = keyof typeof referenceVariables

const random = { from: 'random', distribution: 'normal' } as const

const phaseFeeds = {
  fit: {
    x: { dtype: 'float32', shape: [referenceBatchSize, 3], source: random },
    target: { dtype: 'float32', shape: [referenceBatchSize, 2], source: random },
  },
  decay: { rate: { dtype: 'float32', shape: [], source: random } },
  lookup: { index: { dtype: 'int32', shape: [], source: { from: 'batch', field: 'index' } } },
} as const

const [x, y] = [pointsField([3]), pointsField([2])]

const functionPorts = {
  predict: { inputs: { x }, outputs: { prediction: y, centred: x } },
  perturb: { inputs: { x }, outputs: { y: x } },
} as const satisfies Record<string, Record<'inputs' | 'outputs', Record<string, Field>>>

/** What a compiled model lists among the inputs of `perturb` beside {@link referenceModel}'s: the noise that it draws by name. */
export const referenceNoise: Ports = { noise: drawnPort('noise', [3], 'normal') }

/** Programs of {@link referenceModel}, written for one backend. */
export type ReferencePrograms<Program> = Readonly<Record<keyof typeof phaseFeeds | keyof typeof functionPorts, Program>>

/**
 * The model that the kit trains; a backend supplies its programs and variables.
 *
 * With η, μ, ρ, s and the table of {@link referenceConstants}, and W, b, v, w, m, a, n the variables in their order:
 *
 * - `fit(x, target)`: e = xW + b − target; g = ∂W mean(e²) = ¼ xᵀe; h = ¼ Σ e over the batch;
 *   v ← μv + g; w ← μw + h; W ← W − ηv; b ← b − ηw; m ← ρm + (1 − ρ) mean of x over the batch;
 *   a ← ρa + (1 − ρ) mean(e²); n ← n + 1. Returns `loss` = mean(e²), `gradientNorm` = √(Σg² + Σh²), `step` = the new n (int32).
 * - `decay(rate)`: W ← (1 − rate) W; n ← n + 1. Returns `kernelNorm` = √ΣW² of the new W.
 * - `lookup(index)`: n ← n + 1; a ← table[index]. Returns `value` = table[index]. Fails when there is no such entry.
 * - `predict(x)`, a function: returns `prediction` = xW + b and `centred` = x − m.
 * - `perturb(x)`, a function: draws standard normal `noise`, [batch, 3], by name; returns `y` = x + s · noise.
 */
export function referenceModel<Program, Variable>(
  programs: ReferencePrograms<Program>,
  variables: Readonly<Record<ReferenceVariable, Variable>>,
): TrainableModel<Program, Variable> {
  const phase = (name: keyof typeof phaseFeeds): Phase<Program> => ({
    name,
    feeds: phaseFeeds[name],
    program: programs[name],
    every: 1,
  })
  const modelFunction = (name: keyof typeof functionPorts): ModelFunction<Program> => ({
    name,
    weights: 'raw',
    ...functionPorts[name],
    program: programs[name],
  })
  return {
    name: 'conformance',
    phases: [phase('fit'), phase('decay'), phase('lookup')],
    functions: [modelFunction('predict'), modelFunction('perturb')],
    shown: ['predict'],
    variables,
  }
}
