import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** Not a dependency: it is imported from a folder of the user's. */
export const TFJS_NODE = '@tensorflow/tfjs-node'

/** Names a folder whose node_modules has @tensorflow/tfjs-node with its native library. */
export const TFJS_NODE_VARIABLE = 'GANTRY_BENCH_TFJS_NODE'

/** Why TF.js's native backend cannot be used, or undefined when it is there. */
export function reasonWithoutTfjsNode(folder = process.env[TFJS_NODE_VARIABLE]): string | undefined {
  if (folder === undefined) return `${TFJS_NODE_VARIABLE} names no folder with ${TFJS_NODE}`
  try {
    createRequire(join(resolve(folder), 'package.json')).resolve(TFJS_NODE)
    return undefined
  } catch {
    return `${TFJS_NODE} is not in the folder that ${TFJS_NODE_VARIABLE} names`
  }
}
