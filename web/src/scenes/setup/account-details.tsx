import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { getEmailAccountsQueryKey, postEmailAccounts, type PostEmailAccountsData } from '../../api/client.ts'
import { principalGrantId } from '../../api/principal-grant.ts'
import { toProblem } from '../../api/problem.ts'
import { useOnce } from '../../api/use-once.ts'
import { fieldFault, fixOfCode } from '../../components/field-fault.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { useMe } from '../../session/session.ts'
import { words } from '../../words/index.ts'
import { FolderChoice } from './folder-choice.tsx'
import { ImportChoice, type ClosesOlderThan, type ImportWindow } from './import-choice.tsx'
import type { RequestedAccount } from './requested-account.ts'
import { suggestKey, suggestName } from './suggestions.ts'
import { TwoColumns } from './two-columns.tsx'

const text = words.setupAssociate
const KEY = /^[a-z0-9]{1,5}$/i
const OF_KEY = ['email_accounts.key_taken', 'email_accounts.key_malformed'] as const

type NewEmailAccount = PostEmailAccountsData['body']

interface AccountDetailsProps {
  wanted: RequestedAccount
  takenKeys: readonly string[]
}

/** Name, key and contact of the mailbox, import window, and folders. */
export function AccountDetails({ wanted, takenKeys }: AccountDetailsProps) {
  const me = useMe()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState(() => suggestName(wanted.address))
  const [key, setKey] = useState(() => suggestKey(wanted.address, takenKeys))
  const [contact, setContact] = useState(me.email)
  const [days, setDays] = useState<ImportWindow>('30')
  const [closes, setCloses] = useState<ClosesOlderThan>('2')
  /** Undefined until the user chooses: Inbox and Sent. */
  const [folders, setFolders] = useState<readonly string[]>()
  const associate = useOnce({
    // Only in the request, because the client keeps the arguments of a mutation for a while.
    mutationFn: (settings: Omit<NewEmailAccount, keyof RequestedAccount>) =>
      postEmailAccounts({ body: { ...wanted, ...settings }, throwOnError: true }).then(({ data }) => data),
    gcTime: 0,
    onSuccess: async (made) => {
      const { id: emailAccountId, cloudProviderId: provider, address } = made
      await queryClient.invalidateQueries({ queryKey: getEmailAccountsQueryKey() })
      if (provider === undefined) await navigate({ to: '/email-accounts/$emailAccountId', params: { emailAccountId } })
      else await navigate({ to: '/set-up', search: { step: 'd', provider, grant: principalGrantId(made), address } })
    },
  })
  const keyWrong = key !== '' && !KEY.test(key)
  const isAtKey = associate.error !== null && OF_KEY.some((code) => code === toProblem(associate.error).code)

  return (
    <Section title={text.details}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (keyWrong || folders?.length === 0) return
          const settings = { name: name.trim(), key: key.toUpperCase(), contact: contact.trim() }
          associate.mutate({
            ...settings,
            importDays: Number(days),
            closesOlderThanDays: closes === 'none' ? null : Number(closes),
            ...(folders && { folderRemoteIds: [...folders] }),
          })
        }}
      >
        <Stack>
          <TwoColumns>
            <TextInput
              label={text.name}
              description={wanted.servers ? text.nameHintAtServer : text.nameHint}
              required
              maxLength={200}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              error={fieldFault(associate.error, 'name')}
            />
            <TextInput
              label={text.key}
              description={text.keyHint}
              required
              value={key}
              onChange={({ currentTarget }) => setKey(currentTarget.value)}
              error={
                (keyWrong && text.keyWrong) ||
                fixOfCode(associate.error, ...OF_KEY) ||
                fieldFault(associate.error, 'key')
              }
            />
            <TextInput
              type="email"
              label={text.contact}
              description={text.contactHint}
              required
              value={contact}
              onChange={({ currentTarget }) => setContact(currentTarget.value)}
              error={fieldFault(associate.error, 'contact')}
            />
          </TwoColumns>
          <ImportChoice
            wanted={wanted}
            folders={folders}
            days={days}
            onDays={setDays}
            closes={closes}
            onCloses={setCloses}
          />
          <FolderChoice wanted={wanted} chosen={folders} onChange={setFolders} />
          {associate.error && !isAtKey && <ProblemNotice error={associate.error} />}
          <Group>
            <Button type="submit" loading={associate.isPending}>
              {text.button(wanted.address)}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
