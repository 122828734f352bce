import { workerData } from 'node:worker_threads'
import type { LastResort } from './last-resort.ts'

// The entry of the thread that ends its process.

const { deadline } = workerData as LastResort
setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.max(0, deadline - Date.now()))
