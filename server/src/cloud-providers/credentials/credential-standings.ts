import type { Tx } from '../../database/index.ts'
import { backoffMs } from '../../kernel/backoff.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { ErrorCode } from '../../kernel/errors.ts'
import type { CloudProviderId, ProviderCredentialId } from '../../kernel/ids.ts'
import type { CheckedProvider, CheckResult } from '../cloud-provider.ts'
import type { ProviderCredential } from './provider-credential.ts'
import type { ProviderCredentials } from './provider-credentials.ts'

/** Faults that do not stop connected mailboxes: the next sign-in would fail, or the application has too much access. */
const STOPS_NOTHING: readonly CheckedProvider[] = ['redirect-uri', 'other-mailboxes']

const MINUTE_MS = 60 * 1000
/** Resolution of the last-used time; without it, each refresh would cause a write. */
const USE_NOTED_EVERY_MS = 5 * MINUTE_MS
const TRIALS_MS = { first: MINUTE_MS / 2, longest: 5 * MINUTE_MS, longestRefused: 60 * MINUTE_MS }

export type CredentialStandings = ReturnType<typeof createCredentialStandings>

/** Microsoft's verdicts on the credentials, and the fault that follows from all of them. */
export function createCredentialStandings(clock: Clock, credentials: ProviderCredentials) {
  /** Returns true if a success has to be stored, which is rare. */
  function isNews({ standing, lastUsedAt }: ProviderCredential): boolean {
    return standing.state !== 'works' || clock.now().getTime() - (lastUsedAt?.getTime() ?? 0) >= USE_NOTED_EVERY_MS
  }

  async function worked(tx: Tx, id: ProviderCredentialId): Promise<void> {
    await tx
      .updateTable('provider_credentials')
      .set((eb) => ({
        works_since: eb.fn.coalesce(eb.ref('works_since'), eb.val(clock.now())),
        refused_since: null,
        refused_code: null,
        last_used_at: clock.now(),
        trials: 0,
      }))
      .where('id', '=', id)
      .execute()
  }

  /** Stores a refusal. A certificate that never worked may not be uploaded yet and does not count as refused. */
  async function refused(tx: Tx, { id, kind, standing }: ProviderCredential, code: ErrorCode): Promise<void> {
    const waitsForUpload = kind === 'certificate' && standing.state === 'untried'
    await tx
      .updateTable('provider_credentials')
      .set((eb) => ({
        works_since: null,
        refused_since: waitsForUpload ? null : eb.fn.coalesce(eb.ref('refused_since'), eb.val(clock.now())),
        refused_code: code,
      }))
      .where('id', '=', id)
      .execute()
  }

  /** Schedules the next trial with exponential backoff. */
  async function tryLater(tx: Tx, { id, standing }: ProviderCredential): Promise<void> {
    const { trials } = await tx
      .updateTable('provider_credentials')
      .set(({ eb }) => ({ trials: eb('trials', '+', 1) }))
      .where('id', '=', id)
      .returning('trials')
      .executeTakeFirstOrThrow()
    const longest = standing.state === 'refused' ? TRIALS_MS.longestRefused : TRIALS_MS.longest
    const pause = backoffMs({ first: TRIALS_MS.first, longest, jitter: 0 }, trials - 1)
    await tx
      .updateTable('provider_credentials')
      .set({ trial_due_at: new Date(clock.now().getTime() + pause) })
      .where('id', '=', id)
      .execute()
  }

  /**
   * Returns the fault of an accepted registration that an admin has to fix. Possible faults: a new credential that is
   * refused, a mailbox that the application must not be able to read, or a missing redirect URI.
   */
  async function faultOf(tx: Tx, id: CloudProviderId): Promise<ErrorCode | undefined> {
    const now = clock.now()
    const rows = await credentials.rowsOf(id, tx)
    const heir = rows.find(
      (row) =>
        row.refused_since !== null &&
        !(row.ends_at !== null && row.ends_at <= now) &&
        rows.every(({ id: other, works_since }) => works_since === null || other < row.id),
    )
    if (heir) return (heir.refused_code ?? undefined) as ErrorCode | undefined
    const { check_result: check } = await tx
      .selectFrom('cloud_providers')
      .select('check_result')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    const wrong = (check as CheckResult | null)?.lines.find(
      ({ what, outcome }) => outcome === 'wrong' && STOPS_NOTHING.includes(what),
    )
    return wrong?.code as ErrorCode | undefined
  }

  /** Resets all credentials of a provider, because earlier results are for another registration. */
  async function forget(tx: Tx, id: CloudProviderId): Promise<void> {
    await tx
      .updateTable('provider_credentials')
      .set({ works_since: null, refused_since: null, refused_code: null, trial_due_at: clock.now(), trials: 0 })
      .where('cloud_provider_id', '=', id)
      .execute()
  }

  return { isNews, worked, refused, tryLater, faultOf, forget }
}
