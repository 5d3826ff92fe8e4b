import { Anchor, Collapse, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ServerPreset } from '../../api/client.ts'
import { fieldFault } from '../../components/field-fault.ts'
import { words } from '../../words/index.ts'
import { ServerFields } from './server-fields.tsx'
import type { ServersInput } from './servers-input.ts'

const text = words.mailServer

interface ServersFormProps {
  request: ServersInput
  onChange: (request: ServersInput) => void
  /** Address of the mailbox: the usual user name. */
  address: string
  preset: ServerPreset | undefined
  missing: readonly string[]
  error: unknown
  /** Present when a password is stored. */
  passwordHint?: string
}

/** Both servers, user name, password, and a private certificate authority. */
export function ServersForm({ request, onChange, address, preset, missing, error, passwordHint }: ServersFormProps) {
  const [opened, { toggle }] = useDisclosure(request.ca !== '')
  return (
    <Stack>
      {(['imap', 'smtp'] as const).map((direction) => (
        <ServerFields
          key={direction}
          direction={direction}
          server={request[direction]}
          onChange={(server) => onChange({ ...request, [direction]: server })}
          missing={missing}
          error={error}
        />
      ))}
      <TextInput
        label={text.userName}
        description={text.userNameHint}
        placeholder={address}
        autoComplete="off"
        autoCapitalize="off"
        value={request.userName}
        onChange={({ currentTarget }) => onChange({ ...request, userName: currentTarget.value })}
        error={fieldFault(error, 'servers.userName')}
      />
      <PasswordInput
        label={text.password}
        description={
          passwordHint ?? (preset?.password === 'app-password' ? text.appPassword(preset.name) : text.passwordHint)
        }
        required
        autoComplete="off"
        value={request.password}
        onChange={({ currentTarget }) => onChange({ ...request, password: currentTarget.value })}
        error={(missing.includes('password') && text.wanting.password) || fieldFault(error, 'password')}
      />
      <div>
        <Anchor component="button" type="button" size="sm" ta="start" onClick={toggle} aria-expanded={opened}>
          {text.caToggle}
        </Anchor>
        <Collapse expanded={opened}>
          <Textarea
            mt="xs"
            label={text.ca}
            description={text.caHint}
            autosize
            minRows={3}
            maxRows={10}
            spellCheck={false}
            value={request.ca}
            onChange={({ currentTarget }) => onChange({ ...request, ca: currentTarget.value })}
            error={fieldFault(error, 'servers.ca')}
          />
        </Collapse>
      </div>
    </Stack>
  )
}
