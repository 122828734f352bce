import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'

// Commands are imported when they run: `gantry --help` must not wait for TF.js and ONNX Runtime.
const commands = {
  train: async () => (await import('./commands/train.ts')).train,
  sample: async () => (await import('./commands/sample.ts')).sample,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  exportTfjs: async () => (await import('./commands/export-tfjs.ts')).exportTfjs,
  evaluate: async () => (await import('./commands/evaluate.ts')).evaluate,
  stats: async () => (await import('./commands/stats.ts')).stats,
  listWeights: async () => (await import('./commands/weights.ts')).listWeights,
  addWeights: async () => (await import('./commands/weights.ts')).addWeights,
  fetchWeights: async () => (await import('./commands/weights.ts')).fetchWeights,
  inspect: async () => (await import('./commands/inspect.ts')).inspect,
  list: async () => (await import('./commands/list.ts')).list,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
}

/** The command line: names, arguments and options of every command, and nothing that is slow to load. */
export function createProgram(): Command {
  const program = new Command('gantry')
    .description('Train, sample, export, evaluate and inspect generative adversarial networks.')
    .version(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError()

  withCommon(program.command('train <variant>'))
    .description('train a variant on a data set; the run folder holds everything about it')
    .option('--data <dataset>', "data set: see 'gantry list datasets'")
    .option('--out <folder>', 'run folder (default: runs/VARIANT-DATASET)')
    .option('--preset <name>', "named settings of the variant: see 'gantry list variants'")
    .option('--steps <number>', 'training steps', wholeNumber)
    .option('--batch-size <number>', 'samples in a step', wholeNumber)
    .option('--size <pixels>', 'height and width of images', wholeNumber)
    .option('--seed <number>', 'the same seed gives the same run', wholeNumber)
    .option('--init-from <run>', 'start the generator from that of another run, such as the decoder of a vae')
    .option('--engine <name>', 'auto, onnxruntime or tfjs')
    .option('--device <name>', 'auto, cpu, webgpu or cuda')
    .option('--config <file>', 'settings in JSON or YAML')
    .option('--set <key=value...>', 'one setting of the run or of the variant; may be repeated')
    .option('--strict', 'fail on the first file that cannot be used, instead of leaving it out')
    .option('--resume', 'go on with the run in the folder')
    .action(async (variant, flags) => (await commands.train())(variant, flags))

  withCommon(program.command('sample <run|model.onnx>'))
    .description('generate samples with an exported generator')
    .option('--count <number>', 'number of samples', wholeNumber, 64)
    .option('--seed <number>', 'the same seed gives the same samples', wholeNumber, 0)
    .option('--label <name|number>', 'class of the samples, for conditional generators; all in turn by default')
    .option('--out <file|folder/>', 'one PNG with all samples, or a folder with a PNG each', 'grid.png')
    .action(async (target, flags) => (await commands.sample())(target, flags))

  withCommon(program.command('export <run>'))
    .description("write the generator of a run's newest checkpoint as an ONNX model")
    .option('--out <file>', "where to (default: generator.onnx in the run's folder)")
    .option('--weights <which>', 'ema (moving average) or raw (as trained)', 'ema')
    .action(async (run, flags) => (await commands.export())(run, flags))

  withCommon(program.command('export-tfjs <model.json|folder>'))
    .description('write any TF.js model, layers model or graph model, as an ONNX model')
    .option('--out <file>', 'where to', 'model.onnx')
    .option('--name <name>', 'name of the graph (default: that of the file)')
    .option('--input <name=lengths...>', 'lengths of an input, such as image=batch,64,64,3; a word stays open')
    .option('--multiple <length=number...>', 'an open length that is always a multiple, such as height=8')
    .option('--layers <module...>', 'JavaScript modules that register custom layers with TF.js')
    .option('--check', 'compare with TF.js on random inputs first; nothing is written when they differ')
    .option('--batch <number>', 'batch size of the check (default: 1 and 3)', wholeNumber)
    .action(async (model, flags) => (await commands.exportTfjs())(model, flags))

  withCommon(program.command('evaluate <run|model.onnx|folder|dataset>'))
    .description('score samples against real ones: FID, KID, precision and recall, and more')
    .option(
      '--data <dataset|folder|file>',
      'real samples, or statistics of them (default: what the run was trained on)',
    )
    .option('--metrics <names>', 'fid, fid-infinity, is, kid, prdc, ms-ssim, swd, nearest, modes; with commas between')
    .option('--count <number>', 'samples on either side, at most', wholeNumber, 10_000)
    .option(
      '--extractor <name|model.onnx>',
      'inception-fid, classifier-mnist, random-conv, pixels, or a model of yours',
    )
    .option('--layer <name>', 'layer of the extractor, or value inside the model')
    .option('--size <pixels>', 'height and width of images in folders and data sets', wholeNumber)
    .option('--seed <number>', 'the same seed gives the same samples and the same scores', wholeNumber, 0)
    .option('--resamples <number>', 'bootstrap resamples for intervals; 0 for none', wholeNumber)
    .option('--compare <file>', 'scores of an earlier evaluation (--json); refused when the protocols differ')
    .option('--out <file>', 'also write a report, one HTML file')
    .action(async (target, flags) => (await commands.evaluate())(target, flags))

  withCommon(program.command('stats <dataset|folder>'))
    .description('write mean and covariance of the features of a data set, for FID')
    .requiredOption('--out <file>', 'ends in .npz (as other tools read it) or .safetensors')
    .option('--count <number>', 'samples, at most (default: all)', wholeNumber)
    .option(
      '--extractor <name|model.onnx>',
      'inception-fid, classifier-mnist, random-conv, pixels, or a model of yours',
    )
    .option('--layer <name>', 'layer of the extractor, or value inside the model')
    .option('--size <pixels>', 'height and width of images', wholeNumber)
    .action(async (target, flags) => (await commands.stats())(target, flags))

  const weights = program
    .command('weights')
    .description('pretrained weights of extractors: list them, add a file, or fetch it from its authors')
  withCommon(weights.command('list'))
    .description('list the weights that extractors can use, and which of them are here')
    .action(async (flags) => (await commands.listWeights())(flags))
  withCommon(weights.command('add <name> <file>'))
    .description('check a file of weights (.pth, .safetensors or .npz) and keep it')
    .action(async (name, file, flags) => (await commands.addWeights())(name, file, flags))
  withCommon(weights.command('fetch <name>'))
    .description('download the published file, go on where an earlier attempt stopped, check it and keep it')
    .option('--url <address>', 'a mirror of it')
    .option('--sha256 <digits>', 'SHA-256 of what the mirror holds, where that is a conversion')
    .action(async (name, flags) => (await commands.fetchWeights())(name, flags))

  withCommon(program.command('inspect <run|model.onnx|dataset>'))
    .description('show what a run, a model or a data set is made of')
    .option('--out <file>', 'also draw samples of a data set into a PNG')
    .action(async (target, flags) => (await commands.inspect())(target, flags))

  withCommon(program.command('list <variants|datasets|engines>'))
    .description('list what there is')
    .action(async (what, flags) => (await commands.list())(what, flags))

  withCommon(program.command('doctor'))
    .description('check this machine, and say what would make Gantry faster')
    .action(async (flags) => (await commands.doctor())(flags))

  return program
}

function withCommon(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on standard output, and nothing else there')
    .option('--debug', 'show stack traces')
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(text)
}
