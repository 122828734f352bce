/** What differs from face to face. */
export interface AvatarAttribute {
  /** As DiceBear names it. */
  readonly name: string
  /** Of its classes; the first is `none` where a face may be without. */
  readonly names: readonly string[]
  /** The class of what was drawn; -1 for what has none. */
  classOf(drawn: unknown): number
}

/** Colours as Avataaars names them; another is named by its digits. */
const COLOUR_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  skinColor: {
    '614335': 'black',
    d08b5b: 'brown',
    ae5d29: 'dark brown',
    edb98a: 'light',
    ffdbb4: 'pale',
    fd9841: 'tanned',
    f8d25c: 'yellow',
  },
  hairColor: {
    a55728: 'auburn',
    '2c1b18': 'black',
    b58143: 'blonde',
    d6b370: 'golden',
    '724133': 'brown',
    '4a312c': 'dark brown',
    f59797: 'pink',
    ecdcbf: 'platinum',
    c93305: 'red',
    e8e1e1: 'silver',
  },
}

/** What can be seen in a small picture, the most striking first. */
export const ATTRIBUTES: readonly string[] = [
  'top',
  'skinColor',
  'hairColor',
  'clothing',
  'mouth',
  'eyes',
  'eyebrows',
  'facialHair',
  'accessories',
]

/** The attributes of a style, by its JSON schema; undefined where it lacks one of them. */
export function attributesOf(properties: Readonly<Record<string, unknown>>): readonly AvatarAttribute[] | undefined {
  const attributes = ATTRIBUTES.flatMap((name) => {
    const values = usual(properties[name])
    if (!Array.isArray(values)) return []
    const optional = Number(usual(properties[`${name}Probability`]) ?? 100) < 100
    return [attributeOf(name, values.map(String), optional)]
  })
  return attributes.length === ATTRIBUTES.length ? attributes : undefined
}

/** The default of a property of a schema. */
const usual = (property: unknown) => (property as { readonly default?: unknown } | undefined)?.default

function attributeOf(name: string, values: readonly string[], optional: boolean): AvatarAttribute {
  const colours = COLOUR_NAMES[name]
  const without = optional ? 1 : 0
  return {
    name,
    names: [...(optional ? ['none'] : []), ...values.map((value) => colours?.[value] ?? value)],
    classOf(drawn) {
      if (drawn === undefined || drawn === null) return without - 1
      const place = values.indexOf(String(drawn).replace(/^#/, ''))
      return place < 0 ? -1 : place + without
    },
  }
}
