import { ConfigurationError, parseNumber } from '@gantry/core'
import { type Command, InvalidArgumentError } from 'commander'

/** What every command understands. */
export function withCommon(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on standard output, and nothing else there')
    .option('--debug', 'show stack traces')
}

/** Options of every command that reads data. */
export function withDataOptions(command: Command): Command {
  return command
    .option('--size <pixels>', 'height and width of images', wholeNumber)
    .option('--channels <number>', '1 for grey images, 3 for colour', wholeNumber)
    .option(
      '--load-size <pixels|own>',
      'side that images are brought to before they are cropped; own: as large as they are',
      loadSize,
    )
    .option('--image-column <name>', 'column of a parquet file, or extension in a tar, that holds the images')
    .option('--label-column <name>', 'column, extension or JSON field that holds the labels')
}

export interface DataFlags {
  readonly size?: number
  readonly channels?: number
  readonly loadSize?: number | 'own'
  readonly imageColumn?: string
  readonly labelColumn?: string
}

/** Options of commands whose pictures have all inputs but one in common. */
export function withSameInputs(command: Command): Command {
  return command
    .option(
      '--input <name=value...>',
      'an input that is the same for all, no folder: label=7 (default: the first class)',
    )
    .option('--set <name=number...>', 'a number that the function takes, such as truncation=0.7')
}

export interface InputFlags {
  readonly input?: readonly string[]
  readonly set?: readonly string[]
}

/** `name=value` of the inputs of a function; `--set` is short for `--input`. */
export const assignmentsOf = ({ input = [], set = [] }: InputFlags): string[] => [...input, ...set]

/** The option of every command that counts neighbours among samples. */
export function withNeighbours(command: Command, what: string): Command {
  return command.option('--neighbours <number>', what, wholeNumber)
}

/** The options of a data set among the flags of a command. */
export function dataOptionsOf({
  size,
  channels,
  loadSize,
  imageColumn,
  labelColumn,
}: DataFlags): Record<string, unknown> {
  const given = Object.entries({ size, channels, loadSize, imageColumn, labelColumn })
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}

function loadSize(text: string): number | 'own' {
  return text === 'own' ? text : wholeNumber(text)
}

export function wholeNumber(text: string): number {
  const number = parseNumber(text)
  if (number !== undefined && Number.isSafeInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It is not a whole number of 0 or more.')
}

/** @throws ConfigurationError `OPTION_INVALID` */
export function requireAtLeast(least: number, option: string, value: number | undefined): void {
  if (value === undefined || value >= least) return
  throw new ConfigurationError({
    code: 'OPTION_INVALID',
    message: `${option} must be at least ${least}, not ${value}.`,
  })
}

/** Seeds with commas between them. */
export function seedList(text: string): number[] {
  const seeds = text.split(',').map((each) => parseNumber(each.trim()))
  if (seeds.every((seed): seed is number => seed !== undefined && Number.isSafeInteger(seed) && seed >= 0)) return seeds
  throw new InvalidArgumentError('It is not whole numbers with commas between them, such as 1,2,3.')
}
