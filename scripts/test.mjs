// `npm test`: installs, builds, and runs every check and test, even when an early one fails.
// The last line is `N passed, N failed, N skipped`; each check counts as one test.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, install, printFailure, root, run, runMain } from './bootstrap.mjs'

const bin = (name, path) => [process.execPath, [join(root, 'node_modules', name, path)]]
const script = (name) => [process.execPath, [join(root, 'scripts', name)]]
const withArguments = ([command, args], ...more) => [command, [...args, ...more]]

/** What reads the sources alone, beside the build: there packages wait for each other, and leave a core to others. */
const SOURCE_CHECKS = [
  { title: 'Types', command: withArguments(bin('typescript-7', 'bin/tsc'), '-p', 'tsconfig.json', '--checkers', '1') },
  {
    title: 'Lint and format',
    command: withArguments(bin('@biomejs/biome', 'bin/biome'), 'check', '--error-on-warnings'),
  },
  { title: 'Import directions', command: script('check-imports.mjs') },
  { title: 'Sizes of files and functions', command: script('check-sizes.mjs') },
  { title: 'Changesets', command: script('check-changesets.mjs') },
]

/** What needs the build, the longest first. */
const BUILD_CHECKS = [
  {
    title: "TF.js's operation tests, recorded",
    command: [process.execPath, [join(root, 'packages/compiler/conformance/run.mjs')]],
    // ONNX Runtime writes to stderr about every refused graph, and refusing is what some of these tests are about.
    stderr: 'ignore',
    countsIn: lastCounts,
  },
  { title: 'Published packages', command: script('check-published.mjs') },
  {
    title: 'Unused files, exports and dependencies',
    command: withArguments(bin('knip', 'bin/knip.js'), '--no-progress'),
  },
  { title: 'Examples in the READMEs', command: script('check-examples.mjs') },
]

/** How many of them run side by side: most use a single core. */
const LANES = 2

const heading = (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(3, 76 - text.length))}`)
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

/** The counts in the last line of tests. */
function lastCounts(code, stdout) {
  const [, passed, failed, skipped] = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(stdout) ?? [0, 0, 1, 0]
  const counts = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) }
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1, note: `it ended with exit code ${code}` } : counts
}

/** Runs checks in lanes, and shows what each has said: when it ends, and others have had their say. */
async function runChecks(checks, { env, count, lanes, others }) {
  const waiting = [...checks]
  const shown = []
  let stopped
  async function lane() {
    for (let check = waiting.shift(); check !== undefined && stopped === undefined; check = waiting.shift()) {
      const { title, command, stderr = 'pipe', countsIn } = check
      const since = performance.now()
      let said = ''
      const onOutput = (chunk) => {
        said += chunk
      }
      const { code, stdout } = await run(...command, { env, stdio: ['ignore', 'pipe', stderr], onOutput })
      const took = seconds(since)
      if (code === 130 || code === 143) stopped = code
      const show = async () => {
        await others
        heading(title)
        process.stdout.write(said)
        if (stopped === undefined) count(title, countsIn === undefined ? code === 0 : countsIn(code, stdout), took)
      }
      shown.push(show())
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  await Promise.all(shown)
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

async function runBuild(env, count) {
  heading('Build')
  const since = performance.now()
  try {
    await build(env)
    count('Build', true, seconds(since))
  } catch (error) {
    printFailure(error)
    count('Build', false, seconds(since))
  }
}

async function main() {
  const start = performance.now()
  const total = { passed: 0, failed: 0, skipped: 0 }
  const summary = []
  /** A check is one test; of tests there are counts. */
  const count = (title, result, took) => {
    const tests = typeof result === 'object'
    const counts = tests ? result : { passed: Number(result), failed: Number(!result), skipped: 0 }
    for (const key of Object.keys(total)) total[key] += counts[key]
    const { passed, failed, skipped, note = `${passed} passed, ${failed} failed, ${skipped} skipped` } = counts
    summary.push(`${failed === 0 ? '✔' : '✖'} ${title}, ${took}${tests ? `: ${note}` : ''}`)
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

  const stopped =
    (await runChecks(SOURCE_CHECKS, { env, count, lanes: 1, others: runBuild(env, count) })) ??
    (await runChecks(BUILD_CHECKS, { env, count, lanes: LANES }))
  if (stopped !== undefined) return stopped

  heading('Tests')
  const since = performance.now()
  count('Tests', await runVitest(env), seconds(since))

  heading('Summary')
  console.log(summary.join('\n'))
  console.log(`${total.failed === 0 ? '✔' : '✖'} All, ${seconds(start)}\n`)
  lastLine()
  return total.failed === 0 ? 0 : 1
}

runMain(main)
