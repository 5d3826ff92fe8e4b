import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import { createTicker } from '../kernel/ticker.ts'
import { shownTime } from '../kernel/shown-time.ts'
import { RESTORED } from './held-mail.ts'
import type { HeldMail } from './held-mail-decisions.ts'

const LOOK_EVERY_MS = 5000
/**
 * Limit for a round of searches; each request has its own limit. At half of it, the round leaves the rest to the next
 * one.
 */
const DEADLINE_MS = 10 * 60_000

/** Reports the incident of held mail: `installation` in `incidents`. */
export interface HeldMailIncident {
  open(trouble: { code: ErrorCode; detail: string; since: Date }): Promise<void>
  end(key: { code: ErrorCode }): Promise<void>
}

/** Searches Sent for held mail and keeps its incident up to date. */
export interface HeldMailService {
  start(): void
  stop(): Promise<void>
  /** Runs immediately; for tests. */
  look(): Promise<void>
}

export function createHeldMailService({
  clock,
  log,
  decisions,
  lookUp,
  incident,
}: {
  clock: Clock
  log: Log
  decisions: HeldMail
  lookUp: (late?: AbortSignal) => Promise<void>
  incident: HeldMailIncident
}): HeldMailService {
  let wasOpen: boolean | undefined
  const ticker = createTicker({
    name: 'submission.held-mail',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: DEADLINE_MS,
    run: (_over, late) => look(late),
    onError: (err) => log.warn({ err }, 'Held mail could not be looked for'),
  })

  async function look(late?: AbortSignal): Promise<void> {
    if ((await decisions.countHeld()) > 0) await lookUp(late)
    const held = await decisions.countHeld()
    if (held > 0) {
      const restored = await decisions.latest()
      if (restored) await incident.open({ code: RESTORED, detail: detailOf(restored), since: restored.detectedAt })
    } else if (wasOpen !== false) {
      // Also at startup: another process may have opened the incident and crashed.
      await incident.end({ code: RESTORED })
    }
    wasOpen = held > 0
  }

  return { start: () => ticker.start(), stop: () => ticker.stop(), look }
}

function detailOf({ fromAt, counts }: NonNullable<Awaited<ReturnType<HeldMail['latest']>>>): string {
  const rest = counts.pending > 0 ? `${counts.pending} not looked for yet` : 'all were looked for'
  return (
    `This database is from ${shownTime(fromAt)}. ${messages(counts.all)} may have been sent already: ` +
    `${counts.found} found in Sent, ${counts.held} held, ${rest}.`
  )
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`
}
