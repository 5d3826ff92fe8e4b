import { z } from 'zod'
import { SERVER_PRESETS } from '../../email-accounts/index.ts'
import { Server } from '../email-accounts/email-account.ts'
import { admins } from '../permit.ts'
import { route } from '../route.ts'

const ServerPreset = z
  .object({
    id: z.string(),
    name: z.string(),
    domains: z.array(z.string()).describe('Domains that certainly belong to the provider.'),
    imap: Server,
    smtp: Server,
    password: z
      .enum(['app-password', 'own'])
      .describe('`app-password`: created in the account settings of the provider.'),
  })
  .meta({ id: 'ServerPreset' })

export const listServerPresets = () =>
  route({
    at: 'GET /v1/server-presets',
    summary: 'Lists the mail servers of providers whose mailboxes use a password.',
    authenticate: 'person-or-key',
    permit: admins('admin:read'),
    validate: {},
    act: async () => ({ presets: SERVER_PRESETS.map((preset) => ({ ...preset, domains: [...preset.domains] })) }),
    present: { status: 200, schema: z.object({ presets: z.array(ServerPreset) }) },
  })
