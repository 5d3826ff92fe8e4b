import type { WebhookEndpointId } from '../../kernel/ids.ts'
import { toActor } from '../caller.ts'
import { idParam } from '../ids.ts'
import { freshAdmins } from '../permit.ts'
import type { Rooms } from '../rooms.ts'
import { route } from '../route.ts'

export const removeAlertWebhook = ({ alerts }: Rooms) =>
  route({
    at: 'DELETE /v1/alert-webhooks/:id',
    summary: 'Removes a webhook.',
    authenticate: 'person',
    permit: freshAdmins,
    validate: { params: idParam<WebhookEndpointId>() },
    act: ({ params, caller }) => alerts.removeWebhook(params.id, toActor(caller)),
    present: { status: 204 },
  })
