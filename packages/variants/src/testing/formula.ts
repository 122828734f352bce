import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel } from '@gantry/compiler'
import {
  type DrawFeed,
  type Feed,
  ndarray,
  RandomStream,
  type State,
  sizeOfShape,
  type TensorProgram,
  type TrainableModel,
  type TrainingSession,
} from '@gantry/core'
import {
  reshape,
  setBackend,
  type Tensor,
  tensor,
  type Variable,
  variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core'
import { expect } from 'vitest'

// Rows of a table hold variables, which need a backend to live in.
await setBackend('cpu')

/** Numbers of a tensor, each of them a float32. */
export interface Numbers {
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** A formula twice: as TF.js computes it, and in float64 as its paper has it. */
export interface Formula {
  readonly name: string
  readonly feeds?: Readonly<Record<string, Numbers>>
  /** What the program draws, by name: exactly these. */
  readonly noise?: Readonly<Record<string, readonly number[]>>
  /** Variables that it remembers things in. */
  readonly state?: Readonly<Record<string, Variable>>
  /** How often it runs, one time after the other; 1 by default. */
  readonly runs?: number
  program(feeds: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
  /** All results of a run, the first of which is 0. */
  expected(run: number): Readonly<Record<string, readonly number[]>>
}

/** Standard normal numbers, always the same for a name. */
export function normal(name: string, ...shape: readonly number[]): Numbers {
  return { shape, values: [...new RandomStream(7, name).fillNormal(new Float32Array(sizeOfShape(shape)))] }
}

/** Numbers in [0, 1), always the same for a name. */
export function uniform(name: string, count: number): number[] {
  return [...new RandomStream(7, name).fillUniform(new Float32Array(count))]
}

export function variableOf({ shape, values }: Numbers): Variable {
  return variable(tensor([...values], [...shape], 'float32'))
}

/** 0, 1 … */
export const range = (length: number) => Array.from({ length }, (_, index) => index)
export const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
export const average = (values: readonly number[]) => total(values) / values.length

/** ∂f/∂x by central differences, in float64. */
export function slopes(f: (point: readonly number[]) => number, point: readonly number[]): number[] {
  const step = 1e-5
  const at = (index: number, change: number) => f(point.with(index, point[index]! + change))
  return point.map((_, index) => (at(index, step) - at(index, -step)) / (2 * step))
}

/** Value and gradients of a loss, as results of a program. */
export function differentiate(
  weights: Readonly<Record<string, Variable>>,
  loss: () => Tensor,
): Readonly<Record<string, Tensor>> {
  const { value, grads } = variableGrads(loss as never, Object.values(weights))
  const own = Object.entries(weights).map(([name, weight]) => [`slope of ${name}`, grads[weight.name]!] as const)
  return { value, ...Object.fromEntries(own) }
}

/** What {@link differentiate} should give. */
export function differentiated(
  weights: Readonly<Record<string, readonly number[]>>,
  loss: (weights: Readonly<Record<string, readonly number[]>>) => number,
): Record<string, readonly number[]> {
  const own = Object.entries(weights).map(
    ([name, point]) => [`slope of ${name}`, slopes((other) => loss({ ...weights, [name]: other }), point)] as const,
  )
  return { value: [loss(weights)], ...Object.fromEntries(own) }
}

const phaseOf = (index: number) => `formula${index}`

/** One model with a phase a formula, which leaves its results in variables: those of a phase would have to be scalars. */
function modelOf(formulas: readonly Formula[]): TrainableModel<TensorProgram<Tensor>, Variable> {
  const variables: Record<string, Variable> = {}
  const phases = formulas.map((formula, index) => {
    const results = Object.entries(formula.expected(0)).map(([name, { length }]) => {
      const result = variable(zeros([length]), false)
      variables[`${phaseOf(index)}/results/${name}`] = result
      return [name, result] as const
    })
    for (const [name, own] of Object.entries(formula.state ?? {})) variables[`${phaseOf(index)}/${name}`] = own
    const feeds = Object.entries(formula.feeds ?? {}).map(
      ([name, { shape }]) =>
        [name, { dtype: 'float32', shape, source: { from: 'batch', field: name } } as Feed] as const,
    )
    return {
      name: phaseOf(index),
      every: 1,
      feeds: Object.fromEntries(feeds),
      program: (inputs: Readonly<Record<string, Tensor>>) => {
        const tensors = formula.program(inputs)
        expect(Object.keys(tensors).sort()).toEqual(results.map(([name]) => name).sort())
        for (const [name, result] of results) result.assign(reshape(tensors[name]!, [-1]))
        return {}
      },
    }
  })
  return { name: 'formulas', phases, functions: [], shown: [], variables }
}

/** Both engines with the same formulas in them. */
export interface Engines {
  readonly eager: TrainingSession
  readonly compiled: TrainingSession
}

export async function prepare(formulas: readonly Formula[]): Promise<Engines> {
  const model = modelOf(formulas)
  // First, while the variables are as they were made.
  const recorded = await compileModel(model)
  return {
    eager: await createTfjsTraining({ backend: 'cpu' }).prepare(model),
    compiled: await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(recorded),
  }
}

function resultsIn(state: State, index: number, name: string): readonly number[] {
  return [...(state[`${phaseOf(index)}/results/${name}`]!.data as Float32Array)]
}

/** Largest difference, relative to the largest magnitude there is. */
function difference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length)
  const scale = Math.max(...expected.map(Math.abs), 1e-3)
  return Math.max(...expected.map((value, index) => Math.abs(actual[index]! - value) / scale))
}

/**
 * Holds TF.js to the reference and ONNX Runtime to TF.js, at every run.
 *
 * Differences of float32 from float64 are below 2e-5 of the largest number; those of float32 among themselves smaller.
 */
export async function expectFormula({ eager, compiled }: Engines, formulas: readonly Formula[], index: number) {
  const { feeds = {}, noise = {}, runs = 1, expected } = formulas[index]!
  const arrays = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, values }]) => [
      name,
      ndarray('float32', shape, Float32Array.from(values)),
    ]),
  )
  for (let run = 0; run < runs; run++) {
    const states: State[] = []
    for (const session of [eager, compiled]) {
      const drawn = new Set<string>()
      const draw: DrawFeed = (name, { shape }) => {
        expect(noise, 'noise that is drawn').toHaveProperty([name])
        drawn.add(name)
        return ndarray('float32', shape, Float32Array.from(noise[name]!))
      }
      await session.run(phaseOf(index), arrays, draw)
      expect([...drawn].sort()).toEqual(Object.keys(noise).sort())
      states.push(await session.readState())
    }
    for (const [name, reference] of Object.entries(expected(run))) {
      const [eagerly, recorded] = states.map((state) => resultsIn(state, index, name))
      expect(difference(eagerly!, reference), `${name} of TF.js in run ${run}`).toBeLessThanOrEqual(2e-5)
      expect(difference(recorded!, eagerly!), `${name} compiled, in run ${run}`).toBeLessThanOrEqual(5e-6)
    }
  }
}
