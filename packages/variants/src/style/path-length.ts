import { drawNormal } from '@gantry/tfjs'
import {
  add,
  grad,
  mean,
  mul,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'

/** The mean of path lengths so far, as state. */
export interface PathLengths {
  readonly slots: Readonly<Record<string, Variable>>
  /**
   * E (‖Jᵀy‖ - a)² of these samples, and the mean of ‖Jᵀy‖. Their mean moves a, before it is compared.
   *
   * @param synthesize images of styles [batch, layers, size]
   */
  penalty(synthesize: (styles: Tensor) => Tensor, styles: Tensor): { readonly penalty: Scalar; readonly length: Scalar }
  dispose(): void
}

/** Keeps the slope of the root finite where an image does not depend on its styles. */
const TINY = 1e-12

/**
 * Path-length regularisation (Karras et al. 2020, equation 4): a step in w shall change the image by a fixed length, whichever way. With
 * normal y of the image's shape over the root of its pixels, ‖Jᵀy‖ is the gradient of ⟨image, y⟩ by the styles of each layer, its root
 * mean square over layers. As in the authors' code, gradients pass a's own share of the present lengths, too.
 */
export function pathLengths(decay: number): PathLengths {
  const average = tidy(() => variable(scalar(0), false))
  return {
    slots: { average },
    penalty: (synthesize, styles) => {
      const slopes = grad((own: Tensor) => {
        const images = synthesize(own)
        const [, height, width] = images.shape as [number, number, number]
        return sum(mul(images, mul(drawNormal('path_length', images.shape), 1 / Math.sqrt(height * width))))
      })(styles)
      const lengths = sqrt(add(mean(sum(square(slopes), 2), 1), TINY))
      const length = mean(lengths) as Scalar
      const next = add(average, mul(sub(length, average), decay)) as Scalar
      average.assign(next)
      return { penalty: mean(square(sub(lengths, next))) as Scalar, length }
    },
    dispose: () => average.dispose(),
  }
}
