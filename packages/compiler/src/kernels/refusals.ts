/** Kernels that have no recording, why, and what a program can do instead. */
export interface Refusal {
  readonly reason: string
  readonly instead: string
  readonly kernels: readonly string[]
}

export const refusals: readonly Refusal[] = [
  {
    reason: 'complex numbers: ONNX Runtime computes none',
    instead: 'Keep real and imaginary parts as two float32 tensors.',
    kernels: ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real'],
  },
  {
    reason: 'strings: only numbers are recorded',
    instead: 'Turn text into numbers before the program, and feed those.',
    kernels: ['StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast'],
  },
  {
    reason: 'the shape of the result depends on the data',
    instead: 'Return the inputs from the program and do this step in JavaScript, or work with masks of a fixed shape.',
    kernels: ['NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'Unique'],
  },
  {
    reason: 'ragged and sparse tensors, whose shapes are data',
    instead: 'Use dense tensors, padded to a fixed shape.',
    kernels: [
      'RaggedGather',
      'RaggedRange',
      'RaggedTensorToTensor',
      'SparseFillEmptyRows',
      'SparseReshape',
      'SparseSegmentMean',
      'SparseSegmentSum',
    ],
  },
  {
    reason: 'it draws random numbers, which would be frozen in the graph',
    instead: 'Feed uniform noise u and take the argMax of logits - log(-log(u)), which samples the same distribution.',
    kernels: ['Multinomial'],
  },
  {
    reason: 'it reads or writes pixels of a browser',
    instead: 'Call it outside of the program and feed the tensor.',
    kernels: ['Draw', 'FromPixels'],
  },
  {
    reason: 'morphological dilation: ONNX has no operator for it',
    instead: 'For a flat filter use maxPool; otherwise take the maximum of shifted slices.',
    kernels: ['Dilation2D', 'Dilation2DBackpropFilter', 'Dilation2DBackpropInput'],
  },
  {
    reason: 'ONNX has it from operator set 18 on, and graphs here are written for 17',
    instead: 'Split the integers into bits with floorDiv and mod.',
    kernels: ['BitwiseAnd'],
  },
  {
    reason: 'TF.js has the name, but no operation that uses it',
    instead: 'Use the operations of TF.js.',
    kernels: ['LowerBound', 'MatrixBandPart', 'Pool', 'UpperBound'],
  },
]

/** The entry of a kernel; kernels of other libraries have none. */
export function refusalOf(kernel: string): Refusal | undefined {
  return refusals.find(({ kernels }) => kernels.includes(kernel))
}
