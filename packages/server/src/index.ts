export { createServer, type GantryServer, type ServerOptions } from './create-server.ts'
export type { Log, LogRecord } from './http/observe-requests.ts'
export { type ServerLimits, usualLimits } from './limits.ts'
export type { Address, ListenOptions } from './listen.ts'
