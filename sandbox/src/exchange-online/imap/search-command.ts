import type { Arguments } from './arguments.ts'
import { readSearch } from './search-keys.ts'
import { Refusal } from './refusal.ts'
import type { Command, Session } from './session.ts'

const TOGETHER = 200

async function search(session: Session, args: Arguments, byUid: boolean): Promise<string> {
  if (args.peek()?.kind === 'atom' && /^CHARSET$/i.test((args.peek() as { text: string }).text)) {
    args.atom()
    // RFC 3501 §6.4.4; the wording is unconfirmed.
    if (!/^(us-ascii|utf-8)$/i.test(args.astring())) {
      throw new Refusal('NO', '[BADCHARSET (US-ASCII UTF-8)] The specified charset is not supported.')
    }
  }
  const selected = session.selected!
  const isMeant = readSearch(args, selected)
  const found: number[] = []
  const { mailStore } = session.deps
  const keys = selected.uids.map((_uid, i) => selected.keyAt(i))
  for (const [i, key] of keys.entries()) {
    const entry = mailStore.imapEntry(key)
    const position = selected.positionOf(key)
    if (entry && position !== undefined && selected.knows(entry)) {
      const message = { entry, number: position + 1, content: () => mailStore.messageByKey(key) }
      if (isMeant(message)) found.push(byUid ? entry.uid : position + 1)
    }
    if (i % TOGETHER === TOGETHER - 1) await new Promise((resolve) => setImmediate(resolve))
  }
  session.writer.line(`* SEARCH${found.map((number) => ` ${number}`).join('')}`)
  return 'OK SEARCH completed.'
}

export const searchCommands: Record<string, Command> = {
  SEARCH: { state: 'selected', keepsNumbers: true, run: (session, args) => search(session, args, false) },
  'UID SEARCH': { state: 'selected', run: (session, args) => search(session, args, true) },
}
