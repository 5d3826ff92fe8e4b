import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { getApiKeysOptions, getPeopleOptions } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { listActionNames } from './action-names.ts'
import type { AuditSearch } from './audit-search.ts'

const TYPING_MS = 250

/** Filters of the audit list; a change takes effect at once. */
export function AuditFilters({ search, onChange }: { search: AuditSearch; onChange: (next: AuditSearch) => void }) {
  const { audit } = words
  const actors = useActors()
  const actions = useMemo(listActionNames, [])
  const change = (changes: { [Name in keyof AuditSearch]: string | undefined }) => {
    const kept = Object.entries({ ...search, ...changes }).filter(([, value]) => value)
    onChange(Object.fromEntries(kept))
  }
  return (
    <Group role="search" aria-label={audit.filters} align="flex-end" gap="sm">
      <SearchField value={search.q ?? ''} onChange={(q) => change({ q })} />
      <Select
        label={audit.person}
        placeholder={audit.anyPerson}
        data={actors}
        value={search.actor ?? null}
        onChange={(actor) => change({ actor: actor ?? undefined })}
        searchable
        clearable
        w={{ base: '100%', xs: 170 }}
      />
      <MultiSelect
        label={audit.action}
        {...(search.action === undefined && { placeholder: audit.anyAction })}
        data={actions}
        value={search.action?.split(',') ?? []}
        onChange={(chosen) => change({ action: chosen.join(',') })}
        searchable
        clearable
        w={{ base: '100%', xs: 230 }}
      />
      <DayField label={audit.from} value={search.from} onChange={(from) => change({ from })} />
      <DayField label={audit.to} value={search.to} onChange={(to) => change({ to })} />
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          {audit.clear}
        </Button>
      )}
    </Group>
  )
}

interface FieldProps<Value> {
  value: Value
  onChange: (value: string) => void
}

/** Searches after a pause in typing. */
function SearchField({ value, onChange }: FieldProps<string>) {
  const { audit } = words
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  if (value !== shown) {
    setShown(value)
    if (value !== typed.trim()) setTyped(value)
  }
  useEffect(() => {
    if (typed.trim() === value) return
    const timer = setTimeout(() => onChange(typed.trim()), TYPING_MS)
    return () => clearTimeout(timer)
  })
  return (
    <TextInput
      type="search"
      label={audit.search}
      placeholder={audit.searchHint}
      leftSection={<IconSearch size={16} aria-hidden />}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      maxLength={200}
      w={{ base: '100%', xs: 200 }}
    />
  )
}

function DayField({ label, value, onChange }: FieldProps<string | undefined> & { label: string }) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      w={{ base: '47%', xs: 140 }}
    />
  )
}

function useActors(): { value: string; label: string }[] {
  const people = useQuery(getPeopleOptions()).data?.people
  const keys = useQuery(getApiKeysOptions()).data?.apiKeys
  const { actors } = words.audit
  return [
    ...(people ?? []).map(({ id, name }) => ({ value: `person:${id}`, label: name })),
    { value: 'postkey', label: actors.postkey },
    { value: 'cli', label: actors.cli },
    ...(keys ?? []).map(({ id, name }) => ({ value: `api-key:${id}`, label: actors.apiKey(name) })),
  ]
}
