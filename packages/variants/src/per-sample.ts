import type { LayersModel } from '@tensorflow/tfjs-layers'

/**
 * Layers that treat every sample on its own and change no state. Not among them: batch normalization, what compares samples,
 * spectral normalization (which takes a step of power iteration a call), and layers that are not known here.
 */
const PER_SAMPLE = new Set([
  ...['InputLayer', 'Dense', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'DepthwiseConv2D', 'SeparableConv2D', 'Embedding'],
  ...['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU', 'Softmax', 'LayerNormalization'],
  ...[
    'Flatten',
    'Reshape',
    'Permute',
    'RepeatVector',
    'ZeroPadding2D',
    'ReflectionPadding2D',
    'Cropping2D',
    'UpSampling2D',
  ],
  ...['AveragePooling2D', 'MaxPooling2D', 'GlobalAveragePooling2D', 'GlobalMaxPooling2D', 'GlobalSumPooling'],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate', 'Dot'],
  // A pack has samples of one kind only.
  ...[
    'GroupNormalization',
    'InstanceNormalization',
    'PixelNormalization',
    'EqualizedDense',
    'EqualizedConv2D',
    'ChannelBias',
    'FadeIn',
    'FilteredConv2D',
    'FilteredResampling',
    'BiasActivation',
    'Clamp',
    'ModulatedConv2D',
    'AdaptiveInstanceNormalization',
    'PixelNoise',
    'LearnedConstant',
    'StyleOfLayer',
    'ClassScale',
    'PackSamples',
    'BicubicEnlargement',
    'PixelShuffle',
    'ScaledResidual',
    'NoiseDropout',
    'NoiseGaussian',
  ],
])

/** Layers that look at several samples at a time, whatever the mode. */
const AMONG_SAMPLES = new Set(['PackSamples', 'MinibatchStandardDeviation', 'MinibatchDiscrimination'])

/** Whether the network compares or joins the samples of a batch, out of training, too. */
export function joinsSamples({ layers }: LayersModel): boolean {
  return layers.some((layer) => AMONG_SAMPLES.has(layer.getClassName()))
}

/** Whether every output of the network depends on its own sample alone. */
export function isPerSample({ layers }: LayersModel): boolean {
  return layers.every((layer) => PER_SAMPLE.has(layer.getClassName()))
}
