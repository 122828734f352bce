import {
  add,
  div,
  minimum,
  mul,
  type Scalar,
  serialization,
  sub,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

/** What takes the place of something else by and by: steps that are finished, which change during training, of so many. */
export interface Fade {
  readonly steps: Variable
  readonly over: number
}

/** α = min(1, steps/over). */
export function fadeShare({ steps, over }: Fade): Scalar {
  return minimum(div(steps, over), 1)
}

/** (1 - α)·before + α·now (Karras et al. 2018, figure 2). */
export function fadedIn(before: Tensor, now: Tensor, fade: Fade): Tensor {
  return add(before, mul(sub(now, before), fadeShare(fade)))
}

/** {@link fadedIn} of its two inputs, of the same shape: what was, and what takes its place. */
export class FadeIn extends layers.Layer {
  static readonly className = 'FadeIn'
  readonly #fade: Fade

  constructor({ fade, ...config }: { readonly fade: Fade; readonly name?: string }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#fade = fade
  }

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    return (inputShapes as number[][])[0]!
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [before, now] = inputs as [Tensor, Tensor]
    return fadedIn(before, now, this.#fade)
  }
}

serialization.registerClass(FadeIn)
