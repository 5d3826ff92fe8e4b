import { z } from 'zod'

/**
 * Explanation of Microsoft's error code, with the real names. Shown beside the catalog's own title and fix, never in
 * their place.
 */
export const Explanation = z
  .object({
    said: z.string().optional().describe('What Microsoft calls it: AADSTS50173, ErrorAccessDenied.'),
    cause: z.string(),
    who: z.enum(['person', 'entra-admin', 'app-developer', 'microsoft', 'postkey']),
    whoWords: z.string().describe('Who can end it, as a person reads it.'),
    where: z.string().describe('Where to go, and what to press there.'),
    commands: z
      .array(
        z.object({
          shell: z.enum(['azure-cli', 'graph-powershell', 'exchange-powershell']),
          text: z.string().describe('Every name quoted for its shell; what is not known stands between < and >.'),
        }),
      )
      .readonly(),
    lookupUrl: z.string().optional(),
  })
  .meta({ id: 'Explanation' })
