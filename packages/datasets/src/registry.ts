import { type DatasetDefinition, type DatasetListing, listedName } from './dataset-definition.ts'
import { folder } from './folder/folder.ts'
import { mnist, mnistTest } from './mnist/mnist.ts'
import { grid25 } from './points/grid25.ts'
import { ring8 } from './points/ring8.ts'
import { swissroll } from './points/swissroll.ts'

/** Every data set that has a name. A new one is one more definition here. */
export const definitions: readonly DatasetDefinition[] = [mnist, mnistTest, folder, ring8, grid25, swissroll]

/** The data sets that {@link openDataset} knows, for a table or a help text. */
export function listDatasets(): DatasetListing[] {
  return definitions.map((definition) => ({
    name: listedName(definition),
    description: definition.description,
    kind: definition.kind,
    source: definition.source,
    licence: definition.licence,
  }))
}
