const NOTHING = "default-src 'none'; frame-ancestors 'none'"

/** What the page may load: its own files and pictures that it got from here. Nothing is inline, nothing comes from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers of every answer, beside those that it has. */
export function secure(headers: Pick<Headers, 'has' | 'set'>): void {
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', NOTHING)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'no-referrer')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('x-frame-options', 'DENY')
  if (!headers.has('access-control-allow-origin')) headers.set('cross-origin-resource-policy', 'same-origin')
}
