/**
 * A drill: every fault of the sandbox's catalog at once, each in an organization of its own, in one Postkey. Mail
 * arrives before, during and after it, a reply is sent meanwhile, the clock moves so that everything due happens, and
 * then the fault is ended as Postkey's own texts say.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { ADMIN } from '../walk/connect-support.ts'
import type { PostkeyClient } from '../walk/postkey-client.ts'
import type { Part } from './people.ts'
import { connectPart } from './connected-part.ts'
import type { CatalogueFault } from './control-panel.ts'
import { inParallel } from './in-parallel.ts'
import { createPlan } from './plan.ts'
import { receivedBy } from './received.ts'
import { onStage, type Stage } from './stage.ts'
import { createTrial, explain, hear, isWaiting, lookAtCalls, lookAtCode, formatSubject, chooseTarget, type TimedEvent, type Trial } from './trial.ts' // prettier-ignore
import { judgeTrial, type DrillLine } from './verdict.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
/** Shorter than polls and pauses, so that each is met. */
const STEP_MS = 5 * SECOND_MS
/** Longer than the lifetime of an access token, including clients with claims challenges: up to 28 hours. */
const TOKEN_LIFE_MS = 30 * 60 * MINUTE_MS
/**
 * Within an hour of its first reading, each mailbox is checked past its cursors; a little more than a minute has
 * passed.
 */
const UNTIL_CHECKED_MS = 58 * MINUTE_MS
/** Lifetime of a sign-in code. */
const CODE_LASTS_MS = 15 * MINUTE_MS
/** After this time, a lasting problem is reported, even if it may end by itself. */
const UNTIL_TOLD_MS = 16 * MINUTE_MS
/** Interval in which Postkey itself checks if a person has fixed a problem. */
const LOOKED_AT_AGAIN_MS = 16 * MINUTE_MS
const ARRIVAL_LIMIT_MS = 60 * SECOND_MS
/** In real time: all mailboxes and sign-ins are due at once. */
const JUMP_LANDS_MS = 3000
/** In real time; number of repetitions at most. */
const LOOK_LANDS_MS = 1000
const MOST_LOOKS = 15
const AT_ONCE = 6

export interface Drilled {
  lines: DrillLine[]
  /** Number of faults in the sandbox. */
  known: number
}

export async function drill(wanted: (name: string) => boolean, say: (line: string) => void): Promise<Drilled> {
  const catalogue = await knownFaults()
  const faults = catalogue.filter(({ name }) => wanted(name))
  const lines = await onStage(faults.map(orderOf), say, async (stage, cast) => {
    const told: DrillLine[] = []
    const keyOf = (fault: CatalogueFault) => `D${faults.indexOf(fault).toString(36).padStart(2, '0').toUpperCase()}`
    for (const round of inRounds(faults)) told.push(...(await createRun(stage, say, keyOf).all(round, cast)))
    return told
  })
  return { lines, known: catalogue.length }
}

/**
 * First, in parallel, the faults that can be narrowed to a mailbox; then, one by one, those that affect a whole
 * protocol.
 */
function inRounds(faults: readonly CatalogueFault[]): CatalogueFault[][] {
  const alone = faults.filter((fault) => createPlan(fault).isAlone)
  const together = faults.filter((fault) => !createPlan(fault).isAlone)
  return [together, ...alone.map((fault) => [fault])].filter((round) => round.length > 0)
}

/** Faults of the sandbox, queried before a Postkey exists. */
export async function knownFaults(): Promise<CatalogueFault[]> {
  const { startSandbox } = await import('../../sandbox/src/sandbox.ts')
  const sandbox = await startSandbox({ withMail: false })
  try {
    const answer = await fetch(`${sandbox.addresses.controlPanel}/api/faults`)
    const { faults } = (await answer.json()) as { faults: CatalogueFault[] }
    return faults
  } finally {
    await sandbox.close()
  }
}

function orderOf(fault: CatalogueFault) {
  const { kind, accountTypes, consentOf, protocols } = createPlan(fault)
  const signInAudience = accountTypes === 'multitenant' ? ('AzureADMultipleOrgs' as const) : ('AzureADMyOrg' as const)
  return {
    name: fault.name,
    kind,
    signInAudience,
    ...(consentOf && { consentOf }),
    ...(protocols && { byMailProtocols: true }),
  }
}

function createRun(
  { client, postkey, controlPanel, relay }: Stage,
  say: (line: string) => void,
  keyOf: (fault: CatalogueFault) => string,
) {
  const began = performance.now()
  const tell = (what: string) => say(`${((performance.now() - began) / 1000).toFixed(1)} s: ${what}`)
  let trials: Trial[] = []
  let after = 0

  /** Records everything that happened since the last call. */
  async function look(): Promise<void> {
    for (;;) {
      type Page = { events: TimedEvent[]; next: number; more: boolean }
      const { events, next, more } = await client.call<Page>('GET', `/v1/events?after=${after}&limit=500`)
      for (const event of events) for (const trial of trials) hear(trial, event)
      after = next
      if (!more) break
    }
    // First, because some reasons last for two seconds only.
    await inParallel(trials, AT_ONCE, explain)
    await inParallel(trials, AT_ONCE, async (trial) => {
      await lookAtCalls(controlPanel, trial)
      await lookAtCode(trial, controlPanel.now())
    })
  }

  /** Moves the clock unless a fault could still be noticed in time. */
  async function move(byMs: number): Promise<void> {
    await look()
    while (trials.some((trial) => isWaiting(trial, controlPanel.now()))) {
      await pause(200)
      await look()
    }
    await controlPanel.move(byMs)
  }

  async function pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
      await move(STEP_MS)
      await pause(150)
    }
    await look()
  }

  async function write(letter: string): Promise<void> {
    await inParallel(trials, AT_ONCE, async (trial) => {
      const [to = ''] = trial.party.part.addresses
      trial.letters.push(
        await controlPanel.write({ from: trial.party.customer, to, subject: formatSubject(trial, letter) }),
      )
    })
  }

  async function connect(faults: readonly CatalogueFault[], cast: ReadonlyMap<string, Part>): Promise<void> {
    trials = await inParallel(faults, AT_ONCE, async (fault) => {
      const plan = createPlan(fault)
      const key = keyOf(fault)
      const { kind, accountTypes, proof, protocols } = plan
      const as = {
        key,
        kind,
        ...(accountTypes && { accountTypes }),
        ...(proof && { proof }),
        ...(protocols && { protocols }),
      }
      const party = await connectPart({ client, postkey, controlPanel, admin: ADMIN.email }, cast.get(fault.name)!, as)
      return createTrial(fault, plan, party)
    })
    await untilAll('connected', async ({ party }) => (await party.account()).state === 'connected')
    await write('before')
    await untilAll('received', async (trial) => (await received(client, trial)).length === 1)
    // The first polls are over, and notifications are there.
    await pass(20 * SECOND_MS)
  }

  async function untilAll(what: string, isSo: (trial: Trial) => Promise<boolean>): Promise<void> {
    const limit = performance.now() + ARRIVAL_LIMIT_MS
    let open = [...trials]
    while (open.length > 0) {
      const so = await inParallel(open, AT_ONCE, isSo)
      open = open.filter((_, i) => !so[i])
      if (performance.now() > limit) {
        throw new Error(`not ${what} within ${ARRIVAL_LIMIT_MS} ms: ${open.map(({ fault }) => fault.name).join(', ')}`)
      }
      if (open.length > 0) await pause(200)
    }
  }

  async function breakAll(): Promise<void> {
    await look()
    await inParallel(trials, AT_ONCE, async (trial) => {
      const { beside } = trial.plan
      if (beside !== undefined)
        trial.besideId = await controlPanel.switchOn(beside, { tenant: trial.party.part.tenantId })
      trial.faultId = await controlPanel.switchOn(trial.fault.name, chooseTarget(trial), trial.plan.options)
    })
    await write('during')
    await inParallel(trials, AT_ONCE, async (trial) => {
      trial.replyId = await trial.party.reply(formatSubject(trial, 'answer'), 'It is on its way. '.repeat(20))
    })
    await inParallel(trials, AT_ONCE, meetAsPerson)
    await pass(70 * SECOND_MS)
    await jump(CODE_LASTS_MS)
    await jump(UNTIL_CHECKED_MS - CODE_LASTS_MS)
    await untilLookedFor()
    await jump(TOKEN_LIFE_MS)
    await jump(UNTIL_TOLD_MS)
  }

  /**
   * A periodic check finds the fault, repeats a minute later, and then a reading follows; a busy machine takes its
   * time.
   */
  async function untilLookedFor(): Promise<void> {
    const isOpen = ({ plan, noticed }: Trial) => plan.lookedForEveryMs !== undefined && !noticed
    for (let round = 0; round < MOST_LOOKS && trials.some(isOpen); round++) {
      await pass(2 * STEP_MS)
      await pause(LOOK_LANDS_MS)
    }
  }

  /** Moves the clock far, then waits for everything that fell due. */
  async function jump(byMs: number): Promise<void> {
    await move(byMs)
    await pause(JUMP_LANDS_MS)
    await pass(40 * SECOND_MS)
  }

  /** Triggers a fault that no mailbox meets by itself: a user signs in, or an admin checks the registration. */
  async function meetAsPerson(trial: Trial): Promise<void> {
    const { party, plan } = trial
    if (plan.metBy === 'sign-in') await party.signIn(party.part.newcomer)
    if (plan.metBy === 'code') trial.codeSignInId = (await party.signInByCode(party.part.person)).id
    if (plan.metBy !== 'check') return
    type Line = { outcome: string; code?: string; title?: string; remedy?: never; fix?: string }
    const path = `/v1/cloud-providers/${party.providerId}/check`
    const { lines } = await client.call<{ lines: Line[] }>('POST', path)
    const wrong = lines.find(({ outcome }) => outcome === 'wrong')
    if (!wrong?.code) return
    const reason = { code: wrong.code, title: wrong.title ?? '', remedy: 'admin' as const, fix: wrong.fix ?? '' }
    trial.noticed ??= { at: controlPanel.now(), state: 'registration wrong', code: wrong.code, reason }
  }

  async function endAll(): Promise<void> {
    await look()
    await inParallel(trials, AT_ONCE, async (trial) => {
      await endAtMicrosoft(trial)
      trial.endedAt = controlPanel.now()
      await doWhatIsAsked(trial)
    })
    await write('after')
    for (let round = 0; round < 3; round++) {
      await pass(60 * SECOND_MS)
      await inParallel(trials, AT_ONCE, async (trial) => {
        await seeWhetherRecovered(trial)
        if (trial.recoveredAt === undefined) await doWhatIsAsked(trial)
      })
      if (trials.every(({ recoveredAt }) => recoveredAt !== undefined)) break
      await jump(LOOKED_AT_AGAIN_MS)
    }
    await inParallel(trials, AT_ONCE, async ({ faultId, plan }) => {
      if (faultId !== undefined && plan.endedBy !== 'switch')
        await controlPanel.switchOff(faultId).catch(() => undefined)
    })
  }

  async function endAtMicrosoft({ plan, party, faultId, besideId }: Trial): Promise<void> {
    if (besideId !== undefined) await controlPanel.switchOff(besideId).catch(() => undefined)
    switch (plan.endedBy) {
      case 'switch':
        // A fault with a limited number of times may have ended by itself.
        await controlPanel.switchOff(faultId!).catch(() => undefined)
        break
      case 'new-secret':
        await party.renewSecret()
        break
      case 'admin-consent':
        await party.consentAsAdmin()
        break
      case 'nothing':
    }
  }

  /** Does what the texts of Postkey ask of people, and no more. */
  async function doWhatIsAsked(trial: Trial): Promise<void> {
    const { party, replyId } = trial
    const { state } = await party.account()
    if (state === 'needs-sign-in') await party.signIn(party.part.person, { renew: true })
    // If the outcome is unknown, ask the customer.
    const answers = await controlPanel.arrived(party.customer, formatSubject(trial, 'answer'))
    if (replyId !== undefined) await party.retry(replyId, { hasArrived: answers > 0 })
    if (trial.codeSignInId !== undefined) trial.codeSignInId = (await party.signInByCode(party.part.person)).id
  }

  async function seeWhetherRecovered(trial: Trial): Promise<void> {
    const { party, replyId, codeSignInId } = trial
    if (trial.recoveredAt !== undefined || trial.endedAt === undefined) return
    const account = await party.account()
    const isSignedIn = codeSignInId === undefined || (await party.codeSignIn(codeSignInId)).state === 'done'
    const sent = replyId === undefined ? 'sent' : (await party.submission(replyId)).state
    if (account.state !== 'connected' || sent !== 'sent' || !isSignedIn) return
    const awaited = trial.letters.length - (trial.plan.isHeldBack ? 1 : 0)
    if ((await received(client, trial)).length < awaited) return
    trial.recoveredAt = Math.max(trial.endedAt, Date.parse(account.stateSince))
  }

  return {
    async all(faults: readonly CatalogueFault[], cast: ReadonlyMap<string, Part>): Promise<DrillLine[]> {
      await connect(faults, cast)
      tell(`${trials.length} mailboxes are connected`)
      await breakAll()
      const told = trials.filter(({ noticed }) => noticed).length
      tell(`${trials.filter(({ visible }) => visible).length} faults were shown, ${told} were told`)
      await endAll()
      tell(`${trials.filter(({ recoveredAt }) => recoveredAt !== undefined).length} are as before`)
      const verdicts = await inParallel(trials, AT_ONCE, async (trial) =>
        judgeTrial(trial, { client, controlPanel, relay }),
      )
      // The next ones run alone.
      await inParallel(trials, AT_ONCE, ({ party }) => party.disconnect())
      return verdicts
    },
  }
}

const received = (client: PostkeyClient, { party, letters }: Trial) => receivedBy(client, party.accountId, letters)
