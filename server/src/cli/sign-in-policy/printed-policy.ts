import { z } from 'zod'
import { fillText } from '../../kernel/errors.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { SECOND_FACTOR_FOR, type PolicyState } from '../../people/index.ts'
import { inColumns } from '../columns.ts'
import { Time, toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'

const PolicyPerson = z.object({ id: z.string(), name: z.string(), email: z.string() })

/** The policy with the people whom `onlyByProvider` locks out. */
export const PrintedPolicy = z.object({
  onlyByProvider: z.boolean(),
  secondFactorFor: z.enum(SECOND_FACTOR_FOR),
  secondFactorFrom: Time.optional(),
  adminsSecondFactorFrom: Time.optional(),
  admins: z.array(PolicyPerson.extend({ isBreakGlass: z.boolean(), hasTwoFactors: z.boolean() })),
  lockedOut: z.array(PolicyPerson),
})

export type PrintablePolicy = PolicyState & { lockedOut: readonly { id: string; name: string; email: string }[] }

export function printedPolicy(policy: PrintablePolicy, json: boolean): string {
  if (json) return toJson(PrintedPolicy, { ...policy, lockedOut: [...policy.lockedOut] })
  const { onlyByProvider, secondFactorFor, secondFactorFrom, adminsSecondFactorFrom, admins, lockedOut } = policy
  const from = secondFactorFrom && fillText(TEXTS.policyFrom, { time: shownTime(secondFactorFrom) })
  const ofAdmins =
    adminsSecondFactorFrom && fillText(TEXTS.policyAdminsFrom, { time: shownTime(adminsSecondFactorFrom) })
  const addresses = lockedOut.map(({ email }) => email).join(', ')
  return [
    fillText(TEXTS.policyOnlyByProvider, { state: onlyByProvider ? 'on' : 'off' }),
    [
      fillText(TEXTS.policySecondFactor, { who: secondFactorFor }),
      ...[from, ofAdmins].filter((part) => part !== undefined),
    ].join(', '),
    ...(lockedOut.length > 0
      ? [fillText(onlyByProvider ? TEXTS.policyLockedOut : TEXTS.policyWouldLockOut, { people: addresses })]
      : []),
    '',
    inColumns([
      ['ADMIN', 'NAME', 'BREAK-GLASS', 'TWO FACTORS'],
      ...admins.map(({ email, name, isBreakGlass, hasTwoFactors }) => [
        ...[email, name],
        ...[isBreakGlass, hasTwoFactors].map((is) => (is ? TEXTS.yes : TEXTS.no)),
      ]),
    ]),
  ].join('\n')
}
