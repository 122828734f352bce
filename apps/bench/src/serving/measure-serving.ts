import type { Bench } from '../bench.ts'
import { EngineFailure } from '../engine-process.ts'
import { inPackage } from '../in-package.ts'
import type { BareSpeed } from '../tasks/bare-loop.ts'
import type { Load } from '../tasks/load.ts'
import type { ServerReading } from './gantry-server.ts'
import type { ServedGenerator, WrittenGenerator } from './models.ts'
import { type PeerServer, peerCommand, peerServers, pythonWith } from './peers.ts'
import { type AskedFor, gantryRequest, inferRequest, type LoadRequest } from './requests.ts'
import { ServerProcess } from './server-process.ts'

const SECONDS = 5
const WARM_UP_SECONDS = 2
const BATCH_SIZES = [1, 4, 8, 16, 32, 64, 128]
const REQUESTS_IN_ALL = 100_000
/** As the server has it where samples are not so quick that more of them are made in ten milliseconds. */
const LARGEST_BATCH = 32

/** What is asked, and by how many at a time. */
interface Scenario {
  readonly asked: AskedFor
  readonly connections: number
  /** Of a request. */
  readonly pictures: number
}

const scenarios: readonly Scenario[] = [
  ...(['bytes', 'json', 'png'] as const).flatMap((asked) =>
    [1, 16, 128].map((connections) => ({ asked, connections, pictures: 1 })),
  ),
  { asked: 'bytes', connections: 16, pictures: 16 },
  // Grids of many: what HTTP costs is shared, and what is left of the bare loop is the server's own doing.
  ...[16, 64].map((pictures) => ({ asked: 'bytes' as const, connections: 128, pictures })),
]

interface ScenarioResult extends Scenario, Load {
  readonly picturesPerSecond: number
  readonly longestGapMs: number
  /** What the server has counted of them: those under way when the clients hang up are answered, too. */
  readonly counted: number
}

const peerScenarios = [
  ['bytes', 16],
  ['bytes', 128],
  ['json', 128],
] as const

export interface PeerResult {
  readonly peer: string
  readonly asked: 'bytes' | 'json'
  readonly connections: number
  readonly skipped?: string
  readonly own?: Load
  readonly other?: Load
}

export interface LongRun {
  readonly requests: number
  readonly answered: number
  readonly counted: number
  readonly longestGapMs: number
  /** After each tenth. */
  readonly residentMb: readonly number[]
  /** The same of what is still used after a collection. */
  readonly heldMb: readonly number[]
}

export interface ServingResult {
  readonly name: string
  readonly title: string
  readonly best: BareSpeed
  /** At its best, before and after the others. */
  readonly barePicturesPerSecond: number
  readonly millisecondsOfOne: number
  /** Requests a second of a server that computes nothing, at 128 connections. */
  readonly plainRequestsPerSecond: number
  readonly scenarios: readonly ScenarioResult[]
  readonly peers: readonly PeerResult[]
  readonly longRun?: LongRun
}

/** Measures a generator: the bare loop, the server, and who else serves it, one after another. */
export async function measureServing(
  bench: Bench,
  { name, title }: ServedGenerator,
  written: WrittenGenerator,
  isLong: boolean,
): Promise<ServingResult> {
  const { path, manifest } = written
  const bare = async (threads: readonly number[], batchSizes: readonly number[], seconds: number) => {
    const { speeds } = await bench.task('bare-loop', { path, inputs: manifest.inputs, threads, batchSizes, seconds })
    return speeds
  }
  bench.log(`serve: ${name}, the bare loop`)
  const { threads } = bench.options
  const speeds = await bare([...new Set([1, threads])], BATCH_SIZES, 1)
  const best = speeds.reduce((one, other) => (other.picturesPerSecond > one.picturesPerSecond ? other : one))
  const again = () => bare([best.threads], [best.batchSize], SECONDS)
  const [before] = await again()

  const measured: ScenarioResult[] = []
  let longRun: LongRun | undefined
  const server = await startGantry(path)
  try {
    for (const scenario of scenarios) {
      bench.log(`serve: ${name}, ${scenario.asked} over ${scenario.connections} connections`)
      measured.push(
        await measureScenario(
          bench,
          server,
          gantryRequest(name, manifest, scenario.asked, scenario.pictures),
          scenario,
        ),
      )
    }
    if (isLong) longRun = await measureLong(bench, server, gantryRequest(name, manifest, 'bytes', 1))
  } finally {
    await server.stop()
  }
  const [after] = await again()
  const ones = speeds.filter(({ batchSize }) => batchSize === 1)
  return {
    name,
    title,
    best,
    barePicturesPerSecond: (before!.picturesPerSecond + after!.picturesPerSecond) / 2,
    millisecondsOfOne: Math.min(...ones.map(({ millisecondsOfBatch }) => millisecondsOfBatch)),
    plainRequestsPerSecond: await measurePlain(bench, gantryRequest(name, manifest, 'bytes', 1), measured[0]!.bytes),
    scenarios: measured,
    peers: await measurePeers(bench, name, written),
    ...(longRun && { longRun }),
  }
}

async function measureScenario(bench: Bench, server: ServerProcess, request: LoadRequest, scenario: Scenario) {
  const { connections } = scenario
  const { url } = server
  await bench.task('load', { url, request, connections, seconds: WARM_UP_SECONDS })
  const start = await server.ask<ServerReading>()
  const load = await bench.task('load', { url, request, connections, seconds: SECONDS })
  const end = await server.ask<ServerReading>()
  return {
    ...scenario,
    ...load,
    picturesPerSecond: load.requestsPerSecond * scenario.pictures,
    longestGapMs: end.longestGapMs,
    counted: end.requests - start.requests,
  }
}

/** Whether memory stays, and every request is answered and counted once. */
async function measureLong(bench: Bench, server: ServerProcess, request: LoadRequest): Promise<LongRun> {
  const parts = 10
  const readings: ServerReading[] = []
  let answered = 0
  const start = await server.ask<ServerReading>()
  for (let part = 0; part < parts; part++) {
    bench.log(`serve: ${((part + 1) * REQUESTS_IN_ALL) / parts} of ${REQUESTS_IN_ALL} requests`)
    const load = { url: server.url, request, connections: 128, amount: REQUESTS_IN_ALL / parts }
    answered += (await bench.task('load', load)).answered
    readings.push(await server.ask<ServerReading>())
  }
  return {
    requests: REQUESTS_IN_ALL,
    answered,
    counted: readings.at(-1)!.requests - start.requests,
    longestGapMs: Math.max(...readings.map(({ longestGapMs }) => longestGapMs)),
    residentMb: readings.map(({ residentMb }) => residentMb),
    heldMb: readings.map(({ heldMb }) => heldMb),
  }
}

/** What HTTP alone allows on this machine, with the clients on the same cores. */
async function measurePlain(bench: Bench, request: LoadRequest, bytes: number): Promise<number> {
  const plain = await ServerProcess.start([process.execPath, inPackage('dist/serving/plain-server.js'), String(bytes)])
  try {
    const load = { url: plain.url, request, connections: 128 }
    await bench.task('load', { ...load, seconds: WARM_UP_SECONDS })
    return (await bench.task('load', { ...load, seconds: SECONDS })).requestsPerSecond
  } finally {
    await plain.stop()
  }
}

/** Each beside Gantry, one right after the other. */
async function measurePeers(bench: Bench, name: string, written: WrittenGenerator): Promise<PeerResult[]> {
  const results: PeerResult[] = []
  for (const peer of peerServers) {
    try {
      await measurePeer(bench, peer, name, written, results)
    } catch (error) {
      if (!(error instanceof EngineFailure)) throw error
      results.push(skipped(peer, error.message))
    }
    const { skipped: reason } = results.at(-1)!
    if (reason !== undefined) bench.log(`serve: ${peer.name} is left out: ${reason}`)
  }
  return results
}

async function measurePeer(
  bench: Bench,
  peer: PeerServer,
  name: string,
  { path, manifest }: WrittenGenerator,
  results: PeerResult[],
): Promise<void> {
  const python = await pythonWith(peer.modules)
  if (python === undefined) {
    results.push(skipped(peer, `no Python has ${peer.modules.join(', ')}: pip install ${peer.packages}`))
    return
  }
  const { threads } = bench.options
  const theirs = await ServerProcess.start(
    await peerCommand(peer, python, path, { threads, largestBatch: LARGEST_BATCH }),
  )
  const ours = await startGantry(path).catch(async (error) => {
    await theirs.stop()
    throw error
  })
  const loadOf = async ({ url }: ServerProcess, request: LoadRequest, connections: number) => {
    await bench.task('load', { url, request, connections, seconds: WARM_UP_SECONDS })
    return bench.task('load', { url, request, connections, seconds: SECONDS })
  }
  try {
    for (const [asked, connections] of peerScenarios) {
      bench.log(`serve: ${name} by ${peer.name}, ${asked} over ${connections} connections`)
      // In turn, and who draws is the same on both sides: the other one is idle meanwhile.
      const other = await loadOf(theirs, peer.request(manifest, asked), connections)
      const same = { asked, pictures: 1, withLatents: peer.clientDraws }
      const own = await loadOf(ours, inferRequest(name, manifest, same), connections)
      results.push({ peer: peer.name, asked, connections, own, other })
    }
  } finally {
    await Promise.all([theirs.stop(), ours.stop()])
  }
}

const startGantry = (path: string) =>
  ServerProcess.start([process.execPath, '--expose-gc', inPackage('dist/serving/gantry-server.js'), path])

function skipped({ name }: PeerServer, reason: string): PeerResult {
  return { peer: name, asked: 'bytes', connections: 0, skipped: reason }
}
