import { Group, Stack, Text } from '@mantine/core'
import { ButtonLink } from '../../components/button-link.tsx'
import { CopyValue } from '../../components/copy-value.tsx'
import { words } from '../../words/index.ts'
import { certificateCommand, type Direction, type ServersInput } from './servers-input.ts'

const text = words.mailServer.trouble

/** A failure, or a failed check. */
export interface Trouble {
  code?: string | undefined
  detail?: string | undefined
}

/** Help beyond the fix of a failure: a link to the Microsoft sign-in, or the untrusted certificate. */
export function ServerTrouble({ code = '', detail, request }: Trouble & { request: ServersInput }) {
  if (code === 'email_accounts.microsoft_needs_sign_in' || code === 'transports.imap_password_refused_here') {
    return (
      <Group>
        <ButtonLink to="/set-up" size="xs">
          {text.toSignIn}
        </ButtonLink>
      </Group>
    )
  }
  const direction = NOT_TRUSTED[code]
  if (direction === undefined) return undefined
  return (
    <Stack gap="xs">
      <Text size="sm">{text.certificate(`${request[direction].host.trim()}:${request[direction].port.trim()}`)}</Text>
      {detail !== undefined && (
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {detail}
        </Text>
      )}
      <CopyValue name={text.command} value={certificateCommand(request[direction], direction)} />
      <Text size="sm">{text.authority}</Text>
    </Stack>
  )
}

const NOT_TRUSTED: Readonly<Record<string, Direction | undefined>> = {
  'transports.imap_tls_refused': 'imap',
  'transports.smtp_tls_refused': 'smtp',
}
