import type { Dimension, Field, NamedLengths, NDArray, Port } from '@gantry/core'

/** A picture, a text or whatever else people look at, as a file. */
export interface Artefact {
  /** Of the file's name, without the dot: `png`, `txt`. */
  readonly extension: string
  readonly bytes: Uint8Array
}

/** Samples as points of a space: [rows, columns], row-major. */
export interface Coordinates {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** Samples and what they are. */
export interface Shown {
  readonly field: Field | Port
  /** [count, ...shape] */
  readonly values: NDArray
}

/** How many samples are to be shown. */
export interface ShowLayout {
  /** Samples in a row, for what has rows; default: about as many as there are rows. */
  readonly columns?: number
}

/** The values of which an input needs some, and what there is to take them from. */
export interface InputRequest {
  /** Of the input: what is drawn comes from the random stream of this name. */
  readonly name: string
  readonly seed: number
  /** Number of the first sample: sample 70 is the same however many are asked for at a time. */
  readonly from: number
  readonly count: number
  /** What the user wants: one element that every sample gets, or one a sample: [1 or count, ...shape]. */
  readonly asked?: NDArray
  /** The field of the data that belongs to the input: [1 or count, ...shape]. */
  readonly data?: NDArray
  /** Lengths that other inputs tell, such as the height of an image. */
  readonly lengths?: NamedLengths
}

/** How files that people name are read. */
export interface FileReader {
  read(path: string): Promise<Uint8Array>
  /**
   * Decodes an image of any format and brings it to a size.
   *
   * @param shape [height, width, channels]; an image keeps its own height and width where they are open
   * @returns uint8, [height, width, channels], 0 to 255
   */
  decodeImage?(bytes: Uint8Array, shape: readonly Dimension[]): Promise<NDArray>
}

/** One of several names, a number, the picture in a file, or text. */
export type Control = 'choice' | 'number' | 'picture' | 'text'

/**
 * What numbers of one kind mean to people: how a function is supplied with them, how they are read from what people write, and
 * how they are shown.
 *
 * @example
 * ```ts
 * const temperature: Modality = { ...numberModality, name: 'temperature' }
 * supply(ports, { seed: 0, from: 0, count: 64 }, [...modalities, temperature])
 * ```
 */
export interface Modality {
  /** As it stands in fields and ports. */
  readonly name: string
  /** Where several fields are one thing to look at: the words after the slash of their modalities. */
  readonly parts?: readonly string[]
  /** Real samples of the data that {@link show} wants beside generated ones; absent: none. */
  readonly beside?: number
  /** Whether an input takes what the data have, where nobody asks otherwise. Labels do not: they come in turn. */
  readonly takesData?: true
  /**
   * Values of an input: what is asked for, or what the modality takes where nobody asks.
   *
   * @returns [count, ...shape] in the port's dtype
   * @throws ConfigurationError `INPUT_MISSING` where nothing tells what they are
   */
  supply(port: Port, request: InputRequest): NDArray
  /** Values of a field of the data as a port has them that takes or imitates it; absent: as they are. */
  fit?(port: Port, values: NDArray): NDArray
  /** How a form asks a person for it; absent: nobody is asked, and it is drawn. */
  readonly control?: Control
  /**
   * Reads what a person writes: `7`, `seven`, `photo.png`.
   *
   * @returns one element, [1, ...shape]
   */
  parse?(field: Field | Port, text: string, files?: FileReader): Promise<NDArray>
  /** What the names of files end in that {@link parse} reads: of a folder, others are left out. Absent: it reads all. */
  readonly extensions?: readonly string[]
  /**
   * Many samples as one file.
   *
   * @param parts by output; of a modality with parts, all of them
   * @param beside under the name of an output: what it imitates, or should be; under another name: what it was made from
   */
  show?(
    parts: Readonly<Record<string, Shown>>,
    beside?: Readonly<Record<string, Shown>>,
    layout?: ShowLayout,
  ): Promise<Artefact>
  /** What the names of the files end in that {@link show} and {@link showOne} make, `png`; absent: only these tell. */
  readonly shownAs?: string
  /** One of the samples as a file of its own. */
  showOne?(parts: Readonly<Record<string, Shown>>, index: number): Promise<Artefact>
  /**
   * Numbers by whose Euclidean distances people would call samples alike; absent where there are none.
   *
   * @returns [count, width], row-major
   */
  coordinates?(values: NDArray): Coordinates
  /**
   * Checks values before an engine sees them.
   *
   * @param owner who is given them, for the message
   * @param count how many there must be
   */
  check?(owner: string, field: Field | Port, values: NDArray, count?: number): void
}
