import { z } from 'zod'

export const LONGEST_PREPARED = 20_000

export const AgentSignature = z
  .object({ text: z.string(), html: z.string() })
  .describe(
    'Both are empty without a signature. The HTML has no active or remote content; placeholders are not filled.',
  )
  .meta({ id: 'AgentSignature' })
