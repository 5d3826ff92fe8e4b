/** The end of a run: time advances until all mail has arrived. */
import { setTimeout as pause } from 'node:timers/promises'
import { storedFacts } from './facts.ts'
import { disagreements } from './judge.ts'
import type { Letter, ProtocolHarness } from './protocol-harness.ts'
import type { Stage } from './stage.ts'

/** By the clock of the run: longer than any deferral, so that a late duplicate appears. */
const AFTERMATH_MS = 40 * 60_000

/** Advances time past all deferrals, until everything has arrived, or nothing moves any more; then a while longer. */
export async function settle({ ask, protocol }: Stage, letters: readonly Letter[], stuckMs: number): Promise<void> {
  const wanted = letters.filter(({ fate }) => fate === 'readable').length
  await untilStill(protocol, stuckMs, async () => {
    const [state] = await ask<{ stored: string; open: string; waiting: string; acting: string }>(
      `SELECT (SELECT count(*) FROM messages WHERE subject LIKE '%Letter %' AND direction = 'in') AS stored,
         (SELECT count(*) FROM submissions WHERE state IN ('queued', 'sending', 'handed-over')) AS open,
         (SELECT count(*) FROM account_actions WHERE due_at IS NOT NULL) AS acting,
         (SELECT count(*) FROM email_accounts WHERE state <> 'connected') AS waiting`,
    )
    const { stored, open, waiting, acting } = state!
    const isDone = Number(stored) >= wanted && open === '0' && waiting === '0' && acting === '0'
    return isDone ? undefined : `${stored} ${open} ${waiting} ${acting}`
  })
  for (let passed = 0; passed < AFTERMATH_MS; passed += AFTERMATH_MS / 8) {
    protocol.move(AFTERMATH_MS / 8)
    await pause(500)
  }
  // On a busy machine, sync has not read all effects of mailbox actions yet.
  await untilStill(protocol, stuckMs, async () => {
    const { stored } = await storedFacts(ask)
    const lyingElsewhere = new Set(await protocol.lyingElsewhere())
    const open = disagreements({ letters, stored, atServer: await protocol.letters(), lyingElsewhere })
    return open.length === 0 ? undefined : open.join()
  })
}

/** Advances time until nothing is open, or the same is open for `stuckMs`. */
async function untilStill(
  protocol: ProtocolHarness,
  stuckMs: number,
  listOpen: () => Promise<string | undefined>,
): Promise<void> {
  let [before, since] = ['', performance.now()]
  for (let now = await listOpen(); now !== undefined; now = await listOpen()) {
    if (now !== before) [before, since] = [now, performance.now()]
    if (performance.now() - since > stuckMs) return
    protocol.move(20_000)
    await pause(400)
  }
}
