import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { postInvitationsMutation, type Person } from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { AccountChoice } from './account-choice.tsx'
import { hasAccounts } from './has-accounts.ts'
import { RoleChoice } from './role-choice.tsx'
import { CreatedLink } from './created-link.tsx'

const NOBODY = { name: '', email: '', role: 'agent' as Person['role'], emailAccountIds: [] as string[] }

/** Asks for the person, then shows the link, once. */
export function InviteDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [guest, setGuest] = useState(NOBODY)
  const refresh = useRefresh('invitations')
  const invite = useOnce({ ...postInvitationsMutation(), onSuccess: refresh })
  const { inviteTitle, linkFor, makeLink, done, ...texts } = words.people
  const leave = () => {
    onClose()
    // Refused input is kept; a created link is shown only once.
    if (invite.isSuccess) setGuest(NOBODY)
    invite.reset()
  }
  return (
    <Modal
      opened={opened}
      onClose={leave}
      title={invite.data ? linkFor(guest.name) : inviteTitle}
      centered
      // A click outside the dialog must not lose a value that is shown once.
      closeOnClickOutside={false}
    >
      {invite.data ? (
        <Stack>
          <CreatedLink link={invite.data} />
          <Group justify="flex-end">
            <Button onClick={leave}>{done}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            const { name, email, role } = guest
            const emailAccountIds = hasAccounts(role) ? guest.emailAccountIds : []
            invite.mutate({ body: { name: name.trim(), email: email.trim(), role, emailAccountIds } })
          }}
        >
          <Stack>
            <TextInput
              label={texts.name}
              required
              data-autofocus
              autoComplete="off"
              value={guest.name}
              error={fieldFault(invite.error, 'name')}
              onChange={({ currentTarget }) => setGuest({ ...guest, name: currentTarget.value })}
            />
            <TextInput
              label={texts.email}
              description={texts.emailHint}
              type="email"
              required
              autoComplete="off"
              value={guest.email}
              error={fieldFault(invite.error, 'email')}
              onChange={({ currentTarget }) => setGuest({ ...guest, email: currentTarget.value })}
            />
            <RoleChoice value={guest.role} onChange={(role) => setGuest({ ...guest, role })} />
            {hasAccounts(guest.role) && (
              <AccountChoice
                label={texts.accounts}
                description={texts.accountsHint}
                value={guest.emailAccountIds}
                onChange={(emailAccountIds) => setGuest({ ...guest, emailAccountIds })}
              />
            )}
            {invite.error && <ProblemNotice error={invite.error} />}
            <FormActions submit={makeLink} isPending={invite.isPending} onCancel={leave} />
          </Stack>
        </form>
      )}
    </Modal>
  )
}
