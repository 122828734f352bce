// A child process that does one thing and says what came of it, as one line of JSON.
import { tasks } from '../tasks/tasks.ts'

const [name, parameters] = process.argv.slice(2) as [keyof typeof tasks, string]

async function answer(): Promise<object> {
  try {
    const { run } = await tasks[name]()
    const result = await run(JSON.parse(parameters) as never)
    return { result: { ...result, peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024) } }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

const line = `${JSON.stringify(await answer())}\n`
// Worker threads and native thread pools would keep the process alive.
process.stdout.write(line, () => process.exit())
