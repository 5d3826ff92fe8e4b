/** Submissions through the API: how many are accepted, and how many go out, beside a pool of nodemailer. */
import { createTransport } from 'nodemailer'
import { startSmtpSink } from '../mail-servers/index.ts'
import type { Bench } from './figures.ts'
import { sumCpuSeconds, listFamily } from './process-figures.ts'
import { repeat } from './requests.ts'
import { onStage } from './stage.ts'

export const AT_A_TIME = 10
export const WANTED_PER_SECOND = 150
const PATIENCE_MS = 300_000
/** Nothing goes out while it is measured how many are accepted. */
const HOLD_MS = 10_000
export const TEXT = 'Good morning,\n\nyour order is on its way.\n\nKind regards\nContoso\n'.repeat(10)

export async function submissions(bench: Bench): Promise<void> {
  const { quick, tell, say } = bench
  const count = quick ? 200 : 500
  const baseline = await plainRate(count)
  await onStage(bench, async ({ asker, accountId, database, postkey }) => {
    const submit = (n: number) =>
      asker.ask('/v1/submissions', {
        method: 'POST',
        headers: { 'idempotency-key': `bench-${n}` },
        body: {
          emailAccountId: accountId,
          to: [{ name: '', address: `customer-${n}@customer.example` }],
          cc: [],
          bcc: [],
          holdMs: HOLD_MS,
          subject: `Order ${n}`,
          text: TEXT,
        },
      })
    await submit(-1)
    const cpu = () => sumCpuSeconds(listFamily(postkey.pid))
    const before = cpu()
    const began = performance.now()
    const { allMs } = await repeat(count, AT_A_TIME, submit)
    tell({
      ...{ name: 'submissions accepted', value: (count * 1000) / allMs, unit: '1/s', baseline },
      wanted: { atLeast: WANTED_PER_SECOND },
    })
    tell({ name: 'CPU of all for an accepted submission', value: ((cpu() - before) * 1000) / count, unit: 'ms' })
    say('waiting until they are handed over')
    const [first, until] = [began + HOLD_MS, performance.now() + PATIENCE_MS]
    for (;;) {
      const { rows } = await database.query<{ n: number }>(
        `SELECT count(*)::integer AS n FROM submissions WHERE state NOT IN ('queued', 'sending')`,
      )
      if (rows[0]!.n >= count + 1 || performance.now() > until) {
        const out = (rows[0]!.n * 1000) / (performance.now() - first)
        tell({ name: 'submissions handed over by Graph, one mailbox', value: out, unit: '1/s' })
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })
}

/** Messages a second through a pool of ten connections to a server that takes everything. */
export async function plainRate(count: number): Promise<number> {
  const sink = await startSmtpSink()
  const pool = createTransport({
    ...{ host: '127.0.0.1', port: sink.port, pool: true, maxConnections: AT_A_TIME, maxMessages: Infinity },
    ...{ secure: false, ignoreTLS: true },
  })
  try {
    const began = performance.now()
    const to = 'customer@customer.example'
    const mail = { from: 'support@contoso.example', to, subject: 'Order', text: TEXT }
    await Promise.all(Array.from({ length: count }, () => pool.sendMail(mail)))
    return (count * 1000) / (performance.now() - began)
  } finally {
    pool.close()
    await sink.stop()
  }
}
