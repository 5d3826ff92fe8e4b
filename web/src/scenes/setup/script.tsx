import { Code, Group, Stack, Text } from '@mantine/core'
import { CopyButton } from '../../components/copy-button.tsx'
import classes from './setup.module.css'

/** A script for another program, to copy as a whole. */
export function Script({ name, sentence, script }: { name: string; sentence: string; script: string }) {
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm">{sentence}</Text>
        <div className={classes.unsqueezed}>
          <CopyButton value={script} what={name} />
        </div>
      </Group>
      <Code block className={classes.script} tabIndex={0} role="region" aria-label={name}>
        {script}
      </Code>
    </Stack>
  )
}
