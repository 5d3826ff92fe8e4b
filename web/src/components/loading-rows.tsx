import { Skeleton, Stack, VisuallyHidden } from '@mantine/core'
import { words } from '../words/index.ts'

/** Placeholder for rows, with the same height, so that nothing jumps. */
export function LoadingRows({ rows = 3, height = 64 }: { rows?: number; height?: number }) {
  return (
    <Stack gap="sm" aria-busy="true">
      <VisuallyHidden role="status">{words.loading}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  )
}
