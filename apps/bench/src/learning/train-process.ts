// Trains one run of the learning bench in a process of its own, and scores it: `node train-process.js PARAMETERS`.
import { type RunWork, trainAndScore } from './train-and-score.ts'

try {
  process.send?.({ result: await trainAndScore(JSON.parse(process.argv[2]!) as RunWork) })
} catch (error) {
  process.send?.({ error: error instanceof Error ? error.message : String(error) })
}
process.disconnect?.()
