// tr √(Σ₁Σ₂) of 2,048 features: ours against scipy's sqrtm, interleaved in one run, and how far both are from the accurate
// value. Needs a build (pnpm build) and Debian's python3-scipy; without scipy only our
// times are printed. Usage: node bench/frechet.mjs [rounds]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { createBackendProducts, gaussianStatistics, traceOfRoot } from '../dist/index.js'

const WIDTH = 2048
const PYTHON = '/usr/bin/python3'
const rounds = Number(process.argv[2] ?? 3)

/** Gaussian features with deviations 2^0 … 2^-(octaves - 1) in turn. */
function features(seed, rows, octaves) {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    let word = state
    word = Math.imul(word ^ (word >>> 16), 0x7feb352d)
    word = Math.imul(word ^ (word >>> 15), 0x846ca68b)
    return ((word ^ (word >>> 16)) >>> 0) / 2 ** 32
  }
  const data = Float64Array.from({ length: rows * WIDTH }, (_, index) => {
    const normal = uniform() + uniform() + uniform() + uniform() - 2
    return normal * 2 ** -((index % WIDTH) % octaves)
  })
  return { rows, columns: WIDTH, data }
}

/** numpy's .npy, format 1.0. */
function writeMatrix(path, rows, data) {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${rows}, ${data.length / rows}), }`.padEnd(117)
  const start = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}\n`, 'latin1')
  writeFileSync(path, Buffer.concat([start, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]))
}

async function startScipy() {
  if (spawnSync(PYTHON, ['-c', 'import scipy']).status !== 0) return undefined
  const child = spawn(PYTHON, [fileURLToPath(new URL('scipy_sqrtm.py', import.meta.url))])
  child.stderr.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async () => JSON.parse((await lines.next()).value)
  return {
    about: await answer(),
    ask: (...words) => {
      child.stdin.write(`${words.join(' ')}\n`)
      return answer()
    },
    stop: () => child.stdin.end(),
  }
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
const relative = (value, exact) => (exact === undefined ? '–' : (Math.abs(value - exact) / exact).toExponential(1))

const cases = [
  { name: 'full rank, 4,000 samples', rows: [4000, 4000], octaves: 5 },
  { name: 'full rank, deviations over 2¹²', rows: [4000, 4000], octaves: 13 },
  { name: 'rank 999, 1,000 samples', rows: [1000, 1000], octaves: 5 },
  { name: 'full rank and rank 999', rows: [4000, 1000], octaves: 5 },
]

const scipy = await startScipy()
const folder = mkdtempSync(join(tmpdir(), 'frechet-'))
const products = await createBackendProducts(createOnnxRuntimeInference({ device: 'cpu' }))
const table = []
try {
  for (const { name, rows, octaves } of cases) {
    const sets = rows.map((count, index) => features(index + 1, count, octaves))
    const statistics = []
    for (const [index, set] of sets.entries()) {
      statistics.push(await gaussianStatistics(set, { products }))
      writeMatrix(join(folder, `x${index}.npy`), set.rows, set.data)
      writeMatrix(join(folder, `s${index}.npy`), WIDTH, statistics[index].covariance)
    }
    const paths = (stem) => [0, 1].map((index) => join(folder, `${stem}${index}.npy`))
    const exact = (await scipy?.ask('exact', ...paths('x')))?.value
    const times = { ours: [], theirs: [] }
    let [ours, theirs] = [Number.NaN, Number.NaN]
    for (let round = 0; round < rounds; round++) {
      const start = performance.now()
      ours = await traceOfRoot(statistics[0].covariance, statistics[1].covariance, WIDTH)
      times.ours.push((performance.now() - start) / 1000)
      if (!scipy) continue
      const { seconds, value } = await scipy.ask('sqrtm', ...paths('s'))
      times.theirs.push(seconds)
      theirs = value
    }
    const [mine, other] = [median(times.ours), median(times.theirs)]
    table.push([
      name,
      mine.toFixed(1),
      scipy ? other.toFixed(1) : '–',
      scipy ? (mine / other).toFixed(2) : '–',
      relative(ours, exact),
      scipy ? relative(theirs, exact) : '–',
    ])
  }
} finally {
  scipy?.stop()
  await products.dispose()
  rmSync(folder, { recursive: true })
}

const [cpu] = cpus()
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpu.model}, ${cpus().length} cores, Node ${process.versions.node}, `,
)
console.log(`load ${loadavg()[0].toFixed(1)}, medians of ${rounds} rounds, interleaved; `)
console.log(
  scipy
    ? `scipy ${scipy.about.version}, numpy ${scipy.about.numpy}, ${scipy.about.blas.join(' ')}`
    : `scipy skipped: ${PYTHON} has none (apt-get install python3-scipy)`,
)
console.log(
  '\n| covariances of 2,048 features | ours, s | sqrtm, s | ratio | our error | sqrtm’s error |\n|---|---|---|---|---|---|',
)
for (const row of table) console.log(`| ${row.join(' | ')} |`)
