/** Variants that networks can be imported for, and whose. */
export const importable = [{ name: 'stylegan2', authors: 'stylegan2-ada-pytorch' }]

/** What a run's folder keeps of the file that its networks are from, beside the versions of what has computed it. */
export function recordOrigin(authors: string, file: string, sha256: string): Readonly<Record<string, string>> {
  return { [authors]: `${file} (sha256 ${sha256})` }
}

/** Where the networks of a run are from; undefined where it began with its own. */
export function originOf(versions: Readonly<Record<string, string>>): string | undefined {
  const authors = importable.find((each) => versions[each.authors] !== undefined)?.authors
  return authors && `${versions[authors]!.replace(/ \(sha256 [0-9a-f]+\)$/, '')} of ${authors}`
}
