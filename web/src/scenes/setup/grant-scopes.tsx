import { Button, Collapse, Table, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { Grant } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { missingScopes, permissionName } from './scopes.ts'

const text = words.setupAuthenticate

/** Requested and granted permissions: a sentence, and the list on request. */
export function GrantScopes({ grant }: { grant: Grant }) {
  const [open, { toggle }] = useDisclosure(false)
  const missing = new Set(missingScopes(grant))
  const wanted = [...grant.scopesRequested].sort((one, other) =>
    permissionName(one).localeCompare(permissionName(other)),
  )
  return (
    <div>
      <Text size="sm">
        {missing.size === 0 ? text.allGranted : text.missing([...missing].map(permissionName).join(', '))}
      </Text>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={toggle} aria-expanded={open}>
        {text.scopes}
      </Button>
      <Collapse expanded={open}>
        <Table withRowBorders={false} verticalSpacing={2} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{text.wanted}</Table.Th>
              <Table.Th>{text.granted}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {wanted.map((scope) => (
              <Table.Tr key={scope}>
                <Table.Td>{permissionName(scope)}</Table.Td>
                <Table.Td>
                  {missing.has(scope) ? <IconX size={14} aria-hidden /> : <IconCheck size={14} aria-hidden />}{' '}
                  {missing.has(scope) ? text.no : text.yes}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Collapse>
    </div>
  )
}
