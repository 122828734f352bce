import { layers as make } from '@tensorflow/tfjs-layers'
import { each, type LayerRow, one, sequence } from './layer-case.ts'

const recurrentOptions = [
  { title: 'last step' },
  { title: 'all steps', returnSequences: true },
  { title: 'backwards, with state', returnSequences: true, goBackwards: true, returnState: true },
  { title: 'without bias, other activations', useBias: false, activation: 'relu' },
] as const

export const recurrent: readonly LayerRow[] = [
  ...(['simpleRNN', 'gru', 'lstm'] as const).map(
    (name): LayerRow => ({
      names: [name],
      cases: [
        ...each(recurrentOptions, ({ title, ...options }) =>
          one(title, sequence, () => make[name]({ units: 3, ...options } as never)),
        ),
        one('dropout that is off', sequence, () => make[name]({ units: 3, dropout: 0.3, recurrentDropout: 0.2 })),
      ],
      note: 'unrolled: the length of the sequence must be fixed',
    }),
  ),
  {
    names: ['rnn', 'simpleRNNCell', 'gruCell', 'lstmCell', 'stackedRNNCells'],
    cases: [
      one('simpleRNNCell', sequence, () => make.rnn({ cell: make.simpleRNNCell({ units: 3 }), returnSequences: true })),
      one('gruCell', sequence, () => make.rnn({ cell: make.gruCell({ units: 3 }) })),
      one('lstmCell', sequence, () => make.rnn({ cell: make.lstmCell({ units: 3 }), returnSequences: true })),
      one('stackedRNNCells', sequence, () =>
        make.rnn({
          cell: make.stackedRNNCells({ cells: [make.lstmCell({ units: 3 }), make.gruCell({ units: 2 })] }) as never,
        }),
      ),
    ],
    note: 'unrolled: the length of the sequence must be fixed',
  },
  {
    names: ['bidirectional'],
    cases: [
      ...each(['sum', 'mul', 'concat', 'ave'] as const, (mergeMode) =>
        one(mergeMode, sequence, () =>
          make.bidirectional({ layer: make.lstm({ units: 3, returnSequences: true }) as never, mergeMode }),
        ),
      ),
      one('last step, GRU', sequence, () =>
        make.bidirectional({ layer: make.gru({ units: 3 }) as never, mergeMode: 'concat' }),
      ),
    ],
    note: 'unrolled: the length of the sequence must be fixed',
  },
  {
    names: ['timeDistributed'],
    cases: [
      one('dense', sequence, () => make.timeDistributed({ layer: make.dense({ units: 3, activation: 'relu' }) })),
      one('conv2d', [[4, 7, 6, 3]], () => make.timeDistributed({ layer: make.conv2d({ filters: 2, kernelSize: 3 }) })),
    ],
    note: 'unrolled: the length of the sequence must be fixed',
  },
  {
    names: ['convLstm2d'],
    cases: [
      one('last step', [[4, 6, 5, 2]], () => make.convLstm2d({ filters: 3, kernelSize: 3, padding: 'same' })),
      one('all steps', [[4, 6, 5, 2]], () => make.convLstm2d({ filters: 3, kernelSize: 2, returnSequences: true })),
    ],
    note: 'unrolled: the length of the sequence must be fixed',
  },
]
