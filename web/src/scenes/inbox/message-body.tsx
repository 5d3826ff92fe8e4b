import { Alert, Button, Group, Skeleton, Text, useComputedColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { getMessagesIdBody, type ShownBody } from '../../api/client.ts'
import { toProblem } from '../../api/problem.ts'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { passOnKeys } from '../../keyboard/key-targets.ts'
import { words } from '../../words/index.ts'
import { openInside } from './inside-links.ts'
import { MisleadingLinks, parseLinks, type MisleadingLink } from './marks/misleading-links.tsx'
import classes from './message.module.css'
import { markFrame } from './search/mark-frame.ts'
import { useMarkPattern } from './search/use-mark-pattern.ts'

/** Same as in the policy of the response. Never with `allow-scripts`: docs/decisions/0007-message-frame-without-scripts.md */
const SANDBOX = 'allow-same-origin allow-popups allow-popups-to-escape-sandbox'
const SCROLL_BAR_PX = 16
/** Longer messages scroll inside their frame, so that a long log doesn't separate the reply from the rest. */
const MOST_HEIGHT_PX = 4000

interface Loaded {
  blockedCount: number
  lacksPictures: boolean
  isSimplified: boolean
  misleadingLinks: readonly MisleadingLink[]
  isEmpty: boolean
  isPlain: boolean
}

/** Empty page with the policy of a message's text, which the browser keeps. */
const EMPTY_FRAME = '/message-frame'

/** The text of a message in its full height: on white when it has colors of its own, else on the page's background. */
export function MessageBody({ id, from, body: first }: { id: string; from: string; body: ShownBody | undefined }) {
  const frame = useRef<HTMLIFrameElement>(null)
  const [height, setHeight] = useState<number>()
  const [loaded, setLoaded] = useState<Loaded>()
  const [failure, setFailure] = useState<unknown>()
  const [images, setImages] = useState<'blocked' | 'shown'>('blocked')
  const [attempt, setAttempt] = useState(0)
  // Not replaced while it is shown: the frame would load again.
  const [came] = useState(first)
  const given = images === 'blocked' && attempt === 0 ? came : undefined
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])

  const navigate = useNavigate()
  const pattern = useMarkPattern()
  useEffect(() => {
    const page = frame.current?.contentDocument
    if (loaded && page) markFrame(page, pattern)
  }, [loaded, pattern])

  const scheme = useComputedColorScheme('light')
  const isPlain = loaded?.isPlain === true
  useEffect(() => {
    const [paper, root] = [frame.current, frame.current?.contentDocument?.documentElement]
    if (!isPlain || !paper || !root) return
    // The same color scheme on both sides; otherwise the browser paints its own background behind the frame.
    root.style.colorScheme = scheme
    root.style.color = getComputedStyle(paper).color
  }, [isPlain, scheme])

  const look = () => {
    stop.current?.()
    const page = frame.current?.contentDocument
    const body = page?.body
    if (page?.URL === 'about:blank') return
    if (given) {
      // Anything else, such as a page of a proxy: the text is requested by itself.
      if (body?.dataset['messageFrame'] === undefined) {
        setAttempt(1)
        return
      }
      // In the document of the frame, so that its policy and its sandbox apply to each element from the start.
      body.innerHTML = given.html
      page!.documentElement.toggleAttribute('data-plain', given.isPlain)
      body.dataset['blockedCount'] = String(given.blockedCount)
      body.dataset['misleadingLinks'] = JSON.stringify(given.misleadingLinks)
    }
    // Other responses (a problem, a proxy page, an ended session) say nothing about blocked images.
    if (!body?.dataset['blockedCount']) {
      getMessagesIdBody({ path: { id }, query: { images } }).then(
        () => setFailure(toProblem(undefined, new Response())),
        (error: unknown) => setFailure(error),
      )
      return
    }
    setLoaded({
      blockedCount: Number(body.dataset['blockedCount']),
      lacksPictures: body.dataset['lacksPictures'] !== undefined,
      isSimplified: body.dataset['simplified'] !== undefined,
      misleadingLinks: parseLinks(body.dataset['misleadingLinks']),
      isPlain: page!.documentElement.dataset['plain'] !== undefined,
      isEmpty: body.innerText.trim() === '' && !body.querySelector('img'),
    })
    const measure = () => {
      const root = page!.documentElement
      const whole = Math.ceil(body.getBoundingClientRect().height) + scrollBarOf(root)
      root.style.overflowY = whole > MOST_HEIGHT_PX ? 'auto' : ''
      setHeight(Math.min(whole, MOST_HEIGHT_PX))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(body)
    stop.current = () => observer.disconnect()
    measure()
    passOnKeys(page!)
    openInside(page!, (conversationId) => void navigate({ to: '/inbox/$conversationId', params: { conversationId } }))
  }

  const inbox = words.inbox
  if (failure !== undefined) {
    const again = () => {
      setFailure(undefined)
      setLoaded(undefined)
      setAttempt(attempt + 1)
    }
    return <ProblemNotice error={failure} onRetry={again} />
  }
  return (
    <>
      {loaded && loaded.blockedCount > 0 && images === 'blocked' && (
        <Group gap="xs" mb="xs">
          <Text size="sm">{inbox.picturesBlocked(loaded.blockedCount)}</Text>
          <Button size="compact-sm" variant="default" onClick={() => setImages('shown')}>
            {inbox.showPictures}
          </Button>
        </Group>
      )}
      {loaded?.lacksPictures && <Alert color="gray">{inbox.lacksPictures}</Alert>}
      {loaded?.isSimplified === true && <Alert color="gray">{inbox.simplified}</Alert>}
      {loaded && loaded.misleadingLinks.length > 0 && <MisleadingLinks links={loaded.misleadingLinks} />}
      {loaded?.isEmpty && <Text c="dimmed">{inbox.noText}</Text>}
      {!loaded && <Skeleton height={72} radius="sm" />}
      <div
        className={classes.paper}
        hidden={loaded?.isEmpty}
        data-loaded={loaded !== undefined || undefined}
        data-plain={isPlain || undefined}
      >
        <iframe
          key={`${images}-${attempt}`}
          ref={frame}
          title={inbox.textOf(from)}
          src={given ? EMPTY_FRAME : `/v1/messages/${id}/body?images=${images}`}
          sandbox={SANDBOX}
          className={classes.frame}
          style={{ height: height ?? 0, ...(isPlain && { colorScheme: scheme }) }}
          onLoad={look}
        />
      </div>
    </>
  )
}

/** Height of the scroll bar for wide content, which is below the text and not over its last line. */
function scrollBarOf({ scrollWidth, clientWidth }: Element): number {
  return scrollWidth > clientWidth ? SCROLL_BAR_PX : 0
}
