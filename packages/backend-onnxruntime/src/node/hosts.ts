// Each is imported by the workers that need it: without the codec of graphs, which only training reads, a worker starts in
// 40 ms instead of 110.

export const trainingHost = async () => (await import('../training-host.ts')).TrainingHost
export const inferenceHost = async () => (await import('../inference-host.ts')).InferenceHost
export const probeHost = async () => (await import('../probe-host.ts')).ProbeHost
