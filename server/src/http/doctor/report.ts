import { z } from 'zod'
import { CHECK_LABELS, type Examined } from '../../doctor/index.ts'
import { Explanation } from '../explanation.ts'
import { Time } from '../fields.ts'

const outcome = z.enum(['ok', 'wrong', 'not-tried'])

export const DoctorLine = z
  .object({
    id: z.string(),
    what: z.enum(Object.keys(CHECK_LABELS) as Examined[]),
    about: z.string().optional().describe('Subject of the check: a host, a Cloud Provider, an address.'),
    label: z.string().describe('Name of the check with its subject, for users.'),
    outcome,
    title: z.string(),
    facts: z.array(z.object({ name: z.string(), value: z.string() })).readonly(),
    code: z.string().optional(),
    remedy: z.enum(['wait', 'sign-in', 'admin', 'bug']).optional(),
    who: z.string().optional().describe('Role that can fix it, as text.'),
    fix: z.string().optional(),
    explanation: Explanation.optional(),
    because: z.string().optional().describe('Id of the failed line that causes this result.'),
    place: z.int().describe('Position in the report: lines arrive as they finish.'),
  })
  .meta({ id: 'DoctorLine' })

export const DoctorReport = z
  .object({
    at: Time,
    outcome,
    lines: z.array(DoctorLine).readonly(),
    text: z
      .object({ abbreviated: z.string(), whole: z.string() })
      .describe('Report for support: without secrets and mail; addresses abbreviated or whole.'),
  })
  .meta({ id: 'DoctorReport' })
