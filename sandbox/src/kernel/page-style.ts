/**
 * Shared style of the sandbox's sites: system font, light and dark mode by system setting. Contrast is at least 4.5:1
 * for text and 3:1 for the edges of controls; targets are at least 44 px high.
 */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f4f5f7; --surface: #ffffff; --text: #1b1d21; --quiet: #565b64; --line: #d5d8de; --edge: #757b86;
  --accent: #0b5cad; --on-accent: #ffffff; --danger: #a1260d; --on-danger: #ffffff;
  --info-ground: #e8f1fb; --success-ground: #e6f4ea; --warning-ground: #fdf3dc; --error-ground: #fdecea;
  --success: #1a6b34; --warning: #7a4b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --surface: #1f2226; --text: #eceef1; --quiet: #b3b9c3; --line: #383d45; --edge: #8b93a0;
    --accent: #7dbaf5; --on-accent: #06213d; --danger: #ff9a8a; --on-danger: #3a0a02;
    --info-ground: #16283b; --success-ground: #14301d; --warning-ground: #362a0e; --error-ground: #3b1814;
    --success: #86d69f; --warning: #f2c46d;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif;
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 0.75rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 1.75rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
p { margin: 0 0 0.75rem; }
ul, ol { margin: 0 0 0.75rem; padding-left: 1.25rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0; }
code, pre, .code { font-family: ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', monospace; font-size: 0.9rem; }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0.5rem; top: 0.5rem; background: var(--surface); padding: 0.5rem 1rem; z-index: 1; }

.site { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1.5rem; padding: 0.5rem 1.25rem;
  background: var(--surface); border-bottom: 1px solid var(--line); }
.site > strong { font-weight: 600; padding: 0.5rem 0; }
.site nav { display: flex; flex-wrap: wrap; gap: 0 0.25rem; }
.site nav a { display: inline-block; padding: 0.6rem 0.6rem; text-decoration: none; color: var(--text); border-bottom: 3px solid transparent; }
.site nav a:hover { text-decoration: underline; }
.site nav a[aria-current] { border-bottom-color: var(--accent); font-weight: 600; }
.site .who { margin-left: auto; color: var(--quiet); }
main { padding: 1.5rem 1.25rem 3rem; }
.wide main { max-width: 72rem; margin: 0 auto; }
.sections { display: grid; grid-template-columns: 15rem minmax(0, 1fr); max-width: 84rem; margin: 0 auto; }
.wide .sections main { max-width: none; margin: 0; }
.sections > nav { padding: 1.5rem 0 1.5rem 1.25rem; }
.sections > nav a { display: block; padding: 0.55rem 0.75rem; border-left: 3px solid transparent; text-decoration: none;
  color: var(--text); }
.sections > nav a:hover { text-decoration: underline; }
.sections > nav a[aria-current] { border-left-color: var(--accent); font-weight: 600; background: var(--surface); }
.narrow main { max-width: 30rem; margin: 0 auto; padding: 8vh 1rem 3rem; }
.narrow main > *:not(.brand) { margin-bottom: 0; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; }
.card + .card { margin-top: 1rem; }
.columns > .card { margin-top: 0; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
.brand { color: var(--quiet); margin: 0 0 0.75rem; font-weight: 600; }
.quiet { color: var(--quiet); }
.small { font-size: 0.9rem; }

form { margin: 0; }
form.inline { display: inline; }
.field { margin: 0 0 1rem; }
.field label, .field legend, .label { display: block; font-weight: 600; margin-bottom: 0.25rem; }
.hint { color: var(--quiet); margin: 0 0 0.25rem; font-size: 0.9rem; }
.fault { color: var(--danger); margin: 0 0 0.25rem; font-weight: 600; }
input, select, textarea, button { font: inherit; color: inherit; }
input:not([type=checkbox], [type=radio], [type=file], [type=hidden]), select, textarea {
  width: 100%; min-height: 2.75rem; padding: 0.5rem 0.65rem; background: var(--surface);
  border: 1px solid var(--edge); border-radius: 6px;
}
textarea { min-height: 8rem; resize: vertical; }
.copy { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.copy input { flex: 1 1 12rem; }
.copy [role=status]:empty { margin-left: -0.5rem; }
input[readonly] { background: var(--ground); }
[aria-invalid=true] { border-color: var(--danger) !important; border-width: 2px !important; }
fieldset { border: 0; padding: 0; margin: 0 0 1rem; }
legend { padding: 0; font-weight: 600; margin-bottom: 0.25rem; }
.choice { display: flex; gap: 0.6rem; align-items: flex-start; min-height: 2.75rem; padding: 0.55rem 0; }
.choice input { width: 1.25rem; height: 1.25rem; margin: 0.15rem 0 0; flex: none; accent-color: var(--accent); }
.choice label { font-weight: 400; margin: 0; display: block; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1.25rem 0 1rem; align-items: center; }
.line { display: flex; flex-wrap: wrap; gap: 0.25rem 0.75rem; align-items: center; }
.narrow .actions { justify-content: flex-end; }
button, .button {
  display: inline-block; min-height: 2.75rem; padding: 0.5rem 1.1rem; border-radius: 6px; cursor: pointer;
  border: 1px solid var(--edge); background: var(--surface); color: var(--text); text-decoration: none; text-align: center;
}
button:hover, .button:hover { border-color: var(--text); }
button.primary, .button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.primary:hover, .button.primary:hover { text-decoration: underline; }
button.danger { color: var(--danger); border-color: var(--danger); }
button.row { display: block; width: 100%; text-align: left; border-color: var(--line); margin: 0 0 0.5rem; padding: 0.65rem 0.9rem; }
button.link { border: 0; background: none; color: var(--accent); text-decoration: underline; padding: 0.5rem 0; }
button[disabled] { opacity: 1; color: var(--quiet); border-style: dashed; cursor: not-allowed; }

.notice { border: 1px solid var(--line); border-left: 5px solid var(--accent); border-radius: 6px;
  background: var(--info-ground); padding: 0.75rem 1rem; margin: 0 0 1rem; }
.notice.success { border-left-color: var(--success); background: var(--success-ground); }
.notice.warning { border-left-color: var(--warning); background: var(--warning-ground); }
.notice.error { border-left-color: var(--danger); background: var(--error-ground); }
.notice > :last-child { margin-bottom: 0; }
.notice h2 { margin-top: 0; font-size: 1rem; }

dl { display: grid; grid-template-columns: minmax(8rem, 2fr) 3fr; gap: 0.4rem 1.25rem; margin: 0 0 1rem; }
dt { color: var(--quiet); }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: 0 0 1rem; position: relative; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.55rem 0.75rem 0.55rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; }
td button.link { min-height: 1.75rem; padding: 0; text-align: left; }
th { color: var(--quiet); font-weight: 600; font-size: 0.9rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
.badge { display: inline-block; padding: 0 0.5rem; border: 1px solid var(--edge); border-radius: 999px; font-size: 0.85rem; }
.empty { padding: 1.5rem; border: 1px dashed var(--edge); border-radius: 10px; color: var(--quiet); }
.plain { list-style: none; padding: 0; }
.columns { display: grid; gap: 1.5rem; margin-bottom: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); }
@media (max-width: 56rem) {
  .sections { display: block; }
  .sections > nav { display: flex; flex-wrap: wrap; gap: 0 0.25rem; padding: 0.5rem 0.5rem 0; border-bottom: 1px solid var(--line); }
  .sections > nav a { border-left: 0; border-bottom: 3px solid transparent; }
  .sections > nav a[aria-current] { border-bottom-color: var(--accent); background: none; }
}
@media (max-width: 34rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.6rem; }
  .card { padding: 1.1rem; }
  .narrow main { padding-top: 1rem; }
}`
