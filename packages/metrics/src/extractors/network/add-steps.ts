import type { NDArray } from '@gantry/core'
import { attribute, type GraphBuilder } from '@gantry/onnx'
import type { Step } from './steps.ts'

/** Kernel [filters, channels, height, width] and bias [filters] of a convolution. */
export interface Kernel {
  readonly weight: NDArray<'float32'>
  readonly bias: NDArray<'float32'>
}

/** Adds the steps to a graph that reads `input` [batch, channels, height, width]; returns the value that comes out. */
export function addSteps(
  builder: GraphBuilder,
  input: string,
  steps: readonly Step[],
  kernelOf: (name: string) => Kernel,
): string {
  let value = input
  for (const step of steps) value = addStep(builder, value, step, kernelOf)
  return value
}

function addStep(builder: GraphBuilder, value: string, step: Step, kernelOf: (name: string) => Kernel): string {
  switch (step.kind) {
    case 'convolution': {
      const { weight, bias } = kernelOf(step.name)
      const [vertical, horizontal] = step.padding
      const convolved = builder.node(
        'Conv',
        [value, builder.initializer(`${step.name}/kernel`, weight), builder.initializer(`${step.name}/bias`, bias)],
        {
          kernel_shape: attribute.ints(step.kernel),
          strides: attribute.ints([step.stride, step.stride]),
          pads: attribute.ints([vertical, horizontal, vertical, horizontal]),
        },
      )
      return builder.node('Relu', [convolved])
    }
    case 'pool': {
      const { operator, size, stride, padding, ceil } = step
      return builder.node(operator, [value], {
        kernel_shape: attribute.ints([size, size]),
        strides: attribute.ints([stride, stride]),
        pads: attribute.ints([padding, padding, padding, padding]),
        ceil_mode: attribute.int(ceil ? 1 : 0),
        // The border is no pixel: averages are over what lies inside.
        ...(operator === 'AveragePool' && { count_include_pad: attribute.int(0) }),
      })
    }
    case 'fork': {
      const branches = step.branches.map((branch) => addSteps(builder, value, branch, kernelOf))
      return builder.node('Concat', branches, { axis: attribute.int(1) })
    }
  }
}
