import { Checkbox, Modal, NativeSelect, Radio, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { postApiKeysMutation, type ApiKey } from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { useRefresh } from '../../api/refresh.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AccountChoice } from '../people/account-choice.tsx'
import { CreatedKey } from './created-key.tsx'
import { networkFault, networksIn } from './key-networks.ts'

type Scope = ApiKey['scopes'][number]

const SCOPES: readonly Scope[] = [
  'mail:read',
  'mail:write',
  'mail:send',
  'connect',
  'connect:application',
  'admin:read',
  'admin:write',
]
const LIFETIMES = ['30-days', '90-days', '1-year', 'never'] as const
const BLANK = {
  name: '',
  scopes: [] as Scope[],
  reach: 'all' as 'all' | 'chosen',
  chosen: [] as string[],
  expiresAfter: '1-year' as (typeof LIFETIMES)[number],
  networks: '',
}

/** Asks for the purpose of the key, then shows it, once. */
export function NewApiKey({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [request, setRequest] = useState(BLANK)
  const [tried, setTried] = useState(false)
  const refresh = useRefresh('api-keys')
  const make = useMutation({ ...postApiKeysMutation(), onSuccess: refresh })
  const { keys } = words.settings
  const lacksScope = request.scopes.length === 0
  // Settings and new mailboxes belong to no chosen ones, so the server creates no such key for only some.
  const needsAll = request.scopes.some((scope) => scope.startsWith('admin:') || scope.startsWith('connect'))
  const reach = needsAll ? 'all' : request.reach
  const lacksAccount = reach === 'chosen' && request.chosen.length === 0
  const leave = () => {
    onClose()
    if (make.isSuccess) setRequest(BLANK)
    setTried(false)
    make.reset()
  }
  const submit = () => {
    setTried(true)
    if (lacksScope || lacksAccount) return
    const emailAccountIds = reach === 'all' ? 'all' : request.chosen
    const { scopes, expiresAfter } = request
    const allowedNetworks = networksIn(request.networks)
    make.mutate({ body: { name: request.name.trim(), scopes, emailAccountIds, expiresAfter, allowedNetworks } })
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={make.data ? keys.madeTitle : keys.create}
      closeOnClickOutside={false}
      centered
      size="lg"
    >
      {make.data ? (
        <CreatedKey created={make.data} onDone={leave} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <Stack>
            <TextInput
              label={keys.name}
              description={keys.nameHint}
              required
              data-autofocus
              autoComplete="off"
              value={request.name}
              error={fieldFault(make.error, 'name')}
              onChange={({ currentTarget }) => setRequest({ ...request, name: currentTarget.value })}
            />
            <Checkbox.Group
              label={keys.scopes}
              value={request.scopes}
              onChange={(scopes) => setRequest({ ...request, scopes: scopes })}
              error={tried && lacksScope && keys.scopesMissing}
            >
              <Stack gap={8} my="xs">
                {SCOPES.map((scope) => (
                  <Checkbox key={scope} value={scope} label={keys.scope[scope]} description={scope} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Radio.Group
              label={keys.accounts}
              description={needsAll && keys.allNeeded}
              value={reach}
              onChange={(reach) => setRequest({ ...request, reach: reach })}
            >
              <Stack gap={8} mt="xs">
                <Radio value="all" label={keys.all} />
                <Radio value="chosen" label={keys.chosen} disabled={needsAll} />
              </Stack>
            </Radio.Group>
            {reach === 'chosen' && (
              <AccountChoice
                label={keys.chosen}
                value={request.chosen}
                onChange={(chosen) => setRequest({ ...request, chosen })}
                error={tried && lacksAccount ? keys.chosenMissing : undefined}
              />
            )}
            <NativeSelect
              label={keys.expiry}
              description={request.expiresAfter === 'never' ? undefined : keys.expiryHint}
              value={request.expiresAfter}
              data={LIFETIMES.map((value) => ({ value, label: keys.lifetimes[value] }))}
              onChange={({ currentTarget }) => {
                const chosen = LIFETIMES.find((lifetime) => lifetime === currentTarget.value)
                if (chosen) setRequest({ ...request, expiresAfter: chosen })
              }}
            />
            <TextInput
              label={keys.networks}
              description={keys.networksHint}
              autoComplete="off"
              value={request.networks}
              error={networkFault(make.error, make.variables?.body.allowedNetworks)}
              onChange={({ currentTarget }) => {
                setRequest({ ...request, networks: currentTarget.value })
                // Only after a refusal: while the request runs, its response is the only one with the key.
                if (make.isError) make.reset()
              }}
            />
            {make.error && <ProblemNotice error={make.error} />}
            <FormActions submit={keys.make} isPending={make.isPending} onCancel={leave} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
