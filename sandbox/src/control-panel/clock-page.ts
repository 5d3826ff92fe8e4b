import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { MovableClock } from '../kernel/clock.ts'
import { html, type Html } from '../kernel/html.ts'
import { field, notice, select } from '../kernel/page-pieces.ts'
import { antiForgery, readForm, sendPage } from '../kernel/site.ts'
import type { ControlPanelLayout } from './control-panel-page.ts'

const MINUTE_MS = 60 * 1000
const DAY_MS = 24 * 60 * MINUTE_MS
const UNITS = { minutes: MINUTE_MS, hours: 60 * MINUTE_MS, days: DAY_MS }

/** Maximum of one move: ten years. Longer moves rehearse nothing new, and years would eventually exceed four digits. */
const LONGEST_MOVE_MS = 3653 * DAY_MS
const USUAL_WAIT_MS = 25_000
const LONGEST_WAIT_MS = 60_000
const LATEST = Date.UTC(9000, 0, 1)

/**
 * Shows the sandbox's clock and moves it forward. It never moves back, because issued tokens would then lie in the
 * future.
 */
export function registerClock(
  site: FastifyInstance,
  { clock, layout }: { clock: MovableClock; layout: ControlPanelLayout },
): void {
  const moves = createMoves(site, clock)
  site.get('/clock', (request, reply) => show(request, reply))
  site.post('/clock', (request, reply) => {
    const form = readForm(request)
    const amount = form.get('amount') ?? ''
    const unit = form.get('unit') ?? ''
    const unitMs = Object.hasOwn(UNITS, unit) ? UNITS[unit as keyof typeof UNITS] : undefined
    const fault = unitMs === undefined ? 'Choose minutes, hours or days.' : move(Number(amount || 'NaN') * unitMs)
    return fault === undefined ? reply.redirect('/clock', 303) : show(request, reply, { amount, unit, fault })
  })

  site.get<{ Querystring: { after?: unknown; waitMs?: unknown } }>('/api/clock', async ({ query }, reply) => {
    const [after, waitMs] = [whole(query.after), whole(query.waitMs) ?? USUAL_WAIT_MS]
    if (Number.isNaN(after) || !(waitMs >= 0 && waitMs <= LONGEST_WAIT_MS)) {
      const message = `"after" must be an "offsetMs" of an earlier response, "waitMs" a whole number from 0 to ${LONGEST_WAIT_MS}.`
      return reply.code(400).send({ error: { field: Number.isNaN(after) ? 'after' : 'waitMs', message } })
    }
    if (after === clock.offsetMs) await moves.next(waitMs, reply)
    return state()
  })
  site.post('/api/clock', { config: { antiForgery: false } }, ({ body }, reply) => {
    const byMs = typeof body === 'object' && body !== null && 'byMs' in body ? body.byMs : undefined
    const fault = move(typeof byMs === 'number' ? byMs : NaN)
    return fault === undefined ? state() : reply.code(400).send({ error: { field: 'byMs', message: fault } })
  })

  /** Moves the clock, or returns the reason why the value is invalid. */
  function move(byMs: number): string | undefined {
    if (!(byMs > 0)) return 'Enter a number greater than 0. The clock only moves forward.'
    if (byMs > LONGEST_MOVE_MS || clock.now().getTime() + byMs > LATEST)
      return 'The clock moves at most ten years at a time.'
    clock.move(Math.round(byMs))
    return undefined
  }

  function state() {
    return { now: clock.now().toISOString(), offsetMs: clock.offsetMs }
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    form: { amount: string; unit: string; fault?: string } = { amount: '1', unit: 'hours' },
  ) {
    const body = clockPage(clock, form, antiForgery(request, reply))
    return sendPage(reply, layout({ title: 'Clock', body }), form.fault === undefined ? 200 : 422)
  }
}

/** Notifies programs that follow the clock of a move at once, so that they need not poll. */
function createMoves(site: FastifyInstance, clock: MovableClock) {
  const waiting = new Set<() => void>()
  const letGo = () => [...waiting].forEach((go) => go())
  clock.onMove(letGo)
  // Waiting requests must not keep the site from closing.
  site.addHook('preClose', async () => letGo())

  return {
    /**
     * Resolves with the next move, after `waitMs`, or when the client disconnects. Uses real time, not the sandbox's
     * clock.
     */
    next: (waitMs: number, reply: FastifyReply) =>
      new Promise<void>((resolve) => {
        const go = () => {
          clearTimeout(timer)
          waiting.delete(go)
          resolve()
        }
        const timer = setTimeout(go, waitMs)
        waiting.add(go)
        reply.raw.once('close', go)
      }),
  }
}

/** Integer value of a form field; `NaN` when the field holds anything else. */
function whole(value: unknown): number | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : NaN
}

const FORMAT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' })

function clockPage(
  clock: MovableClock,
  { amount, unit, fault }: { amount: string; unit: string; fault?: string },
  token: Html,
): Html {
  const now = clock.now()
  return html`<h1>Clock</h1>
    <p>
      Sandbox time: <strong><time datetime="${now.toISOString()}">${FORMAT.format(now)} UTC</time></strong
      >,
      ${clock.offsetMs === 0 ? 'equal to the real time' : html`${durationText(clock.offsetMs)} ahead of the real time`}.
    </p>
    <p>
      Tokens, secrets, certificates, codes and the dates of mail follow this clock. It keeps its offset after a restart
      and cannot move back. To start over, stop the sandbox and delete its data folder.
    </p>
    ${fault !== undefined && notice('error', html`<p>${fault}</p>`)}
    <form method="post" action="/clock" class="card">
      ${token}
      <div class="columns">
        ${field({ label: 'Move forward by', name: 'amount', value: amount, inputmode: 'numeric', required: true })}
        ${select({
          label: 'Unit',
          name: 'unit',
          value: unit,
          choices: Object.keys(UNITS).map((value) => ({ value, label: value })),
        })}
      </div>
      <div class="actions"><button class="primary" type="submit">Move the clock</button></div>
    </form>
    <h2>For scripts</h2>
    <pre>
POST /api/clock  {"byMs": 3600000}
GET  /api/clock
GET  /api/clock?after=OFFSET   waits up to 25 s for a different offset</pre>`
}

function durationText(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ] as const
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return shown.length === 0 ? 'less than a minute' : shown.join(', ')
}
