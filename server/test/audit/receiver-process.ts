/** Syslog receiver as a process, to be killed. Prints its port, then appends the ids of entries to a file. */
import { appendFileSync } from 'node:fs'
import { createSyslogReceiver } from './syslog-receiver.ts'

const [, , port = '0', file = ''] = process.argv
const receiver = await createSyslogReceiver(undefined, {
  port: Number(port),
  onEntry: ({ id }) => appendFileSync(file, `${id}\n`),
})
process.stdout.write(`${receiver.port}\n`)
