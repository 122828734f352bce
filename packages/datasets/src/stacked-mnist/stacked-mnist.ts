import { RandomStream } from '@gantry/core'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import type { IdxSplit } from '../idx/idx-split.ts'
import { channelsOption, sizeOption } from '../images/image-options.ts'
import { type PlanarImages, planarSource } from '../images/planar-source.ts'
import { MNIST_SIDE, readMnist } from '../mnist/mnist-files.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'

/** As PacGAN has it (Lin et al. 2018, section 4.2). */
const SAMPLE_COUNT = 128_000

/** Fixed: the data set is the same for every run, whose own seed only orders it. */
const PAIRING_SEED = 0

/**
 * Three random digits of MNIST's training split as the red, green and blue of one image: 1,000 modes, which a classifier
 * of digits can count.
 *
 * Class `abc` shows a in red, b in green and c in blue; its index is 100a + 10b + c.
 */
export const stackedMnist: DatasetDefinition = {
  name: 'stacked-mnist',
  description: '128,000 images of three MNIST digits as colour channels, 28×28, 1,000 classes, to count modes',
  gives: ['image', 'label'],
  source:
    'procedural, from mnist, after Metz et al., Unrolled Generative Adversarial Networks, ICLR 2017, with the size of Lin et al., PacGAN, NeurIPS 2018',
  licence: 'CC-BY-SA-3.0',
  options: [sizeOption(MNIST_SIDE), channelsOption(3)],
  open,
}

async function open({ size = MNIST_SIDE }: OpenDatasetOptions): Promise<OpenedDataset> {
  return openedDataset(stackedMnist, planarSource(stack(await readMnist('train')), size))
}

function stack({ images, labels: digits }: IdxSplit): PlanarImages {
  const random = new RandomStream(PAIRING_SEED, 'datasets/stacked-mnist')
  const picks = Uint16Array.from({ length: 3 * SAMPLE_COUNT }, () => random.integer(digits.length))
  const length = MNIST_SIDE ** 2
  const digit = (index: number, channel: number) => digits[picks[3 * index + channel]!]!
  return {
    size: SAMPLE_COUNT,
    side: MNIST_SIDE,
    channels: 3,
    labels: Array.from({ length: 1000 }, (_, label) => String(label).padStart(3, '0')),
    labelOf: (index) => 100 * digit(index, 0) + 10 * digit(index, 1) + digit(index, 2),
    plane(index, channel) {
      const pick = picks[3 * index + channel]!
      return images.subarray(pick * length, (pick + 1) * length)
    },
  }
}
