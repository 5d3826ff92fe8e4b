import { ActionIcon, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { language, words } from '../../words/index.ts'
import type { ShownFolder } from './folder-order.ts'
import { foundIn, holdsChosen, buildTree, type FolderNode } from './folder-tree.ts'
import classes from './folder-picker.module.css'

const text = words.folderPicker
/** Number of folders from which a filter is shown and nested folders are collapsed. */
const MANY = 12

interface FolderPickerProps {
  label: string
  folders: readonly ShownFolder[]
  /** Remote ids. */
  chosen: readonly string[]
  onChange: (remoteIds: string[]) => void
}

/** Folder tree of a mailbox with checkboxes. */
export function FolderPicker({ label, folders, chosen, onChange }: FolderPickerProps) {
  const [sought, seek] = useState('')
  const tree = useMemo(() => buildTree(folders), [folders])
  const [open, setOpen] = useState(() => openAtFirst(tree, folders.length, new Set(chosen)))
  const shown = foundIn(tree, sought)
  const isSeeking = sought.trim() !== ''
  const toggle = (id: string) => setOpen((before) => without(before, id) ?? new Set([...before, id]))
  const choose = (id: string) => onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <Text size="xs" c="dimmed" role="status">
          {text.chosen(chosen.length, folders.length)}
        </Text>
      </Group>
      {folders.length > MANY && (
        <TextInput
          size="xs"
          aria-label={text.find}
          placeholder={text.find}
          value={sought}
          onChange={({ currentTarget }) => seek(currentTarget.value)}
        />
      )}
      <div className={classes.box} role="region" aria-label={label} tabIndex={0}>
        {shown.length === 0 && <Text size="sm">{text.noneFound}</Text>}
        <Branch
          nodes={shown}
          chosen={chosen}
          isOpen={(id) => isSeeking || open.has(id)}
          onToggle={toggle}
          onChoose={choose}
        />
      </div>
      {chosen.length === 0 && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {text.none}
        </Text>
      )}
    </Stack>
  )
}

interface BranchProps {
  nodes: readonly FolderNode[]
  chosen: readonly string[]
  isOpen: (id: string) => boolean
  onToggle: (id: string) => void
  onChoose: (id: string) => void
}

function Branch(props: BranchProps) {
  const { nodes, chosen, isOpen, onToggle, onChoose } = props
  const number = new Intl.NumberFormat(language)
  return (
    <ul className={classes.branch}>
      {nodes.map(({ folder, names, below }) => {
        const { remoteId, totalCount } = folder
        const shown = nameOf(folder, names)
        const opened = isOpen(remoteId)
        return (
          <li key={remoteId}>
            <div className={classes.row}>
              {below.length > 0 ? (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-expanded={opened}
                  aria-label={opened ? text.fold(shown.name) : text.unfold(shown.name)}
                  onClick={() => onToggle(remoteId)}
                >
                  {opened ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
                </ActionIcon>
              ) : (
                <span className={classes.noFold} />
              )}
              <Checkbox
                size="sm"
                className={classes.tick}
                label={shown.own === undefined ? shown.name : `${shown.name} · ${shown.own}`}
                checked={chosen.includes(remoteId)}
                onChange={() => onChoose(remoteId)}
              />
              <Text
                size="xs"
                c="dimmed"
                className={classes.count}
                title={text.count(totalCount, number.format(totalCount))}
              >
                {number.format(totalCount)}
              </Text>
            </div>
            {below.length > 0 && opened && <Branch {...props} nodes={below} />}
          </li>
        )
      })}
    </ul>
  )
}

/** Localized name of a folder, followed by the mailbox's own name if it differs. */
function nameOf({ name, role }: ShownFolder, names: readonly string[]): { name: string; own?: string } {
  if (role === undefined) return { name: names.length > 1 ? names.join(' / ') : name }
  const known = text.roles[role]
  return known.toLocaleLowerCase() === name.toLocaleLowerCase() ? { name: known } : { name: known, own: name }
}

function openAtFirst(tree: readonly FolderNode[], count: number, chosen: ReadonlySet<string>): Set<string> {
  const all = (nodes: readonly FolderNode[]): FolderNode[] => nodes.flatMap((node) => [node, ...all(node.below)])
  return new Set(
    all(tree)
      .filter((node) => count <= MANY || holdsChosen(node, chosen))
      .map(({ folder }) => folder.remoteId),
  )
}

function without(before: ReadonlySet<string>, id: string): Set<string> | undefined {
  return before.has(id) ? new Set([...before].filter((one) => one !== id)) : undefined
}
