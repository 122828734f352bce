import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { buildCase } from '../cases/build-case.ts'
import { findCase } from '../cases/cases.ts'
import { isDue } from '../cases/phase-times.ts'
import { readFeeds } from '../cases/read-feeds.ts'
import { type Engine, serveEngine } from '../serve-engine.ts'

async function start(name: string, feedsFile: string, threads: number, joined: boolean): Promise<Engine> {
  const benchCase = findCase(name)
  const feeds = await readFeeds(feedsFile)
  const compiled = await compileModel(await buildCase(benchCase, joined), { moveVariables: true })
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads }).prepare(compiled)
  const { phases } = compiled
  const last = Object.fromEntries(phases.map(({ name }) => [name, {} as Readonly<Record<string, number>>]))
  let steps = 0
  return {
    version: session.report.version,
    note: 'the TF.js step, recorded by @gantry/compiler',
    async step() {
      for (const phase of phases) {
        if (isDue(phase, steps)) last[phase.name] = await session.run(phase.name, feeds[phase.name]!)
      }
      steps++
      return Object.entries(benchCase.phases).flatMap(([phase, names]) => names.map((loss) => last[phase]![loss]!))
    },
  }
}

const [name, feedsFile, threads, images] = process.argv.slice(2) as [string, string, string, string | undefined]
await serveEngine(() => start(name, feedsFile, Number(threads), images === 'joined'))
