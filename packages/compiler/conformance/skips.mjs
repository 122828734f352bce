// Every spec of TF.js's own suite that the recording backend does not pass, with the reason. A spec is skipped when its
// name matches; `--check-skips` runs the skipped ones and names those that would pass.

/** Specs that expect a refusal, or only look at values and shapes in JavaScript: they pass whatever the data. */
const NOTHING_COMPUTED = [
  /throw|thorws|fails|invalid|inconsistent|mismatch|upcastType|errors when passed/i,
  /^(util\.(?!toNestedArray for a complex tensor gantry \{\} tensor)|Util )/,
  /^tensor gantry \{\} .*(without dtype errors|does not match|missing dtype|not uint8array)/,
  /^convertToTensor gantry \{\} (string, explicitly parse|fails)/,
  /^util.toNestedArray for a complex tensor gantry \{\} [23] dim/,
  /computes complex normalization/,
  /^(complex_util|hash_util|tidy|flag registration|initializes flags) /,
  /^bitwiseAnd gantry \{\} (different shape|wrong type)/,
]

/** `specs` are skipped unless nothing is computed in them, `always` in any case. */
export const skips = [
  {
    reason: 'strings: only numbers are recorded',
    specs: [
      /\bstrings?\b/i,
      /^squeeze gantry \{\} (default|specific dimension|all ones|squeeze only ones)$/,
      /Mixed dtype tensors$/,
      /^tensor gantry \{\} Tensor1D inferred dtype from strings$/,
    ],
    always: [
      /^(staticRegexReplace|stringNGrams|stringSplit|stringToHashBucketFast) /,
      /^clone gantry \{\} gradient: 1D string/,
    ],
  },
  {
    reason: 'complex numbers: ONNX Runtime computes none',
    specs: [/complex/i, /^([123]D I?R?FFT|stft) /, /^(add|sub) gantry \{\} upcasts when dtypes dont match$/],
  },
  {
    reason: 'ragged and sparse tensors, whose shapes are data',
    always: [
      /^(raggedGather|raggedRange|raggedTensorToTensor|sparseFillEmptyRows|sparseReshape|sparseSegment(Mean|Sum)) (?!.*(invalid rank|input invalid)$)/,
    ],
  },
  { reason: 'the shape of the result depends on the data', specs: [/^(nonMaxSuppression|unique) /] },
  { reason: 'it draws random numbers, which would be frozen in the graph', specs: [/^multinomial /] },
  { reason: 'morphological dilation: ONNX has no operator for it', specs: [/^dilation2d /] },
  { reason: 'ONNX has bitwise operators from operator set 18 on', specs: [/^bitwiseAnd /] },
  { reason: 'pixels of a browser', specs: [/^fromPixels, mock canvas /] },
  { reason: 'it needs dataSync, in TF.js itself', specs: [/^profile gantry /] },
  {
    reason: 'ONNX Runtime rounds the last float32 digit differently',
    specs: [/^exp gantry \{\} int32$/, /^tan gantry \{\} numbers exceed/],
  },
  {
    reason: 'TF.js asserts a wrong gradient; ours agrees with finite differences',
    always: [
      /^mirrorPad gantry \{\} (grad|gradient with clones)$/,
      /^avgPool gantry \{\} gradient .*p=explicit/,
      /^div gantry \{\} gradient: Tensor1D with int32$/,
      /^div gantry \{\} gradient: 1d<int32> with 1d<bool> ?$/,
    ],
  },
  {
    reason: 'TF.js expects an error where there is a gradient now',
    always: [
      /^depthwiseConv2d gradients gantry \{\} throws error on dilations > 1$/,
      /^gradients gantry \{\} errors if relevant ops are missing grads$/i,
    ],
  },
  {
    reason: 'with sorted=false the order of the results is not specified',
    specs: [/^topk gantry \{\} .*sorted=false$/],
  },
]

/** The reason why a spec is skipped, or undefined when it is not. */
export function skipOf(name) {
  const matches = (patterns) => patterns.some((pattern) => pattern.test(name))
  return skips.find(({ specs = [], always = [] }) => matches(always) || (matches(specs) && !matches(NOTHING_COMPUTED)))
    ?.reason
}
