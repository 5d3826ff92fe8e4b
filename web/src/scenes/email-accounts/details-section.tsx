import { Button, Group, Stack, TextInput } from '@mantine/core'
import { showNotice } from '../../components/show-notice.ts'
import { useMutation } from '@tanstack/react-query'
import { useState, type ChangeEvent } from 'react'
import { patchEmailAccountsIdMutation, type EmailAccount } from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { useRefresh } from '../../api/refresh.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'

const LONGEST_KEY = 5

/** Name, key and contact of the mailbox. */
export function DetailsSection({ account }: { account: EmailAccount }) {
  const { details } = words.emailAccounts
  const [edited, setEdited] = useState<Partial<Pick<EmailAccount, 'name' | 'key' | 'contact'>>>({})
  const refresh = useRefresh('email-accounts')
  const save = useMutation({
    ...patchEmailAccountsIdMutation(),
    onSuccess: async () => {
      showNotice({ message: details.saved })
      await refresh()
      setEdited({})
    },
  })
  const field = (name: 'name' | 'key' | 'contact') => ({
    value: edited[name] ?? account[name],
    error: fieldFault(save.error, name),
    onChange: ({ currentTarget }: ChangeEvent<HTMLInputElement>) =>
      setEdited({ ...edited, [name]: currentTarget.value }),
  })
  return (
    <Section title={details.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ path: { id: account.id }, body: edited })
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={details.name}
            description={account.servers ? details.nameHintAtServer : details.nameHint}
            required
            {...field('name')}
          />
          <TextInput
            label={details.key}
            description={details.keyHint}
            required
            maxLength={LONGEST_KEY}
            {...field('key')}
          />
          <TextInput
            label={details.contact}
            description={details.contactHint}
            type="email"
            required
            {...field('contact')}
          />
          {save.error && <ProblemNotice error={save.error} />}
          {Object.keys(edited).length > 0 && (
            <Group gap="xs">
              <Button type="submit" size="xs" loading={save.isPending}>
                {details.save}
              </Button>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  setEdited({})
                  save.reset()
                }}
              >
                {words.cancel}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Section>
  )
}
