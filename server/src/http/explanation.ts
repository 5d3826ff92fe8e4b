import { z } from 'zod'

/**
 * Explanation of Microsoft's error code, with the real names. Shown beside the catalog's own title and fix, never in
 * their place.
 */
export const Explanation = z
  .object({
    said: z.string().optional().describe('Code of Microsoft: AADSTS50173, ErrorAccessDenied.'),
    cause: z.string(),
    who: z.enum(['person', 'entra-admin', 'app-developer', 'microsoft', 'postkey']),
    whoWords: z.string().describe('Role that can fix it, as text.'),
    where: z.string().describe('Place and steps of the fix.'),
    commands: z
      .array(
        z.object({
          shell: z.enum(['azure-cli', 'graph-powershell', 'exchange-powershell']),
          text: z.string().describe('Every name is quoted for its shell; unknown values stand between < and >.'),
        }),
      )
      .readonly(),
    lookupUrl: z.string().optional(),
  })
  .meta({ id: 'Explanation' })
