import { Button, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { showNotice } from '../../components/show-notice.ts'
import { useState } from 'react'
import { patchEmailAccountsId, type EmailAccount, type MailServers } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { useRefresh } from '../../api/refresh.ts'
import { useOnce } from '../../api/use-once.ts'
import { Facts } from '../../components/facts.tsx'
import { FormActions } from '../../components/form-actions.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { Section } from '../../components/section.tsx'
import { words } from '../../words/index.ts'
import { ServersForm } from '../mail-server/servers-form.tsx'
import { ServerTrouble } from '../mail-server/server-trouble.tsx'
import { missingIn, toServers, serversInput } from '../mail-server/servers-input.ts'

const text = words.mailServer.section

/** Servers of a mailbox with a password. */
export function ServersSection({ account, servers }: { account: EmailAccount; servers: MailServers }) {
  const [opened, { open, close }] = useDisclosure(false)
  const at = ({ host, port, tls }: MailServers['imap']) => text.at(host, port, text.waysShort[tls])
  return (
    <Section
      title={text.title}
      actions={
        <Button size="xs" variant="default" onClick={open}>
          {text.change}
        </Button>
      }
    >
      <Facts
        facts={[
          [text.in, at(servers.imap)],
          [text.out, at(servers.smtp)],
          [text.userName, servers.userName],
          [text.password, text.passwordKept],
          [text.ca, servers.ca === undefined ? undefined : text.caGiven],
        ]}
      />
      <Modal opened={opened} onClose={close} title={text.changeTitle(account.address)} size="lg">
        <ChangeServers account={account} servers={servers} onDone={close} />
      </Modal>
    </Section>
  )
}

interface ChangeServersProps {
  account: EmailAccount
  servers: MailServers
  onDone: () => void
}

/** Requires the password for every change, so that it is sent only to servers it was entered for. */
function ChangeServers({ account: { id, address }, servers, onDone }: ChangeServersProps) {
  const [request, setRequest] = useState(() => serversInput(servers))
  const [tried, setTried] = useState(false)
  const refresh = useRefresh('email-accounts')
  const save = useOnce({
    // Without arguments, because the client keeps those of a mutation for a while.
    mutationFn: () =>
      patchEmailAccountsId({
        path: { id },
        body: { servers: toServers(request, address), password: request.password },
        throwOnError: true,
      }),
    gcTime: 0,
    onSuccess: async () => {
      showNotice({ message: text.saved })
      onDone()
      await refresh()
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setTried(true)
        if (missingIn(request).length > 0) return
        save.mutate()
      }}
    >
      <Stack>
        {save.error && <ProblemNotice error={save.error} />}
        {save.error && <ServerTrouble code={toProblem(save.error).code} request={request} />}
        <Text size="sm">{text.changeSentence}</Text>
        <ServersForm
          request={request}
          onChange={setRequest}
          address={address}
          preset={undefined}
          missing={tried ? missingIn(request) : []}
          error={save.error}
          passwordHint={words.mailServer.kept}
        />
        <FormActions submit={text.save} isPending={save.isPending} onCancel={onDone} />
      </Stack>
    </form>
  )
}
