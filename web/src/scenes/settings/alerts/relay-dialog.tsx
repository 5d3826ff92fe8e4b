import { Group, Modal, NativeSelect, NumberInput, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core'
import { showNotice } from '../../../components/show-notice.ts'
import { useState } from 'react'
import { putAlertSettingsMutation, type AlertRelay } from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { fieldFault } from '../../../components/field-fault.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { words } from '../../../words/index.ts'
import { toRelay, relayInput, withSecurity, type RelayInput } from './relay-input.ts'

const { relay: text } = words.alerts

export function RelayDialog({ relay, onClose }: { relay: AlertRelay | undefined; onClose: () => void }) {
  const [request, setRequest] = useState(() => relayInput(relay))
  const refresh = useRefresh('alert-settings')
  const save = useOnce({
    ...putAlertSettingsMutation(),
    onSuccess: async () => {
      showNotice({ message: text.saved })
      onClose()
      await refresh()
    },
  })
  const typed = (field: keyof RelayInput) => ({
    value: request[field],
    error: fieldFault(save.error, `relay.${field}`),
    onChange: ({ currentTarget }: { currentTarget: { value: string } }) =>
      setRequest({ ...request, [field]: currentTarget.value }),
  })
  return (
    <Modal opened onClose={onClose} title={text.setUp} size="lg" closeOnClickOutside={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ body: { relay: toRelay(request) } })
        }}
      >
        <Stack>
          <TextInput
            label={text.host}
            description={text.ownNetwork}
            required
            data-autofocus
            autoComplete="off"
            {...typed('host')}
          />
          <Group align="flex-start" grow>
            <NativeSelect
              label={text.security}
              data={(['starttls', 'tls', 'none'] as const).map((value) => ({ value, label: text.securities[value] }))}
              value={request.security}
              error={fieldFault(save.error, 'relay.security')}
              onChange={({ currentTarget }) =>
                setRequest(withSecurity(request, currentTarget.value as RelayInput['security']))
              }
            />
            <NumberInput
              label={text.port}
              required
              min={1}
              max={65_535}
              allowDecimal={false}
              hideControls
              value={request.port}
              error={fieldFault(save.error, 'relay.port')}
              onChange={(port) => setRequest({ ...request, port })}
            />
          </Group>
          <TextInput label={text.userName} description={text.userNameHint} autoComplete="off" {...typed('userName')} />
          <PasswordInput
            label={text.password}
            description={relay?.hasPassword ? text.kept : undefined}
            autoComplete="new-password"
            {...typed('password')}
          />
          <TextInput label={text.from} description={text.fromHint} type="email" required {...typed('from')} />
          <Textarea label={text.ca} description={text.caHint} autosize minRows={2} maxRows={8} {...typed('ca')} />
          {save.error && <ProblemNotice error={save.error} />}
          <FormActions submit={text.save} isPending={save.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
