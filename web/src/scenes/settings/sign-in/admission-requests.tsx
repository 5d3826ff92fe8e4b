import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  deleteAdmissionRequestsIdMutation,
  getAdmissionRequestsOptions,
  postAdmissionRequestsIdApproveMutation,
  type AdmissionRequest,
  type Person,
} from '../../../api/client.ts'
import { useRefresh } from '../../../api/refresh.ts'
import { useOnce } from '../../../api/use-once.ts'
import { FormActions } from '../../../components/form-actions.tsx'
import { ProblemNotice } from '../../../components/problem-notice.tsx'
import { showNotice } from '../../../components/show-notice.ts'
import { words } from '../../../words/index.ts'
import { AccountChoice } from '../../people/account-choice.tsx'
import { RoleChoice } from '../../people/role-choice.tsx'

/** Users of admitted domains who wait for an admin. Nothing is shown without one. */
export function AdmissionRequests() {
  const { data } = useQuery(getAdmissionRequestsOptions())
  const [approved, setApproved] = useState<AdmissionRequest>()
  const refresh = useRefresh('admission-requests')
  const refuse = useMutation({ ...deleteAdmissionRequestsIdMutation(), onSuccess: refresh })
  const text = words.signInProviders
  if (!data || data.admissionRequests.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        {text.requests}
      </Title>
      {refuse.error && <ProblemNotice error={refuse.error} />}
      {data.admissionRequests.map((request) => (
        <Group key={request.id} justify="space-between" gap="xs">
          <Text size="sm">
            <b>{request.name}</b> · {request.email}
          </Text>
          <Group gap="xs">
            <Button size="compact-sm" aria-label={text.approveOf(request.name)} onClick={() => setApproved(request)}>
              {text.approve}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={text.refuseOf(request.name)}
              onClick={() => refuse.mutate({ path: { id: request.id } })}
            >
              {text.refuse}
            </Button>
          </Group>
        </Group>
      ))}
      {approved && <Approval request={approved} onClose={() => setApproved(undefined)} />}
    </Stack>
  )
}

function Approval({ request, onClose }: { request: AdmissionRequest; onClose: () => void }) {
  const [role, setRole] = useState<Person['role']>('agent')
  const [chosen, setChosen] = useState<string[]>([])
  const refresh = useRefresh('admission-requests', 'people')
  const text = words.signInProviders
  const approve = useOnce({
    ...postAdmissionRequestsIdApproveMutation(),
    onSuccess: async () => {
      showNotice({ message: text.approved(request.name) })
      await refresh()
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={text.approveTitle(request.name)} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          const emailAccountIds = role === 'agent' ? chosen : []
          approve.mutate({ path: { id: request.id }, body: { role, emailAccountIds } })
        }}
      >
        <Stack>
          <RoleChoice value={role} onChange={setRole} />
          {role === 'agent' && (
            <AccountChoice
              label={words.people.accounts}
              description={words.people.accountsHint}
              value={chosen}
              onChange={setChosen}
            />
          )}
          {approve.error && <ProblemNotice error={approve.error} />}
          <FormActions submit={text.approve} isPending={approve.isPending} onCancel={onClose} />
        </Stack>
      </form>
    </Modal>
  )
}
