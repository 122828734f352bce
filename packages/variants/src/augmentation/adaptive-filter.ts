import {
  add,
  concat,
  div,
  matMul,
  mul,
  onesLike,
  reshape,
  sqrt,
  square,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core'
import { drawing, factors, type Share } from './adaptive-draws.ts'
import { axisProducts } from './axis-products.ts'
import { FILTER_BANK, filterBankMatrices } from './filter-bank.ts'

/** How much of an image's power is expected in each band, from the lowest: as of natural images, 1/f. */
const POWERS = [10, 1, 1, 1].map((power, _, all) => power / all.reduce((total, own) => total + own))

/** Every band of frequencies amplified or damped by itself, the expected power kept. */
export function adaptiveFilter(images: Tensor, share: Share, name: string): Tensor {
  const [batch, height, width] = images.shape as [number, number, number]
  const amplified = gains(batch, share, name)
  const filter = (length: number) => {
    const bank = tensor(filterBankMatrices(length), [FILTER_BANK.length, length ** 2])
    return reshape(matMul(amplified, bank), [batch, length, length])
  }
  const rows = filter(height)
  return axisProducts(images, rows, width === height ? rows : filter(width))
}

/** Of each band in every image: [batch, bands]. */
function gains(batch: number, share: Share, name: string): Tensor {
  const { normal, some } = drawing(batch, name)
  const bands = POWERS.map((_, band) => {
    const own = some(`band_${band}`, share, factors(normal(`band_${band}`), 1), onesLike)
    return reshape(own, [batch, 1])
  })
  // A band that is amplified alone takes the expected power from 1 to this.
  const grown = bands.map((own, band) => add(mul(square(own), POWERS[band]!), 1 - POWERS[band]!))
  return div(concat(bands, 1), sqrt(grown.reduce((product, own) => mul(product, own))))
}
