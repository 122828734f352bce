import type { NDArray } from '@gantry/core'
import {
  add,
  conv2d,
  maxPool,
  relu,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'
import type { PerceptualNetwork } from './perceptual-network.ts'

/** A convolution of 3×3 with a bias, or a maximum over squares of 2×2. */
export type FrozenStep = { readonly convolution: string; readonly stride: 1 | 2 } | 'pool'

/** Of all state of perceptual networks. */
const PREFIX = 'perceptual'

export interface FrozenConvolutions {
  readonly steps: readonly FrozenStep[]
  /** [3, 3, inputs, filters] and [filters] of every convolution, by its name. */
  readonly weights: ReadonlyMap<string, { readonly kernel: NDArray; readonly bias: NDArray }>
  /** What identifies the weights. */
  readonly identity: string
  /** Whether the last maps are activated, too. */
  readonly activated: boolean
  /** Images of the data, [batch, height, width, 3] in [-1, 1], as the network takes them. */
  prepare?(images: Tensor): Tensor
}

/** A chain of convolutions with ReLU between them, whose weights are state that nothing moves. */
export function frozenConvolutions(request: FrozenConvolutions): PerceptualNetwork {
  const { steps, weights, identity, activated, prepare = (images: Tensor) => images } = request
  const variables: Record<string, Variable> = {}
  for (const [name, parts] of weights) {
    for (const [part, { data, shape }] of Object.entries(parts)) {
      variables[`${PREFIX}/${name}/${part}`] = tidy(() => variable(tensor(data as Float32Array, [...shape]), false))
    }
  }
  const convolved = (maps: Tensor, name: string, stride: 1 | 2) => {
    const [kernel, bias] = [variables[`${PREFIX}/${name}/kernel`]!, variables[`${PREFIX}/${name}/bias`]!]
    return add(conv2d(maps as Tensor4D, kernel as unknown as Tensor4D, stride, 'same'), bias)
  }
  return {
    variables,
    frozen: { [`${PREFIX}/`]: identity },
    features: (images) =>
      steps.reduce<Tensor>((maps, step, index) => {
        if (step === 'pool') return maxPool(maps as Tensor4D, 2, 2, 'valid')
        const output = convolved(maps, step.convolution, step.stride)
        return activated || index < steps.length - 1 ? relu(output) : output
      }, prepare(images)),
    dispose: () => {
      for (const own of Object.values(variables)) own.dispose()
    },
  }
}
