import { access, constants } from 'node:fs/promises'
import { availableParallelism, freemem, totalmem } from 'node:os'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { type OutputFlags, present } from '../output.ts'

export function doctorCommand(): Command {
  return new Command('doctor').description('check this machine, and say what would make Gantry faster').action(doctor)
}

/** `gantry doctor`: what this machine offers, and advice. */
async function doctor(flags: OutputFlags): Promise<void> {
  const { adviceFor, gantryVersion, listEngines } = await import('@gantry/runs/config')
  const engines = await listEngines()
  const folder = process.cwd()
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  const machine = {
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
  }
  const advice = adviceFor(engines, writable, folder)
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`
  present(flags, { gantry: gantryVersion, ...machine, folder, writable, engines, advice }, [
    `Gantry ${gantryVersion} on Node ${machine.node}, ${machine.platform}`,
    ...table([
      ['cores', String(machine.cores)],
      ['memory', `${gigabytes(machine.memoryBytes)}, ${gigabytes(machine.freeMemoryBytes)} free`],
      ['folder', `${folder} ${writable ? 'can be written to' : 'cannot be written to'}`],
    ]),
    'Engines',
    ...table(engines.map(({ name, device, available, detail }) => [name, device, available ? 'yes' : 'no', detail])),
    ...(advice.length > 0 ? ['Advice', ...advice.map((line) => `  ${line}`)] : ['All is well.']),
  ])
}
