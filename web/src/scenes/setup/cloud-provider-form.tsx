import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  getCloudProvidersQueryKey,
  getCloudsOptions,
  postCloudProviders,
  postCloudProvidersIdCheck,
  postWorkOrdersIdConfirm,
  type WorkOrderLink,
} from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { Facts } from '../../components/facts.tsx'
import { fieldFault } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { StepAChoices } from './step-a-choices.tsx'
import { useStoredRegistration, type StoredRegistration } from './stored-registration.ts'
import { CredentialFields, toCredential, isCredentialReady, type CredentialEntry } from './credential-fields.tsx'
import { SECRET_CODES } from './secret-fields.tsx'
import { isEntraId } from './suggestions.ts'
import { applicationAccess, useRegistrationChoice, type RegistrationChoice } from './registration-choice.ts'
import { TwoColumns } from './two-columns.tsx'
import { useUnsavedSecret } from './unsaved-secret.ts'

const text = words.setup.provider

/** Form to connect a registration: with typed IDs, or those returned with a work order. */
export function CloudProviderForm({ order }: { order: WorkOrderLink | undefined }) {
  const me = useMe()
  const clouds = useQuery({ ...getCloudsOptions(), staleTime: Infinity }).data?.clouds ?? []
  const [kept, choose] = useRegistrationChoice(clouds)
  const choice: RegistrationChoice = order
    ? { ...kept, ...order.request, openedBy: order.request.application ?? 'people' }
    : kept
  const { kept: entry, keep, forget } = useStoredRegistration(order, me.email)
  const [secret, setSecret] = useUnsavedSecret('create')
  const { endsOn, months, proof = order?.request.credential ?? kept.proof } = entry
  const credential: CredentialEntry = { proof, secret, endsOn, months }
  const [tried, setTried] = useState(false)
  const create = useCreate(order, () => {
    forget()
    setSecret('')
  })
  const wrongId = (id: string) => (tried || id.length >= 36) && !isEntraId(id) && text.idWrong
  const isReady = isEntraId(entry.tenantId) && isEntraId(entry.clientId) && isCredentialReady(credential)

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (isReady) create.mutate(bodyOf({ choice, entry, credential: toCredential(credential) }))
      }}
    >
      <Stack>
        {create.error && !SECRET_CODES.includes(toProblem(create.error).code) && <ProblemNotice error={create.error} />}
        <Facts
          facts={[
            [text.service, text.serviceIs],
            [text.type, text.typeIs],
          ]}
        />
        {order && <Text size="sm">{text.proposal}</Text>}
        <StepAChoices
          clouds={clouds}
          choice={choice}
          onChange={choose}
          proof={proof}
          onProof={(next) => keep({ proof: next })}
          isOrder={order !== undefined}
        />
        <TextInput
          label={text.name}
          description={text.nameHint}
          required
          maxLength={100}
          value={entry.name}
          onChange={({ currentTarget }) => keep({ name: currentTarget.value })}
          error={fieldFault(create.error, 'name')}
        />
        <TwoColumns>
          {(['clientId', 'tenantId'] as const).map((field) => (
            <TextInput
              key={field}
              label={text[field]}
              description={text.idHint}
              required
              readOnly={order !== undefined}
              autoComplete="off"
              spellCheck={false}
              value={entry[field]}
              onChange={({ currentTarget }) => keep({ [field]: currentTarget.value })}
              error={wrongId(entry[field]) || fieldFault(create.error, field)}
            />
          ))}
        </TwoColumns>
        <CredentialFields
          isChosen
          value={credential}
          onChange={({ secret: typed, ...rest }) => {
            setSecret(typed)
            keep(rest)
          }}
          error={create.error}
        />
        <TwoColumns>
          <TextInput
            type="email"
            label={text.contact}
            description={text.contactHint}
            required
            value={entry.contact}
            onChange={({ currentTarget }) => keep({ contact: currentTarget.value })}
            error={fieldFault(create.error, 'contact')}
          />
          <TextInput
            type="email"
            label={`${text.deputy} (${text.optional})`}
            description={text.deputyHint}
            value={entry.deputy}
            onChange={({ currentTarget }) => keep({ deputy: currentTarget.value })}
            error={fieldFault(create.error, 'deputy')}
          />
        </TwoColumns>
        <Group>
          <Button type="submit" loading={create.isPending}>
            {proof === 'certificate' ? text.createAndMake : text.create}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface Entered {
  choice: RegistrationChoice
  entry: StoredRegistration
  credential: ReturnType<typeof toCredential>
}

function bodyOf({ choice: { cloud, accountTypes, openedBy }, entry, credential }: Entered) {
  const application = applicationAccess(openedBy)
  const deputy = entry.deputy.trim()
  const who = { name: entry.name.trim(), contact: entry.contact.trim(), ...(deputy !== '' && { deputy }) }
  const ids = { tenantId: entry.tenantId.trim(), clientId: entry.clientId.trim() }
  return { cloud, accountTypes, ...ids, ...who, credential, ...(application && { application }) }
}

/** Creates and checks; problems found by the check are shown afterwards and are no failure of the creation. */
function useCreate(order: WorkOrderLink | undefined, forget: () => void) {
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  return useOnce({
    mutationFn: async (body: ReturnType<typeof bodyOf>) => {
      const { name, contact, deputy, credential } = body
      const { data: provider } = order
        ? await postWorkOrdersIdConfirm({ path: { id: order.id }, body: { name, contact, deputy, credential } })
        : await postCloudProviders({ body })
      await postCloudProvidersIdCheck({ path: { id: provider.id } }).catch(() => undefined)
      return provider
    },
    onSuccess: async ({ id }) => {
      forget()
      await queryClient.invalidateQueries({ queryKey: getCloudProvidersQueryKey() })
      await queryClient.invalidateQueries({ queryKey: [{ tags: ['work-orders'] }] })
      await navigate({ to: '/set-up', search: { step: 'b', provider: id } })
    },
  })
}
