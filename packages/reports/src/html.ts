/** Text as it may stand in a page or an attribute. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}

/** A PNG inside the page. */
export function pngImage(png: Uint8Array, description: string, className: string): string {
  const data = Buffer.from(png).toString('base64')
  return `<img class="${className}" alt="${escapeHtml(description)}" src="data:image/png;base64,${data}">`
}

/** Cells are HTML already. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[], tag: 'td' | 'th') =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`
  return `<div class="scroll"><table>${head.length > 0 ? `<thead>${line(head, 'th')}</thead>` : ''}<tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table></div>`
}

export function section(title: string, body: string, hint = ''): string {
  return `<section><h2>${escapeHtml(title)}</h2>${hint && `<p class="hint">${escapeHtml(hint)}</p>`}\n${body}</section>`
}

/**
 * One page that needs nothing else: styles and images inside.
 *
 * @param script what it does besides, where it does anything
 */
export function htmlPage(title: string, body: string, script = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>
${body}
</main>${script && `\n<script>${script}</script>`}</body>
</html>
`
}

const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #1c2024; --faint: #667080; --line: #e2e5ea;
  --real: #8b95a5; --generated: #2f6feb; --warning: #fff6e0; --warning-line: #e0b84c; --shadow: #1c202433;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --card: #1a1d21; --text: #e6e8eb; --faint: #98a2b0; --line: #2c3138;
    --real: #6f7a8a; --generated: #6ea0ff; --warning: #2b2413; --warning-line: #8a6d1f; --shadow: #000a;
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 56px }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; font-weight: 650 }
h2 { font-size: 17px; margin: 0 0 4px; font-weight: 650 }
.subtitle, .hint { color: var(--faint); margin: 0 0 14px }
.hint { font-size: 13.5px; max-width: 78ch }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px 20px; margin-top: 18px }
/* What is cut off has a shadow at that side, until it is scrolled to. */
.scroll, figure.curve {
  overflow-x: auto;
  background: linear-gradient(to right, var(--card) 40%, transparent) 0 0 / 36px 100% no-repeat local,
    linear-gradient(to left, var(--card) 40%, transparent) 100% 0 / 36px 100% no-repeat local,
    linear-gradient(to right, var(--shadow), transparent) 0 0 / 14px 100% no-repeat scroll,
    linear-gradient(to left, var(--shadow), transparent) 100% 0 / 14px 100% no-repeat scroll;
}
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: 7px 16px 7px 0; border-top: 1px solid var(--line); vertical-align: baseline }
tr:first-child td { border-top: 0 } thead + tbody tr:first-child td { border-top: 1px solid var(--line) }
thead th { border-top: 0; color: var(--faint); font-size: 13px; font-weight: 500; white-space: nowrap }
tr > :last-child { padding-right: 0 }
.number { white-space: nowrap }
.strong { font-weight: 650; font-size: 17px }
.faint { color: var(--faint) }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
.better { color: #1a7f43 } .worse { color: #c0392b }
@media (prefers-color-scheme: dark) { .better { color: #57c785 } .worse { color: #ff8577 } }
.warning { background: var(--warning); border-color: var(--warning-line) }
.warning ul { margin: 0; padding-left: 18px }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 20px }
figure { margin: 0 } figcaption { color: var(--faint); font-size: 13px; margin-bottom: 6px }
img { image-rendering: pixelated; display: block; border-radius: 6px }
img.grid { width: 100%; background: #000 }
img.plot { width: 100%; max-width: 480px; image-rendering: auto }
.strips { display: flex; gap: 14px; overflow-x: auto } .strips figure { flex: 0 1 168px; min-width: 88px }
.neighbours { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 14px 28px; overflow-x: auto; padding: 4px }
.neighbours > div { display: flex; gap: 6px; align-items: flex-start }
.neighbours figure { width: 56px } .neighbours img { width: 56px; border-radius: 4px }
.neighbours figure:first-child { margin-right: 10px } .neighbours figure:first-child img { outline: 2px solid var(--generated); outline-offset: 2px }
.neighbours figcaption { margin: 4px 0 0; font-size: 11.5px; text-align: center; font-variant-numeric: tabular-nums }
.bars { min-width: 220px; width: 40% }
.bar { height: 7px; border-radius: 2px; min-width: 1px; margin: 2px 0 } .bar.real { background: var(--real) } .bar.generated { background: var(--generated) }
.key::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px } .key.real::before { background: var(--real) } .key.generated::before { background: var(--generated) }
figure.curve svg { width: 100%; min-width: 560px; height: auto; display: block }
.film { display: grid; gap: 10px; max-width: 560px } .film input { width: 100%; accent-color: var(--generated) }
.film output { font-variant-numeric: tabular-nums }
footer { color: var(--faint); font-size: 13px; margin-top: 22px }
`
