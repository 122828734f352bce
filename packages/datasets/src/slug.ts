/** A name that needs no quotes on a command line: `smileys-emotion` for `Smileys & Emotion`. */
export const slugOf = (name: string): string => name.toLowerCase().replace(/\W+/g, '-')
