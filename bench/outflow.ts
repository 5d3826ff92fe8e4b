/** From the API to the server that takes it: by SMTP out of one mailbox and out of five, and by Graph. */
import { startDovecot, startSmtpSink, type SmtpSink } from '../mail-servers/index.ts'
import type { Bench } from './figures.ts'
import { sumCpuSeconds, listFamily } from './process-figures.ts'
import { ADMIN } from '../proofs/walk/connect-support.ts'
import { repeat } from './requests.ts'
import { onStage, type Stage } from './stage.ts'
import { AT_A_TIME, plainRate, TEXT, WANTED_PER_SECOND } from './submissions.ts'

const ACCOUNTS = 5
/** Share that goes out by Graph, too, where each message takes longer. */
const BY_GRAPH = 0.6
const PATIENCE_MS = 300_000
const PASSWORD = 'seven kettles on a shelf'

export async function outflow(bench: Bench): Promise<void> {
  const count = bench.quick ? 200 : 500
  const addresses = Array.from({ length: ACCOUNTS }, (_, n) => `desk-${n}@shop.test`)
  const baseline = await plainRate(count)
  const dovecot = await startDovecot({ users: Object.fromEntries(addresses.map((each) => [each, PASSWORD])) })
  const sink = await startSmtpSink({ letsIn: true })
  const mailHosts = [dovecot.imapPort, sink.port].map((port) => `localhost:${port}`).join(',')
  try {
    await onStage(
      bench,
      async (stage) => {
        const ids: string[] = []
        for (const [n, address] of addresses.entries()) {
          const servers = { imapPort: dovecot.imapPort, smtpPort: sink.port, password: PASSWORD }
          ids.push(await associate(stage, { ...servers, address, key: `D${n}` }))
        }
        await measure(bench, stage, { name: 'by SMTP, one mailbox', ids: ids.slice(0, 1), count, baseline, sink })
        await measure(bench, stage, { name: `by SMTP, ${ACCOUNTS} mailboxes`, ids, count, baseline, sink })
        await measure(bench, stage, { name: 'by Graph, one mailbox', ids: [stage.accountId], count: count * BY_GRAPH })
      },
      { mailHosts },
    )
  } finally {
    await sink.stop()
    await dovecot.stop()
  }
}

interface PlainMailbox {
  address: string
  password: string
  key: string
  imapPort: number
  smtpPort: number
  importDays?: number
}

/** Adds a mailbox on servers of this machine; returns its id. */
export async function associate(
  { client }: Pick<Stage, 'client'>,
  { address, password, key, imapPort, smtpPort, importDays }: PlainMailbox,
): Promise<string> {
  const server = (port: number) => ({ host: 'localhost', port, tls: 'none' })
  const servers = { imap: server(imapPort), smtp: server(smtpPort), userName: address }
  const wanted = { address, kind: 'user', servers, password, name: address, key, contact: ADMIN.email, importDays }
  // Lists of open conversations are measured with all of them.
  const body = { ...wanted, closesOlderThanDays: null }
  return (await client.call<{ id: string }>('POST', '/v1/email-accounts', body)).id
}

/** Submissions of the mailboxes in other states than these. */
async function countBeyond({ database }: Stage, ids: readonly string[], states: readonly string[]): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    'SELECT count(*)::integer AS n FROM submissions WHERE email_account_id = ANY ($1) AND state <> ALL ($2)',
    [ids, states],
  )
  return rows[0]!.n
}

interface Outflow {
  name: string
  ids: readonly string[]
  count: number
  baseline?: number
  /** Destination of the messages; without one, the messages that the server accepted are counted. */
  sink?: SmtpSink
}

async function measure({ tell }: Bench, stage: Stage, { name, ids, count, baseline, sink }: Outflow): Promise<void> {
  const { asker, postkey } = stage
  const arrivedBefore = sink?.arrived.length ?? 0
  const before = await countBeyond(stage, ids, [])
  const outside = async () =>
    sink ? sink.arrived.length - arrivedBefore : (await countBeyond(stage, ids, ['queued', 'sending'])) - before
  const cpu = () => sumCpuSeconds(listFamily(postkey.pid))
  const [began, cpuBefore] = [performance.now(), cpu()]
  await repeat(count, AT_A_TIME, (n) =>
    asker.ask('/v1/submissions', {
      method: 'POST',
      headers: { 'idempotency-key': `${name}-${n}`.replaceAll(' ', '-') },
      body: {
        ...{ emailAccountId: ids[n % ids.length], cc: [], bcc: [], subject: `Order ${n}`, text: TEXT },
        to: [{ name: '', address: `customer-${n}@customer.example` }],
      },
    }),
  )
  const until = async (done: () => Promise<number>, what: string) => {
    for (let n = await done(); n < count; n = await done()) {
      if (performance.now() - began > PATIENCE_MS) throw new Error(`${name}: ${what} ${n} of ${count}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await until(outside, 'sent')
  const seconds = (performance.now() - began) / 1000
  const cpuMs = ((cpu() - cpuBefore) * 1000) / count
  const subjects = sink?.arrived.slice(arrivedBefore).map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1])
  if (subjects && new Set(subjects).size !== count) throw new Error(`${name}: something went out twice`)
  tell({
    ...{ name: `from the API out ${name}`, value: count / seconds, unit: '1/s' },
    ...(sink && { baseline, wanted: { atLeast: WANTED_PER_SECOND } }),
  })
  tell({ name: `CPU of all for a message ${name}`, value: cpuMs, unit: 'ms' })
  // The next measurement begins without work of this one.
  const filed = async () => (await countBeyond(stage, ids, ['queued', 'sending', 'handed-over'])) - before
  await until(filed, 'filed the copies of')
  const withCopyMs = ((cpu() - cpuBefore) * 1000) / count
  tell({ name: `CPU of all for a message ${name}, its copy in Sent filed`, value: withCopyMs, unit: 'ms' })
}
