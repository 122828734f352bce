import { html } from 'hono/html'
import type { Html, OpenApiDocument, Operation } from './document.ts'
import { aboutOf, fieldsOf, typeOf } from './schema-view.ts'

interface Listed extends Operation {
  readonly id: string
  readonly method: string
  readonly path: string
}

/** What most people look for comes first. */
const FIRST = ['/v1/', '/v2/']

/** The reference of the API as one page: every address, what it takes and answers, and the shapes. It has no script. */
export function referencePage({ info, paths, components }: OpenApiDocument): Html {
  const rank = (path: string) => {
    const place = FIRST.findIndex((each) => path.startsWith(each))
    return place === -1 ? FIRST.length : place
  }
  const operations = Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([name, operation]): Listed => {
        const method = name.toUpperCase()
        return { ...operation, method, path, id: `${name}-${path.replaceAll(/[^\w]+/g, '-')}` }
      }),
    )
    .sort((one, other) => rank(one.path) - rank(other.path))
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${info.title}: the API</title>
        <link rel="icon" href="/page/icon.svg" />
        <link rel="stylesheet" href="/reference/reference.css" />
      </head>
      <body>
        <header>
          <h1>${info.title} ${info.version}</h1>
          <p>${info.description ?? ''} <a href="/">The page</a>, <a href="/openapi.json">the document</a>.</p>
        </header>
        <nav aria-label="Addresses">
          <ul>${operations.map(
            ({ id, method, path, summary }) =>
              html`<li><a href="#${id}"><b>${method}</b> <code>${path}</code></a> <span>${summary}</span></li>`,
          )}</ul>
        </nav>
        <main>
          ${operations.map(section)}
          <h2>Shapes</h2>
          ${Object.entries(components.schemas).map(
            ([name, schema]) =>
              html`<section id="${name}"><h3>${name}</h3><p>${aboutOf(schema)}</p>${fieldsOf(schema)}</section>`,
          )}
        </main>
      </body>
    </html>`
}

function section(operation: Listed): Html {
  const { id, method, path, summary, description, parameters = [], requestBody, responses } = operation
  return html`<section id="${id}">
    <h3><b>${method}</b> <code>${path}</code></h3>
    <p>${summary}. ${description ?? ''}</p>
    <pre><code>${command(operation)}</code></pre>
    ${parameters.length > 0 ? html`<h4>In the address</h4>` : ''}
    ${
      parameters.length > 0
        ? html`<dl>${parameters.map(
            ({ name, required, schema }) =>
              html`<dt><code>${name}</code> <span>${typeOf(schema)}${required ? ', required' : ''}</span></dt>
                <dd>${aboutOf(schema)}</dd>`,
          )}</dl>`
        : ''
    }
    ${requestBody === undefined ? '' : html`<h4>It takes</h4><ul>${contentOf(requestBody.content)}</ul>`}
    <h4>It answers</h4>
    <dl>${Object.entries(responses).map(
      ([status, answer]) =>
        html`<dt><b>${status}</b> <span>${answer.description}</span></dt>
          <dd>${answer.content === undefined ? '' : html`<ul>${contentOf(answer.content)}</ul>`}</dd>`,
    )}</dl>
  </section>`
}

function contentOf(content: NonNullable<Operation['requestBody']>['content']): Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) => html`<li><code>${type}</code> <span>${typeOf(schema)}</span>${fieldsOf(schema)}</li>`,
  )
}

/** A line for a shell. */
function command({ method, path, parameters = [], requestBody }: Listed): string {
  const address = parameters
    .filter((each) => each.in === 'path')
    .reduce((text, { name, schema }) => text.replace(`{${name}}`, String(schema.example ?? name)), path)
  const json = requestBody && "-H content-type:application/json -d '{…}'"
  return ['curl', method === 'GET' ? '' : `-X ${method}`, `localhost:8080${address}`, json ?? '']
    .filter(Boolean)
    .join(' ')
}
