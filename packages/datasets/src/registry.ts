import { avataaars } from './avataaars/avataaars.ts'
import { cifar10, cifar10Test, cifar100, cifar100Test } from './cifar/cifar.ts'
import type { DatasetDefinition } from './dataset-definition.ts'
import { edges } from './edges/edges.ts'
import { emoji } from './emoji/emoji.ts'
import { emojiTwins } from './emoji/emoji-twins.ts'
import { fashionMnist, fashionMnistTest } from './fashion-mnist/fashion-mnist.ts'
import { folder } from './folder/folder.ts'
import { mnist, mnistTest } from './mnist/mnist.ts'
import { fluent } from './openmoji/fluent.ts'
import { openmoji } from './openmoji/openmoji.ts'
import { openmojiFluent } from './openmoji/openmoji-fluent.ts'
import { pairImage } from './paired/pair-image.ts'
import { paired } from './paired/paired.ts'
import { parquet } from './parquet/parquet.ts'
import { photographs } from './photographs/photographs.ts'
import { grid25 } from './points/grid25.ts'
import { ring8 } from './points/ring8.ts'
import { swissroll } from './points/swissroll.ts'
import { stackedMnist } from './stacked-mnist/stacked-mnist.ts'
import { heldOut, training } from './subset/held-out.ts'
import { few, only, without } from './subset/subsets.ts'
import { unpairedOrFolder } from './unpaired/unpaired-folder.ts'
import { webdataset } from './webdataset/webdataset.ts'

/** Every data set that has a name. A new one is one more definition here. */
export const definitions: readonly DatasetDefinition[] = [
  mnist,
  mnistTest,
  fashionMnist,
  fashionMnistTest,
  stackedMnist,
  cifar10,
  cifar10Test,
  cifar100,
  cifar100Test,
  emoji,
  emojiTwins,
  openmoji,
  openmojiFluent,
  fluent,
  avataaars,
  photographs,
  folder,
  parquet,
  webdataset,
  ring8,
  grid25,
  swissroll,
  unpairedOrFolder,
  paired,
  pairImage,
  edges,
  without,
  only,
  few,
  training,
  heldOut,
]
