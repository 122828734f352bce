import { UnsupportedError } from '@gantry/core'
import {
  engine,
  exp,
  type GradConfig,
  mul,
  neg,
  OP_SCOPE_SUFFIX,
  reshape,
  sigmoid,
  softmax,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { float, unary } from './gradient.ts'

/** dy - softmax·Σ dy, from log(softmax). */
const logSoftmaxGradient = (dy: Tensor, y: Tensor) => sub(dy, mul(exp(y), sum(dy, -1, true)))

/**
 * `tf.logSoftmax` and `tf.losses.softmaxCrossEntropy` run no kernel: each is a `customGrad` whose gradient uses tensors
 * from inside, which the tape takes for constants. TF.js looks up their gradients by the name of the op's scope, too, so
 * they can be replaced; there the log(softmax) that was saved is recorded again, as what it is: a function of the logits.
 */
function recordedLogSoftmax(saved: Tensor, logits: Tensor): Tensor {
  const { state } = engine()
  // Nobody differentiates the gradient.
  if (state.gradientDepth === 0) return saved
  const y = saved.clone()
  state.activeTape.push({
    id: state.nextTapeNodeId++,
    kernelName: 'LogSoftmax',
    inputs: { logits },
    outputs: [y],
    gradient: ([dy]) => ({ logits: () => logSoftmaxGradient(dy!, recordedLogSoftmax(saved, logits)) }),
    saved: [],
  })
  return y
}

/** An input of the `customGrad` operation that saved these tensors. */
function inputOf(saved: Tensor[], input: string): Tensor {
  return engine().state.activeTape.find((node) => node.saved === saved)!.inputs[input]!
}

const logSoftmaxOpGradient: GradConfig = {
  kernelName: `logSoftmax${OP_SCOPE_SUFFIX}`,
  gradFunc: (dy, saved) => ({
    0: () => logSoftmaxGradient(dy as Tensor, recordedLogSoftmax(saved[0]!, inputOf(saved, '0'))),
  }),
}

/**
 * Loss of one row: -Σ labels·log(softmax(logits)). TF.js's gradient holds for labels that sum to one, and what it calls
 * the labels' gradient is that of the logits.
 */
const softmaxCrossEntropyGradient: GradConfig = {
  kernelName: `softmaxCrossEntropy${OP_SCOPE_SUFFIX}`,
  gradFunc: (gradient, saved) => {
    const dy = reshape(gradient as Tensor, [...(gradient as Tensor).shape, 1])
    const labels = float(saved[0]!)
    const y = recordedLogSoftmax(saved[1]!, inputOf(saved, '1'))
    return {
      0: () => neg(mul(dy, y)),
      1: () => mul(dy, sub(mul(exp(y), sum(labels, -1, true)), labels)),
    }
  },
}

/** TF.js's own gradient fails on intermediate results, which are disposed of by then, with a message that names nothing. */
const logSigmoidOpGradient: GradConfig = {
  kernelName: `logSigmoid${OP_SCOPE_SUFFIX}`,
  gradFunc: (dy, saved) => {
    const x = inputOf(saved, '0')
    // Disposed of itself, it may still share its numbers with a tensor that is not.
    if (!engine().state.tensorInfo.has(x.dataId)) {
      throw new UnsupportedError({
        code: 'GRADIENT_MISSING',
        message: 'tf.logSigmoid has no gradient for an intermediate result: it does not save its input.',
        fix: 'Write tf.neg(tf.softplus(tf.neg(x))).',
      })
    }
    return { 0: () => mul(dy as Tensor, sigmoid(neg(x))) }
  },
}

export const softmaxGradients: readonly GradConfig[] = [
  unary('LogSoftmax', (dy, logits) => sub(dy, mul(softmax(logits), sum(dy, -1, true))), 'logits'),
  logSigmoidOpGradient,
  logSoftmaxOpGradient,
  unary<{ dim: number }>(
    'Softmax',
    (dy, logits, { dim }) => {
      const y = softmax(logits, dim)
      const weighted = mul(dy, y)
      return sub(weighted, mul(y, sum(weighted, [dim], true)))
    },
    'logits',
  ),
  softmaxCrossEntropyGradient,
]
