import { createHash } from 'node:crypto'
import { type CompileOptions, compileModel } from '@gantry/compiler'
import type { CompiledModel } from '@gantry/core'
import { buildVariant } from './fields.ts'

/** A model that is compiled to compare its graphs. */
export interface HashedModel {
  readonly variant: string
  readonly shape: readonly number[]
  readonly options: Readonly<Record<string, unknown>>
  readonly batchSize?: number
  readonly convolutions?: string
}

export interface ModelHashes {
  /** Names, dtypes, shapes and bytes of what the state begins with. */
  readonly state: string
  /** The order of axes in which sessions hold it. */
  readonly layouts: string
  /** Of the ONNX graphs of phases and functions, by their names. */
  readonly programs: Readonly<Record<string, string>>
}

/** The first 16 digits of SHA-256. */
function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 16)
}

/** Compiles a model of a variant as it stands before its first step, and hashes everything that makes its numbers. */
export async function hashPrograms(own: HashedModel): Promise<ModelHashes> {
  const { variant, shape, options, batchSize = 4, convolutions } = own
  const classes = shape.length === 3 ? 10 : 8
  const model = buildVariant(variant, { options, shape, batchSize, classes, seed: 11 })
  const compiled = await compileModel(model, convolutions === undefined ? {} : ({ convolutions } as CompileOptions))
  model.dispose()
  const programs = [...compiled.phases, ...compiled.functions].map(
    ({ name, program }) => [name, hashOf(program.graph)] as const,
  )
  return { state: hashState(compiled), layouts: hashLayouts(compiled), programs: Object.fromEntries(programs) }
}

function hashState({ variables }: CompiledModel): string {
  const names = Object.keys(variables).sort()
  return hashOf(
    ...names.flatMap((name) => {
      const { dtype, shape, data } = variables[name]!
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      return [`${JSON.stringify([name, dtype, shape])}\n`, bytes]
    }),
  )
}

function hashLayouts({ layouts }: CompiledModel): string {
  const names = Object.keys(layouts).sort()
  return hashOf(JSON.stringify(names.map((name) => [name, layouts[name]!.permutation ?? null])))
}
