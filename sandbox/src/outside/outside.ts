import { randomUUID } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Directory } from '../tenants/index.ts'
import { type Arrival, readDomain, type Transport, TransportError } from '../exchange-online/transport/index.ts'
import { composeLetter, type Letter } from './compose.ts'
import { createMailDrop, type MailDrop, type OutsideMail } from './mail-drop.ts'
import { OutsideError } from './outside-error.ts'
import { readMessageId, readSummary } from './outside-mail.ts'

/** Mail to this domain bounces with a report. */
export const BOUNCING_DOMAIN = 'bounce.example'

export type LetterDraft = Omit<Letter, 'messageId' | 'sentAt' | 'references'> & {
  /** Message-IDs before the answered one; by default the references of the answered message, if it is stored. */
  references: string[] | undefined
}

export interface Delivery {
  /** With angle brackets; `undefined` for a raw message without one, to which Exchange assigns one. */
  messageId: string | undefined
  arrivals: Arrival[]
  /** Copies for external recipients. */
  outside: OutsideMail[]
}

export interface Outside {
  mail: MailDrop
  /** Sends a letter to mailboxes and external recipients. @throws OutsideError when a server refuses it */
  send(draft: LetterDraft): Promise<Delivery>
  /** Sends bytes unchanged. @throws OutsideError when a server refuses them */
  sendRaw(mail: { from: string; to: string[]; mime: Uint8Array }): Promise<Delivery>
}

export interface OutsideDependencies {
  database: Database
  clock: Clock
  directory: Directory
  transport: Transport
}

/** Creates the server for all external domains and connects it to the transport. */
export function createOutside({ database, clock, directory, transport }: OutsideDependencies): Outside {
  const mail = createMailDrop(database, clock)

  transport.connectOutside({
    accept({ from, to, mime }) {
      if (readDomain(to) === BOUNCING_DOMAIN) {
        return { refusedWith: `550 5.1.1 <${to}>: Recipient address rejected: User unknown` }
      }
      mail.add({ from, to, mime })
      return undefined
    },
  })

  const isOurs = (address: string) => directory.people.findTenant(readDomain(address)) !== undefined

  async function sendRaw({ from, to, mime }: { from: string; to: string[]; mime: Uint8Array }): Promise<Delivery> {
    const inside = to.filter(isOurs)
    const others = to.filter((address) => !isOurs(address))
    const bouncing = others.find((address) => readDomain(address) === BOUNCING_DOMAIN)
    if (bouncing !== undefined) {
      throw new OutsideError(422, `The server of ${BOUNCING_DOMAIN} has no such address: ${bouncing}.`, 'to')
    }
    const arrivals = inside.length > 0 ? await handOver({ from, to: inside, mime }) : []
    const outside = others.map((address) => mail.add({ from, to: address, mime }))
    return { messageId: readMessageId(mime), arrivals, outside }
  }

  async function handOver({ from, to, mime }: { from: string; to: string[]; mime: Uint8Array }): Promise<Arrival[]> {
    try {
      return await transport.receiveFromOutside({ envelope: { from, to }, mime })
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      const size = error.refusal === 'message-too-large'
      throw new OutsideError(size ? 413 : 422, `The server answered: ${error.message}`, size ? undefined : 'to')
    }
  }

  return {
    mail,
    async send({ references, ...draft }) {
      const { from, to, cc, inReplyTo } = draft
      const letter: Letter = {
        ...draft,
        messageId: `<${randomUUID()}@${readDomain(from.address)}>`,
        references: inReplyTo === undefined ? [] : [...(references ?? (await referencesOf(inReplyTo))), inReplyTo],
        sentAt: clock.now(),
      }
      if (!isOurs(from.address)) mail.remember(from.address, from.name)
      const addresses = [...to, ...cc].map(({ address }) => address)
      return sendRaw({ from: from.address, to: [...new Set(addresses)], mime: await composeLetter(letter) })
    },
    sendRaw,
  }

  /** References of the answered message, if it is stored. @see RFC 5322 section 3.6.4 */
  async function referencesOf(messageId: string): Promise<string[]> {
    const answered = mail.findByMessageId(messageId)
    if (!answered) return []
    const { references, inReplyTo } = await readSummary(mail.beginning(answered.id))
    return references.length > 0 ? references : inReplyTo
  }
}
