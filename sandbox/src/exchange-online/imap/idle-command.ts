import type { Command } from './session.ts'
import { argumentError } from './refusal.ts'

/** Sends changes while it waits (RFC 2177). Every change of the folder is sent at once. */
export const idleCommand: Command = {
  state: 'signed-in',
  async run(session, args) {
    args.end()
    const { writer } = session
    writer.line('+ IDLE accepted, awaiting DONE command.')
    const tell = () => {
      if (session.selected?.hasNews && session.deps.faults.ask('imap.idle', session.subject()) === 'silent') return
      session.selected?.tell(writer, { expunges: true })
      writer.send()
    }
    session.onNews = tell
    try {
      tell()
      const line = await session.source.readLine(1000)
      if (line?.toString('latin1').toUpperCase() !== 'DONE') throw argumentError()
    } finally {
      session.onNews = undefined
    }
    return 'OK IDLE completed.'
  },
}
