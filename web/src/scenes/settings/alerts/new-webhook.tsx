import { useState } from 'react'
import { postAlertWebhooksMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { words } from '../../../words/index.ts'
import { WebhookDialog } from '../webhooks/webhook-dialog.tsx'

/** Adds a webhook that receives alerts. */
export function NewWebhook({ onClose }: { onClose: () => void }) {
  const [request, setRequest] = useState({ name: '', url: '' })
  const refresh = useRefresh('alert-settings')
  const add = useOnce({ ...postAlertWebhooksMutation(), onSuccess: refresh })
  return (
    <WebhookDialog
      title={words.alerts.webhooks.add}
      fields={request}
      onChange={setRequest}
      add={add}
      onSubmit={() => add.mutate({ body: { name: request.name.trim(), url: request.url.trim() } })}
      onClose={onClose}
    />
  )
}
