import { Checkbox, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postWebhooksMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { words } from '../../../words/index.ts'
import { WebhookDialog } from './webhook-dialog.tsx'

/** Adds a webhook that receives events. */
export function NewEventWebhook({ onClose }: { onClose: () => void }) {
  const text = words.webhooks
  const [request, setRequest] = useState({ name: '', url: '', kinds: '', withMessage: false })
  const refresh = useRefresh('webhooks')
  const add = useOnce({ ...postWebhooksMutation(), onSuccess: refresh })
  const submit = () => {
    const kinds = request.kinds.split(',').flatMap((each) => each.trim() || [])
    add.mutate({
      body: {
        ...{ name: request.name.trim(), url: request.url.trim() },
        ...(kinds.length > 0 && { kinds }),
        ...(request.withMessage && { include: 'message' }),
      },
    })
  }
  return (
    <WebhookDialog
      title={text.add}
      fields={request}
      onChange={setRequest}
      add={add}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={text.kinds}
        description={text.kindsHint}
        autoComplete="off"
        value={request.kinds}
        error={fieldFault(add.error, 'kinds')}
        onChange={({ currentTarget }) => setRequest({ ...request, kinds: currentTarget.value })}
      />
      <Checkbox
        label={text.include}
        checked={request.withMessage}
        onChange={({ currentTarget }) => setRequest({ ...request, withMessage: currentTarget.checked })}
      />
    </WebhookDialog>
  )
}
