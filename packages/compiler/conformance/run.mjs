// Runs the operation tests that ship inside @tensorflow/tfjs-core (4,170 specs without those that need dataSync) against
// the recording backend, which computes through onnxruntime-node.
//
//   node conformance/run.mjs [--grep TEXT] [--check-skips]
//
// The last line is `N passed, N failed, N skipped`; specs that TF.js itself marks as pending count as skipped.
import { parseArgs } from 'node:util'
import { loadSuite, runSuite } from './jasmine.mjs'
import { skipOf } from './skips.mjs'

const { values: options } = parseArgs({
  options: { grep: { type: 'string' }, 'check-skips': { type: 'boolean', default: false } },
})

await loadSuite(async () => {
  const { registerLazyBackend } = await import('@gantry/compiler')
  const { runtime } = await import('./runtime.mjs')
  return registerLazyBackend(runtime)
})

const counts = { passed: 0, failed: 0, skipped: 0 }
const unnecessary = []

/** The lines of an error that tell something: what was expected, and where. */
function explain({ fullName, failedExpectations }) {
  const [{ message = '', stack = '' } = {}] = failedExpectations
  const place = stack.split('\n').find((line) => line.includes('_test.js'))
  return `✖ ${fullName}\n    ${message.split('\n').slice(0, 6).join('\n    ')}\n${place ?? ''}`
}

function report(result) {
  if (result.status === 'excluded') {
    if (options.grep === undefined || result.fullName.includes(options.grep)) counts.skipped++
  } else if (result.status === 'pending') counts.skipped++
  else if (options['check-skips']) {
    if (result.status === 'passed') unnecessary.push(result.fullName)
  } else {
    counts[result.status]++
    if (result.status === 'failed') console.log(explain(result))
  }
}

await runSuite((name) => {
  const wanted = options.grep === undefined || name.includes(options.grep)
  return wanted && (skipOf(name) !== undefined) === options['check-skips']
}, report)

if (options['check-skips']) {
  console.log(unnecessary.join('\n'))
  console.log(`${unnecessary.length} skipped specs pass.`)
} else {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0
}
