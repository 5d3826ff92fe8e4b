import { Paper } from '@mantine/core'
import { useLayoutEffect } from 'react'
import { LoadingRows } from '../../../components/loading-rows.tsx'
import { awaitField } from '../../../keyboard/awaited-field.ts'

/** In the place of a form whose field takes the focus as soon as it is loaded. The form goes on waiting for it. */
export function LoadingField() {
  useLayoutEffect(awaitField, [])
  return (
    <Paper withBorder p="sm">
      <LoadingRows rows={3} height={36} />
    </Paper>
  )
}
