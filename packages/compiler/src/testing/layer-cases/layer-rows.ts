import { convolutions } from './convolutions.ts'
import { core } from './core.ts'
import type { LayerRow } from './layer-case.ts'
import { merging } from './merging.ts'
import { normalizing } from './normalizing.ts'
import { pooling } from './pooling.ts'
import { preprocessing } from './preprocessing.ts'
import { recurrent } from './recurrent.ts'

/** Names in `tf.layers` that are not exported, with the reason. */
export const outOfScope: readonly { readonly names: readonly string[]; readonly reason: string }[] = [
  {
    names: ['Layer', 'RNN', 'RNNCell'],
    reason: 'base classes; a class of your own that extends them is exported when its operations are',
  },
  { names: ['categoryEncoding'], reason: 'reads the numbers of its input, to check them' },
  { names: ['convLstm2dCell'], reason: 'TF.js runs it in `convLstm2d` only' },
  { names: ['randomWidth'], reason: 'draws a width for every batch, in inference too' },
]

/** Every layer that is exported, with the configurations in which it is compared with TF.js. */
export const layerRows: readonly LayerRow[] = [
  ...core,
  ...merging,
  ...convolutions,
  ...pooling,
  ...normalizing,
  ...recurrent,
  ...preprocessing,
]
