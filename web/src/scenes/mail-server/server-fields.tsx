import { Group, NativeSelect, TextInput } from '@mantine/core'
import { fieldFault } from '../../components/field-fault.ts'
import { FieldGroup } from '../../components/field-group.tsx'
import { words } from '../../words/index.ts'
import { withTls, type Direction, type ServerInput, type Tls } from './servers-input.ts'
import classes from './server-fields.module.css'

const text = words.mailServer
const WAYS: readonly Tls[] = ['implicit', 'starttls', 'none']

interface ServerFieldsProps {
  direction: Direction
  server: ServerInput
  onChange: (server: ServerInput) => void
  /** Names of empty fields, after the first attempt. */
  missing: readonly string[]
  error: unknown
}

/** One server: name, encryption, port. */
export function ServerFields({ direction, server, onChange, missing, error }: ServerFieldsProps) {
  const of = (field: string) => fieldFault(error, `servers.${direction}.${field}`)
  const isMissing = (field: 'host' | 'port') => missing.includes(`${direction}.${field}`)
  return (
    <FieldGroup legend={text[direction]}>
      <Group align="flex-start" gap="sm">
        <TextInput
          className={classes.host}
          label={text.host}
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={server.host}
          onChange={({ currentTarget }) => onChange({ ...server, host: currentTarget.value })}
          error={(isMissing('host') && text.wanting.host[direction]) || of('host')}
        />
        <NativeSelect
          className={classes.tls}
          label={text.tls}
          value={server.tls}
          onChange={({ currentTarget }) => onChange(withTls(server, direction, currentTarget.value as Tls))}
          data={WAYS.map((value) => ({ value, label: text.ways[value] }))}
          error={of('tls')}
        />
        <TextInput
          className={classes.port}
          label={text.port}
          required
          inputMode="numeric"
          value={server.port}
          onChange={({ currentTarget }) => onChange({ ...server, port: currentTarget.value })}
          error={(isMissing('port') && text.wanting.port) || of('port')}
        />
      </Group>
    </FieldGroup>
  )
}
