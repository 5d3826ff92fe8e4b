import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayHtml } from './display-html.ts'

const NO_CID = () => undefined

function show(html: string) {
  return displayHtml(html, { resolveCid: NO_CID })
}

describe('displayed mail', () => {
  it('keeps the usual elements of mail', () => {
    const letter =
      '<p style="color:#333;font-size:11pt">Hello <b>Kim</b>, see <a href="https://contoso.example/a?b=1&amp;c=2">the offer</a>.</p>' +
      '<table border="1" cellpadding="2"><tr><td colspan="2" align="right">10 €</td></tr></table>' +
      '<blockquote type="cite">said before</blockquote><ul><li>one</li></ul>'

    const { html, blockedCount } = show(letter)

    expect(html).toContain('<p style="color:#333;font-size:11pt">Hello <b>Kim</b>')
    expect(html).toContain('href="https://contoso.example/a?b=1&amp;c=2"')
    expect(html).toContain('<td colspan="2" align="right">10 €</td>')
    expect(html).toContain('<blockquote type="cite">said before</blockquote><ul><li>one</li></ul>')
    expect(blockedCount).toBe(0)
  })

  it('opens links in a new window without a referrer', () => {
    expect(show('<a href="https://a.example" target="_self" rel="opener">a</a>').html).toBe(
      '<a href="https://a.example" target="_blank" rel="noopener noreferrer nofollow">a</a>',
    )
    expect(show('<a href="mailto:kim@customer.example">a</a>').html).toContain('href="mailto:kim@customer.example"')
  })

  it.each(hostilePieces())('contains no elements that act, submit or load: %s', (attack) => {
    const { html } = show(`<p>before</p>${attack}<p>after</p>`)

    expect(dangersOf(html)).toEqual([])
  })

  it('contains no active content, however attacks are combined', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...hostilePieces(), '<', '>', '"', "'", '</', '<!--', '-->', '\0', '/>')),
        (pieces) => {
          expect(dangersOf(show(pieces.join('')).html)).toEqual([])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('stays harmless when a browser closes open elements, and when cleaned twice', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(...hostilePieces(), '<p>a', '<b>b</b>', '&lt;img src=x&gt;', '&amp;lt;script&amp;gt;'),
        ),
        (pieces) => {
          expect(dangersOf(show(show(pieces.join('')).html).html)).toEqual([])
        },
      ),
      { numRuns: 100 },
    )
  })

  it('loads no remote content and counts what it blocked', () => {
    const { html, blockedCount } = show(
      '<img src="https://t.example/open.gif"><img src="//t.example/2.gif"><img srcset="https://t.example/3.gif 2x">' +
        '<table background="https://t.example/4.gif"><tr><td style="background:url(https://t.example/5.gif)">a</td></tr></table>',
    )

    expect(html).not.toContain('t.example')
    expect(blockedCount).toBe(5)
  })

  it('shows remote images on request, through the given URL function', () => {
    const { html, blockedCount } = displayHtml('<img src="https://t.example/a.gif?x=1"><img src="//t.example/b.gif">', {
      resolveCid: NO_CID,
      remoteImage: (url) => `/images?of=${encodeURIComponent(url)}`,
    })

    expect(html).toBe(
      '<img src="/images?of=https%3A%2F%2Ft.example%2Fa.gif%3Fx%3D1" /><img src="/images?of=https%3A%2F%2Ft.example%2Fb.gif" />',
    )
    expect(blockedCount).toBe(0)
  })

  it('shows the first 200 inline images of the message', () => {
    const images = Array.from({ length: 201 }, (_, n) => `<img src="cid:${n}@contoso.example">`).join('')
    const { html, shownContentIds } = displayHtml(`${images}<img src="cid:0@contoso.example">`, {
      resolveCid: (id) => `/images/${id}`,
    })
    expect(shownContentIds).toHaveLength(200)
    expect(html.match(/src=/g)).toHaveLength(201)
  })

  it.each(['cid:logo@contoso.example', 'CID:logo%40contoso.example', 'cid:<logo@contoso.example>'])(
    'finds the inline images of the message: %s',
    (source) => {
      const { html, shownContentIds } = displayHtml(`<img src="${source}"><img src="cid:unknown">`, {
        resolveCid: (contentId) => (contentId === 'logo@contoso.example' ? '/v1/attachments/7' : undefined),
      })

      expect(html).toBe('<img src="/v1/attachments/7" /><img />')
      expect(shownContentIds).toEqual(['logo@contoso.example'])
    },
  )

  it("doesn't let a message refer to addresses of this server", () => {
    expect(show('<img src="/v1/attachments/7"><a href="/v1/logout">out</a>').html).toBe('<img /><a>out</a>')
  })

  it('is ready in limited time for input made to be slow', () => {
    const nested = '<div>'.repeat(100_000)
    const attributes = `<p style="${'color:red;'.repeat(50_000)}">`

    for (const hostile of [nested, attributes, '<'.repeat(500_000)]) {
      expect(show(hostile).html.length).toBeLessThan(5_000_000)
    }
  })

  it('reports when it is truncated', () => {
    expect(show(`<p>${'a'.repeat(3_000_001)}</p>`).truncated).toBe(true)
    expect(show('<p>a</p>').truncated).toBe(false)
  })
})

/** Returns everything that a browser would treat as more than text, tables, links and images. */
function dangersOf(html: string): string[] {
  const dangers: string[] = []
  for (const [tag, name = '', attributes = ''] of html.matchAll(/<([a-z!?/][^\s/>]*)([^>]*)>/gi)) {
    if (!/^\/?(a|abbr|b|bdi|bdo|big|blockquote|br|caption|center|cite|code|col|colgroup|dd|del|dfn|div|dl|dt|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s|samp|small|span|strike|strong|sub|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|wbr)$/.test(name)) dangers.push(tag) // prettier-ignore
    for (const [attribute, key = '', value = ''] of attributes.matchAll(/([^\s=/"]+)\s*=\s*"([^"]*)"/g)) {
      if (/^on|^(id|name|class|action|formaction|srcdoc|background|ping|xlink|href:|srcset|poster|data)/i.test(key)) {
        dangers.push(attribute)
      }
      if (key === 'href' && !/^(https?:|mailto:|tel:)/i.test(value)) dangers.push(attribute)
      if (key === 'src' && !/^data:image\/(png|jpeg|gif|webp|bmp);base64,/i.test(value)) dangers.push(attribute)
      if (key === 'style' && /url|expression|image|import|javascript|position|behavior|-moz-binding|\\/i.test(value)) {
        dangers.push(attribute)
      }
    }
  }
  return dangers
}

function hostilePieces(): string[] {
  return [
    '<script>alert(1)</script>',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<SCRIPT SRC=//x.example></SCRIPT>',
    '<img src=x onerror=alert(1)>',
    '<img src="x"onerror="alert(1)">',
    '<img/src/onerror=alert(1)>',
    '<svg onload=alert(1)>',
    '<svg><script>alert(1)</script></svg>',
    '<svg><style><img src=x onerror=alert(1)></style></svg>',
    '<svg><use href="data:image/svg+xml,<svg onload=alert(1)>"/></svg>',
    '<svg><feImage href="https://t.example/x"/></svg>',
    '<svg><animate attributeName=href values=javascript:alert(1)>',
    '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
    '<math><mi xlink:href="data:x,<script>alert(1)</script>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<template><img src=x onerror=alert(1)></template>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="javascript:alert(1)"></object>',
    '<embed src="https://t.example/x.swf">',
    '<base href="https://t.example/">',
    '<meta http-equiv="refresh" content="0;url=https://t.example">',
    '<link rel="stylesheet" href="https://t.example/x.css">',
    '<link rel=preload href=//t.example>',
    '<style>@import "https://t.example/x.css"; body{background:url(//t.example)}</style>',
    '<style></style><style>*{background:url(//t.example)}',
    '<form action="https://t.example"><input name=a><button>send</button></form>',
    '<input type=image src=//t.example formaction=//t.example>',
    '<button formaction="javascript:alert(1)">a</button>',
    '<textarea autofocus onfocus=alert(1)></textarea>',
    '<select onchange=alert(1)><option>a</select>',
    '<details open ontoggle=alert(1)>a</details>',
    '<video src="https://t.example/x" poster="https://t.example/y"><source src=//t.example></video>',
    '<audio src=//t.example autoplay>',
    '<picture><source srcset="https://t.example/x"></picture>',
    '<img src="https://t.example/a.gif" srcset="https://t.example/b.gif 2x">',
    '<img lowsrc="https://t.example/a.gif">',
    '<body background="https://t.example/a.gif" onload=alert(1)>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="java\nscript:alert(1)">a</a>',
    '<a href=" &#1;javascript:alert(1)">a</a>',
    '<a href="&#106;avascript:alert(1)">a</a>',
    '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    '<a href="vbscript:msgbox(1)">a</a>',
    '<a href="//t.example" ping="https://t.example">a</a>',
    '<a id=cookie name=body class=x>a</a>',
    '<p style="background:url(https://t.example)">a</p>',
    '<p style="background:u\\72l(https://t.example)">a</p>',
    '<p style="background:/**/url(//t.example)">a</p>',
    '<p style="color:red;background-image:image-set(\'//t.example\' 1x)">a</p>',
    '<p style="width:expression(alert(1))">a</p>',
    '<p style="-moz-binding:url(//t.example)">a</p>',
    '<p style="behavior:url(x.htc)">a</p>',
    '<p style="position:fixed;top:0;left:0;z-index:9999">a</p>',
    '<p style="color:red} body{display:none">a</p>',
    "<p style=\"font-family:'x';@import '//t.example'\">a</p>",
    '<p style="--x:url(//t.example);color:var(--x)">a</p>',
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<img src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">',
    '<img src="data:text/html;base64,PHNjcmlwdD4=">',
    '<img src="javascript:alert(1)">',
    '<img src="file:///etc/passwd">',
    '<img src="cid:nothing">',
    '<img src="/v1/secret">',
    '<!--[if mso]><v:rect fill="url(//t.example)"><![endif]-->',
    '<![CDATA[<script>alert(1)</script>]]>',
    '<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    '<xmp><script>alert(1)</script></xmp>',
    '<plaintext><script>alert(1)</script>',
    '<p title="--><script>alert(1)</script>">a</p>',
    '<p title="&quot;><script>alert(1)</script>">a</p>',
    '<marquee onstart=alert(1)>a</marquee>',
    '<isindex action=javascript:alert(1)>',
    '<frameset onload=alert(1)><frame src=//t.example></frameset>',
    '<portal src="https://t.example"></portal>',
    '<dialog open>a</dialog>',
    '<custom-element onclick=alert(1)>a</custom-element>',
  ]
}
