// `npm run demo`: installs, builds, trains a conditional GAN on MNIST, has the exported generator draw each digit, and shows where
// it all is.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build, install, root, run, runMain, SetupError } from './bootstrap.mjs'

const DIGITS = 10
const SAMPLES_A_DIGIT = 12
const INTERRUPTED = 130

/** `runs/demo`, or `runs/demo-2`, … when an earlier demo is there: nothing is overwritten. */
function freshRunFolder() {
  for (let number = 1; ; number++) {
    const folder = number === 1 ? 'runs/demo' : `runs/demo-${number}`
    if (!existsSync(join(root, folder))) return folder
  }
}

/** Runs the `gantry` command with its progress on the terminal; returns its exit code and the JSON that it printed. */
async function gantry(env, ...args) {
  const main = join(root, 'apps', 'cli', 'dist', 'main.js')
  const { code, stdout } = await run(process.execPath, [main, ...args, '--json'], {
    env,
    stdio: ['inherit', 'pipe', 'inherit'],
  })
  if (code !== 0) return { code }
  try {
    return { code, result: JSON.parse(stdout) }
  } catch {
    throw new SetupError(`gantry ${args[0]} printed no JSON but: ${stdout.slice(0, 200)}`, 'Please report this.')
  }
}

function duration(seconds) {
  const whole = Math.round(seconds)
  return whole < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

function table(rows) {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  const rule = (left, middle, right) => left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right
  return [
    rule('┌', '┬', '┐'),
    ...rows.map((row) => `│ ${row.map((cell, column) => cell.padEnd(widths[column])).join(' │ ')} │`),
    rule('└', '┴', '┘'),
  ].join('\n')
}

async function main() {
  const start = performance.now()
  const env = await install()
  await build(env)
  const ready = performance.now()

  const out = freshRunFolder()
  console.error(`\nTraining a conditional GAN on the 60,000 images of MNIST in ${out} …`)
  const training = await gantry(env, 'train', 'cgan', '--preset', 'demo', '--data', 'mnist', '--out', out)
  if (training.code === INTERRUPTED) {
    console.error(`\nGo on with: npx gantry train cgan --data mnist --out ${out} --resume`)
  }
  if (training.code !== 0) return training.code
  const { step, secondsElapsed, samplesPerSecond, parityError, samples, generator } = training.result

  const generated = `${out}/generated.png`
  console.error(`\nAsking ${generator} for ${SAMPLES_A_DIGIT} of each digit …`)
  const sampling = await gantry(
    env,
    ...['sample', generator, '--rows', 'label', '--count', String(DIGITS * SAMPLES_A_DIGIT)],
    ...['--seed', '1', '--out', generated],
  )
  if (sampling.code !== 0) return sampling.code

  const end = performance.now()
  console.log(
    `\n${table([
      ['Wall time', `${duration((end - start) / 1000)} (install and build ${duration((ready - start) / 1000)})`],
      ['Training', `${step} steps in ${duration(secondsElapsed)}`],
      ['Speed', `${Math.round(samplesPerSecond)} samples/s`],
      ['Parity error', `${parityError.toExponential(1)} (generator.onnx against the trainer)`],
      ['Last grid', samples],
      ['A row for each digit', generated],
      ['Generator', generator],
      ['Log', `${out}/events.jsonl`],
    ])}\n`,
  )
  console.log(`How to go on:
  npx gantry sample ${generator} --label 7 --count 100 --out sevens.png
  npx gantry serve ${generator}
  npx gantry inspect ${out}
  npx gantry train dcgan --data folder:PATH/TO/IMAGES --size 32 --out runs/mine`)
  return 0
}

runMain(main)
