"""Asks a server as Triton's own client does: JSON and binary tensors, both ways. Prints `ok`."""
import sys

import numpy as np
import tritonclient.http as http

client = http.InferenceServerClient(sys.argv[1])
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("tiny")
assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
metadata = client.get_model_metadata("tiny")
assert metadata["inputs"][0] == {"name": "latent", "datatype": "FP32", "shape": [-1, 4]}, metadata

latents = np.array([[0.1, 0.2, 0.3, 0.4], [1, 2, 3, 4]], np.float32)
truncations = np.array([1, 0.5], np.float32)
expected = (latents * truncations[:, None]).reshape(2, 2, 2, 1)
for binary in (True, False):
    latent = http.InferInput("latent", [2, 4], "FP32")
    latent.set_data_from_numpy(latents, binary_data=binary)
    truncation = http.InferInput("truncation", [2], "FP32")
    truncation.set_data_from_numpy(truncations, binary_data=binary)
    for outputs in (
        None,
        [http.InferRequestedOutput("samples", binary_data=True)],
        [http.InferRequestedOutput("samples", binary_data=False)],
    ):
        result = client.infer("tiny", [latent, truncation], outputs=outputs, request_id="7")
        np.testing.assert_array_equal(result.as_numpy("samples"), expected)
        assert result.get_response()["id"] == "7"
try:
    client.infer("nobody", [latent, truncation])
    raise AssertionError("there is no such model")
except http.InferenceServerException as error:
    assert "There is no such model." in str(error), error
print("ok")
