/** A text as the name of a model, of which folders and addresses are made: never hidden, and empty where nothing of it is left. */
export function modelName(text: string): string {
  return text.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '')
}
