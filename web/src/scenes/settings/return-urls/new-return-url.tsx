import { Modal, Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postReturnUrlsMutation, type ReturnUrl } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { ShownSecret } from '../webhooks/shown-secret.tsx'

/** Asks for an address, then shows its secret, once. */
export function NewReturnUrl({ onClose }: { onClose: () => void }) {
  const text = words.returnUrls
  const [url, setUrl] = useState('')
  const [match, setMatch] = useState<ReturnUrl['match']>('exact')
  const refresh = useRefresh('return-urls')
  const add = useOnce({ ...postReturnUrlsMutation(), onSuccess: refresh })
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
            add.mutate({ body: { url: url.trim(), match } })
          }}
        >
          <Stack>
            <TextInput
              label={text.url}
              description={text.urlHint}
              placeholder="https://"
              required
              data-autofocus
              autoComplete="off"
              value={url}
              error={fieldFault(add.error, 'url')}
              onChange={({ currentTarget }) => setUrl(currentTarget.value)}
            />
            <Radio.Group label={text.match} value={match} onChange={(value) => setMatch(value)}>
              <Stack gap={8} mt="xs">
                <Radio value="exact" label={text.matches.exact} />
                <Radio value="prefix" label={text.matches.prefix} />
              </Stack>
            </Radio.Group>
            {add.error != null && <ProblemNotice error={add.error} />}
            <FormActions submit={text.add} isPending={add.isPending} onCancel={onClose} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
