"""Serves a generator as one would write it with FastAPI and ONNX Runtime: requests that wait are made together.

    serve_fastapi.py generator.onnx PORT THREADS LARGEST_BATCH
"""
import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI, Response
from pydantic import BaseModel

path, port, threads, largest = sys.argv[1], *map(int, sys.argv[2:5])
options = ort.SessionOptions()
options.intra_op_num_threads = threads
session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
TYPES = {"tensor(float)": np.float32, "tensor(int32)": np.int32}
queue: asyncio.Queue = asyncio.Queue()
executor = ThreadPoolExecutor(1)


class Wanted(BaseModel):
    seed: int = 0
    inputs: dict[str, int] = {}
    format: str = "json"


def feeds_of(wanted: Wanted) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(wanted.seed)
    feeds = {}
    for each in session.get_inputs():
        if each.name in wanted.inputs:
            feeds[each.name] = np.array([wanted.inputs[each.name]], TYPES[each.type])
        else:
            feeds[each.name] = generator.standard_normal((1, *each.shape[1:]), np.float32)
    return feeds


def run(batch: list[dict[str, np.ndarray]]) -> np.ndarray:
    return session.run(None, {name: np.concatenate([each[name] for each in batch]) for name in batch[0]})[0]


async def make_batches() -> None:
    while True:
        jobs = [await queue.get()]
        while len(jobs) < largest and not queue.empty():
            jobs.append(queue.get_nowait())
        loop = asyncio.get_running_loop()
        images = await loop.run_in_executor(executor, run, [feeds for feeds, _ in jobs])
        for (_, done), image in zip(jobs, images):
            if not done.cancelled():
                done.set_result(image)


@asynccontextmanager
async def lifespan(_: FastAPI):
    batches = asyncio.create_task(make_batches())
    yield
    batches.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/generate")
async def generate(wanted: Wanted) -> Response:
    done = asyncio.get_running_loop().create_future()
    await queue.put((feeds_of(wanted), done))
    image = await done
    if wanted.format == "bytes":
        return Response(image.tobytes(), media_type="application/octet-stream")
    body = {"shape": image.shape, "data": image.ravel().tolist()}
    return Response(json.dumps(body), media_type="application/json")


class Server(uvicorn.Server):
    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        print(f"http://127.0.0.1:{port}", flush=True)


Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)).run()
