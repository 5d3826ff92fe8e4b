import { z } from 'zod'
import { FEWEST_DAYS, MOST_DAYS } from '../../retention/index.ts'

const DAYS = `${FEWEST_DAYS} to ${MOST_DAYS} days.`

const stored = (what: string) => z.int().optional().describe(what)
const wanted = z.int().min(FEWEST_DAYS).max(MOST_DAYS).nullable()
const asked = z.coerce.number().int().min(FEWEST_DAYS).max(MOST_DAYS).optional()

export const AccountAges = z.object({
  messagesDays: stored('Age at which conversations are deleted with their messages; absent: never.'),
  sourcesDays: stored('Age at which sources are deleted; absent: with their messages.'),
  attachmentsDays: stored(
    'Age at which sources of messages with attachments are deleted; absent: with their messages.',
  ),
})
export const WantedAccountAges = z
  .strictObject({ messagesDays: wanted, sourcesDays: wanted, attachmentsDays: wanted })
  .describe(DAYS)
export const AskedAccountAges = z.strictObject({ messagesDays: asked, sourcesDays: asked, attachmentsDays: asked })

export const InstallationAges = z.object({
  eventsDays: stored('Absent: `defaultDays`.'),
  alertsDays: stored('Absent: `defaultDays`.'),
  auditDays: stored('Absent: never.'),
  signInsDays: stored('Absent: never.'),
})
export const WantedInstallationAges = z
  .strictObject({ eventsDays: wanted, alertsDays: wanted, auditDays: wanted, signInsDays: wanted })
  .describe(DAYS)
export const AskedInstallationAges = z.strictObject({
  ...{ eventsDays: asked, alertsDays: asked, auditDays: asked, signInsDays: asked },
})

/** Ages of a request, in which null stands for an absent one. */
export function agesOf<Key extends string>(wanted: { [key in Key]?: number | null | undefined }) {
  return Object.fromEntries(Object.entries(wanted).map(([key, days]) => [key, days ?? undefined])) as Record<
    Key,
    number | undefined
  >
}
