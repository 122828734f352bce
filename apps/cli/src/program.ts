import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { augmentCommand } from './commands/augment.ts'
import { directionsCommand } from './commands/directions.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evaluateCommand } from './commands/evaluate.ts'
import { exportCommand } from './commands/export.ts'
import { exportTfjsCommand } from './commands/export-tfjs.ts'
import { importCommand } from './commands/import.ts'
import { inspectCommand } from './commands/inspect.ts'
import { listCommand } from './commands/list.ts'
import { mixCommand } from './commands/mix.ts'
import { projectCommand } from './commands/project.ts'
import { reportCommand } from './commands/report.ts'
import { sampleCommand } from './commands/sample.ts'
import { scoreCommand } from './commands/score.ts'
import { serveCommand } from './commands/serve.ts'
import { statsCommand } from './commands/stats.ts'
import { trainCommand } from './commands/train.ts'
import { walkCommand } from './commands/walk.ts'
import { weightsCommand } from './commands/weights.ts'
import { withCommon } from './options.ts'

/**
 * The command line. A command's module declares its arguments and options, and loads what it needs when it runs: `gantry --help`
 * must not wait for TF.js and ONNX Runtime.
 */
export function createProgram(): Command {
  const program = new Command('gantry')
    .description('Train, sample, export, evaluate and inspect generative adversarial networks.')
    .version(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError()
  const commands = [
    trainCommand(),
    sampleCommand(),
    walkCommand(),
    mixCommand(),
    directionsCommand(),
    projectCommand(),
    augmentCommand(),
    serveCommand(),
    exportCommand(),
    exportTfjsCommand(),
    importCommand(),
    evaluateCommand(),
    scoreCommand(),
    statsCommand(),
    weightsCommand(),
    inspectCommand(),
    reportCommand(),
    listCommand(),
    doctorCommand(),
  ]
  for (const command of commands) {
    for (const each of command.commands.length > 0 ? command.commands : [command]) {
      withCommon(each)
        .exitOverride()
        .configureOutput({ writeErr: () => {} })
        .showSuggestionAfterError()
    }
    program.addCommand(command)
  }
  return program
}
