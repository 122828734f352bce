import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CompileOptions, compileModel } from '@gantry/compiler'
import type { CompiledModel } from '@gantry/core'
import * as ort from 'onnxruntime-node'
import { bareSessionOptions, initialState, toTensor } from '../bare-session.ts'
import { buildCase } from '../cases/build-case.ts'
import { findCase } from '../cases/cases.ts'
import { drawFeeds, type StepFeeds } from '../cases/draw-feeds.ts'
import { type ProfileEvent, timeByOperator } from '../profile-events.ts'

interface Parameters {
  readonly case: string
  readonly threads: number
  readonly steps: number
  readonly convolutions: NonNullable<CompileOptions['convolutions']>
}

/** Profiles the phases of a case, each in a session of its own that starts from the initial state; times are of a step on average. */
export async function run({ case: name, threads, steps, convolutions }: Parameters) {
  const benchCase = findCase(name)
  const compiled = await compileModel(await buildCase(benchCase), { convolutions })
  const feeds = drawFeeds(compiled, benchCase.source === 'tutorial' ? {} : benchCase.source.fields)
  const folder = await mkdtemp(join(tmpdir(), 'gantry-profile-'))
  try {
    const total = new Map<string, { milliseconds: number; nodes: number }>()
    for (const [phase, { every }] of compiled.phases.entries()) {
      const events = await profilePhase(compiled, phase, feeds, { threads, steps, folder })
      for (const [operator, own] of timeByOperator(events)) {
        const { milliseconds = 0, nodes = 0 } = total.get(operator) ?? {}
        total.set(operator, { milliseconds: milliseconds + own.milliseconds / every, nodes: nodes + own.nodes })
      }
    }
    return {
      operators: [...total]
        .map(([operator, own]) => ({ operator, ...own }))
        .sort((left, right) => right.milliseconds - left.milliseconds),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function profilePhase(
  compiled: CompiledModel,
  index: number,
  stepFeeds: StepFeeds,
  { threads, steps, folder }: { threads: number; steps: number; folder: string },
): Promise<ProfileEvent[]> {
  const { name, program } = compiled.phases[index]!
  const session = await ort.InferenceSession.create(program.graph, {
    ...bareSessionOptions(threads),
    enableProfiling: true,
    profileFilePrefix: join(folder, `phase-${index}`),
  })
  const state = initialState(compiled)
  const feeds = Object.entries(stepFeeds[name]!).map(([feed, array]) => [feed, toTensor(array)] as const)
  for (let step = 0; step <= steps; step++) {
    const reads = program.reads.map(({ state: variable, value }) => [value, state.get(variable)!] as const)
    const outputs = await session.run(Object.fromEntries([...feeds, ...reads]))
    for (const { state: variable, value } of program.writes) state.set(variable, outputs[value]!)
  }
  session.endProfiling()
  const file = (await readdir(folder)).find((each) => each.startsWith(`phase-${index}`))!
  return JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[]
}
