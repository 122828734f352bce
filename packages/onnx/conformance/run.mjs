// Runs ONNX's own tests of operators and models, from Python's `onnx` package, through everything that this package does to
// a file: read, infer shapes, write, read again; optimise for inference, write, run. ONNX Runtime computes.
//
//   node conformance/run.mjs [--python PYTHON] [--data FOLDER]... [--grep TEXT] [--list] [--json FILE] [--no-checker]
//
// The tests are those of the installed package (releases from 1.18 on generate them), or of folders `onnx/backend/test/data`
// of unpacked wheels. Without either it says so and stops. It reads the built package: `pnpm build` first.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { acceptedByChecker, generateTests, locateTests } from './python.mjs'
import { runTest } from './run-test.mjs'
import { formatTable } from './table.mjs'
import { findTests } from './tests.mjs'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    data: { type: 'string', multiple: true },
    grep: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    json: { type: 'string' },
    'no-checker': { type: 'boolean', default: false },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'gantry-onnx-tests-'))
try {
  const sources = options.data ?? installedTests()
  const results = []
  for (const source of sources) {
    for (const test of findTests(source)) {
      if (!test.name.includes(options.grep)) continue
      const result = await runTest(test)
      results.push({ source, ...result })
      if (options.list)
        console.log(`${result.outcome.padEnd(12)} ${result.code ?? ''} ${test.name} ${result.detail ?? ''}`)
      else if (['wrong', 'crashed'].includes(result.outcome)) {
        console.log(`✖ ${result.outcome}: ${source} ${test.name}\n    ${result.detail}`)
      }
    }
  }
  if (!options['no-checker']) checkWritten(results)
  report(results)
} finally {
  rmSync(folder, { recursive: true })
}

/** The tests of the installed package. */
function installedTests() {
  const found = locateTests(options.python)
  if (found === undefined) {
    console.log(
      `Skipped: '${options.python}' has no package 'onnx'. Install it, or pass --data onnx/backend/test/data.`,
    )
    process.exit(0)
  }
  return existsSync(join(found, 'node')) ? [found] : [found, generateTests(options.python, join(folder, 'data'))]
}

/** Files that Python's checker takes before and not after. */
function checkWritten(results) {
  const written = results.filter(({ files }) => files !== undefined)
  const paths = written.flatMap(({ files }, index) =>
    Object.entries(files).map(([kind, bytes]) => {
      const path = join(folder, `${index}-${kind}.onnx`)
      writeFileSync(path, bytes)
      return path
    }),
  )
  const accepted = acceptedByChecker(options.python, paths)
  if (accepted === undefined) return console.log("Python's checker was not run.")
  for (const [index, result] of written.entries()) {
    const [original, ...ours] = Object.keys(result.files).map((kind) =>
      accepted.get(join(folder, `${index}-${kind}.onnx`)),
    )
    if (original !== 'ok') continue
    result.checked = ours.every((verdict) => verdict === 'ok')
    if (!result.checked)
      console.log(`✖ checker: ${result.source} ${result.name}: ${ours.find((each) => each !== 'ok')}`)
  }
}

function report(results) {
  const counts = (outcome) => results.filter((each) => each.outcome === outcome).length
  console.log(formatTable(results))
  if (options.json !== undefined) {
    const plain = results.map(({ files, ...result }) => result)
    writeFileSync(options.json, `${JSON.stringify(plain, null, 1)}\n`)
  }
  const refused = results.filter(({ checked }) => checked === false).length
  const failed = counts('wrong') + counts('crashed') + refused
  console.log(`${counts('right')} passed, ${failed} failed, ${counts('refused') + counts('not run')} skipped`)
  process.exitCode = failed > 0 || results.length === 0 ? 1 : 0
}
