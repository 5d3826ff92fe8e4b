/**
 * A process that dies while a renewed sign-in completes, right after each of its commits in turn: over HTTP and by device
 * code, before the local Microsoft 365. Support is a shared mailbox that Ben and Anna may open.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { chaosAround } from '../../../rehearsal/chaos.ts'
import type { Database } from '../../database/index.ts'
import { AppError } from '../../kernel/errors.ts'
import type { CloudProviderId, EmailAccountId, GrantId } from '../../kernel/ids.ts'
import { readCookie, createConnectingStage, createSandboxPerson } from '../../../test/kit/index.ts'

const BEN = 'ben@contoso.example'
const ANNA = 'anna@contoso.example'
const SUPPORT = 'support@contoso.example'
const WRONG = { what: 'exists', outcome: 'wrong', code: 'tokens.grant_ended', title: 'ended', fix: 'sign in' }
/** More commits than a sign-in makes. */
const MOST_COMMITS = 20

/** The commit after which the process dies; 0 for none. */
let diesAfter = 0
let commits = 0
const dying = chaosAround((step) => {
  if (step === 'committed' && ++commits === diesAfter) throw new Error('killed')
})

/** Lock limit of the rooms in milliseconds; the lock in the test lasts until the sign-in has ended. */
const LOCK_MS = 200

/** Shortens the 8 s that a statement waits for a row. */
const impatient = (database: Database): Database => ({
  ...database,
  transaction: (work, options) =>
    database.transaction(async (tx) => {
      await sql`SELECT set_config('lock_timeout', ${String(LOCK_MS)}, true)`.execute(tx)
      return work(tx)
    }, options),
})

const stage = await createConnectingStage([], {}, (database) => dying.database(impatient(database)))
const { ask, rooms, sandbox, database, clock, admin, begin, atMicrosoft, comeBack, newCloudProvider, grantOf } = stage
const { finishSignIns } = stage

let cloudProviderId: CloudProviderId
let accountId: EmailAccountId
let ben: GrantId
let anna: GrantId

beforeAll(async () => {
  cloudProviderId = await newCloudProvider()
  ben = await grantOf(cloudProviderId, BEN)
  await passes(60_000)
  anna = await grantOf(cloudProviderId, ANNA)
  const allowed = { as: admin, body: { isAllowed: true } }
  expect((await ask(`PUT /v1/cloud-providers/${cloudProviderId}/device-code`, allowed)).status).toBe(200)
  const associated = await ask('POST /v1/email-accounts', {
    as: admin,
    body: { name: 'Support', key: 'SUP', address: SUPPORT, kind: 'shared', contact: 'a@contoso.example', grantId: ben },
  })
  accountId = (associated.body as { id: EmailAccountId }).id
})

async function passes(ms: number): Promise<void> {
  await sandbox.advance(ms)
  clock.advance(ms)
}

/** The mailbox needs a sign-in by Ben, and its last check says so. */
async function needsSignIn(): Promise<void> {
  const columns = { grant_id: ben, first_grant_id: null, stand_by_grant_id: null, stand_by_reason: null }
  const preflight = JSON.stringify({ checkedAt: clock.now(), checks: [WRONG] })
  await database.db
    .updateTable('email_accounts')
    .set({ ...columns, preflight })
    .execute()
  const error = new AppError('tokens.grant_ended')
  await database.transaction((tx) => rooms.emailAccounts.signal(tx, accountId, 'failed-sign-in', { error }))
}

/** Anna's backup sign-in opens the mailbox in place of Ben's. */
async function runsOnBackup(): Promise<void> {
  await needsSignIn()
  const columns = { grant_id: anna, stand_by_grant_id: anna, first_grant_id: ben }
  await database.db.updateTable('email_accounts').set(columns).execute()
}

/** Ben's sign-in is the backup, and did not open the mailbox at the last check. */
async function backupFails(): Promise<void> {
  await needsSignIn()
  const later = new Date(clock.now().getTime() + 24 * 60 * 60 * 1000)
  const columns = { grant_id: anna, stand_by_grant_id: ben, stand_by_reason: 'tokens.grant_ended' }
  await database.db
    .updateTable('email_accounts')
    .set({ ...columns, stand_by_due_at: later })
    .execute()
}

async function refreshTokenOfBen(): Promise<string> {
  const { refresh_token: token } = await database.db
    .selectFrom('grants')
    .select('refresh_token')
    .where('id', '=', ben)
    .executeTakeFirstOrThrow()
  return token.toString('hex')
}

interface Way {
  /** Everything up to the step that completes the sign-in. */
  prepare: () => Promise<() => Promise<unknown>>
}

const redirect: Way = {
  async prepare() {
    const begun = await begin(cloudProviderId, { requestedAddress: SUPPORT, reconnectGrantId: ben })
    const url = await atMicrosoft(begun, BEN)
    return () => comeBack(url, begun.browser)
  },
}

const deviceCode: Way = {
  async prepare() {
    const body = { cloudProviderId, requestedAddress: SUPPORT, reconnectGrantId: ben }
    const answer = await ask('POST /v1/device-sign-ins', { as: admin, body })
    expect(readCookie(answer)).toBeDefined()
    const { verificationUri, userCode } = answer.body as { verificationUri: string; userCode: string }
    await createSandboxPerson(sandbox, BEN).typeCode(verificationUri, userCode)
    await passes(6000)
    return () => rooms.deviceSignIns.askDue().catch(() => undefined)
  },
}

/** Completes one sign-in after the other, each killed one commit later, until one completes. */
async function sweep({ prepare }: Way, before: () => Promise<void>, check: (isKept: boolean) => Promise<void>) {
  for (let nth = 1; nth <= MOST_COMMITS; nth++) {
    await before()
    const complete = await prepare()
    const old = await refreshTokenOfBen()
    commits = 0
    diesAfter = nth
    await complete()
    const isOver = commits < nth
    diesAfter = 0
    const isKept = (await refreshTokenOfBen()) !== old
    await check(isKept)
    if (isOver) {
      expect(isKept).toBe(true)
      return
    }
  }
  throw new Error(`more than ${MOST_COMMITS} commits`)
}

beforeEach(() => {
  diesAfter = 0
})

describe.each([
  ['the redirect', redirect],
  ['a device code', deviceCode],
])('a renewed sign-in by %s, at each point of a crash', (_name, way) => {
  it('is kept together with the new state of its mailbox, and the check is repeated after the restart', async () => {
    await sweep(way, needsSignIn, async (isKept) => {
      expect((await rooms.emailAccounts.get(accountId)).state).toBe(isKept ? 'connecting' : 'needs-sign-in')
      if (!isKept) return
      await rooms.principals.checkDue()
      const { preflight } = await rooms.emailAccounts.get(accountId)
      expect(preflight!.checks.map(({ outcome }) => outcome)).not.toContain('wrong')
    })
  })

  it('is kept together with the end of the backup sign-in', async () => {
    await sweep(way, runsOnBackup, async (isKept) => {
      const { principal } = await rooms.emailAccounts.get(accountId)
      expect(principal).toMatchObject({ grantId: isKept ? ben : anna })
    })
  })

  it('is kept while another transaction locks its mailbox, which follows once the lock is released', async () => {
    await runsOnBackup()
    const complete = await way.prepare()
    const old = await refreshTokenOfBen()

    await database.transaction(async (tx) => {
      await sql`SELECT id FROM email_accounts FOR UPDATE`.execute(tx)
      await complete()
      expect(await refreshTokenOfBen()).not.toBe(old)
      await expect(finishSignIns()).rejects.toMatchObject({ code: 'database.lock_busy' })
    })
    expect((await rooms.emailAccounts.get(accountId)).principal).toMatchObject({ grantId: anna })

    await finishSignIns()
    expect(await rooms.emailAccounts.get(accountId)).toMatchObject({ principal: { grantId: ben }, state: 'connecting' })
    await needsSignIn()
    await finishSignIns()
    expect((await rooms.emailAccounts.get(accountId)).state).toBe('needs-sign-in')
  })

  it('leaves due checks of mailboxes of other sign-ins to the recurring work', async () => {
    await needsSignIn()
    const preflight = JSON.stringify({ checkedAt: clock.now(), checks: [WRONG], dueAt: clock.now() })
    await database.db.updateTable('email_accounts').set({ grant_id: anna, preflight }).execute()
    const outcomes = async () =>
      (await rooms.emailAccounts.get(accountId)).preflight!.checks.map(({ outcome }) => outcome)
    const complete = await way.prepare()

    await complete()

    expect(await outcomes()).toEqual(['wrong'])
    await rooms.principals.checkDue()
    expect(await outcomes()).not.toContain('wrong')
  })

  it('lets a failed backup sign-in be checked again after the restart', async () => {
    await sweep(way, backupFails, async (isKept) => {
      await rooms.principals.checkDue()
      const { backupSignIn } = await rooms.emailAccounts.get(accountId)
      expect(backupSignIn?.reason?.code).toBe(isKept ? undefined : 'tokens.grant_ended')
    })
  })
})
