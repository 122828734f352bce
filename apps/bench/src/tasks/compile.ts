import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { decodeModel } from '@gantry/onnx'
import { buildCase } from '../cases/build-case.ts'
import { findCase } from '../cases/cases.ts'
import { createDeepStep } from '../cases/deep-step.ts'

/** A case by its name, or a synthetic step of so many layers. */
type Parameters = { readonly threads: number } & ({ readonly case: string } | { readonly layers: number })

/** Times the way from a TF.js program to a session that can train, in a process that has compiled nothing before. */
export async function run(parameters: Parameters) {
  const model =
    'case' in parameters ? await buildCase(findCase(parameters.case)) : await createDeepStep(parameters.layers)
  const start = performance.now()
  const compiled = await compileModel(model)
  const compiledAt = performance.now()
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads: parameters.threads }).prepare(compiled)
  const loadedAt = performance.now()
  await session.dispose()
  const nodes = compiled.phases.map(({ program }) => decodeModel(program.graph).graph.nodes.length)
  return {
    nodes: nodes.reduce((total, each) => total + each, 0),
    compileMs: compiledAt - start,
    loadMs: loadedAt - compiledAt,
  }
}
