import { Checkbox, Modal, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postWebhooksMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { ShownSecret } from './shown-secret.tsx'

/** Asks for the address and the events, then shows the secret, once. */
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
    <Modal
      opened
      onClose={onClose}
      title={add.data ? text.madeTitle : text.add}
      closeOnClickOutside={false}
      size="lg"
      centered
    >
      {add.data ? (
        <ShownSecret secret={add.data.secret} onDone={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <Stack>
            <TextInput
              label={text.name}
              required
              data-autofocus
              autoComplete="off"
              value={request.name}
              error={fieldFault(add.error, 'name')}
              onChange={({ currentTarget }) => setRequest({ ...request, name: currentTarget.value })}
            />
            <TextInput
              label={text.url}
              type="url"
              placeholder="https://"
              required
              value={request.url}
              error={fieldFault(add.error, 'url')}
              onChange={({ currentTarget }) => setRequest({ ...request, url: currentTarget.value })}
            />
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
            {add.error && <ProblemNotice error={add.error} />}
            <FormActions submit={text.addButton} isPending={add.isPending} onCancel={onClose} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
