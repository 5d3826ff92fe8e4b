/** The seeded mailboxes, the transport and the external mail server, all real and in memory. */
import { createMailStore, type MailStore, type Message } from '../src/exchange-online/mail-store/index.ts'
import { createTransport, type Transport } from '../src/exchange-online/transport/index.ts'
import { createFaults, type Faults } from '../src/faults/index.ts'
import { createMovableClock, type MovableClock } from '../src/kernel/clock.ts'
import { type Database, openDatabase } from '../src/kernel/database.ts'
import { createDeferred, type Deferred } from '../src/kernel/deferred.ts'
import { createOutside, type Outside } from '../src/outside/index.ts'
import { createDirectory, type Directory, seedTenants } from '../src/tenants/index.ts'

export interface MailWorld {
  database: Database
  clock: MovableClock
  deferred: Deferred
  directory: Directory
  mailStore: MailStore
  transport: Transport
  outside: Outside
  faults: Faults
  /** All messages of the mailbox with that address. */
  messagesOf: (address: string) => Message[]
  mimeOf: (message: Message | undefined) => Promise<string>
  /** Sends from `support@contoso.example`, by default to Kim, and waits for the delivery. */
  sendOut: (mail: { to?: string; fields?: Record<string, string>; content?: string }) => Promise<void>
}

export function createMailWorld(): MailWorld {
  const database = openDatabase(':memory:')
  const clock = createMovableClock(database)
  const report = (error: unknown) => {
    throw error
  }
  const deferred = createDeferred(database, clock, report)
  const directory = createDirectory(database, clock)
  seedTenants(database, directory)
  const mailStore = createMailStore({ database, clock, directory })
  const transport = createTransport({ database, clock, deferred, directory, mailStore, report })
  const outside = createOutside({ database, clock, directory, transport })

  return {
    database,
    clock,
    deferred,
    directory,
    mailStore,
    transport,
    outside,
    faults: createFaults(database, clock, directory),
    messagesOf: (address) => mailStore.listMessages({ mailboxId: transport.findMailboxId(address)!, limit: 100 }),
    mimeOf: async (message) => Buffer.from(await mailStore.mime(message!)).toString(),
    async sendOut({ to = 'customer@customer.example', fields = {}, content = 'Thank you.' }) {
      const header = { From: 'Support <support@contoso.example>', To: to, Subject: 'Re: your order', ...fields }
      const lines = Object.entries(header).map(([name, value]) => `${name}: ${value}\r\n`)
      await transport.submit({
        mailboxId: transport.findMailboxId('support@contoso.example')!,
        callerId: undefined,
        envelope: { from: 'support@contoso.example', to: [to] },
        mime: Buffer.from(`${lines.join('')}\r\n${content}`),
      })
      await deferred.runDue()
    },
  }
}
