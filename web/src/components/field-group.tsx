import type { ReactNode } from 'react'
import classes from './field-group.module.css'

/** Fields that belong together, with a name that screen readers announce. */
export function FieldGroup({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className={classes.group}>
      <legend className={classes.legend}>{legend}</legend>
      {children}
    </fieldset>
  )
}
