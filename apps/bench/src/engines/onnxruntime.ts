import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { buildCase } from '../cases/build-case.ts'
import { findCase } from '../cases/cases.ts'
import { readFeeds } from '../cases/read-feeds.ts'
import { type Engine, serveEngine } from '../serve-engine.ts'

async function start(name: string, feedsFile: string, threads: number, joined: boolean): Promise<Engine> {
  const benchCase = findCase(name)
  const feeds = await readFeeds(feedsFile)
  const compiled = await compileModel(await buildCase(benchCase, joined), { moveVariables: true })
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  return {
    version: session.report.version,
    note: 'the TF.js step, recorded by @gantry/compiler',
    async step() {
      const losses: number[] = []
      for (const [phase, names] of Object.entries(benchCase.phases)) {
        const scalars = await session.run(phase, feeds[phase]!)
        losses.push(...names.map((loss) => scalars[loss]!))
      }
      return losses
    },
  }
}

const [name, feedsFile, threads, images] = process.argv.slice(2) as [string, string, string, string | undefined]
await serveEngine(() => start(name, feedsFile, Number(threads), images === 'joined'))
