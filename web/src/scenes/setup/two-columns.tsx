import { MantineThemeProvider } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './setup.module.css'

/** Descriptions of different lengths are placed below their fields, so that fields side by side are aligned. */
const BELOW = {
  components: {
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
  },
}

/** Fields side by side if there is room. */
export function TwoColumns({ children }: { children: ReactNode }) {
  return (
    <MantineThemeProvider theme={BELOW}>
      <div className={classes.twoColumns}>{children}</div>
    </MantineThemeProvider>
  )
}
