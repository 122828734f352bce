import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DType, type NDArray, ndarray } from '@gantry/core'

/** Inputs of a model, and what it must answer; in the model's order. */
export interface Case {
  readonly inputs: readonly NamedArray[]
  readonly outputs: readonly NamedArray[]
}

interface NamedArray {
  readonly name: string
  readonly array: NDArray
}

type WrittenArray = Readonly<{ name: string; shape: number[]; dtype: DType; values: number[] }>

/** The cases beside a model. */
export async function readCases(folder: string): Promise<Case[]> {
  const cases: Record<'inputs' | 'outputs', WrittenArray[]>[] = JSON.parse(
    await readFile(join(folder, 'cases.json'), 'utf8'),
  )
  const read = ({ name, shape, dtype, values }: WrittenArray): NamedArray => {
    const array = ndarray(dtype, shape)
    for (const [index, value] of values.entries()) array.data[index] = value
    return { name, array }
  }
  return cases.map(({ inputs, outputs }) => ({ inputs: inputs.map(read), outputs: outputs.map(read) }))
}
