import { useRef, useState } from 'react'
import { passOnKeys } from '../../../keyboard/key-targets.ts'
import classes from './composer.module.css'

/** Same as in the policy of the response. Never with `allow-scripts`: docs/decisions/0007-message-frame-without-scripts.md */
const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox'
const MOST_HEIGHT_PX = 256

/** The quoted message as it is sent, in a frame with the policy of received mail. */
export function QuotationFrame({ title, html }: { title: string; html: string }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState(0)
  const write = () => {
    const page = frame.current?.contentDocument
    if (page?.body.dataset['messageFrame'] === undefined) return
    page.body.innerHTML = html
    page.documentElement.style.overflowY = 'auto'
    setHeight(Math.min(Math.ceil(page.body.getBoundingClientRect().height) + 1, MOST_HEIGHT_PX))
    passOnKeys(page)
  }
  return (
    <div className={classes.paper}>
      <iframe
        ref={frame}
        title={title}
        src="/message-frame"
        sandbox={SANDBOX}
        className={classes.frame}
        style={{ height }}
        onLoad={write}
      />
    </div>
  )
}
