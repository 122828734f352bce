import { ConfigurationError, type ModelFunction, type State, type TensorProgram } from '@gantry/core'
import { type NoiseRequest, withNoise } from '@gantry/tfjs'
import {
  add,
  broadcastTo,
  mean,
  mul,
  ones,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'
import { prefixed } from '../game/players.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import type { GanModel } from '../gan-model.ts'
import { adam } from '../optimizers/update-rules.ts'
import { perceptualNetwork } from '../super-resolution/perceptual-network.ts'
import type { BroughtWeights } from '../variant-definition.ts'
import { noiseRegularization, normalized } from './noise-regularization.ts'

type Program = TensorProgram<Tensor>

/** Where pictures are looked for: one style for all layers, or one for each. */
export const projectionSpaces = ['w', 'w+'] as const
export type ProjectionSpace = (typeof projectionSpaces)[number]

export interface ProjectionRequest {
  /** The generator's model, whose weights are what they are. */
  readonly model: GanModel
  /** Its function from `styles` to `samples`. */
  readonly synthesis: ModelFunction<Program>
  readonly space: ProjectionSpace
  /** The style to begin with: [size]. */
  readonly start: Float32Array
  /** Noise maps to begin with, by name: [1, height, width, 1]. */
  readonly noise: State
  readonly perceptual: 'random-conv' | 'vgg19'
  /** Those that somebody has brought, by name. */
  readonly weights?: Readonly<Record<string, BroughtWeights>> | undefined
  /** Weight of the pixels beside the features; 0 in the paper. */
  readonly pixelWeight: number
  /** Weight of what keeps noise noise; 1e5 in the paper. */
  readonly noiseWeight: number
}

/** Names of the state that is looked for. */
export const PROJECTED_STYLES = 'projection/styles'
export const PROJECTED_NOISE = 'projection/noise'

/**
 * A model that looks for the styles and the noise of which a generator makes a given picture (Karras et al. 2020, appendix D): one phase,
 * `project`, whose feeds are the picture [1, height, width, channels], the rate of its step, and what is added to the styles on the way.
 *
 * The generator's weights are state that nothing moves. Nothing of the generator's model is disposed of with this one.
 *
 * @throws ConfigurationError `STYLES_MISSING` for a function without styles
 */
export function projectionModel(request: ProjectionRequest): GanModel {
  const { model, synthesis, space, start, perceptual, weights, pixelWeight, noiseWeight } = request
  const [layers, size] = (synthesis.inputs.styles?.shape ?? []) as readonly [number?, number?]
  const sample = synthesis.outputs.samples
  if (layers === undefined || size === undefined || sample === undefined) throw withoutStyles(synthesis)
  const network = perceptualNetwork({
    ...{ network: perceptual, shape: sample.shape as readonly number[], activated: false, weights },
  })
  const rows = space === 'w' ? 1 : layers
  const styles = tidy(() => variable(broadcastTo(tensor(start, [1, 1, size]), [1, rows, size])))
  const maps = Object.fromEntries(
    Object.entries(request.noise).map(([name, { data, shape }]) => [
      name,
      tidy(() => variable(tensor(data as Float32Array, [...shape]))),
    ]),
  )
  const found: Readonly<Record<string, Variable>> = { styles, ...prefixed('noise', maps) }
  const slots = adamSlots(found)
  const made = (own: Tensor) =>
    withNoise(
      ({ name }) => maps[name]!,
      () => synthesis.program({ styles: broadcastTo(own, [1, layers, size]), noise: ones([1]) }).samples!,
    )
  const program: Program = ({ target, rate, jitter }) => {
    const { loss, reports, gradients } = withGradients(found, () => {
      const samples = made(add(styles, jitter!))
      const distance = mean(square(sub(network.features(samples), network.features(target!)))) as Scalar
      const pixels = mean(square(sub(samples, target!))) as Scalar
      const noise = noiseRegularization(Object.values(maps))
      const weighted = add(mul(pixels, pixelWeight), mul(noise, noiseWeight))
      return { loss: add(distance, weighted) as Scalar, reports: { distance, pixels, noise } }
    })
    slots.apply(gradients, rate as Scalar)
    for (const map of Object.values(maps)) map.assign(normalized(map))
    return { loss, ...reports }
  }
  const given = (shape: readonly number[], field: string) =>
    ({ dtype: 'float32', shape, source: { from: 'batch', field } }) as const
  return {
    name: `${model.name}-projection`,
    phases: [
      {
        name: 'project',
        every: 1,
        feeds: {
          target: given([1, ...(sample.shape as readonly number[])], 'target'),
          rate: given([], 'rate'),
          jitter: given([1, 1, size], 'jitter'),
        },
        program,
      },
    ],
    functions: [synthesis],
    shown: [synthesis.name],
    variables: {
      ...model.variables,
      ...network.variables,
      ...prefixed('projection', { ...found, ...prefixed('adam', slots.variables) }),
    },
    dispose: () => {
      for (const each of [...Object.values(found), ...Object.values(slots.variables), network]) each.dispose()
    },
  }
}

/** Adam, whose rate is fed: it rises and falls by a schedule of its own. */
function adamSlots(found: Readonly<Record<string, Variable>>) {
  const rule = adam(0.9, 0.999, 1e-8)
  const zero = (like: Tensor) => tidy(() => variable(mul(like, 0), false))
  const updates = tidy(() => variable(tensor(0), false))
  const moments = Object.fromEntries(
    Object.entries(found).map(([name, own]) => [name, rule.moments.map(() => zero(own))]),
  )
  const named = Object.entries(moments).flatMap(([name, own]) =>
    own.map((moment, index) => [`${name}/${rule.moments[index]}`, moment] as const),
  )
  return {
    variables: { updates, ...Object.fromEntries(named) },
    apply(gradients: Readonly<Record<string, Tensor>>, rate: Scalar) {
      const next = add(updates, 1)
      const step = rule.begin(rate, next)
      for (const [name, own] of Object.entries(found)) {
        const gradient = gradients[own.name]
        if (gradient !== undefined) own.assign(sub(own, step(gradient, moments[name]!)))
      }
      updates.assign(next as Scalar)
    },
  }
}

/** The noise maps that a synthesis draws for one sample, by name: their shapes. */
export function noiseOfSynthesis({
  inputs,
  program,
}: ModelFunction<Program>): Readonly<Record<string, readonly number[]>> {
  const shapes: Record<string, readonly number[]> = {}
  const one = Object.entries(inputs).map(
    ([name, { shape }]) => [name, [1, ...(shape as readonly number[])] as number[]] as const,
  )
  tidy(() => {
    const source = ({ name, shape }: NoiseRequest) => {
      shapes[name] = shape
      return ones([...shape])
    }
    withNoise(source, () => program(Object.fromEntries(one.map(([name, shape]) => [name, ones(shape)]))))
  })
  return shapes
}

function withoutStyles({ name }: ModelFunction<Program>): ConfigurationError {
  return new ConfigurationError({
    code: 'STYLES_MISSING',
    message: `The function '${name}' takes no styles [layers, size] from which it makes samples.`,
    fix: "Project with a generator that has them, such as 'stylegan2'.",
  })
}
