import type { MetricDefinition } from '../metric-definition.ts'
import { imagesAlone } from '../views/image.ts'
import { meanWithInterval } from './mean-of-pairs.ts'

/** The names of both ways, in the columns of what is offered as `cycle`. */
const ways = [
  ['cycle-error', 'E ‖F(G(x)) − x‖₁, share of the range'],
  ['cycle-error-back', 'E ‖G(F(y)) − y‖₁, share of the range'],
] as const

/**
 * How far images come back from where they were (Zhu et al. 2017, equation 2), as two translations that are each other's way back see it.
 */
export const cycle: MetricDefinition = {
  name: 'cycle',
  description: 'how far images that are translated there and back are from what they were',
  needs: ['cycle'],
  async compute(request) {
    const { shape, data } = request.generated.more!.cycle!
    const count = shape[0]!
    const counts = { realCount: count, generatedCount: count }
    // Numbers of the networks, not bytes: an image that hides in the last bit what it was comes back better than it looks.
    const extraction = { ...imagesAlone.protocol, quantisation: 'none' }
    const values = ways.map(([name, convention], way) =>
      meanWithInterval(
        Float64Array.from({ length: count }, (_, row) => Number(data[row * ways.length + way])),
        { name, better: 'lower', convention, counts, extraction },
        request,
      ),
    )
    return { values: await Promise.all(values), warnings: [] }
  },
}
