import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postAlertWebhooksMutation } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { CopyValue } from '../../../components/copy-value.tsx'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'

const { webhooks: text } = words.alerts

/** Asks for the address, then shows the secret, once. */
export function NewWebhook({ onClose }: { onClose: () => void }) {
  const [request, setRequest] = useState({ name: '', url: '' })
  const refresh = useRefresh('alert-settings')
  const add = useOnce({ ...postAlertWebhooksMutation(), onSuccess: refresh })
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
        <Stack>
          <Text size="sm" role="status">
            {text.once}
          </Text>
          <CopyValue name={text.secret} value={add.data.secret} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{text.done}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            add.mutate({ body: { name: request.name.trim(), url: request.url.trim() } })
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
            {add.error && <ProblemNotice error={add.error} />}
            <FormActions submit={text.addButton} isPending={add.isPending} onCancel={onClose} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
