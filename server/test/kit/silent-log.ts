import { createLog, type Log } from '../../src/kernel/log.ts'

/** For tests that break things on purpose. */
export const silentLog: Log = createLog({ level: 'silent' })
