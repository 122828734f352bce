import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** Names a folder whose node_modules has @tensorflow/tfjs-node with its native library. */
export const TFJS_NODE_VARIABLE = 'GANTRY_BENCH_TFJS_NODE'

/** Why TF.js's native backend cannot be used, or undefined when it is there. */
export function reasonWithoutTfjsNode(folder = process.env[TFJS_NODE_VARIABLE]): string | undefined {
  if (folder === undefined) return `${TFJS_NODE_VARIABLE} names no folder with @tensorflow/tfjs-node`
  try {
    createRequire(join(resolve(folder), 'package.json')).resolve('@tensorflow/tfjs-node')
    return undefined
  } catch {
    return `@tensorflow/tfjs-node is not in the folder that ${TFJS_NODE_VARIABLE} names`
  }
}
