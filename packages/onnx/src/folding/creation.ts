import { ndarray, sizeOfShape } from '@gantry/core'
import { constantOf } from '../inference/constant.ts'
import { int64Vector } from '../int64-vector.ts'
import { type Evaluation, elementsOf, emptyLike, scalarOf } from './evaluation.ts'

const constant: Evaluation = ({ node }) => {
  const array = constantOf(node)
  return array === undefined ? undefined : [array]
}

const constantOfShape: Evaluation = (context, [output]) => {
  const result = emptyLike(output!)
  result.data.fill(scalarOf(context.tensor('value'), result.dtype) as never)
  return [result]
}

const range: Evaluation = (context, [output]) => {
  const result = emptyLike(output!)
  const target = elementsOf(result)
  const { dtype } = result
  const [start, step] = [scalarOf(context.array(0), dtype), scalarOf(context.array(2), dtype)]
  if (dtype !== 'int64') for (let index = 0; index < target.length; index++) target[index] = start + index * step
  else
    for (let index = 0; index < target.length; index++) {
      target[index] = (BigInt(start) + BigInt(index) * BigInt(step)) as never
    }
  return [result]
}

const shape: Evaluation = (context) => {
  const lengths = context.array(0)!.shape.slice(context.int('start', 0), context.int('end'))
  return [int64Vector(lengths)]
}

const size: Evaluation = (context) => [
  ndarray('int64', [], BigInt64Array.of(BigInt(sizeOfShape(context.array(0)!.shape)))),
]

/** Operators that make tensors of constants, counts and shapes. */
export const creationEvaluations: Readonly<Record<string, Evaluation>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  Shape: shape,
  Size: size,
}
