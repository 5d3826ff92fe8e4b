import { Group, Kbd } from '@mantine/core'

const MOD = /Mac|iP(hone|ad)/.test(navigator.userAgent) ? '⌘' : 'Ctrl'

/** Shows `Mod+k` as keys. */
export function KeysShown({ keys }: { keys: string }) {
  return (
    <Group gap={4} wrap="nowrap">
      {keys
        .replace(/^[A-Z]$/, (letter) => `Shift+${letter.toLowerCase()}`)
        .split(/[ +]/)
        .map((key) => (
          <Kbd key={key} size="xs">
            {key === 'Mod' ? MOD : key}
          </Kbd>
        ))}
    </Group>
  )
}
