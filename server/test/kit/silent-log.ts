import { createLog, type Log } from '../../src/kernel/log.ts'

/** Log for tests that cause failures on purpose. */
export const silentLog: Log = createLog({ level: 'silent' })
