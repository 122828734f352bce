import { stringify } from 'yaml'

/** What Kubernetes calls things by: small letters, digits and hyphens, a letter first. */
export function serviceName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return (/^[a-z]/.test(plain) ? plain : `generator-${plain}`).slice(0, 63).replace(/-+$/, '')
}

/**
 * An InferenceService of KServe, which runs Triton on a model repository. It has as many replicas as there are requests at a time, by
 * `scaleTarget`.
 *
 * @param storage URI of the repository
 */
export function inferenceService(name: string, storage: string): string {
  return stringify({
    apiVersion: 'serving.kserve.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name: serviceName(name) },
    spec: {
      predictor: {
        minReplicas: 1,
        maxReplicas: 4,
        scaleMetric: 'concurrency',
        scaleTarget: 32,
        model: {
          modelFormat: { name: 'triton' },
          runtime: 'kserve-tritonserver',
          protocolVersion: 'v2',
          storageUri: storage,
        },
      },
    },
  })
}
