// The environment that TF.js's test files expect: jasmine's functions and CommonJS's `require` as globals.
import { createRequire, register } from 'node:module'

register('./tfjs-loader.mjs', import.meta.url)

const require = createRequire(import.meta.url)
const jasmineRequire = require('jasmine-core/lib/jasmine-core/jasmine.js')
const jasmine = jasmineRequire.core(jasmineRequire)
const environment = jasmine.getEnv({ suppressLoadErrors: true })
Object.assign(globalThis, jasmineRequire.interface(jasmine, environment), { jasmine, require })

/** Loads TF.js with all its tests, for the backend that `registerBackend` registers. */
export async function loadSuite(registerBackend) {
  const { setTestEnvs } = await import('@tensorflow/tfjs-core/dist/jasmine_util.js')
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js')
  await import('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js')
  setTestEnvs([{ name: 'gantry', backendName: await registerBackend(), isDataSync: false }])
  await import('@tensorflow/tfjs-core/dist/tests.js')
}

/** Runs the specs whose full name passes, and tells of each as it ends. */
export function runSuite(passes, onSpec) {
  environment.configure({ random: false, specFilter: (spec) => passes(spec.getFullName()) })
  environment.clearReporters()
  return new Promise((resolve) => {
    environment.addReporter({ specDone: onSpec, jasmineDone: resolve })
    environment.execute()
  })
}
