import { Alert, Skeleton, Text } from '@mantine/core'
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from 'pdfjs-dist'
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url'
import { useEffect, useRef, useState } from 'react'
import { words } from '../../../words/index.ts'
import classes from './preview.module.css'

GlobalWorkerOptions.workerSrc = workerAddress

const MOST_PAGES = 30
/** Pixels of one page; a hostile file can have pages of any size. */
const MOST_PIXELS = 16_000_000

/**
 * Draws the first pages of a PDF. Its bytes are parsed in a worker without access to the page: nothing in it runs,
 * links and forms are not active, and nothing is loaded from elsewhere.
 */
export function PdfPages({ address, name }: { address: string; name: string }) {
  const around = useRef<HTMLDivElement>(null)
  const [state, setState] = useState<{ pages?: number; failed?: true }>({})
  useEffect(() => {
    const abort = new AbortController()
    draw(address, around.current!, abort.signal).then(
      (pages) => setState({ pages }),
      () => abort.signal.aborted || setState({ failed: true }),
    )
    return () => abort.abort()
  }, [address])
  const text = words.inbox.previewDialog
  return (
    <>
      {state.failed && <Alert color="gray">{text.unreadable}</Alert>}
      {!state.failed && state.pages === undefined && <Skeleton height={400} />}
      <div ref={around} className={classes.pages} role="img" aria-label={text.pdf(name)} tabIndex={0} />
      {state.pages !== undefined && state.pages > MOST_PAGES && (
        <Text size="sm">{text.more(MOST_PAGES, state.pages)}</Text>
      )}
    </>
  )
}

/** Draws into the element. @returns the number of all pages */
async function draw(address: string, around: HTMLElement, signal: AbortSignal): Promise<number> {
  const answer = await fetch(address, { signal })
  if (!answer.ok) throw new TypeError(`HTTP status ${answer.status}`)
  const data = new Uint8Array(await answer.arrayBuffer())
  const loading = getDocument({ data, enableXfa: false, useWasm: false, stopAtErrors: false })
  signal.addEventListener('abort', () => void loading.destroy())
  const pdf = await loading.promise
  around.replaceChildren()
  for (let number = 1; number <= Math.min(pdf.numPages, MOST_PAGES); number++) {
    if (signal.aborted) break
    await drawPage(pdf, number, around)
  }
  return pdf.numPages
}

async function drawPage(pdf: PDFDocumentProxy, number: number, around: HTMLElement): Promise<void> {
  const page = await pdf.getPage(number)
  const { width, height } = page.getViewport({ scale: 1 })
  const wanted = (around.clientWidth / width) * Math.min(devicePixelRatio, 2)
  const scale = Math.min(wanted, Math.sqrt(MOST_PIXELS / Math.max(1, width * height)))
  const viewport = page.getViewport({ scale })
  const canvas = document.createElement('canvas')
  canvas.width = Math.floor(viewport.width)
  canvas.height = Math.floor(viewport.height)
  around.append(canvas)
  await page.render({ canvas, viewport, annotationMode: 0 }).promise
}
