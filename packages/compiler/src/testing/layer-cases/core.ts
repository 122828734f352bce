import { layers as make, type SymbolicTensor } from '@tensorflow/tfjs-layers'
import { type Built, each, formats, image, type LayerRow, one, pair, sequence } from './layer-case.ts'

const activations = [
  ...['elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh'],
  ...['swish', 'mish', 'gelu', 'gelu_new'],
] as const

export const core: readonly LayerRow[] = [
  {
    names: ['input', 'inputLayer'],
    cases: [
      {
        title: 'two inputs, one of them an output too',
        shapes: pair,
        build: ([a, b]) => [make.add().apply([a!, b!]) as SymbolicTensor, a!],
      },
    ],
  },
  {
    names: ['dense'],
    cases: [
      one('on vectors', [[5]], () => make.dense({ units: 3 })),
      one('on sequences, without bias, with activation', sequence, () =>
        make.dense({ units: 3, useBias: false, activation: 'tanh' }),
      ),
      one('on images', image, () => make.dense({ units: 3, activation: 'relu' })),
    ],
  },
  {
    names: ['activation'],
    cases: each(activations, (activation) =>
      one(activation, sequence, () => make.activation({ activation: activation as 'relu' })),
    ),
  },
  { names: ['elu'], cases: [one('plain', sequence, () => make.elu())] },
  { names: ['leakyReLU'], cases: [one('alpha', sequence, () => make.leakyReLU({ alpha: 0.1 }))] },
  {
    names: ['prelu'],
    cases: [
      one('own slopes', sequence, () => make.prelu()),
      one('shared axes', image, () => make.prelu({ sharedAxes: [1, 2] })),
    ],
  },
  {
    names: ['reLU'],
    cases: [
      one('plain', sequence, () => make.reLU()),
      one('largest value', sequence, () => make.reLU({ maxValue: 0.8 })),
    ],
  },
  {
    names: ['softmax'],
    cases: [one('vectors', [[5]], () => make.softmax()), one('sequences', sequence, () => make.softmax({ axis: -1 }))],
    note: 'of the last axis, as in TF.js',
  },
  { names: ['thresholdedReLU'], cases: [one('theta', sequence, () => make.thresholdedReLU({ theta: 0.3 }))] },
  {
    names: ['flatten'],
    cases: each(formats, (dataFormat) => one(dataFormat, image, () => make.flatten({ dataFormat }))),
  },
  { names: ['reshape'], cases: [one('with an open length', image, () => make.reshape({ targetShape: [-1, 9] }))] },
  { names: ['permute'], cases: [one('images', image, () => make.permute({ dims: [3, 1, 2] }))] },
  { names: ['repeatVector'], cases: [one('three times', [[5]], () => make.repeatVector({ n: 3 }))] },
  {
    names: ['embedding'],
    cases: [
      one('indices', [[6]], () => make.embedding({ inputDim: 9, outputDim: 4 }), { below: 9 }),
      {
        title: 'zero masked, into an LSTM',
        shapes: [[6]],
        below: 9,
        zeroFrom: 4,
        build: ([x]) =>
          make
            .lstm({ units: 3 })
            .apply(make.embedding({ inputDim: 9, outputDim: 4, maskZero: true }).apply(x!)) as Built,
      },
    ],
  },
  {
    names: ['masking'],
    cases: [
      {
        title: 'into a GRU',
        shapes: sequence,
        zeroFrom: 3,
        build: ([x]) =>
          make.gru({ units: 3, returnSequences: true }).apply(make.masking({ maskValue: 0 }).apply(x!)) as Built,
      },
    ],
  },
  {
    names: ['dropout', 'alphaDropout', 'gaussianDropout', 'spatialDropout1d'],
    cases: [
      one('dropout', sequence, () => make.dropout({ rate: 0.5 })),
      one('alphaDropout', sequence, () => make.alphaDropout({ rate: 0.5 })),
      one('gaussianDropout', sequence, () => make.gaussianDropout({ rate: 0.5 })),
      one('spatialDropout1d', sequence, () => make.spatialDropout1d({ rate: 0.5 })),
    ],
    note: 'does nothing in inference',
  },
  {
    names: ['gaussianNoise'],
    cases: [one('stddev', sequence, () => make.gaussianNoise({ stddev: 0.5 }))],
    note: 'does nothing in inference',
  },
]
