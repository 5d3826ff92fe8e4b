import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { postWorkOrdersHandBackMutation } from '../../api/client.ts'
import { fieldFault, fixOfCode } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { isEntraId } from '../setup/suggestions.ts'

const text = words.guests.workOrder

/** Returns the registered IDs as a proposal. The secret is sent another way. */
export function HandBack({ token, onDone }: { token: string; onDone: () => void }) {
  const [clientId, setClientId] = useState('')
  const [tenantId, setTenantId] = useState('')
  const [domain, setDomain] = useState('')
  const [tried, setTried] = useState(false)
  const handBack = useMutation({ ...postWorkOrdersHandBackMutation(), onSuccess: onDone })
  const { error } = handBack
  const tenantFix = fixOfCode(error, 'cloud_providers.tenant_unknown', 'cloud_providers.tenant_mismatch')
  const wrongId = (id: string) => (tried || id.length >= 36) && !isEntraId(id) && words.setup.provider.idWrong
  const isReady = isEntraId(clientId) && isEntraId(tenantId)

  return (
    <Section title={text.handBack}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (!isReady) return
          const ids = { clientId: clientId.trim(), tenantId: tenantId.trim() }
          handBack.mutate({ body: { token, ...ids, ...(domain.trim() !== '' && { domain: domain.trim() }) } })
        }}
      >
        <Stack>
          <Text size="sm">{text.handBackSentence}</Text>
          {error && tenantFix === undefined && <ProblemNotice error={error} />}
          <TextInput
            label={text.clientId}
            required
            autoComplete="off"
            spellCheck={false}
            value={clientId}
            onChange={({ currentTarget }) => setClientId(currentTarget.value)}
            error={wrongId(clientId) || fieldFault(error, 'clientId')}
          />
          <TextInput
            label={text.tenantId}
            required
            autoComplete="off"
            spellCheck={false}
            value={tenantId}
            onChange={({ currentTarget }) => setTenantId(currentTarget.value)}
            error={wrongId(tenantId) || tenantFix || fieldFault(error, 'tenantId')}
          />
          <TextInput
            label={`${text.domain} (${text.optional})`}
            description={text.domainHint}
            value={domain}
            onChange={({ currentTarget }) => setDomain(currentTarget.value)}
            error={fixOfCode(error, 'cloud_providers.field_invalid') ?? fieldFault(error, 'domain')}
          />
          <Group>
            <Button type="submit" loading={handBack.isPending}>
              {text.button}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
