import { Radio, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postReturnUrlsMutation, type ReturnUrl } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { words } from '../../../words/index.ts'
import { SecretDialog } from '../webhooks/secret-dialog.tsx'

/** Asks for an address, then shows its secret, once. */
export function NewReturnUrl({ onClose }: { onClose: () => void }) {
  const text = words.returnUrls
  const [url, setUrl] = useState('')
  const [match, setMatch] = useState<ReturnUrl['match']>('exact')
  const refresh = useRefresh('return-urls')
  const add = useOnce({ ...postReturnUrlsMutation(), onSuccess: refresh })
  return (
    <SecretDialog
      title={text.add}
      madeTitle={text.madeTitle}
      submit={text.add}
      add={add}
      onSubmit={() => add.mutate({ body: { url: url.trim(), match } })}
      onClose={onClose}
    >
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
    </SecretDialog>
  )
}
