import * as tf from '@tensorflow/tfjs-core'
import { exactGradients } from '../gradients/install.ts'
import { piecewiseConstantGradients } from '../gradients/piecewise-constant.ts'
import { onceOnlyGradients } from '../gradients/refusals.ts'

/** Why kernels have no gradient of their own. Asking for one throws an error with the kernel's name. */
const undifferentiated: readonly (readonly [reason: string, kernelNames: readonly string[]])[] = [
  [
    'runs inside `tf.fused.*` only, whose gradients are made of exact ones',
    ['_FusedMatMul', 'FusedConv2D', 'FusedDepthwiseConv2D'],
  ],
  [
    'gradient kernel of TF.js that no gradient here runs',
    ['EluGrad', 'LRNGrad', 'ResizeBilinearGrad', 'ResizeNearestNeighborGrad'],
  ],
  ['gradient kernel of `Dilation2D`', ['Dilation2DBackpropFilter', 'Dilation2DBackpropInput']],
  ['reads no tensor', ['Fill', 'FromPixels', 'LinSpace', 'Range']],
  ['complex numbers', ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real']],
  ['strings', ['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast']],
  ['draws random numbers', ['Multinomial']],
  [
    'its result is a shape, a count, a place or a picture on the screen',
    [
      'Bincount',
      'BroadcastArgs',
      'DenseBincount',
      'Draw',
      'LowerBound',
      'NonMaxSuppressionV3',
      'NonMaxSuppressionV4',
      'NonMaxSuppressionV5',
      'SearchSorted',
      'Unique',
      'UpperBound',
    ],
  ],
  [
    'sparse and ragged tensors',
    [
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'SparseFillEmptyRows',
      'SparseReshape',
      'SparseSegmentMean',
      'SparseSegmentSum',
      'SparseToDense',
    ],
  ],
  ['no layer or loss needs it yet', ['CropAndResize', 'MaxPoolWithArgmax', 'RotateWithOffset', 'Transform']],
  ['a name that no operation of TF.js runs', ['MatrixBandPart', 'Pool']],
]

/** Names of all kernels of this version of TF.js: its kernel_names module exports each under its own name. */
export const kernelNames: readonly string[] = Object.entries(tf)
  .flatMap(([name, value]) => (name === value ? [name] : []))
  .sort()

const isKernel = (name: string) => kernelNames.includes(name)
const namesOf = (gradients: readonly tf.GradConfig[]) => gradients.map(({ kernelName }) => kernelName)

/** What the first and the second derivative of each kernel (and of three ops that run none) are. */
export function derivatives(): Map<string, readonly [first: string, second: string]> {
  const rows: [string, readonly [string, string]][] = [
    ...namesOf(exactGradients).map((name): [string, [string, string]] => [name, ['exact', 'exact']]),
    ...namesOf(piecewiseConstantGradients).map((name): [string, [string, string]] => [name, ['zero', 'zero']]),
    ...namesOf(onceOnlyGradients).map((name): [string, [string, string]] => [name, ['exact', 'throws']]),
    ...undifferentiated.flatMap(([, names]) =>
      names.map((name): [string, [string, string]] => [name, ['throws', '–']]),
    ),
  ]
  if (new Set(rows.map(([name]) => name)).size < rows.length) throw new Error('A kernel is in two classes.')
  return new Map(rows.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const reasonOf = (name: string) => undifferentiated.find(([, names]) => names.includes(name))?.[0] ?? ''

/** docs/gradients.md. */
export function differentiabilityPage(): string {
  const rows = [...derivatives()].map(([name, [first, second]]) => {
    const label = isKernel(name) ? `\`${name}\`` : `\`tf\` op \`${name.replace(tf.OP_SCOPE_SUFFIX, '')}\``
    return `| ${label} | ${first} | ${second} | ${reasonOf(name)} |`
  })
  return `# Derivatives of TF.js kernels

Written by \`npx vitest run --project tfjs differentiability -u\` from the gradients in \`packages/tfjs\`; a test fails when
it is out of date.

- **exact**: computed from the inputs of the operation by operations that are exact themselves, so that every further
  derivative is exact, too. First and second are tested against float64 finite differences of an independent evaluation.
- **zero**: the operation is constant wherever it is differentiable.
- **throws**: an error that names the kernel; nothing is silently zero.

| kernel | first derivative | second derivative | why not |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}
