/** Process that forwards once, and kills itself after the receiver has the page and before the position is stored. */
import { createAuditForwarding, createSyslogTarget } from '../../src/audit/index.ts'
import { createDatabase } from '../../src/database/index.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createDialGuard } from '../../src/kernel/dial-guard.ts'
import { silentLog } from '../kit/silent-log.ts'

const [, , url = '', port = ''] = process.argv
const target = createSyslogTarget(
  { isTls: false, host: '127.0.0.1', port: Number(port), caFile: undefined },
  {
    dialGuard: createDialGuard({ declared: new Set([`127.0.0.1:${port}`]) }),
    origin: { host: 'mail.example.com', version: '1' },
  },
)
const forwarding = createAuditForwarding({
  database: await createDatabase(url, { log: silentLog }),
  clock: systemClock,
  log: silentLog,
  targets: [
    {
      ...target,
      async send(entries, signal) {
        await target.send(entries, signal)
        process.kill(process.pid, 'SIGKILL')
        await new Promise(() => undefined)
      },
    },
  ],
  present: (entries) => Promise.resolve(entries),
  incident: { open: () => Promise.resolve(), end: () => Promise.resolve() },
})
await forwarding.forward()
