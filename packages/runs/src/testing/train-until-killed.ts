import { RunFolder } from '../run-folder.ts'
import { trainTiny } from './tiny-run.ts'

// A process of its own, for the test that kills it: trains slowly in the run folder that it is given.
const run = await RunFolder.open(process.argv[2]!)
await trainTiny(run, { delay: 3, onEvent: ({ type, step }) => console.log(`${type} ${step}`) })
