/** Five people who list, open and send beside an import, next to the same people without it. */
import { setTimeout as pause } from 'node:timers/promises'
import { startDovecot, startSmtpSink } from '../mail-servers/index.ts'
import { percentile, type Bench } from './figures.ts'
import { inProcess } from './imap-import.ts'
import { fillWithYears } from './large/fill.ts'
import { fillMailbox } from './mailbox-of-mail.ts'
import { associate } from './outflow.ts'
import { onStage, type Stage } from './stage.ts'
import { TEXT } from './submissions.ts'

const PEOPLE = 5
/** Between two actions of a person, who is in a hurry. */
const PAUSE_MS = 150
const ALONE_MS = 12_000
const PATIENCE_MS = 300_000
const MOST_MS = { list: 30, send: 100, open: 50 }
const [IMPORTED, DESK] = ['support@shop.test', 'desk@shop.test']
const PASSWORD = 'pw'

type Action = 'list' | 'open' | 'send'

export async function people(bench: Bench): Promise<void> {
  const letters = bench.quick ? 3000 : 20_000
  const dovecot = await startDovecot({ users: { [IMPORTED]: PASSWORD, [DESK]: PASSWORD }, extra: 'mail_fsync = never' })
  const sink = await startSmtpSink({ letsIn: true })
  try {
    bench.say(`laying ${letters} letters into Dovecot`)
    await fillMailbox(dovecot, IMPORTED, letters, new Date())
    const plain = await inProcess<{ ms: number }>('plain-import.ts', [String(dovecot.imapPort), IMPORTED])
    const mailHosts = [dovecot.imapPort, sink.port].map((port) => `localhost:${port}`).join(',')
    await onStage(
      bench,
      async (stage) => {
        await fillWithYears(stage.postkey.place, stage.accountId, bench.quick ? 5000 : 20_000, bench.say)
        const servers = { imapPort: dovecot.imapPort, smtpPort: sink.port, password: PASSWORD }
        const desk = await associate(stage, { ...servers, address: DESK, key: 'DESK' })
        await work(stage, desk, pause(ALONE_MS / 10))
        const alone = await work(stage, desk, pause(ALONE_MS))
        const beganAt = performance.now()
        const id = await associate(stage, { ...servers, address: IMPORTED, key: 'IMP', importDays: 3650 })
        const beside = await work(stage, desk, untilImported(stage, id, letters))
        report(bench, { alone, beside, rate: perSecond(letters, beganAt), plainRate: (letters * 1000) / plain.ms })
      },
      { mailHosts },
    )
  } finally {
    await sink.stop()
    await dovecot.stop()
  }
}

function report(
  { tell }: Bench,
  measured: { alone: Durations; beside: Durations; rate: number; plainRate: number },
): void {
  const { alone, beside, rate, plainRate } = measured
  for (const action of ['list', 'open', 'send'] as const) {
    for (const percent of [50, 99]) {
      tell({
        ...{ name: `${action} beside an import, p${percent}`, unit: 'ms', value: percentile(beside[action], percent) },
        baseline: percentile(alone[action], percent),
        ...(percent === 99 && { wanted: { atMost: MOST_MS[action] } }),
      })
    }
  }
  tell({ name: `actions of ${PEOPLE} people beside an import`, value: beside.perSecond, unit: '1/s' })
  tell({ name: 'import beside people', value: rate, unit: '1/s', baseline: plainRate })
}

type Durations = Record<Action, number[]> & { perSecond: number }

/** Durations of the actions of all people until `end`. */
async function work({ asker }: Stage, deskId: string, end: Promise<unknown>): Promise<Durations> {
  const durations: Durations = { list: [], open: [], send: [], perSecond: 0 }
  let isOver = false
  const until = end.finally(() => {
    isOver = true
  })
  const beganAt = performance.now()
  const person = async (n: number) => {
    await pause((n * PAUSE_MS) / PEOPLE)
    let ids: string[] = []
    for (let turn = n; !isOver; turn++) {
      const action: Action = turn % 4 === 1 && ids.length > 0 ? 'open' : turn % 4 === 3 ? 'send' : 'list'
      const { ms, text } = await act(action, ids[turn % ids.length])
      durations[action].push(ms)
      if (action === 'list') {
        ids = (JSON.parse(text) as { conversations: { id: string }[] }).conversations.map(({ id }) => id)
      }
      await pause(PAUSE_MS)
    }
  }
  const act = (action: Action, id?: string) =>
    action === 'list'
      ? asker.ask('/v1/conversations?limit=50')
      : action === 'open'
        ? asker.ask(`/v1/conversations/${id}?limit=50`)
        : asker.ask('/v1/submissions', {
            method: 'POST',
            headers: { 'idempotency-key': crypto.randomUUID() },
            body: {
              ...{ emailAccountId: deskId, cc: [], bcc: [], subject: 'Order', text: TEXT },
              to: [{ name: '', address: 'customer@customer.example' }],
            },
          })
  await Promise.all([until, ...Array.from({ length: PEOPLE }, (_, n) => person(n))])
  const count = durations.list.length + durations.open.length + durations.send.length
  return { ...durations, perSecond: perSecond(count, beganAt) }
}

async function untilImported({ database }: Stage, id: string, letters: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (performance.now() < until) {
    const { rows } = await database.query<{ n: number }>(
      `SELECT sum(imported_count)::integer AS n FROM folders JOIN folder_sync_states ON folder_id = folders.id
       WHERE email_account_id = $1`,
      [id],
    )
    if ((rows[0]?.n ?? 0) >= letters) return
    await pause(100)
  }
  throw new Error('the import did not end')
}

function perSecond(count: number, beganAt: number): number {
  return (count * 1000) / (performance.now() - beganAt)
}
