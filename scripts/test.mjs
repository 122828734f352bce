// `npm test`: installs, builds, and runs every check and test, even when an early one fails.
// The last line is `N passed, N failed, N skipped`; each check counts as one test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, install, printFailure, root, run, runMain } from './bootstrap.mjs'

const bin = (name, path) => [process.execPath, [join(root, 'node_modules', name, path)]]
const script = (name) => [process.execPath, [join(root, 'scripts', name)]]
const withArguments = ([command, args], ...more) => [command, [...args, ...more]]

const CHECKS = [
  ['Types', withArguments(bin('typescript', 'bin/tsc'), '-p', 'tsconfig.json')],
  ['Lint and format', withArguments(bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings')],
  ['Unused files, exports and dependencies', withArguments(bin('knip', 'bin/knip.js'), '--no-progress')],
  ['Examples in the READMEs', script('check-examples.mjs')],
  ['Import directions', script('check-imports.mjs')],
  ['Sizes of files and functions', script('check-sizes.mjs')],
  ['Changesets', script('check-changesets.mjs')],
  ['Published packages', ['pnpm', ['--recursive', '--no-bail', '--reporter-hide-prefix', 'run', 'publint']]],
]

/** How many checks run side by side: most use a single core. */
const LANES = 2

const heading = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(3, 76 - text.length))}`)
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** Runs all checks, and shows what each has said when it ends. */
async function runChecks(env, count) {
  const waiting = [...CHECKS]
  let stopped
  async function lane() {
    for (let check = waiting.shift(); check !== undefined && stopped === undefined; check = waiting.shift()) {
      const [title, [command, args]] = check
      const since = performance.now()
      let said = ''
      const onOutput = (chunk) => {
        said += chunk
      }
      const { code } = await run(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], onOutput })
      heading(title)
      process.stdout.write(said)
      if (code === 130 || code === 143) stopped = code
      else count(title, code === 0, since)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return stopped
}

/** Runs vitest with live output, and reads its counts from a JSON report. */
async function runVitest(env) {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-test-'))
  try {
    const report = join(folder, 'vitest.json')
    const [command, args] = withArguments(
      bin('vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      // Tests train small networks on ONNX Runtime's own threads: more workers than cores would only wait.
      `--maxWorkers=${Math.max(1, Math.min(4, availableParallelism()))}`,
    )
    const { code } = await run(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'] })
    let result
    try {
      result = JSON.parse(readFileSync(report, 'utf8'))
    } catch {
      return { passed: 0, failed: 1, skipped: 0, note: 'vitest ended without a report' }
    }
    // A file that could not be loaded has no tests to count, and an error outside all tests only an exit code.
    const broken = result.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
    const failed = result.numFailedTests + broken.length
    return {
      passed: result.numPassedTests,
      failed: code !== 0 ? Math.max(1, failed) : failed,
      skipped: result.numPendingTests + result.numTodoTests,
      note: code !== 0 && failed === 0 ? 'vitest reports an error outside its tests' : undefined,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs TF.js's own operation tests on the recording backend, and reads the counts from the last line. */
async function runConformance(env) {
  const { code, stdout } = await run(process.execPath, [join(root, 'packages/compiler/conformance/run.mjs')], {
    env,
    // ONNX Runtime writes to stderr about every refused graph, and refusing is what some of these tests are about.
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  process.stdout.write(stdout)
  const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(stdout) ?? [0, 0, 1, 0]
  const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, note: `it ended with exit code ${code}` } : counts
}

async function main() {
  const start = performance.now()
  const total = { passed: 0, failed: 0, skipped: 0 }
  const summary = []
  const count = (title, passed, since) => {
    total[passed ? 'passed' : 'failed']++
    summary.push(`${passed ? '✔' : '✖'} ${title}, ${seconds(since)}`)
  }
  const lastLine = () => console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)

  heading('Install')
  let env
  try {
    env = await install()
  } catch (error) {
    printFailure(error)
    total.failed++
    lastLine()
    return 1
  }

  heading('Build')
  const sinceBuild = performance.now()
  try {
    await build(env)
    count('Build', true, sinceBuild)
  } catch (error) {
    printFailure(error)
    count('Build', false, sinceBuild)
  }

  const stopped = await runChecks(env, count)
  if (stopped !== undefined) return stopped

  for (const [title, runTests] of [
    ['Tests', runVitest],
    ["TF.js's operation tests, recorded", runConformance],
  ]) {
    heading(title)
    const since = performance.now()
    const tests = await runTests(env)
    for (const key of Object.keys(total)) total[key] += tests[key]
    const counts = `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`
    summary.push(`${tests.failed === 0 ? '✔' : '✖'} ${title}, ${seconds(since)}: ${tests.note ?? counts}`)
  }

  heading('Summary')
  console.log(summary.join('\n'))
  console.log(`${total.failed === 0 ? '✔' : '✖'} All, ${seconds(start)}\n`)
  lastLine()
  return total.failed === 0 ? 0 : 1
}

runMain(main)
