import type { Audit } from '../../audit/index.ts'
import type { Database, Tx } from '../../database/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PersonId } from '../../kernel/ids.ts'
import type { SessionEnds } from '../session-ends.ts'
import { exemptPeople, isOnlyByProvider, lockPolicy, usableBreakGlass } from './break-glass.ts'
import { factorDates } from './factor-dates.ts'
import {
  adminsRequiredFrom,
  DEFAULT_SECOND_FACTOR_FOR,
  hasTwoFactors,
  isBreakGlass,
  requiredFrom,
  type SecondFactorFor,
} from './missing-factor.ts'
import { peopleWithoutFactor, type PersonWithoutFactor } from './without-factor.ts'

/** An admin, who can be a break-glass admin with a passkey, or with a password and an authenticator app. */
export interface PolicyAdmin {
  id: PersonId
  name: string
  email: string
  isBreakGlass: boolean
  hasTwoFactors: boolean
}

export interface PolicyState {
  onlyByProvider: boolean
  secondFactorFor: SecondFactorFor
  /** When the requirement began or begins; undefined before the first person has joined, and for `no-one`. */
  secondFactorFrom: Date | undefined
  /** Time of admins if everyone needs a factor, and admins from an earlier time. */
  adminsSecondFactorFrom: Date | undefined
  admins: PolicyAdmin[]
}

/** Effects that changes would have now. */
export interface PolicyPreview {
  /** People without an identity at an enabled provider who aren't break-glass admins. */
  lockedOut: { id: PersonId; name: string; email: string }[]
  /** Sessions that would end. */
  sessions: number
  /** People who would have to add a second factor. With an enabled provider, they can still sign in by it alone. */
  withoutFactor: (PersonWithoutFactor & { signsInByProvider: boolean })[]
}

export interface PolicyChanges {
  onlyByProvider?: boolean | undefined
  secondFactorFor?: SecondFactorFor | undefined
  /** At once for a time that has passed, and by default for other people than before. Admins keep an earlier one. */
  secondFactorFrom?: Date | undefined
  /** All break-glass admins, each with two factors, or those to add and remove. */
  breakGlass?: readonly PersonId[] | BreakGlassChanges | undefined
}

/** Admins to add to the break-glass admins of this moment, and to remove: an old list can't drop others. */
export interface BreakGlassChanges {
  add?: readonly PersonId[] | undefined
  remove?: readonly PersonId[] | undefined
}

/** Maximum break-glass admins: each is an exception. */
export const MOST_BREAK_GLASS = 10

/** Origin of a change. The command line is no person. */
export interface PolicyActor {
  actor: string
  personId?: PersonId
}

/** Queries about enabled providers. */
export interface ProviderFacts {
  /** True if a provider is enabled. */
  isAvailable(tx: Tx): Promise<boolean>
  /** People with an identity at an enabled provider. */
  linked(tx: Tx): Promise<ReadonlySet<string>>
}

export interface SignInPolicy {
  get(): Promise<PolicyState>
  preview(): Promise<PolicyPreview>
  /**
   * Changes the policy. `onlyByProvider` ends the sessions of others that no provider has opened.
   *
   * @throws {AppError} `people.break_glass_missing`, `people.break_glass_unfit`, `people.factor_date_too_late`,
   *   `people.factor_date_without_people`, `people.last_break_glass`, `people.no_sign_in_provider`, `people.own_way_missing`, `people.too_many_break_glass`
   */
  change(changes: PolicyChanges, by: PolicyActor): Promise<PolicyState>
  /**
   * Called in the transaction in which a provider was disabled or removed. People must not be locked afterward.
   *
   * @throws {AppError} `people.last_sign_in_provider` if only providers are accepted and none is left
   */
  keepProvider(tx: Tx): Promise<void>
  /** Registers the room of providers, without which no provider is available. */
  useProviders(facts: ProviderFacts): void
}

/** Emails all admins about a change of the policy, in its transaction. A change without an effect sends nothing. */
export type PolicyChangeMail = (tx: Tx, before: PolicyState, after: PolicyState, actor: string) => Promise<void>

export interface SignInPolicyDeps {
  database: Database
  clock: Clock
  audit: Audit
  ends: Pick<SessionEnds, 'end'>
  mail: PolicyChangeMail
}

export function createSignInPolicy({ database, clock, audit, ends, mail }: SignInPolicyDeps): SignInPolicy {
  let providers: ProviderFacts = { isAvailable: () => Promise.resolve(false), linked: () => Promise.resolve(new Set()) }

  async function read(source: Database['db']): Promise<PolicyState> {
    const policy = await source
      .selectNoFrom([requiredFrom.as('from'), adminsRequiredFrom.as('admins_from')])
      .select((e) => e.selectFrom('sign_in_policy').select('only_by_provider').as('only'))
      .select((e) => e.selectFrom('sign_in_policy').select('second_factor_for').as('for'))
      .executeTakeFirstOrThrow()
    const admins = await source
      .selectFrom('users')
      .select(['id', 'name', 'email', isBreakGlass.as('is_break_glass'), hasTwoFactors.as('has_two_factors')])
      .where('role', '=', 'admin')
      .where('removed_at', 'is', null)
      .orderBy('name')
      .orderBy('id')
      .execute()
    const secondFactorFor = policy.for ?? DEFAULT_SECOND_FACTOR_FOR
    return {
      onlyByProvider: policy.only ?? false,
      secondFactorFor,
      secondFactorFrom: secondFactorFor === 'no-one' ? undefined : (policy.from ?? undefined),
      adminsSecondFactorFrom:
        secondFactorFor === 'everyone' && policy.admins_from?.getTime() !== policy.from?.getTime()
          ? (policy.admins_from ?? undefined)
          : undefined,
      admins: admins.map((row) => ({
        ...{ id: row.id as PersonId, name: row.name, email: row.email },
        ...{ isBreakGlass: row.is_break_glass, hasTwoFactors: row.has_two_factors },
      })),
    }
  }

  /** Sessions that no provider has opened, except those of break-glass admins. */
  function refusedSessions(source: Database['db'], exempt: readonly PersonId[]) {
    return source
      .selectFrom('sessions')
      .where('sessions.method', '<>', 'openid')
      .$if(exempt.length > 0, (query) => query.where('sessions.user_id', 'not in', exempt))
  }

  async function endRefusedSessions(tx: Tx, actor: string): Promise<void> {
    const sessions = refusedSessions(tx, await exemptPeople(tx))
    const rows = await sessions.select(['sessions.id', 'sessions.user_id']).execute()
    for (const [id, own] of Map.groupBy(rows, (row) => row.user_id as PersonId)) {
      await ends.end(tx, id, { reason: 'policy-changed', actor }, { only: own.map((row) => row.id) })
    }
  }

  async function nameBreakGlass(tx: Tx, wanted: NonNullable<PolicyChanges['breakGlass']>, { admins }: PolicyState) {
    const ids = changedList(wanted, namedOf(admins))
    if (ids.length > MOST_BREAK_GLASS) throw new AppError('people.too_many_break_glass', { field: 'breakGlass' })
    for (const id of ids) {
      const admin = admins.find((one) => one.id === id)
      // One who is named already may stay.
      if (!admin || (!admin.hasTwoFactors && !admin.isBreakGlass)) {
        throw new AppError('people.break_glass_unfit', { field: 'breakGlass' })
      }
    }
    await tx.deleteFrom('break_glass_admins').execute()
    if (ids.length > 0) {
      await tx
        .insertInto('break_glass_admins')
        .values(ids.map((id) => ({ user_id: id })))
        .execute()
    }
  }

  /** Refuses to close a way in that is still needed. The policy is locked, so no provider can be disabled meanwhile. */
  async function refuseLockout(tx: Tx, wasOn: boolean, { personId }: PolicyActor): Promise<void> {
    const usable = await usableBreakGlass(tx)
    if (usable.length === 0) {
      throw wasOn ? new AppError('people.last_break_glass') : new AppError('people.break_glass_missing')
    }
    if (!wasOn && !(await providers.isAvailable(tx))) throw new AppError('people.no_sign_in_provider')
    if (personId === undefined || usable.includes(personId)) return
    // The method of the session proves nothing: the link of a session may be removed, or its provider disabled.
    if (!(await providers.linked(tx)).has(personId)) throw new AppError('people.own_way_missing')
  }

  async function store(tx: Tx, changes: PolicyChanges, before: PolicyState): Promise<void> {
    const { secondFactorFor, secondFactorFrom, adminsSecondFactorFrom } = before
    const isFactorChosen = changes.secondFactorFor !== undefined || changes.secondFactorFrom !== undefined
    const dates = isFactorChosen
      ? factorDates(
          { for: secondFactorFor, from: secondFactorFrom, adminsFrom: adminsSecondFactorFrom },
          changes,
          clock.now(),
        )
      : undefined
    const values = {
      only_by_provider: changes.onlyByProvider ?? before.onlyByProvider,
      second_factor_for: changes.secondFactorFor ?? secondFactorFor,
      ...(dates && { second_factor_from: dates.from ?? null, admins_from: dates.adminsFrom ?? null }),
    }
    await tx
      .insertInto('sign_in_policy')
      .values({ second_factor_from: null, admins_from: null, ...values })
      .onConflict((conflict) => conflict.column('one').doUpdateSet(values))
      .execute()
  }

  /** Locks all people before the policy, in the order of role changes: admins first. */
  async function lock(tx: Tx): Promise<void> {
    await tx.selectFrom('users').select('id').where('role', '=', 'admin').orderBy('id').forUpdate().execute()
    await tx.selectFrom('users').select('id').orderBy('id').forUpdate().execute()
    await lockPolicy(tx)
  }

  return {
    get: () => read(database.db),

    async preview() {
      return database.transaction(async (tx) => {
        const linked = await providers.linked(tx)
        const exempt = await exemptPeople(tx)
        const others = await tx
          .selectFrom('users')
          .select(['id', 'name', 'email'])
          .where('removed_at', 'is', null)
          .orderBy('name')
          .execute()
        const { count } = await refusedSessions(tx, exempt)
          .where('sessions.expires_at', '>', clock.now())
          .select(({ fn }) => fn.countAll<string>().as('count'))
          .executeTakeFirstOrThrow()
        return {
          lockedOut: others
            .map((row) => ({ ...row, id: row.id as PersonId }))
            .filter(({ id }) => !linked.has(id) && !exempt.includes(id)),
          sessions: Number(count),
          withoutFactor: (await peopleWithoutFactor(tx)).map((one) => ({
            ...{ ...one, signsInByProvider: linked.has(one.id) },
          })),
        }
      })
    },

    change: (changes, by) =>
      database.transaction(async (tx) => {
        await lock(tx)
        const before = await read(tx)
        if (changes.breakGlass) await nameBreakGlass(tx, changes.breakGlass, before)
        const isOn = changes.onlyByProvider ?? before.onlyByProvider
        if (isOn && (!before.onlyByProvider || changes.breakGlass)) await refuseLockout(tx, before.onlyByProvider, by)
        await store(tx, changes, before)
        const after = await read(tx)
        if (await isOnlyByProvider(tx)) await endRefusedSessions(tx, by.actor)
        const [from, to] = [recorded(before), recorded(after)]
        await audit.record(tx, {
          actor: by.actor,
          action: 'sign_in_policy.changed',
          subject: 'policy',
          detail: { from, to },
        })
        await mail(tx, before, after, by.actor)
        return after
      }),

    async keepProvider(tx) {
      await lockPolicy(tx)
      if (!(await isOnlyByProvider(tx)) || (await providers.isAvailable(tx))) return
      throw new AppError('people.last_sign_in_provider')
    },

    useProviders(facts) {
      providers = facts
    },
  }
}

/** The policy in the audit list. */
function recorded(policy: PolicyState) {
  const { onlyByProvider, secondFactorFor, secondFactorFrom, adminsSecondFactorFrom, admins } = policy
  const times = [secondFactorFrom, adminsSecondFactorFrom].map((time) => time?.toISOString())
  return {
    ...{ onlyByProvider, secondFactorFor, breakGlass: namedOf(admins) },
    ...{ secondFactorFrom: times[0], adminsSecondFactorFrom: times[1] },
  }
}

function namedOf(admins: readonly PolicyAdmin[]): PersonId[] {
  return admins.filter((admin) => admin.isBreakGlass).map(({ id }) => id)
}

/** The list after a change, without duplicates. */
function changedList(
  wanted: readonly PersonId[] | BreakGlassChanges,
  before: readonly PersonId[],
): readonly PersonId[] {
  if ('length' in wanted) return [...new Set(wanted)]
  const { add = [], remove = [] } = wanted
  return [...new Set([...before, ...add])].filter((id) => !remove.includes(id))
}
