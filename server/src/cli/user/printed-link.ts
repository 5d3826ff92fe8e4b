import { z } from 'zod'
import { ROLES, type CreatedLink } from '../../people/index.ts'
import { shownTime } from '../../kernel/shown-time.ts'
import { fillText } from '../../kernel/errors.ts'
import { Time, toJson } from '../shapes.ts'
import { TEXTS } from '../texts.ts'

/** A link for one person, as printed once. */
export const PrintedLink = z.object({
  id: z.string(),
  kind: z.enum(['invitation', 'reset']),
  name: z.string().optional(),
  email: z.string().optional(),
  role: z.enum(ROLES),
  createdAt: Time,
  expiresAt: Time,
  url: z.string(),
})

/** The link as JSON, or below `head` with its rules. */
export function printedLink(link: CreatedLink, head: string, json: boolean): string {
  const url = link.url.reveal()
  if (json) return toJson(PrintedLink, { ...link, url })
  return [head, '', `  ${url}`, '', fillText(TEXTS.linkRules, { until: shownTime(link.expiresAt) })].join('\n')
}
