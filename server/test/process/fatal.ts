/** Ends with an uncaught error. Usage: node fatal.ts throw|reject|stream|buffered [log file] */
import { EventEmitter } from 'node:events'
import { createLog, rotatingFile } from '../../src/kernel/log.ts'
import { endOnFatalErrors } from '../../src/process/index.ts'

const [, , how, logFile] = process.argv
endOnFatalErrors(() => ({ logFile }))
if (how === 'throw') setTimeout(() => (undefined as unknown as string).trim(), 1)
if (how === 'reject') void Promise.reject(new Error('nobody waits', { cause: { password: 'topsecret' } }))
if (how === 'stream') setTimeout(() => new EventEmitter().emit('error', new Error('nobody listens')), 1)
if (how === 'buffered') {
  const log = createLog({ destination: rotatingFile(logFile!) })
  for (let n = 0; n < 10; n++) log.info(`line ${n}`)
  throw new Error('after ten lines')
}
setInterval(() => undefined, 1000)
