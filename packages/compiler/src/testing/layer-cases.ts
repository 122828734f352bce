import { type layers as layersNamespace, layers as make, type SymbolicTensor } from '@tensorflow/tfjs-layers'

type Built = SymbolicTensor | SymbolicTensor[]

/** One configuration of a layer. */
export interface LayerCase {
  readonly title: string
  /** Shapes of the inputs, without the batch. */
  readonly shapes: readonly (readonly number[])[]
  build(inputs: SymbolicTensor[]): Built
  /** Inputs are whole numbers below this. */
  readonly below?: number
  /** Entries of the first input's second axis from here on are zero. */
  readonly zeroFrom?: number
  /** Exported for one batch size at a time. */
  readonly fixedBatch?: boolean
  /** Applied to tensors, in a function, for layers that TF.js cannot run inside of a model. */
  readonly alone?: boolean
}

/** What is known of one name in `tf.layers`. */
export interface LayerRow {
  readonly names: readonly (keyof typeof layersNamespace)[]
  readonly cases: readonly LayerCase[]
  readonly note?: string
}

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

const image = [[7, 6, 3]] as const
const pair = [
  [5, 4],
  [5, 4],
] as const
const sequence = [[6, 4]] as const

type LayerLike = { apply(input: Built): unknown }

/** A case with one layer between inputs and outputs. */
function one(
  title: string,
  shapes: LayerCase['shapes'],
  layer: () => LayerLike,
  more: Partial<LayerCase> = {},
): LayerCase {
  return {
    title,
    shapes,
    build: (inputs) => layer().apply(inputs.length === 1 ? inputs[0]! : inputs) as Built,
    ...more,
  }
}

/** A case for each combination of an option's values. */
function each<Value>(values: readonly Value[], of: (value: Value) => LayerCase): LayerCase[] {
  return values.map(of)
}

const paddings = ['valid', 'same'] as const
const formats = ['channelsLast', 'channelsFirst'] as const

const activations = [
  ...['elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh'],
  ...['swish', 'mish', 'gelu', 'gelu_new'],
] as const

const core: LayerRow[] = [
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

const merging: LayerRow[] = [
  ...(['add', 'average', 'maximum', 'minimum', 'multiply'] as const).map(
    (name): LayerRow => ({
      names: [name],
      cases: [
        one('two inputs', pair, () => make[name]()),
        one(
          'three inputs of different ranks',
          [
            [5, 4],
            [5, 4],
            [5, 1],
          ],
          () => make[name](),
        ),
      ],
    }),
  ),
  {
    names: ['concatenate'],
    cases: each([1, 2, -1], (axis) => one(`axis ${axis}`, pair, () => make.concatenate({ axis }))),
  },
  {
    names: ['dot'],
    cases: [
      one('vectors', [[5], [5]], () => make.dot({ axes: 1 })),
      one('matrices', pair, () => make.dot({ axes: [1, 1] })),
      one('normalized', [[5], [5]], () => make.dot({ axes: -1, normalize: true })),
    ],
  },
]

const convolutions: LayerRow[] = [
  {
    names: ['conv1d'],
    cases: [
      ...each(paddings, (padding) => one(padding, [[9, 3]], () => make.conv1d({ filters: 4, kernelSize: 3, padding }))),
      one('dilated', [[9, 3]], () => make.conv1d({ filters: 4, kernelSize: 2, dilationRate: 2 })),
      one('strides', [[9, 3]], () =>
        make.conv1d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['conv2d'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.conv2d({ filters: 4, kernelSize: 3, strides, padding }),
          ),
        ),
      ),
      one('dilated', image, () => make.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })),
      one('channels first, activation', image, () =>
        make.conv2d({ filters: 4, kernelSize: [3, 2], dataFormat: 'channelsFirst', activation: 'elu' }),
      ),
      one('without bias', image, () =>
        make.conv2d({ filters: 4, kernelSize: 1, useBias: false, activation: 'relu6' as 'relu' }),
      ),
    ],
  },
  {
    names: ['conv2dTranspose'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2, 3] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.conv2dTranspose({ filters: 4, kernelSize: 3, strides, padding, activation: 'tanh' }),
          ),
        ),
      ),
      one('channels first', image, () =>
        make.conv2dTranspose({ filters: 4, kernelSize: 4, strides: 2, padding: 'same', dataFormat: 'channelsFirst' }),
      ),
    ],
  },
  {
    names: ['conv3d'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, [[5, 6, 4, 2]], () => make.conv3d({ filters: 3, kernelSize: 3, padding })),
      ),
      one('strides, activation', [[5, 6, 4, 2]], () =>
        make.conv3d({ filters: 3, kernelSize: 2, strides: [1, 2, 2], padding: 'same', activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['conv3dTranspose'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, [[3, 4, 3, 2]], () => make.conv3dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding })),
      ),
    ],
  },
  {
    names: ['depthwiseConv2d'],
    cases: [
      ...paddings.flatMap((padding) =>
        each([1, 2] as const, (strides) =>
          one(`${padding}, strides ${strides}`, image, () =>
            make.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides, padding }),
          ),
        ),
      ),
      one('channels first', image, () =>
        make.depthwiseConv2d({ kernelSize: 3, dataFormat: 'channelsFirst', activation: 'relu' }),
      ),
      one('dilated', image, () => make.depthwiseConv2d({ kernelSize: 3, dilationRate: 2 })),
    ],
  },
  {
    names: ['separableConv2d'],
    cases: [
      ...each(paddings, (padding) =>
        one(padding, image, () => make.separableConv2d({ filters: 4, kernelSize: 3, padding, depthMultiplier: 2 })),
      ),
      one('strides, activation', image, () =>
        make.separableConv2d({ filters: 4, kernelSize: 3, strides: 2, activation: 'relu' }),
      ),
    ],
  },
  {
    names: ['upSampling2d'],
    cases: [
      one('nearest', image, () => make.upSampling2d({ size: [2, 3] })),
      one('bilinear', image, () => make.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
      one('channels first', image, () => make.upSampling2d({ size: [2, 2], dataFormat: 'channelsFirst' })),
    ],
  },
  {
    names: ['zeroPadding2d'],
    cases: [
      one('own padding for every side', image, () =>
        make.zeroPadding2d({
          padding: [
            [1, 2],
            [0, 3],
          ],
        }),
      ),
      one('channels first', image, () => make.zeroPadding2d({ padding: 2, dataFormat: 'channelsFirst' })),
    ],
  },
  {
    names: ['cropping2D'],
    cases: [
      one('own cropping for every side', image, () =>
        make.cropping2D({
          cropping: [
            [1, 2],
            [0, 3],
          ],
        }),
      ),
      one('channels first', image, () =>
        make.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
          dataFormat: 'channelsFirst',
        }),
      ),
    ],
  },
]

/** Pooling layers come in pairs, and in three spellings each. */
const pooling: LayerRow[] = [
  ...(['averagePooling1d', 'maxPooling1d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling1d' ? [name, 'maxPool1d'] : [name, 'avgPool1d', 'avgPooling1d'],
      cases: paddings.flatMap((padding) =>
        each([1, 2], (strides) =>
          one(`${padding}, strides ${strides}`, [[9, 3]], () => make[name]({ poolSize: 3, strides, padding })),
        ),
      ),
    }),
  ),
  ...(['averagePooling2d', 'maxPooling2d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling2d' ? [name, 'maxPool2d'] : [name, 'avgPool2d', 'avgPooling2d'],
      cases: [
        ...paddings.flatMap((padding) =>
          each([1, 2] as const, (strides) =>
            one(`${padding}, strides ${strides}`, image, () =>
              make[name]({ poolSize: [3, 2], strides: [strides, strides], padding }),
            ),
          ),
        ),
        one('channels first', image, () => make[name]({ poolSize: 2, strides: 2, dataFormat: 'channelsFirst' })),
      ],
    }),
  ),
  ...(['averagePooling3d', 'maxPooling3d'] as const).map(
    (name): LayerRow => ({
      names: name === 'maxPooling3d' ? [name] : [name, 'avgPool3d', 'avgPooling3d'],
      cases: each(paddings, (padding) =>
        one(padding, [[5, 6, 4, 2]], () => make[name]({ poolSize: [2, 3, 2], strides: [1, 2, 2], padding })),
      ),
    }),
  ),
  { names: ['globalAveragePooling1d'], cases: [one('sequences', sequence, () => make.globalAveragePooling1d())] },
  {
    names: ['globalAveragePooling2d'],
    cases: each(formats, (dataFormat) => one(dataFormat, image, () => make.globalAveragePooling2d({ dataFormat }))),
  },
  {
    names: ['globalMaxPooling1d', 'globalMaxPool1d'],
    cases: [one('sequences', sequence, () => make.globalMaxPooling1d())],
  },
  {
    names: ['globalMaxPooling2d', 'globalMaxPool2d'],
    cases: each(formats, (dataFormat) => one(dataFormat, image, () => make.globalMaxPooling2d({ dataFormat }))),
  },
]

const normalizing: LayerRow[] = [
  {
    names: ['batchNormalization'],
    cases: [
      one('last axis', image, () => make.batchNormalization()),
      one('without centre and scale', image, () =>
        make.batchNormalization({ center: false, scale: false, epsilon: 0.01 }),
      ),
      one('vectors', [[5]], () => make.batchNormalization()),
    ],
    note: 'with its moving statistics; of any axis',
  },
  {
    names: ['layerNormalization'],
    cases: [
      one('last axis', sequence, () => make.layerNormalization()),
      one('two axes', image, () => make.layerNormalization({ axis: [1, 2], epsilon: 0.01 })),
      one('without centre and scale', sequence, () => make.layerNormalization({ center: false, scale: false })),
    ],
  },
]

const recurrentOptions = [
  { title: 'last step' },
  { title: 'all steps', returnSequences: true },
  { title: 'backwards, with state', returnSequences: true, goBackwards: true, returnState: true },
  { title: 'without bias, other activations', useBias: false, activation: 'relu' },
] as const

const recurrent: LayerRow[] = [
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

const preprocessing: LayerRow[] = [
  {
    names: ['rescaling'],
    cases: [one('scale and offset', image, () => make.rescaling({ scale: 1 / 127.5, offset: -1 }))],
  },
  {
    names: ['resizing'],
    cases: [
      one('bilinear', image, () => make.resizing({ height: 9, width: 5, interpolation: 'bilinear' }), { alone: true }),
      one('nearest', image, () => make.resizing({ height: 9, width: 5, interpolation: 'nearest' }), { alone: true }),
    ],
    note: 'in functions; TF.js itself cannot run it inside of a model',
  },
  {
    names: ['centerCrop'],
    cases: [
      one('smaller', image, () => make.centerCrop({ height: 4, width: 3 }), { fixedBatch: true, alone: true }),
      one('larger: resized', image, () => make.centerCrop({ height: 9, width: 10 }), { fixedBatch: true, alone: true }),
    ],
    note: 'in functions, at a fixed batch; TF.js spoils the shape of a model that it is in',
  },
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
