import { words } from '../words/index.ts'
import classes from './wordmark.module.css'

/** Icon and name of the product. */
export function Wordmark({ short = false }: { short?: boolean }) {
  return (
    <span className={classes.wordmark}>
      <img src="/icon.svg" width={24} height={24} alt={short ? words.productName : ''} />
      {!short && words.productName}
    </span>
  )
}
