import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { createPerceptualDistance, createRandomDistance, type PerceptualDistance } from '@gantry/metrics'
import { findWeights, hasWeights, readNetworkWeights, weightsPath } from '../weights/weights-store.ts'

/** LPIPS's networks, the one that it is told by first. */
const networks = [
  ['alex', 'alexnet'],
  ['vgg', 'vgg16'],
  ['squeeze', 'squeezenet1_1'],
] as const

/** Below it LPIPS's networks shrink an image to nothing. */
const SMALLEST = 32

/** LPIPS where weights of one of its networks are, and images large enough; else its formula over random convolutions. */
export async function choosePerceptual([height, width]: readonly number[]): Promise<PerceptualDistance> {
  const backend = createOnnxRuntimeInference({ device: 'cpu' })
  const large = Math.min(height!, width!) >= SMALLEST
  const [network, backbone] =
    networks.find(([head, body]) => large && hasWeights(`lpips-${head}`) && hasWeights(body)) ?? []
  if (network === undefined || backbone === undefined) return createRandomDistance(backend)
  const read = (name: typeof backbone | `lpips-${typeof network}`) =>
    readNetworkWeights(findWeights(name), weightsPath(name))
  return createPerceptualDistance(backend, network, {
    backbone: await read(backbone),
    heads: await read(`lpips-${network}`),
  })
}
