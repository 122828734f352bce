import { drawNormal, drawUniform } from '@gantry/tfjs'
import {
  add,
  broadcastTo,
  expandDims,
  floor,
  greaterEqual,
  less,
  logicalOr,
  mean,
  mul,
  ones,
  range,
  reshape,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
  where,
  zeros,
} from '@tensorflow/tfjs-core'
import { prefixed } from '../game/players.ts'
import type { Mode, Network } from '../network.ts'

type Inputs = Readonly<Record<string, Tensor>>

/** A mapping and a synthesis as one generator. */
export interface StyleGenerator extends Network {
  /** w of each sample [batch, styleSize], as the mapping gives it. */
  mapped(inputs: Inputs, mode: Mode): Tensor
  /** w, drawn to the average of all: w̄ + ψ·(w - w̄) (Karras et al. 2019, appendix B). @param truncation ψ [batch] */
  truncated(w: Tensor, truncation: Tensor): Tensor
  /** The same w for every layer: [batch, layers, styleSize]. */
  repeated(w: Tensor): Tensor
  /** Styles as training has them: some samples have those of another z from some layer on. */
  styles(inputs: Inputs, mode: Mode): Tensor
  /** @param noise how much of it there is [batch], 1 without */
  synthesized(styles: Tensor, mode: Mode, noise?: Tensor): Tensor
}

export interface StyleGeneratorRequest {
  readonly mapping: Network
  readonly synthesis: Network
  /** Styles that the synthesis takes: [layers, size]. */
  readonly shape: readonly [layers: number, size: number]
  readonly latentSize: number
  /** Share of samples with styles of two z. */
  readonly styleMixing: number
  /** Decay of the average of w. */
  readonly averageDecay: number
}

/** Makes one of both. In training every batch moves the average of w, which is state beside the weights. */
export function styleGenerator(request: StyleGeneratorRequest): StyleGenerator {
  const { mapping, synthesis, shape, latentSize, averageDecay } = request
  const [layers, size] = shape
  const average = tidy(() => variable(zeros([size]), false))
  const mapped = (inputs: Inputs, mode: Mode) => mapping.apply(inputs, mode).w!
  const repeated = (w: Tensor) => broadcastTo(expandDims(w, 1), [w.shape[0]!, layers, size])
  const styles = (inputs: Inputs, mode: Mode) => {
    const w = mapped(inputs, mode)
    if (!mode.training) return repeated(w)
    follow(average, w, averageDecay)
    if (request.styleMixing === 0) return repeated(w)
    const latent = drawNormal<Tensor>('generator/mixed_latent', [w.shape[0]!, latentSize])
    return mixed(w, mapped({ ...inputs, latent }, mode), layers, request.styleMixing)
  }
  const synthesized = (own: Tensor, mode: Mode, noise: Tensor = ones([own.shape[0]!])) =>
    synthesis.apply({ styles: own, noise: reshape(noise, [-1, 1]) }, mode).samples!
  return {
    weights: {
      ...prefixed('mapping', mapping.weights),
      'mapping/average': average,
      ...prefixed('synthesis', synthesis.weights),
    },
    trainable: { ...prefixed('mapping', mapping.trainable), ...prefixed('synthesis', synthesis.trainable) },
    perSample: false,
    mapped,
    truncated: (w, truncation) => add(average, mul(sub(w, average), reshape(truncation, [-1, 1]))),
    repeated,
    styles,
    synthesized,
    apply: (inputs, mode) => ({ samples: synthesized(styles(inputs, mode), mode) }),
    dispose: () => {
      for (const part of [mapping, synthesis, average]) part.dispose()
    },
  }
}

function follow(average: Variable, w: Tensor, decay: number): void {
  average.assign(tidy(() => add(average, mul(sub(mean(w, 0), average), 1 - decay))))
}

/**
 * Style mixing (Karras et al. 2019, section 3.1): of a share of the samples the layers from a cut on, which is anywhere from the second
 * to the last, have the styles of another w.
 */
function mixed(first: Tensor, second: Tensor, layers: number, share: number): Tensor {
  const batch = first.shape[0]!
  const cut = add(floor(mul(drawUniform('generator/mixing_layer', [batch, 1, 1]), layers - 1)), 1)
  const isOfOne = greaterEqual(drawUniform('generator/mixing', [batch, 1, 1]), share)
  const isBefore = less(reshape(range(0, layers), [1, layers, 1]), cut)
  return where(logicalOr(isOfOne, isBefore), expandDims(first, 1), expandDims(second, 1))
}
