import { Radio, Stack } from '@mantine/core'
import type { Person } from '../../api/client.ts'
import { words } from '../../words/index.ts'

const ROLES = ['agent', 'supervisor', 'admin', 'auditor'] as const

export function RoleChoice({ value, onChange }: { value: Person['role']; onChange: (role: Person['role']) => void }) {
  const { role, roles, roleHints } = words.people
  return (
    <Radio.Group label={role} value={value} onChange={(chosen) => onChange(chosen)}>
      <Stack gap={8} mt="xs">
        {ROLES.map((one) => (
          <Radio key={one} value={one} label={roles[one]} description={roleHints[one]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
