import type { TensorProgram } from '@gantry/core'
import {
  type ReferencePrograms,
  referenceBatchSize,
  referenceConstants,
  referenceModel,
  referenceVariables,
} from '@gantry/core/testing'
import { drawNormal } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { toTensor } from '../arrays.ts'

const { learningRate, momentum, retention, strength, table } = referenceConstants

/** The conformance kit's model in TF.js operations, with variables of its own. Needs an active backend. */
export function createReferenceModel() {
  const variable = (name: keyof typeof referenceVariables) =>
    tf.tidy(() => tf.variable(toTensor(name, referenceVariables[name]), false))
  const kernel = variable('linear/kernel')
  const bias = variable('linear/bias')
  const kernelMomentum = variable('linear/momentum/kernel')
  const biasMomentum = variable('linear/momentum/bias')
  const mean = variable('input/mean')
  const lossAverage = variable('loss/average')
  const steps = variable('steps')

  const predict = (x: tf.Tensor) => tf.add(tf.matMul(x, kernel), bias)
  const count = () => steps.assign(tf.add(steps, tf.scalar(1, 'int32')))
  const average = (old: tf.Variable, value: tf.Tensor) =>
    old.assign(tf.add(tf.mul(old, retention), tf.mul(value, 1 - retention)))
  const descend = (weights: tf.Variable, slot: tf.Variable, gradient: tf.Tensor) => {
    slot.assign(tf.add(tf.mul(slot, momentum), gradient))
    weights.assign(tf.sub(weights, tf.mul(slot, learningRate)))
  }
  const sumOfSquares = (value: tf.Tensor) => tf.sum(tf.square(value))

  const programs: ReferencePrograms<TensorProgram<tf.Tensor>> = {
    fit({ x, target }) {
      const error = tf.sub(predict(x!), target!)
      const loss = tf.mean(tf.square(error))
      // By hand: tfjs-core alone registers no gradients, and whose they are is not this test's concern.
      const kernelGradient = tf.div(tf.matMul(x!, error, true), referenceBatchSize)
      const biasGradient = tf.mean(error, 0)
      descend(kernel, kernelMomentum, kernelGradient)
      descend(bias, biasMomentum, biasGradient)
      average(mean, tf.mean(x!, 0))
      average(lossAverage, loss)
      count()
      const gradientNorm = tf.sqrt(tf.add(sumOfSquares(kernelGradient), sumOfSquares(biasGradient)))
      return { loss, gradientNorm, step: steps }
    },
    decay({ rate }) {
      kernel.assign(tf.mul(kernel, tf.sub(1, rate!)))
      count()
      return { kernelNorm: tf.sqrt(sumOfSquares(kernel)) }
    },
    lookup({ index }) {
      count()
      const value = tf.gather(tf.tensor1d([...table]), index! as tf.Scalar)
      lossAverage.assign(tf.reshape(value, []))
      return { value }
    },
    predict({ x }) {
      return { prediction: predict(x!), centred: tf.sub(x!, mean) }
    },
    perturb({ x }) {
      return { y: tf.add(x!, tf.mul(drawNormal('noise', x!.shape), strength)) }
    },
  }
  const variables = {
    'linear/kernel': kernel,
    'linear/bias': bias,
    'linear/momentum/kernel': kernelMomentum,
    'linear/momentum/bias': biasMomentum,
    'input/mean': mean,
    'loss/average': lossAverage,
    steps,
  }
  return referenceModel(programs, variables)
}
